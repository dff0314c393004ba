//! The table of all kernel objects.
//!
//! The number of an object is its kind's byte, the place in the table, and a byte that
//! changes when the place is used again (`sys/process.h` names the kinds' bytes as types
//! of objects). Objects that processes could share have a key besides; asking for a key
//! that there is gives another number for the same object.

use std::collections::BTreeMap;

use super::{
    Condition, EventFlag, EventPort, EventQueue, InterruptService, InterruptTag, LightCondition,
    LightMutex, Mutex, RwLock, Semaphore, Timer,
};
use crate::lv2::errno::Errno;

/// Objects that there can be at a time.
const MOST: usize = 8192;

/// A kind of kernel object.
pub(in crate::lv2) trait Kind: Sized {
    /// The first byte of its numbers.
    const BYTE: u8;
    fn wrap(self) -> Object;
    fn of(object: &Object) -> Option<&Self>;
    fn of_mut(object: &mut Object) -> Option<&mut Self>;
}

macro_rules! kinds {
    ($($kind:ident = $byte:literal,)*) => {
        /// An object of any kind.
        #[derive(Debug)]
        pub(in crate::lv2) enum Object {
            $($kind($kind),)*
        }

        $(impl Kind for $kind {
            const BYTE: u8 = $byte;

            fn wrap(self) -> Object {
                Object::$kind(self)
            }

            fn of(object: &Object) -> Option<&Self> {
                match object {
                    Object::$kind(object) => Some(object),
                    _ => None,
                }
            }

            fn of_mut(object: &mut Object) -> Option<&mut Self> {
                match object {
                    Object::$kind(object) => Some(object),
                    _ => None,
                }
            }
        })*

        /// Whether there are objects of this byte.
        fn is_kind(byte: u8) -> bool {
            [$($byte),*].contains(&byte)
        }
    };
}

kinds! {
    InterruptTag = 0x0a,
    InterruptService = 0x0b,
    EventPort = 0x0e,
    Timer = 0x11,
    Mutex = 0x85,
    Condition = 0x86,
    RwLock = 0x88,
    EventQueue = 0x8d,
    LightMutex = 0x95,
    Semaphore = 0x96,
    LightCondition = 0x97,
    EventFlag = 0x98,
}

/// What happens when an object with a key is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Creation {
    /// It is made; that there is one is an error.
    New = 1,
    /// It has to be there.
    Existing = 2,
    /// It is made where there is none.
    Either = 3,
}

/// Whether an object has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Sharing {
    /// It has none.
    Own,
    /// It has this one.
    Key(u64, Creation),
}

impl Sharing {
    /// From the fields of an attribute: `SYS_SYNC_PROCESS_SHARED` 0x100 or
    /// `SYS_SYNC_NOT_PROCESS_SHARED` 0x200, the key, and how it is used.
    ///
    /// # Errors
    ///
    /// `EINVAL` for other values.
    pub fn read(shared: u32, key: u64, flags: u32) -> Result<Self, Errno> {
        let creation = match (shared, flags) {
            (0x200, _) => return Ok(Self::Own),
            (0x100, 1) => Creation::New,
            (0x100, 2) => Creation::Existing,
            (0x100, 3) => Creation::Either,
            _ => return Err(Errno::EINVAL),
        };
        if key == 0 {
            return Err(Errno::EINVAL);
        }
        Ok(Self::Key(key, creation))
    }
}

/// The object itself, once for all of its numbers.
struct Entry {
    object: Object,
    numbers: usize,
    key: Option<(u8, u64)>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    /// The number given out last.
    generation: u8,
    taken: bool,
}

/// All kernel objects.
#[derive(Default)]
pub(in crate::lv2) struct Objects {
    places: Vec<Place>,
    /// Where the search for a free place starts: places are used again as late as possible.
    next: usize,
    /// Numbers, and under which one the object is kept.
    numbers: BTreeMap<u32, u32>,
    entries: BTreeMap<u32, Entry>,
    keys: BTreeMap<(u8, u64), u32>,
}

