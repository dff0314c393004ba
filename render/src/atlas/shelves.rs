//! Packing rectangles into a texture: shelves across its width, filled from the
//! left, given up as a whole when they have not been used for a while.

use alloc::vec::Vec;

/// Identifies one filling of a shelf: it changes when the shelf is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tenancy(u32);

/// A place in the texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Left column.
    pub x: u16,
    /// Upper row.
    pub y: u16,
    /// Whose filling it belongs to.
    pub tenancy: Tenancy,
}

/// What packing needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    /// There was room.
    Room(Place),
    /// There is room now, but these fillings are gone.
    Evicted(Place, Vec<Tenancy>),
}

#[derive(Clone, Debug)]
struct Shelf {
    y: u16,
    height: u16,
    /// Columns in use.
    filled: u16,
    used: u64,
    tenancy: Tenancy,
}

/// A packer for a texture of a fixed size.
#[derive(Clone, Debug)]
pub(crate) struct Shelves {
    width: u16,
    height: u16,
    /// From top to bottom, without gaps.
    shelves: Vec<Shelf>,
    next: u32,
}

/// Shelf heights are multiples of this, so that glyphs of one size share them.
const STEP: u16 = 4;

impl Shelves {
    /// An empty texture.
    pub(crate) fn new(width: u16, height: u16) -> Shelves {
        Shelves {
            width,
            height,
            shelves: Vec::new(),
            next: 0,
        }
    }

    /// Notes that a filling is used in frame `now`.
    pub(crate) fn touch(&mut self, place: &Place, now: u64) {
        let index = self.shelves.partition_point(|shelf| shelf.y <= place.y);
        if let Some(shelf) = index.checked_sub(1).and_then(|i| self.shelves.get_mut(i))
            && shelf.tenancy == place.tenancy
        {
            shelf.used = now;
        }
    }

    /// Finds room for `width`×`height` texels in frame `now`; shelves that were
    /// last used before frame `stale` may be given up for it. `None` if it
    /// cannot be had.
    pub(crate) fn pack(&mut self, width: u16, height: u16, now: u64, stale: u64) -> Option<Packed> {
        if width == 0 || height == 0 || width > self.width || height > self.height {
            return None;
        }
        if let Some(place) = self.on_a_shelf(width, height, now) {
            return Some(Packed::Room(place));
        }
        let wanted = height.next_multiple_of(STEP).min(self.height);
        let below = self
            .shelves
            .last()
            .map_or(0, |shelf| shelf.y + shelf.height);
        if self.height - below >= height {
            let high = wanted.min(self.height - below);
            let at = self.shelves.len();
            self.open(at, below, high);
            return self.on_a_shelf(width, height, now).map(Packed::Room);
        }
        let gone = self.clear_oldest(wanted, stale)?;
        self.on_a_shelf(width, height, now)
            .map(|place| Packed::Evicted(place, gone))
    }

    /// Room on a shelf that is high enough and not much too high.
    fn on_a_shelf(&mut self, width: u16, height: u16, now: u64) -> Option<Place> {
        let texture = self.width;
        let shelf = self
            .shelves
            .iter_mut()
            .filter(|shelf| shelf.height >= height && texture - shelf.filled >= width)
            .filter(|shelf| shelf.height - height < STEP + height / 4)
            .min_by_key(|shelf| shelf.height)?;
        let place = Place {
            x: shelf.filled,
            y: shelf.y,
            tenancy: shelf.tenancy,
        };
        shelf.filled += width;
        shelf.used = now;
        Some(place)
    }

    fn open(&mut self, at: usize, y: u16, height: u16) {
        let tenancy = Tenancy(self.next);
        self.next = self.next.wrapping_add(1);
        self.shelves.insert(
            at,
            Shelf {
                y,
                height,
                filled: 0,
                used: 0,
                tenancy,
            },
        );
    }

