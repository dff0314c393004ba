//! Handing out pieces of the memory that the RSX sees.

use super::{Address, Location};
use alloc::collections::BTreeMap;
use core::fmt;

/// What a piece of memory is for: decides its alignment.
///
/// Source: `CELL_GCM_SURFACE_*_ALIGN_OFFSET`, `CELL_GCM_TEXTURE_SWIZZLE_ALIGN_OFFSET`
/// in RPCS3 `gcm_enums.h`; PSL1GHT `rsx/gcm_sys.h`. Linear textures get the
/// alignment of swizzled ones, which also is the line of the texture cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Code and constants of a fragment program.
    FragmentProgram,
    /// Texels of any layout.
    Texture,
    /// A linear render target or display buffer.
    Surface,
    /// A swizzled render target.
    SwizzledSurface,
    /// Vertices.
    Vertices,
    /// Indices.
    Indices,
}

impl Purpose {
    /// Alignment in bytes in `location`.
    #[must_use]
    pub const fn alignment(self, location: Location) -> u32 {
        match (self, location) {
            (Self::FragmentProgram, Location::Local) | (Self::Surface, _) => 64,
            (Self::FragmentProgram, Location::Main)
            | (Self::Texture | Self::SwizzledSurface, _) => 128,
            (Self::Vertices | Self::Indices, _) => 16,
        }
    }
}

/// No room for a piece of memory, or a request that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArenaError {
    /// No free range is long enough.
    NoRoom {
        /// Bytes asked for.
        size: u32,
        /// Alignment asked for.
        alignment: u32,
        /// Bytes of the longest free range.
        longest: u32,
    },
    /// The alignment is not a power of two, or the size is 0.
    BadRequest {
        /// Bytes asked for.
        size: u32,
        /// Alignment asked for.
        alignment: u32,
    },
    /// Not the start of a piece that is handed out.
    NotAllocated(Address),
}

impl fmt::Display for ArenaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom {
                size,
                alignment,
                longest,
            } => {
                write!(
                    f,
                    "no room for {size} bytes aligned to {alignment}; the longest free range has {longest}"
                )
            }
            Self::BadRequest { size, alignment } => {
                write!(f, "cannot allocate {size} bytes aligned to {alignment}")
            }
            Self::NotAllocated(at) => write!(f, "nothing is allocated at {at}"),
        }
    }
}

impl core::error::Error for ArenaError {}

/// A range of one memory from which pieces are handed out, the lowest that fits first.
#[derive(Clone, Debug)]
pub struct Arena {
    location: Location,
    /// Offset and length of each free range; no two touch.
    free: BTreeMap<u32, u32>,
    /// Offset and length of each piece handed out.
    used: BTreeMap<u32, u32>,
}

impl Arena {
    /// All of `offset .. offset + size` of `location` is free; cut off at 4 GB.
    #[must_use]
    pub fn new(location: Location, offset: u32, size: u32) -> Self {
        let size = size.min(u32::MAX - offset);
        let free = if size == 0 {
            BTreeMap::new()
        } else {
            BTreeMap::from([(offset, size)])
        };
        Self {
            location,
            free,
            used: BTreeMap::new(),
        }
    }

    /// Bytes that are free, in all.
    #[must_use]
    pub fn free_bytes(&self) -> u32 {
        self.free.values().sum()
    }

    /// A piece of `size` bytes, aligned for `purpose`.
    ///
    /// # Errors
    /// [`ArenaError::NoRoom`], or [`ArenaError::BadRequest`] for a size of 0.
    pub fn allocate(&mut self, purpose: Purpose, size: u32) -> Result<Address, ArenaError> {
        self.allocate_aligned(purpose.alignment(self.location), size)
    }

    /// A piece of `size` bytes at a multiple of `alignment`, a power of two.
    ///
    /// # Errors
    /// [`ArenaError::NoRoom`] or [`ArenaError::BadRequest`].
    pub fn allocate_aligned(&mut self, alignment: u32, size: u32) -> Result<Address, ArenaError> {
        if !alignment.is_power_of_two() || size == 0 {
            return Err(ArenaError::BadRequest { size, alignment });
        }
        let fit = self.free.iter().find_map(|(&start, &length)| {
            let at = start.checked_next_multiple_of(alignment)?;
            let skipped = at - start;
            (length >= skipped && length - skipped >= size).then_some((start, length, at))
        });
        let Some((start, length, at)) = fit else {
            let longest = self.free.values().copied().max().unwrap_or(0);
            return Err(ArenaError::NoRoom {
                size,
                alignment,
                longest,
            });
        };
        self.free.remove(&start);
        if at > start {
            self.free.insert(start, at - start);
        }
        let rest = length - (at - start) - size;
        if rest > 0 {
            self.free.insert(at + size, rest);
        }
        self.used.insert(at, size);
        Ok(Address {
            location: self.location,
            offset: at,
        })
    }