impl Objects {
    /// Adds an object, or finds the one with the same key.
    ///
    /// # Errors
    ///
    /// `EAGAIN` where there are too many, `EEXIST` and `ESRCH` for keys.
    pub fn add<K: Kind>(&mut self, sharing: Sharing, object: K) -> Result<u32, Errno> {
        let key = match sharing {
            Sharing::Own => None,
            Sharing::Key(key, creation) => {
                let key = (K::BYTE, key);
                match (self.keys.get(&key).copied(), creation) {
                    (Some(_), Creation::New) => return Err(Errno::EEXIST),
                    (None, Creation::Existing) => return Err(Errno::ESRCH),
                    (Some(main), _) => {
                        let number = self.number(K::BYTE)?;
                        self.numbers.insert(number, main);
                        if let Some(entry) = self.entries.get_mut(&main) {
                            entry.numbers += 1;
                        }
                        return Ok(number);
                    }
                    (None, _) => Some(key),
                }
            }
        };
        let number = self.number(K::BYTE)?;
        self.numbers.insert(number, number);
        if let Some(key) = key {
            self.keys.insert(key, number);
        }
        let entry = Entry {
            object: object.wrap(),
            numbers: 1,
            key,
        };
        self.entries.insert(number, entry);
        Ok(number)
    }

    fn number(&mut self, kind: u8) -> Result<u32, Errno> {
        if self.places.is_empty() {
            self.places = vec![Place::default(); MOST];
        }
        let mut places = (self.next..MOST).chain(0..self.next);
        let place = places
            .find(|at| !self.places[*at].taken)
            .ok_or(Errno::EAGAIN)?;
        self.next = (place + 1) % MOST;
        let entry = &mut self.places[place];
        entry.taken = true;
        entry.generation = entry.generation.wrapping_add(1);
        Ok(u32::from(kind) << 24 | (place as u32) << 8 | u32::from(entry.generation))
    }

    /// Takes a number away, and the object with its last number.
    pub fn remove<K: Kind>(&mut self, number: u32) -> Result<Option<Object>, Errno> {
        let main = self.main::<K>(number)?;
        self.numbers.remove(&number);
        self.places[(number >> 8) as usize % MOST].taken = false;
        let entry = self.entries.get_mut(&main).ok_or(Errno::ESRCH)?;
        entry.numbers -= 1;
        if entry.numbers > 0 {
            return Ok(None);
        }
        if let Some(key) = entry.key {
            self.keys.remove(&key);
        }
        Ok(self.entries.remove(&main).map(|entry| entry.object))
    }

    /// Under which number an object is kept.
    pub fn main<K: Kind>(&self, number: u32) -> Result<u32, Errno> {
        let main = self.numbers.get(&number).copied();
        main.filter(|_| number >> 24 == u32::from(K::BYTE))
            .ok_or(Errno::ESRCH)
    }

    /// An object by one of its numbers.
    pub fn get<K: Kind>(&self, number: u32) -> Result<&K, Errno> {
        let main = self.main::<K>(number)?;
        let entry = self.entries.get(&main).ok_or(Errno::ESRCH)?;
        K::of(&entry.object).ok_or(Errno::ESRCH)
    }

    /// An object by one of its numbers.
    pub fn get_mut<K: Kind>(&mut self, number: u32) -> Result<&mut K, Errno> {
        let main = self.main::<K>(number)?;
        let entry = self.entries.get_mut(&main).ok_or(Errno::ESRCH)?;
        K::of_mut(&mut entry.object).ok_or(Errno::ESRCH)
    }

    /// The object that is kept under a number, for waits that have only that.
    pub fn kept(&self, main: u32) -> Option<&Object> {
        self.entries.get(&main).map(|entry| &entry.object)
    }