    /// Gives up the run of neighbouring stale shelves, at least `height` high,
    /// whose latest use is longest ago, and opens a shelf of that height there.
    fn clear_oldest(&mut self, height: u16, stale: u64) -> Option<Vec<Tenancy>> {
        let mut best: Option<(u64, core::ops::Range<usize>)> = None;
        for first in 0..self.shelves.len() {
            let (mut high, mut used) = (0, 0);
            for (last, shelf) in self.shelves.iter().enumerate().skip(first) {
                if shelf.used >= stale {
                    break;
                }
                high += shelf.height;
                used = used.max(shelf.used);
                if high >= height {
                    if best.as_ref().is_none_or(|(so_far, _)| used < *so_far) {
                        best = Some((used, first..last + 1));
                    }
                    break;
                }
            }
        }
        let (_, run) = best?;
        let at = run.start;
        let y = self.shelves[at].y;
        let (gone, heights): (Vec<_>, Vec<_>) = self
            .shelves
            .drain(run)
            .map(|shelf| (shelf.tenancy, shelf.height))
            .unzip();
        let rest = heights.iter().sum::<u16>() - height;
        self.open(at, y, height);
        if rest > 0 {
            self.open(at + 1, y + height, rest);
        }
        Some(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_alive_never_overlaps(
            sizes in prop::collection::vec((1u16..60, 1u16..60), 1..300),
            per_frame in 1usize..20,
        ) {
            let mut shelves = Shelves::new(256, 200);
            let mut alive: Vec<(Place, u16, u16, u64)> = Vec::new();
            for (i, (w, h)) in sizes.into_iter().enumerate() {
                let now = 10 + (i / per_frame) as u64;
                let place = match shelves.pack(w, h, now, now - 2) {
                    None => continue,
                    Some(Packed::Room(place)) => place,
                    Some(Packed::Evicted(place, gone)) => {
                        for (p, _, _, used) in &alive {
                            prop_assert!(
                                !gone.contains(&p.tenancy) || *used < now - 2,
                                "evicted what a frame in flight uses"
                            );
                        }
                        alive.retain(|(p, ..)| !gone.contains(&p.tenancy));
                        place
                    }
                };
                prop_assert!(place.x + w <= 256 && place.y + h <= 200);
                for (p, pw, ph, _) in &alive {
                    let apart = place.x >= p.x + pw
                        || p.x >= place.x + w
                        || place.y >= p.y + ph
                        || p.y >= place.y + h;
                    prop_assert!(apart, "{place:?} {w}x{h} over {p:?} {pw}x{ph}");
                }
                alive.push((place, w, h, now));
            }
            let covered: u32 = shelves.shelves.iter().map(|s| u32::from(s.height)).sum();
            prop_assert!(covered <= 200);
        }
    }

    #[test]
    fn a_full_texture_refuses_until_time_passes() {
        let mut shelves = Shelves::new(64, 64);
        let mut count = 0;
        while let Some(Packed::Room(_)) = shelves.pack(16, 16, 5, 3) {
            count += 1;
        }
        assert_eq!(count, 16);
        assert_eq!(shelves.pack(16, 16, 6, 4), None);
        assert!(
            matches!(shelves.pack(40, 40, 9, 7), Some(Packed::Evicted(_, gone)) if gone.len() == 3)
        );
    }

    #[test]
    fn what_is_used_stays() {
        let mut shelves = Shelves::new(16, 32);
        let Some(Packed::Room(first)) = shelves.pack(16, 16, 1, 0) else {
            panic!("no room in an empty texture")
        };
        shelves.pack(16, 16, 1, 0);
        shelves.touch(&first, 9);
        let Some(Packed::Evicted(_, gone)) = shelves.pack(16, 16, 10, 8) else {
            panic!("the second shelf was free to go")
        };
        assert!(!gone.contains(&first.tenancy));
    }

    #[test]
    fn too_large_is_refused() {
        let mut shelves = Shelves::new(64, 64);
        assert_eq!(shelves.pack(65, 1, 1, 0), None);
        assert_eq!(shelves.pack(1, 65, 1, 0), None);
        assert_eq!(shelves.pack(0, 1, 1, 0), None);
        assert!(shelves.pack(64, 64, 1, 0).is_some());
    }
}
