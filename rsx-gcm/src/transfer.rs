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

#[cfg(test)]
mod tests {
    use crate::memory::Address;
    use crate::testing::{context, packet, sent};
    use alloc::vec::Vec;

    #[test]
    fn a_few_words_are_the_documented_words() {
        let words = sent(|context| {
            context
                .write_inline(Address::local(0x12a4), &[7, 8, 9])
                .expect("room")
        });
        let mut expected = packet(0x6188, &[0xfeed_0000]);
        expected.extend(packet(0x630c, &[0x1280]));
        expected.extend(packet(0x6300, &[0xb, 0x1000_1000]));
        expected.extend(packet(0xa304, &[9, 0x1_0003, 0x1_0003]));
        expected.extend(packet(0xa400, &[7, 8, 9, 0]));
        assert_eq!(words, expected);
    }

    #[test]
    fn many_words_are_several_rows() {
        let all: Vec<u32> = (0..1100).collect();
        let words = sent(|context| {
            context
                .write_inline(Address::main(0x44), &all)
                .expect("room")
        });
        assert_eq!(words[0], (0x6188, 0xfeed_0001));
        let of = |method| {
            words
                .iter()
                .filter(|word| word.0 == method)
                .map(|word| word.1)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(0x630c), [0x40, 0x840, 0x1040]);
        assert_eq!(of(0xa304), [1, 1, 1]);
        assert_eq!(of(0xa308), [0x1_0200, 0x1_0200, 0x1_004c]);
        let texels: Vec<u32> = words
            .iter()
            .filter(|word| word.0 >= 0xa400)
            .map(|word| word.1)
            .collect();
        assert_eq!(texels, all);
    }

    #[test]
    fn writes_that_cannot_be_are_refused() {
        assert!(context(2).write_inline(Address::local(2), &[1]).is_err());
        assert!(
            context(2)
                .write_inline(Address::local(0xffff_fffc), &[1])
                .is_err()
        );
        assert_eq!(
            sent(|context| context.write_inline(Address::local(0), &[]).expect("room")),
            []
        );
    }
}
