//! Words from the command stream to memory: the 2D surface (NV3062) and the image (NV308A).

use rsx_gcm::methods::fields::{Point, Size, Surface2dFormat, Surface2dPitch};
use rsx_gcm::methods::{Method, image, surface2d};

use super::memory::{Location, Memory, location_of_handle};
use super::report::Problem;

/// State of both objects.
pub struct Transfer {
    location: Option<Location>,
    format: u32,
    pitch: u32,
    offset: u32,
    point: u32,
    size_out: u32,
    size_in: u32,
}

impl Default for Transfer {
    /// As the firmware leaves them to a program (RPCS3 `rsx_methods.cpp`).
    fn default() -> Self {
        Self {
            location: Some(Location::Local),
            format: Surface2dFormat::A8R8G8B8 as u32,
            pitch: 0x40,
            offset: 0,
            point: 0,
            size_out: 0,
            size_in: 0,
        }
    }
}

impl Transfer {
    /// The surface: memory, offset, number of its format, pitch.
    pub(super) fn target(&self) -> (Option<Location>, u32, u32, u32) {
        (self.location, self.offset, self.format, self.pitch)
    }

    /// Executes a method of the 2D surface.
    ///
    /// # Errors
    /// The method is unknown or its argument is not possible.
    pub fn surface(&mut self, method: Method, argument: u32) -> Result<(), Problem> {
        match method {
            surface2d::SET_CONTEXT_DMA_IMAGE_DESTIN => {
                self.location = location_of_handle(argument);
                if self.location.is_none() {
                    return Err(Problem::Invalid("no such memory object"));
                }
            }
            surface2d::SET_CONTEXT_DMA_IMAGE_SOURCE => {
                if location_of_handle(argument).is_none() {
                    return Err(Problem::Invalid("no such memory object"));
                }
            }
            surface2d::SET_COLOR_FORMAT => {
                self.format = argument;
                Surface2dFormat::from_bits(argument)?;
            }
            surface2d::SET_PITCH => self.pitch = Surface2dPitch(argument).destination(),
            surface2d::SET_OFFSET_SOURCE => {}
            surface2d::SET_OFFSET_DESTIN => {
                self.offset = argument;
                if !argument.is_multiple_of(64) {
                    return Err(Problem::Misaligned {
                        what: "target of a transfer",
                        value: argument,
                        multiple: 64,
                    });
                }
            }
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }

    /// Executes a method of the image.
    ///
    /// # Errors
    /// The method is unknown or its argument is not possible.
    pub fn image(
        &mut self,
        method: Method,
        argument: u32,
        memory: &mut Memory,
    ) -> Result<(), Problem> {
        match method {
            image::POINT => self.point = argument,
            image::SIZE_OUT => self.size_out = argument,
            image::SIZE_IN => self.size_in = argument,
            _ => match image::COLOR.index_of(method) {
                Some(index) => return self.word(index, argument, memory),
                None => return Err(Problem::UnknownMethod),
            },
        }
        Ok(())
    }

    /// Word `index` of the image's row.
    fn word(&self, index: u32, word: u32, memory: &mut Memory) -> Result<(), Problem> {
        let (out, source) = (Size(self.size_out), Size(self.size_in));
        if out != source || out.height() != 1 {
            return Err(Problem::Unsupported(
                "images that are not one row at its own size",
            ));
        }
        // Rows in the stream have an even number of words; the last one may be left over.
        if index >= out.width() {
            return Ok(());
        }
        if Surface2dFormat::from_bits(self.format) == Ok(Surface2dFormat::R5G6B5) {
            return Err(Problem::Unsupported("16-bit transfers from the FIFO"));
        }
        let Some(location) = self.location else {
            return Err(Problem::Invalid("a transfer without a target"));
        };
        let point = Point(self.point);
        let offset = u64::from(self.offset)
            + u64::from(point.y()) * u64::from(self.pitch)
            + 4 * (u64::from(point.x()) + u64::from(index));
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        memory
            .write_u32(location, offset, word)
            .map_err(|bytes| Problem::OutsideMemory {
                what: "target of a transfer",
                bytes,
            })
    }
}