    /// Takes back a piece. The RSX must be done with it.
    ///
    /// # Errors
    /// [`ArenaError::NotAllocated`] where no piece starts at `at`.
    pub fn release(&mut self, at: Address) -> Result<(), ArenaError> {
        let missing = ArenaError::NotAllocated(at);
        if at.location != self.location {
            return Err(missing);
        }
        let mut size = self.used.remove(&at.offset).ok_or(missing)?;
        let mut start = at.offset;
        if let Some(next) = self.free.remove(&(start + size)) {
            size += next;
        }
        if let Some((&before, &length)) = self.free.range(..start).next_back()
            && before + length == start
        {
            start = before;
            size += length;
        }
        self.free.insert(start, size);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Arena, ArenaError, Purpose};
    use crate::memory::{Address, Location};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn pieces_are_aligned_for_their_purpose() {
        let mut local = Arena::new(Location::Local, 1, 10_000);
        let program = local.allocate(Purpose::FragmentProgram, 16).expect("room");
        assert_eq!(program, Address::local(64));
        assert_eq!(local.allocate(Purpose::Texture, 1), Ok(Address::local(128)));
        assert_eq!(
            local.allocate(Purpose::Surface, 64),
            Ok(Address::local(192))
        );
        let mut main = Arena::new(Location::Main, 1, 10_000);
        assert_eq!(
            main.allocate(Purpose::FragmentProgram, 16),
            Ok(Address::main(128))
        );
    }

    #[test]
    fn requests_that_make_no_sense_are_refused() {
        let mut arena = Arena::new(Location::Local, 0, 1000);
        let bad = |size, alignment| Err(ArenaError::BadRequest { size, alignment });
        assert_eq!(arena.allocate_aligned(3, 4), bad(4, 3));
        assert_eq!(arena.allocate_aligned(0, 4), bad(4, 0));
        assert_eq!(arena.allocate_aligned(4, 0), bad(0, 4));
        assert_eq!(
            arena.allocate_aligned(1, 1001),
            Err(ArenaError::NoRoom {
                size: 1001,
                alignment: 1,
                longest: 1000
            })
        );
        assert_eq!(
            arena.release(Address::local(0)),
            Err(ArenaError::NotAllocated(Address::local(0)))
        );
        let piece = arena.allocate_aligned(1, 10).expect("room");
        let elsewhere = Address::main(piece.offset);
        assert_eq!(
            arena.release(elsewhere),
            Err(ArenaError::NotAllocated(elsewhere))
        );
        assert_eq!(arena.release(piece), Ok(()));
        assert_eq!(arena.release(piece), Err(ArenaError::NotAllocated(piece)));
    }

    #[test]
    fn the_end_of_the_address_space_is_respected() {
        let mut arena = Arena::new(Location::Local, u32::MAX - 100, u32::MAX);
        assert_eq!(arena.free_bytes(), 100);
        assert!(arena.allocate_aligned(1 << 31, 1).is_err());
        assert!(arena.allocate_aligned(1, 100).is_ok());
        assert_eq!(Arena::new(Location::Local, 5, 0).free_bytes(), 0);
    }

    proptest! {
        #[test]
        fn pieces_never_overlap_and_all_come_back(
            steps in prop::collection::vec((any::<bool>(), 1..2000u32, 0..8u32, any::<prop::sample::Index>()), 1..120),
        ) {
            let mut arena = Arena::new(Location::Local, 7, 20_000);
            let mut pieces: Vec<(Address, u32)> = Vec::new();
            for (release, size, alignment, which) in steps {
                if release && !pieces.is_empty() {
                    let (at, _) = pieces.swap_remove(which.index(pieces.len()));
                    prop_assert_eq!(arena.release(at), Ok(()));
                } else if let Ok(at) = arena.allocate_aligned(1 << alignment, size) {
                    prop_assert!(at.is_aligned(1 << alignment));
                    prop_assert!(at.offset >= 7 && at.offset + size <= 20_007);
                    for (other, length) in &pieces {
                        prop_assert!(at.offset + size <= other.offset || other.offset + length <= at.offset);
                    }
                    pieces.push((at, size));
                }
                let used: u32 = pieces.iter().map(|piece| piece.1).sum();
                prop_assert_eq!(arena.free_bytes(), 20_000 - used);
            }
            for (at, _) in pieces {
                prop_assert_eq!(arena.release(at), Ok(()));
            }
            prop_assert_eq!(arena.allocate_aligned(1, 20_000), Ok(Address::local(7)), "one range again");
        }
    }
}
