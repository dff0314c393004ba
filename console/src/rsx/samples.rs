//! Pixels with several samples.
//!
//! The samples of a pixel lie next to each other in memory, as the pixels of a surface that is
//! two columns a pixel wide, and two rows high where there are four: programs make pixels of
//! them by reading that surface as a texture of its size. A triangle writes the samples that it
//! covers; its colour is that of the pixel's centre, its depth that of the sample.
//!
//! Numbers: RPCS3 `gcm_enums.h` (`CELL_GCM_SURFACE_CENTER_1` and so on). Positions: where a
//! name says "centered", in the middle of the parts of a pixel; of the rotated square only
//! that it is rotated is public, the positions are those of the usual rotated grid.

use super::surface::Rectangle;

/// The samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// One, in the centre.
    One,
    /// Two on a diagonal.
    Two,
    /// Four in a square.
    Four,
    /// Four in a square that is rotated.
    FourRotated,
}

impl Samples {
    /// The samples with this number in the format of a surface.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        Some(match bits {
            0 => Self::One,
            3 => Self::Two,
            4 => Self::Four,
            5 => Self::FourRotated,
            _ => return None,
        })
    }

    /// Columns and rows of samples.
    #[must_use]
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::One => (1, 1),
            Self::Two => (2, 1),
            Self::Four | Self::FourRotated => (2, 2),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> u32 {
        let (columns, rows) = self.size();
        columns * rows
    }

    /// Where a sample is from the pixel's centre, in 1/256 pixel.
    #[must_use]
    pub fn position(self, sample: u32) -> (i32, i32) {
        const TWO: [(i32, i32); 2] = [(-64, -64), (64, 64)];
        const FOUR: [(i32, i32); 4] = [(-64, -64), (64, -64), (-64, 64), (64, 64)];
        const ROTATED: [(i32, i32); 4] = [(-32, -96), (96, -32), (-96, 32), (32, 96)];
        let positions = match self {
            Self::One => &[(0, 0)][..],
            Self::Two => &TWO,
            Self::Four => &FOUR,
            Self::FourRotated => &ROTATED,
        };
        positions.get(sample as usize).copied().unwrap_or((0, 0))
    }

    /// The samples of an area of pixels.
    #[must_use]
    pub fn area(self, area: Rectangle) -> Rectangle {
        let (columns, rows) = self.size();
        let (columns, rows) = (columns as i32, rows as i32);
        Rectangle {
            left: area.left * columns,
            top: area.top * rows,
            right: area.right * columns,
            bottom: area.bottom * rows,
        }
    }
}

/// The drawing of one sample of each pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The samples of a pixel.
    pub samples: Samples,
    /// The number of the one that is drawn.
    pub sample: u32,
    /// Where it is from the pixel's centre, in 1/256 pixel.
    pub position: (i32, i32),
}

impl Pass {
    /// Column and row of the sample among those of its pixel.
    #[must_use]
    pub fn place(&self) -> (u32, u32) {
        let (columns, _) = self.samples.size();
        (self.sample % columns, self.sample / columns)
    }
}
