//! Depth and stencil: the target, its formats, clearing it, and the tests of fragments.
//!
//! Formats: RPCS3 `gcm_enums.h` (`CELL_GCM_SURFACE_Z16`, `Z24S8`; bit 12 of `SET_CONTROL0`
//! turns fixed into floating point) and `ShuffleBytes.glsl` (24 bits of float are the upper
//! ones of a 32-bit float without its sign) and `VKCompute.h` (16 bits of float are those of
//! a 16-bit float). Tests: OpenGL, "Stencil Test", "Depth Buffer
//! Test", and the extension EXT_depth_bounds_test.

mod format;
mod test;

pub use format::{Format, Pixel};
pub use test::{DepthTest, Operation, Stencil, Tests};

use super::memory::{Memory, OutsideMemory};
use super::surface::{Rectangle, Surface};

/// A target of depth, and of stencil where its format has that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its pixels.
    pub surface: Surface,
    /// Layout of a pixel.
    pub format: Format,
}

/// What a clear sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clear {
    /// Bits of depth, if that is cleared.
    pub depth: Option<u32>,
    /// Stencil and the mask of its bits that are written, if that is cleared.
    pub stencil: Option<(u8, u8)>,
}

impl Target {
    /// Sets depth, stencil or both in `area`; gives the number of pixels.
    ///
    /// # Errors
    /// The target is not all in memory.
    pub fn clear(
        &self,
        memory: &mut Memory,
        area: Rectangle,
        clear: Clear,
    ) -> Result<u64, OutsideMemory> {
        let place = self.surface.place(memory)?;
        let area = area.intersection(self.surface.area);
        if area.is_empty() {
            return Ok(0);
        }
        let (bytes, addresses) = (memory.at_mut(&place), self.surface.addresses());
        let cleared = |mut pixel: Pixel| {
            if let Some(depth) = clear.depth {
                pixel.depth = depth;
            }
            if let Some((stencil, mask)) = clear.stencil {
                pixel.stencil = pixel.stencil & !mask | stencil & mask;
            }
            pixel
        };
        match self.format {
            Format::Z16 | Format::Z16Float => addresses.change(bytes, area, |pixel| {
                *pixel = cleared(Pixel::from_z16(*pixel)).to_z16();
            }),
            Format::Z24S8 | Format::Z24S8Float => addresses.change(bytes, area, |pixel| {
                *pixel = cleared(Pixel::from_z24s8(*pixel)).to_z24s8();
            }),
        }
        Ok(area.pixels())
    }
}
