//! The colour target: where it lies, what is drawn of it, and clearing it.

use rsx_gcm::methods::fields::{ClearMask, SurfaceColor};

use super::memory::{Location, Memory, OutsideMemory, Place};

/// Pixels from `left` and `top` up to, without, `right` and `bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// First column.
    pub left: i32,
    /// First row.
    pub top: i32,
    /// Column after the last.
    pub right: i32,
    /// Row after the last.
    pub bottom: i32,
}

impl Rectangle {
    /// What both have in common.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// How many pixels are in it.
    #[must_use]
    pub fn pixels(self) -> u64 {
        let side = |from: i32, to: i32| u64::try_from(i64::from(to) - i64::from(from)).unwrap_or(0);
        side(self.left, self.right) * side(self.top, self.bottom)
    }

    /// There is no pixel in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// A linear colour target of 32-bit pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Memory that it lies in.
    pub location: Location,
    /// Its first pixel.
    pub offset: u32,
    /// Bytes from row to row.
    pub pitch: u32,
    /// The pixels that exist.
    pub area: Rectangle,
    /// Layout of a pixel.
    pub format: SurfaceColor,
}

impl Target {
    /// The bytes from the first to the last pixel.
    ///
    /// # Errors
    /// They are not all in memory.
    pub fn place(&self, memory: &Memory) -> Result<Place, OutsideMemory> {
        let (width, height) = (self.area.right as u64, self.area.bottom as u64);
        let bytes = match height.checked_sub(1) {
            None => 0,
            Some(rows) => u64::from(self.pitch) * rows + 4 * width,
        };
        memory.place(self.location, self.offset, bytes)
    }

    /// Sets the components that `what` names to those of `argb`, in `area`; gives the number of pixels.
    ///
    /// # Errors
    /// The target is not all in memory.
    pub fn clear(
        &self,
        memory: &mut Memory,
        area: Rectangle,
        argb: u32,
        what: ClearMask,
    ) -> Result<u64, OutsideMemory> {
        let place = self.place(memory)?;
        let area = area.intersection(self.area);
        if area.is_empty() {
            return Ok(0);
        }
        let mut mask = 0;
        for (component, bits) in [
            (what.alpha(), 0xff00_0000u32),
            (what.red(), 0x00ff_0000),
            (what.green(), 0x0000_ff00),
            (what.blue(), 0x0000_00ff),
        ] {
            mask |= if component { bits } else { 0 };
        }
        let argb = match self.format {
            SurfaceColor::X8R8G8B8ZeroZero => argb & 0x00ff_ffff,
            SurfaceColor::X8R8G8B8OneOne => argb | 0xff00_0000,
            _ => argb,
        };
        let bytes = memory.at_mut(&place);
        for y in area.top..area.bottom {
            let start = y as usize * self.pitch as usize;
            let row = &mut bytes[start + 4 * area.left as usize..start + 4 * area.right as usize];
            let (pixels, _) = row.as_chunks_mut::<4>();
            if mask == !0 {
                pixels.fill(argb.to_be_bytes());
            } else {
                for pixel in pixels {
                    let old = u32::from_be_bytes(*pixel);
                    *pixel = (old & !mask | argb & mask).to_be_bytes();
                }
            }
        }
        Ok(area.pixels())
    }
}
