//! Display buffers and flips.

use crate::device::Device;
use crate::fifo::packet::Command;
use crate::fifo::{Context, FifoError, Window};
use crate::memory::{Address, OutOfRange};
use crate::methods::fields::{FlipHead, QueueFlip};
use crate::methods::{Method, channel, driver};

/// Display buffers that there can be.
pub const MAX_BUFFERS: u8 = 8;

/// The label that is not 0 while a flip is queued or under way.
///
/// Source: RPCS3 `cellGcmSys.cpp`, `cellGcmSetWaitFlip`: the firmware waits for
/// 0 at byte 0x10 of the labels.
pub const FLIP_LABEL: u8 = 1;

/// Words that a flip may take in the FIFO; the firmware resets much state with it.
pub const FLIP_WORDS: usize = 1024;

/// A piece of local memory that can be shown: linear, 32 bits a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayBuffer {
    /// Offset in local memory, a multiple of 64.
    pub offset: u32,
    /// Bytes from row to row, a multiple of 64.
    pub pitch: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// An RSX with something to show on.
///
/// On a console these are functions of the firmware. A flip of its resets
/// surface, viewport, scissor, blending, vertex formats, textures and masks,
/// so whoever draws sets all of that for each frame.
pub trait Display: Device {
    /// Says what display buffer `id`, below [`MAX_BUFFERS`], is.
    ///
    /// # Errors
    /// [`ArgumentError`](crate::ArgumentError) names what the display cannot take.
    fn set_display_buffer(
        &mut self,
        id: u8,
        buffer: &DisplayBuffer,
    ) -> Result<(), crate::ArgumentError>;

    /// Whether a flip since [`Display::reset_flip_status`] is still to come.
    fn flip_pending(&mut self) -> bool;

    /// From now on [`Display::flip_pending`] is true until the next flip is done.
    fn reset_flip_status(&mut self);

    /// Writes the commands that show buffer `id` at `window.current`, at most [`FLIP_WORDS`], and moves that on.
    ///
    /// The flip happens at the next vertical blank after the RSX has come to them.
    ///
    /// # Errors
    /// [`OutOfRange`] where the window is not in memory.
    fn queue_flip(&mut self, window: &mut Window, id: u8) -> Result<(), OutOfRange> {
        let queue = u32::from(QueueFlip::default().with_buffer(id.into()));
        let flip = u32::from(FlipHead::default().with_buffer(id.into()).with_queued(true));
        for (method, argument) in [
            (channel::SEMAPHORE_OFFSET, 16 * u32::from(FLIP_LABEL)),
            (channel::SEMAPHORE_RELEASE, 1),
            (driver::QUEUE_FLIP.at(0), queue),
            (driver::FLIP_HEAD.at(0), flip),
        ] {
            write_packet(self, window, method, &[argument])?;
        }
        Ok(())
    }

    /// Writes the commands that hold the RSX until no flip is queued, as [`Display::queue_flip`] does.
    ///
    /// # Errors
    /// [`OutOfRange`] where the window is not in memory.
    fn queue_wait_flip(&mut self, window: &mut Window) -> Result<(), OutOfRange> {
        write_packet(
            self,
            window,
            channel::SEMAPHORE_OFFSET,
            &[16 * u32::from(FLIP_LABEL), 0],
        )
    }
}

fn write_packet<D: Device + ?Sized>(
    device: &mut D,
    window: &mut Window,
    method: Method,
    arguments: &[u32],
) -> Result<(), OutOfRange> {
    let header = Command::Packet {
        method,
        count: arguments.len() as u32,
        incrementing: true,
    };
    device.write_words(Address::main(window.current), &[header.encode()])?;
    device.write_words(Address::main(window.current + 4), arguments)?;
    window.current += 4 * (1 + arguments.len() as u32);
    Ok(())
}

impl<D: Display> Context<D> {
    /// Shows display buffer `id` when everything before has been drawn, and flushes.
    ///
    /// Commands sent afterwards wait until the flip is done, so that they
    /// never draw into the buffer that is on the screen. The flip status is
    /// reset here: a status without a flip would stay pending for ever.
    ///
    /// # Errors
    /// As [`Context::reserve`], and for an `id` that is no display buffer.
    pub fn flip(&mut self, id: u8) -> Result<(), FifoError> {
        crate::ArgumentError::check_most("display buffer", id.into(), u32::from(MAX_BUFFERS) - 1)?;
        self.reserve(FLIP_WORDS)?;
        let mut window = self.window();
        self.device_mut().reset_flip_status();
        self.device_mut().queue_flip(&mut window, id)?;
        self.resume_at(window.current)?;
        self.flush();
        self.reserve(FLIP_WORDS)?;
        let mut window = self.window();
        // Fetched together with the next frame's commands.
        self.device_mut().queue_wait_flip(&mut window)?;
        self.resume_at(window.current)
    }

    /// Waits until the last flip is done.
    ///
    /// # Errors
    /// [`FifoError::Stopped`] where it never will be.
    pub fn wait_flip(&mut self) -> Result<(), FifoError> {
        while self.device_mut().flip_pending() {
            self.device_mut().wait()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Display, DisplayBuffer, FLIP_WORDS};
    use crate::testing::{context, sent};

    #[test]
    fn flips_are_driver_methods_between_label_1() {
        let words = sent(|context| context.flip(3).expect("room"));
        // The last two, which hold the RSX, come with the flush of the next commands.
        let expected = [
            (0x64, 0x10),
            (0x6c, 1),
            (0xe940, 3),
            (0xe920, 0x8000_0003),
            (0x64, 0x10),
            (0x68, 0),
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn the_hold_is_not_flushed_with_the_flip() {
        let mut context = context(2);
        context.flip(0).expect("room");
        context.device_mut().run(u32::MAX);
        assert_eq!(context.device().arrived.len(), 4);
        assert!(context.device().pending);
        context.wait_flip().expect("the reader goes on");
        assert!(!context.device_mut().flip_pending());
    }

    #[test]
    fn there_are_eight_buffers() {
        assert!(context(2).flip(8).is_err());
        assert!(!context(2).device().pending, "no status without a flip");
    }

    #[test]
    fn a_flip_finds_room_in_a_full_segment() {
        let mut context = context(2);
        let window = context.window();
        context
            .resume_at(window.end - 4 * (FLIP_WORDS as u32 - 1))
            .expect("in the window");
        context.flip(1).expect("a new segment");
        assert_ne!(context.window().begin, window.begin);
        let buffer = DisplayBuffer {
            offset: 0,
            pitch: 5120,
            width: 1280,
            height: 720,
        };
        assert_eq!(context.device_mut().set_display_buffer(0, &buffer), Ok(()));
    }
}
