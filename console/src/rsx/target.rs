//! The colour target, and clearing it.

use rsx_gcm::methods::fields::{ClearMask, SurfaceColor};

use super::memory::{Memory, OutsideMemory};
use super::surface::{Rectangle, Surface};

/// A colour target of 32-bit pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its pixels.
    pub surface: Surface,
    /// Layout of a pixel.
    pub format: SurfaceColor,
}

impl Target {
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
        let place = self.surface.place(memory)?;
        let area = area.intersection(self.surface.area);
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
        let (bytes, addresses) = (memory.at_mut(&place), self.surface.addresses());
        if mask == !0 {
            let word = argb.to_be_bytes();
            addresses.change::<4>(bytes, area, |pixel| *pixel = word);
        } else {
            addresses.change::<4>(bytes, area, |pixel| {
                let old = u32::from_be_bytes(*pixel);
                *pixel = (old & !mask | argb & mask).to_be_bytes();
            });
        }
        Ok(area.pixels())
    }
}
