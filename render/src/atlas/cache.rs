//! Which mask is where in the atlas, and which still have to be uploaded.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use fonts::{Bitmap, Glyph, Weight};

use super::shelves::{Packed, Place, Shelves, Tenancy};
use crate::mask::Mask;

/// Texels in a row of the atlas; also its pitch in bytes, at a byte a texel.
pub const ATLAS_WIDTH: u16 = 2048;

/// Rows of the atlas.
pub const ATLAS_HEIGHT: u16 = 1024;

/// Frames that may still be drawn while the next is prepared. What they use is
/// not overwritten.
const FRAMES_IN_FLIGHT: u64 = 3;

/// What a mask shows; sizes as they are rasterised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A glyph.
    Glyph {
        /// Which font.
        weight: Weight,
        /// Which glyph.
        glyph: Glyph,
        /// Sixteenths of a column an em.
        x: u16,
        /// Sixteenths of a row an em.
        y: u16,
        /// Quarters of a pixel that it is moved to the right.
        shift: u8,
        /// Pixels over which it is blurred, for its shadow.
        blur: u8,
    },
    /// Part of a symbol.
    Symbol {
        /// Which part.
        mask: Mask,
        /// Columns of the symbol's square.
        width: u16,
        /// Rows of it.
        height: u16,
        /// Pixels over which it is blurred, for its shadow.
        blur: u8,
    },
}

/// A mask in the atlas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sprite {
    /// Its left column in the atlas.
    pub u: u16,
    /// Its upper row in the atlas.
    pub v: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// From the pen's pixel to the left column.
    pub left: i16,
    /// From the baseline up to the upper edge.
    pub top: i16,
}

/// Texels to write into the atlas before it is drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The left column.
    pub x: u16,
    /// The upper row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// One byte a texel, row by row.
    pub coverage: Vec<u8>,
}

/// The atlas: masks made on demand, kept as long as there is room.
#[derive(Clone, Debug)]
pub(crate) struct Atlas {
    shelves: Shelves,
    sprites: BTreeMap<Key, Option<(Sprite, Place)>>,
    uploads: Vec<Upload>,
    frame: u64,
}

impl Atlas {
    /// An empty atlas.
    pub(crate) fn new() -> Atlas {
        Atlas {
            shelves: Shelves::new(ATLAS_WIDTH, ATLAS_HEIGHT),
            sprites: BTreeMap::new(),
            uploads: Vec::new(),
            frame: FRAMES_IN_FLIGHT,
        }
    }

    /// Starts the next frame.
    pub(crate) fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// The mask of a key, made by `rasterise` if it is not there. `None` if it
    /// has no ink, or if the atlas is full of what the latest frames use.
    pub(crate) fn sprite(
        &mut self,
        key: Key,
        rasterise: impl FnOnce() -> Bitmap,
    ) -> Option<Sprite> {
        match self.sprites.get(&key) {
            Some(Some((sprite, place))) => {
                self.shelves.touch(place, self.frame);
                return Some(*sprite);
            }
            Some(None) => return None,
            None => {}
        }
        let bitmap = rasterise();
        if bitmap.coverage.iter().all(|&c| c == 0) {
            self.sprites.insert(key, None);
            return None;
        }
        let width = u16::try_from(bitmap.width).ok()?;
        let height = u16::try_from(bitmap.height).ok()?;
        let stale = self.frame - FRAMES_IN_FLIGHT;
        let place = match self.shelves.pack(width, height, self.frame, stale)? {
            Packed::Room(place) => place,
            Packed::Evicted(place, gone) => {
                self.forget(&gone);
                place
            }
        };
        let sprite = Sprite {
            u: place.x,
            v: place.y,
            width,
            height,
            left: i16::try_from(bitmap.left).ok()?,
            top: i16::try_from(bitmap.top).ok()?,
        };
        self.uploads.push(Upload {
            x: place.x,
            y: place.y,
            width,
            coverage: bitmap.coverage,
        });
        self.sprites.insert(key, Some((sprite, place)));
        Some(sprite)
    }

    fn forget(&mut self, gone: &[Tenancy]) {
        self.sprites.retain(|_, entry| match entry {
            Some((_, place)) => !gone.contains(&place.tenancy),
            None => true,
        });
    }

    /// What has to be written before the next drawing; forgets it.
    pub(crate) fn take_uploads(&mut self) -> Vec<Upload> {
        core::mem::take(&mut self.uploads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn key(n: u16) -> Key {
        Key::Symbol {
            mask: Mask::Disc,
            width: n,
            height: 1,
            blur: 0,
        }
    }

    fn square(side: usize) -> Bitmap {
        Bitmap {
            width: side,
            height: side,
            left: 0,
            top: 0,
            coverage: vec![255; side * side],
        }
    }

    #[test]
    fn a_mask_is_made_and_uploaded_once() {
        let mut atlas = Atlas::new();
        let first = atlas.sprite(key(1), || square(10));
        let second = atlas.sprite(key(1), || panic!("made twice"));
        assert!(first.is_some() && first == second);
        assert_eq!(atlas.take_uploads().len(), 1);
        assert!(atlas.take_uploads().is_empty());
    }

    #[test]
    fn what_has_no_ink_takes_no_room() {
        let mut atlas = Atlas::new();
        assert_eq!(atlas.sprite(key(1), Bitmap::default), None);
        assert_eq!(atlas.sprite(key(1), || panic!("made twice")), None);
        assert!(atlas.take_uploads().is_empty());
    }

    #[test]
    fn a_full_atlas_makes_room_when_frames_have_passed() {
        let mut atlas = Atlas::new();
        let mut made = 0;
        while atlas.sprite(key(made), || square(256)).is_some() {
            made += 1;
        }
        assert_eq!(made, 32);
        for _ in 0..=FRAMES_IN_FLIGHT {
            // The first is used in every frame and stays.
            assert!(atlas.sprite(key(0), || panic!("lost")).is_some());
            atlas.next_frame();
        }
        assert!(atlas.sprite(key(99), || square(256)).is_some());
        assert!(atlas.sprite(key(0), || panic!("lost")).is_some());
    }
}
