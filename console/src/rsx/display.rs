//! Display buffers, flips and what is on the screen.

use rsx_gcm::methods::fields::{FlipHead, QueueFlip};
use rsx_gcm::methods::{Method, driver};

use super::memory::{Location, Memory, OutsideMemory};
use super::report::Problem;

/// Number of display buffers.
pub const BUFFERS: usize = 8;

/// The label that is not 0 while a flip is to come; the firmware's commands set it, the flip clears it.
pub const FLIP_LABEL: u8 = 1;

/// A part of local memory that can be shown: 32 bits a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Buffer {
    /// Offset in local memory.
    pub offset: u32,
    /// Bytes from row to row.
    pub pitch: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A picture: four bytes a pixel, red, green, blue and alpha (always 255), row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

/// What a method of the driver's object leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// Nothing.
    Nothing,
    /// A buffer is queued, whether it was set or not.
    Queued {
        /// For which head.
        head: u8,
        /// Its number.
        buffer: u32,
    },
    /// A flip comes at the next vertical blank.
    Flip,
    /// A word for the program.
    User(u32),
}

/// The head that shows pictures.
#[derive(Default)]
pub struct Display {
    buffers: [Option<Buffer>; BUFFERS],
    /// Buffer queued last.
    queued: Option<u32>,
    /// A flip to this buffer happens at the next vertical blank.
    next: Option<usize>,
    /// What is shown, and the number that it had when it was flipped to.
    front: Option<Buffer>,
    shown: Option<u8>,
    /// A flip was asked for since the status was reset and has not happened.
    waiting: bool,
    /// Vertical blanks so far.
    blanks: u64,
    /// Flips so far.
    flips: u64,
}

impl Display {
    /// Says what buffer `id` is; `false` where there is no such number.
    #[must_use]
    pub fn set_buffer(&mut self, id: u8, buffer: Buffer) -> bool {
        match self.buffers.get_mut(usize::from(id)) {
            Some(slot) => {
                *slot = Some(buffer);
                true
            }
            None => false,
        }
    }

    /// Whether a flip is still to come.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// From now on [`Self::is_waiting`] until the next flip has happened.
    pub fn reset_status(&mut self) {
        self.waiting = true;
    }

    /// The status is that of a flip which has happened.
    pub fn end_status(&mut self) {
        self.waiting = false;
    }

    /// Vertical blanks so far.
    #[must_use]
    pub fn blanks(&self) -> u64 {
        self.blanks
    }

    /// Flips so far.
    #[must_use]
    pub fn flips(&self) -> u64 {
        self.flips
    }

    /// Executes a method of the driver's object.
    ///
    /// # Errors
    /// The method is unknown or its argument is not possible.
    pub fn method(&mut self, method: Method, argument: u32) -> Result<Driver, Problem> {
        if method == driver::SET_OBJECT {
            return Ok(Driver::Nothing);
        }
        if driver::SET_USER_COMMAND.index_of(method).is_some() {
            return Ok(Driver::User(argument));
        }
        if let Some(head) = driver::QUEUE_FLIP.index_of(method) {
            self.queued = Some(QueueFlip(argument).buffer());
            return Ok(Driver::Queued {
                head: head as u8,
                buffer: argument,
            });
        }
        if driver::FLIP_HEAD.index_of(method).is_none() {
            return Err(Problem::UnknownMethod);
        }
        let flip = FlipHead(argument);
        if !flip.queued() {
            return Err(Problem::Unsupported("flips to an offset"));
        }
        let id = match flip.buffer() as usize {
            id @ 0..BUFFERS => self.known(id)?,
            _ => {
                let queued = self.queued.ok_or(Problem::Invalid("no buffer is queued"))?;
                self.known(queued as usize)?
            }
        };
        self.next = Some(id);
        Ok(Driver::Flip)
    }

    fn known(&self, id: usize) -> Result<usize, Problem> {
        match self.buffers.get(id) {
            Some(Some(_)) => Ok(id),
            _ => Err(Problem::Invalid("a display buffer that was not set")),
        }
    }

    /// Counts vertical blanks.
    pub(super) fn count_blanks(&mut self, count: u64) {
        self.blanks += count;
    }

    /// Whether a flip was asked for and has not happened.
    #[must_use]
    pub fn flip_is_due(&self) -> bool {
        self.next.is_some()
    }

    /// Asks for a flip to a buffer, without a command; `false` where there is no such buffer.
    #[must_use]
    pub fn ask_for_flip(&mut self, id: u8) -> bool {
        let known = self.known(id.into());
        if let Ok(id) = known {
            self.next = Some(id);
        }
        known.is_ok()
    }

    /// A flip that was asked for happens now; gives the buffer that is shown then.
    pub(super) fn flip(&mut self, memory: &mut Memory) -> Option<u8> {
        let id = self.next.take()?;
        self.front = self.buffers[id];
        self.shown = Some(id as u8);
        self.flips += 1;
        self.waiting = false;
        memory.set_label(FLIP_LABEL, 0);
        Some(id as u8)
    }

    /// The buffer that was flipped to last.
    #[must_use]
    pub fn shown(&self) -> Option<u8> {
        self.shown
    }

    /// What buffer `id` is, where it was set.
    #[must_use]
    pub fn buffer(&self, id: u8) -> Option<Buffer> {
        self.buffers.get(usize::from(id)).copied().flatten()
    }

    /// Copies what is shown to `frame`; `false` where nothing was shown yet.
    ///
    /// # Errors
    /// The buffer is not all in local memory.
    pub fn copy(&self, memory: &Memory, frame: &mut Frame) -> Result<bool, OutsideMemory> {
        let Some(buffer) = self.front else {
            return Ok(false);
        };
        let (width, height) = (buffer.width as usize, buffer.height as usize);
        let rows = u64::from(buffer.height.saturating_sub(1));
        let bytes = u64::from(buffer.pitch) * rows + 4 * u64::from(buffer.width);
        let bytes = memory.slice(Location::Local, buffer.offset, bytes)?;
        frame.width = buffer.width;
        frame.height = buffer.height;
        frame.rgba.resize(4 * width * height, 0);
        for y in 0..height {
            let row = &bytes[y * buffer.pitch as usize..][..4 * width];
            let to = &mut frame.rgba[4 * width * y..4 * width * (y + 1)];
            for (to, pixel) in to
                .as_chunks_mut::<4>()
                .0
                .iter_mut()
                .zip(row.as_chunks::<4>().0)
            {
                let [_, red, green, blue] = *pixel;
                *to = [red, green, blue, 255];
            }
        }
        Ok(true)
    }
}
