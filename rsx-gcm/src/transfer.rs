//! Writing memory in the order of the commands.

use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::Address;
use crate::methods::fields::{Point, Size, Surface2dFormat, Surface2dPitch};
use crate::methods::{image, surface2d};

/// The 2D target starts at a multiple of this; what is left goes into the point.
const ALIGNMENT: u32 = 64;

/// Pitch of the 2D target. One row is written, so that it only has to hold [`BATCH`] words and the start.
const PITCH: u32 = 0x1000;

/// Words of one image: even, and with the start inside of a row.
const BATCH: usize = 512;

impl<D: Device> Context<D> {
    /// Writes `words` at `at`, a multiple of 4, when the RSX comes to this command.
    ///
    /// Meant for a few words, constants of a fragment program for one: send
    /// its address again afterwards.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for an unaligned address or a range past 4 GB.
    pub fn write_inline(&mut self, at: Address, words: &[u32]) -> Result<(), FifoError> {
        ArgumentError::check_alignment("offset of an inline write", at.offset, 4)?;
        let length = u32::try_from(4 * words.len()).ok();
        if length
            .and_then(|length| at.offset.checked_add(length))
            .is_none()
        {
            return Err(ArgumentError::new("offset of an inline write", at.offset).into());
        }
        if words.is_empty() {
            return Ok(());
        }
        self.method(
            surface2d::SET_CONTEXT_DMA_IMAGE_DESTIN,
            &[at.location.dma()],
        )?;
        let mut offset = at.offset;
        for batch in words.chunks(BATCH) {
            self.write_row(offset, batch)?;
            offset += 4 * batch.len() as u32;
        }
        Ok(())
    }

    fn write_row(&mut self, offset: u32, words: &[u32]) -> Result<(), FifoError> {
        self.method(surface2d::SET_OFFSET_DESTIN, &[offset & !(ALIGNMENT - 1)])?;
        let pitch = Surface2dPitch::default()
            .with_source(PITCH)
            .with_destination(PITCH);
        self.method(
            surface2d::SET_COLOR_FORMAT,
            &[Surface2dFormat::Y32.bits(), pitch.into()],
        )?;
        let size = Size::default()
            .with_width(words.len() as u32)
            .with_height(1);
        let point = Point::default().with_x(offset % ALIGNMENT / 4);
        self.method(image::POINT, &[point.into(), size.into(), size.into()])?;
        let mut even = [0; BATCH];
        even[..words.len()].copy_from_slice(words);
        self.method(image::COLOR.at(0), &even[..words.len().next_multiple_of(2)])
    }
}
