//! Objects in local store: constants, data with contents, zeroed buffers.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{Alias, AssembleError, Assembler};

/// A place in local store: an object and an offset in bytes. What number it is, the
/// finished [`Program`](super::Program) knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    pub(super) object: u32,
    pub(super) offset: i32,
}

impl Address {
    /// The first byte after everything in the image, at a multiple of 128: local store
    /// from here to its end is free.
    pub const HEAP: Self = Self {
        object: u32::MAX,
        offset: 0,
    };

    /// The address `bytes` further.
    #[must_use]
    pub const fn offset(self, bytes: i32) -> Self {
        Self {
            object: self.object,
            offset: self.offset + bytes,
        }
    }
}

/// An object with its place still open.
#[derive(Clone, Debug)]
struct Object {
    /// Contents; `None` for a zeroed buffer.
    bytes: Option<Vec<u8>>,
    size: u32,
    align: u32,
}

/// All objects of a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage {
    objects: Vec<Object>,
    pool: BTreeMap<[u8; 16], u32>,
}

impl Storage {
    fn add(&mut self, object: Object) -> Address {
        self.objects.push(object);
        Address {
            object: self.objects.len() as u32 - 1,
            offset: 0,
        }
    }

    /// A constant of 16 bytes; equal ones share their place.
    pub(super) fn constant(&mut self, bytes: [u8; 16]) -> Address {
        if let Some(&object) = self.pool.get(&bytes) {
            return Address { object, offset: 0 };
        }
        let address = self.add(Object {
            bytes: Some(bytes.to_vec()),
            size: 16,
            align: 16,
        });
        self.pool.insert(bytes, address.object);
        address
    }

    /// Whether the quadword at `address` is within the object that it names.
    pub(super) fn contains(&self, address: Address) -> bool {
        let Ok(offset) = u32::try_from(address.offset) else {
            return false;
        };
        match self.objects.get(address.object as usize) {
            Some(object) => offset < object.size,
            None => true,
        }
    }

    /// Gives every object its place from `start` on: contents first, then buffers.
    pub(super) fn place(&self, start: u32) -> Result<Placed, AssembleError> {
        let mut placed = Placed {
            addresses: alloc::vec![0; self.objects.len()],
            data_start: 0,
            data: Vec::new(),
            zeroed: (0, 0),
            heap: 0,
        };
        let mut at = u64::from(start);
        for filled in [true, false] {
            let mut order: Vec<usize> = (0..self.objects.len())
                .filter(|&index| self.objects[index].bytes.is_some() == filled)
                .collect();
            // Strictest alignment first: no gaps but the first. The sort is stable.
            order.sort_by_key(|&index| core::cmp::Reverse(self.objects[index].align));
            let strictest = order.first().map_or(16, |&index| self.objects[index].align);
            at = at.next_multiple_of(strictest.max(16).into());
            let first = at;
            for index in order {
                let object = &self.objects[index];
                at = at.next_multiple_of(object.align.into());
                if at + u64::from(object.size) > u64::from(super::LOCAL_STORE) {
                    let needed = at + u64::from(object.size);
                    return Err(AssembleError::LocalStoreFull { needed });
                }
                placed.addresses[index] = at as u32;
                if let Some(bytes) = &object.bytes {
                    placed.data.resize((at - first) as usize, 0);
                    placed.data.extend_from_slice(bytes);
                }
                at += u64::from(object.size);
            }
            at = at.next_multiple_of(16);
            if filled {
                placed.data.resize((at - first) as usize, 0);
                placed.data_start = first as u32;
            } else {
                placed.zeroed = (first as u32, (at - first) as u32);
            }
        }
        placed.heap = at.next_multiple_of(128) as u32;
        Ok(placed)
    }
}

/// Where everything is.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    addresses: Vec<u32>,
    /// Address of the data, a multiple of 16.
    pub data_start: u32,
    /// Contents from `data_start` on, a multiple of 16.
    pub data: Vec<u8>,
    /// Address and size of the zeroed part, multiples of 16.
    pub zeroed: (u32, u32),
    /// First free byte, a multiple of 128.
    pub heap: u32,
}

impl Placed {
    /// The number that `address` stands for.
    pub(super) fn resolve(&self, address: Address) -> i32 {
        let base = match address {
            Address {
                object: u32::MAX, ..
            } => self.heap,
            Address { object, .. } => self.addresses[object as usize],
        };
        base as i32 + address.offset
    }
}

impl Assembler {
    /// Reserves `size` zeroed bytes at a multiple of `align`.
    ///
    /// # Panics
    /// When `align` is no power of two from 16 to 0x4000.
    #[track_caller]
    pub fn bss(&mut self, size: u32, align: u32) -> Address {
        check_align(align);
        self.storage.add(Object {
            bytes: None,
            size,
            align,
        })
    }

    /// Puts `bytes` into the image at a multiple of `align`.
    ///
    /// # Panics
    /// When `align` is no power of two from 16 to 0x4000.
    #[track_caller]
    pub fn data(&mut self, bytes: &[u8], align: u32) -> Address {
        check_align(align);
        self.storage.add(Object {
            size: bytes.len() as u32,
            bytes: Some(bytes.to_vec()),
            align,
        })
    }

    /// The pooled constant of these 16 bytes, for loads at a time of the kernel's own
    /// choosing. Nothing may store there. See [`Assembler::quad`] for the value itself.
    pub fn constant(&mut self, bytes: [u8; 16]) -> Address {
        self.storage.constant(bytes)
    }

    /// A new class of memory accesses; see [`Alias`].
    pub fn alias_class(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases)
    }
}

#[track_caller]
fn check_align(align: u32) {
    assert!(
        align.is_power_of_two() && (16..=0x4000).contains(&align),
        "alignment {align} is no power of two from 16 to 0x4000"
    );
}