    /// All objects of a kind, in the order of their numbers.
    pub fn all<'a, K: Kind + 'a>(&'a self) -> impl Iterator<Item = (u32, &'a K)> {
        let first = u32::from(K::BYTE) << 24;
        let entries = self.entries.range(first..=first | 0xff_ffff);
        entries.filter_map(|(number, entry)| Some((*number, K::of(&entry.object)?)))
    }

    /// The number under which an object with a key is kept.
    pub fn with_key<K: Kind>(&self, key: u64) -> Option<u32> {
        self.keys.get(&(K::BYTE, key)).copied()
    }

    /// The numbers of a kind that are in use; none where there is no such kind.
    pub fn numbers(&self, kind: u8) -> Option<Vec<u32>> {
        let first = u32::from(kind) << 24;
        let range = self.numbers.range(first..=first | 0xff_ffff);
        is_kind(kind).then(|| range.map(|(number, _)| *number).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lv2::object::Protocol;

    fn semaphore(value: u32) -> Semaphore {
        Semaphore::new(Protocol::Fifo, value, 9)
    }

    #[test]
    fn numbers_name_one_object_and_no_other_kind() {
        let mut objects = Objects::default();
        let first = objects.add(Sharing::Own, semaphore(1)).unwrap();
        let second = objects.add(Sharing::Own, semaphore(2)).unwrap();
        assert_ne!(first, second);
        assert_eq!(first >> 24, 0x96);
        assert_eq!(objects.get::<Semaphore>(second).unwrap().value(), 2);
        assert!(objects.get::<Mutex>(first).is_err());
        assert_eq!(objects.numbers(0x96), Some(vec![first, second]));
        assert_eq!(objects.numbers(0x97), Some(vec![]));
        assert_eq!(objects.numbers(0x77), None);
        assert!(objects.remove::<Mutex>(first).is_err());
        assert!(objects.remove::<Semaphore>(first).unwrap().is_some());
        assert!(objects.get::<Semaphore>(first).is_err());
        assert!(objects.remove::<Semaphore>(first).is_err());
        assert_eq!(objects.all::<Semaphore>().count(), 1);
    }

    #[test]
    fn a_place_that_is_used_again_has_another_number() {
        let mut objects = Objects::default();
        let numbers: Vec<_> = (0..MOST)
            .map(|_| objects.add(Sharing::Own, semaphore(0)).unwrap())
            .collect();
        assert_eq!(objects.add(Sharing::Own, semaphore(0)), Err(Errno::EAGAIN));
        objects.remove::<Semaphore>(numbers[7]).unwrap();
        let again = objects.add(Sharing::Own, semaphore(0)).unwrap();
        assert_eq!(again >> 8, numbers[7] >> 8);
        assert_ne!(again, numbers[7]);
        assert!(objects.get::<Semaphore>(numbers[7]).is_err());
    }

    #[test]
    fn keys_lead_to_the_same_object() {
        let mut objects = Objects::default();
        let of = |creation| Sharing::Key(5, creation);
        let missing = objects.add(of(Creation::Existing), semaphore(0));
        assert_eq!(missing, Err(Errno::ESRCH));
        let first = objects.add(of(Creation::New), semaphore(3)).unwrap();
        let taken = objects.add(of(Creation::New), semaphore(4));
        assert_eq!(taken, Err(Errno::EEXIST));
        let second = objects.add(of(Creation::Either), semaphore(4)).unwrap();
        assert_ne!(first, second);
        assert_eq!(objects.get::<Semaphore>(second).unwrap().value(), 3);
        assert_eq!(objects.with_key::<Semaphore>(5), Some(first));
        assert_eq!(objects.with_key::<EventQueue>(5), None);
        assert!(objects.remove::<Semaphore>(first).unwrap().is_none());
        assert_eq!(objects.main::<Semaphore>(second), Ok(first));
        assert_eq!(objects.get::<Semaphore>(second).unwrap().value(), 3);
        assert!(objects.remove::<Semaphore>(second).unwrap().is_some());
        assert_eq!(objects.with_key::<Semaphore>(5), None);
    }
}
