//! The device as `rsx-gcm` sees it: memory, controls and display.

use rsx_gcm::ArgumentError;
use rsx_gcm::device::{Control, Stopped};
use rsx_gcm::flip::{Display, DisplayBuffer};
use rsx_gcm::memory::{self, Address, OutOfRange};

use super::memory::Location;
use super::{Buffer, Pause, Rsx};

impl memory::Memory for Rsx {
    fn size(&self, location: Location) -> u32 {
        u32::try_from(self.memory().bytes(location).len()).unwrap_or(u32::MAX)
    }

    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), OutOfRange> {
        let range = memory::check_range(at, bytes.len(), self.size(at.location))?;
        self.memory_mut().bytes_mut(at.location)[range].copy_from_slice(bytes);
        Ok(())
    }

    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        let range = memory::check_range(at, bytes.len(), self.size(at.location))?;
        bytes.copy_from_slice(&self.memory().bytes(at.location)[range]);
        Ok(())
    }
}

impl Control for Rsx {
    fn put(&mut self, offset: u32) {
        self.set_put(offset);
    }

    fn get(&mut self) -> u32 {
        Rsx::get(self)
    }

    fn reference(&mut self) -> u32 {
        Rsx::reference(self)
    }

    fn label(&mut self, index: u8) -> u32 {
        self.memory().label(index)
    }

    /// Executes what `put` allows; where a flip is to come, the vertical blank comes at once.
    ///
    /// When nothing has changed by that, nothing ever will, as all is executed here.
    fn wait(&mut self) -> Result<(), Stopped> {
        let before = (Rsx::get(self), self.flips());
        if self.run() == Pause::Faulted {
            return Err(Stopped);
        }
        self.vertical_blank();
        if before == (Rsx::get(self), self.flips()) {
            Err(Stopped)
        } else {
            Ok(())
        }
    }
}

impl Display for Rsx {
    fn set_display_buffer(&mut self, id: u8, buffer: &DisplayBuffer) -> Result<(), ArgumentError> {
        let DisplayBuffer {
            offset,
            pitch,
            width,
            height,
        } = *buffer;
        let checks = [
            ("display buffer offset", offset, offset % 64 == 0),
            ("display buffer pitch", pitch, pitch % 64 == 0),
            (
                "display buffer width",
                width,
                width <= 4096 && 4 * width <= pitch,
            ),
            ("display buffer height", height, height <= 4096),
        ];
        for (name, value, fits) in checks {
            if !fits {
                return Err(ArgumentError { name, value });
            }
        }
        let known = Rsx::set_display_buffer(
            self,
            id,
            Buffer {
                offset,
                pitch,
                width,
                height,
            },
        );
        if known {
            Ok(())
        } else {
            Err(ArgumentError {
                name: "display buffer",
                value: id.into(),
            })
        }
    }

    fn flip_pending(&mut self) -> bool {
        Rsx::flip_pending(self)
    }

    fn reset_flip_status(&mut self) {
        Rsx::reset_flip_status(self);
    }
}
