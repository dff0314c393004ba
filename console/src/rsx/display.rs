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

/// The head that shows pictures.
#[derive(Default)]
pub struct Display {
    buffers: [Option<Buffer>; BUFFERS],
    /// Buffer queued last.
    queued: Option<usize>,
    /// A flip to this buffer happens at the next vertical blank.
    next: Option<usize>,
    /// What is shown.
    front: Option<Buffer>,
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

    /// Executes a method of the driver's object; gives whether it was a flip.
    ///
    /// # Errors
    /// The method is unknown or its argument is not possible.
    pub fn method(&mut self, method: Method, argument: u32) -> Result<bool, Problem> {
        if method == driver::SET_OBJECT {
            return Ok(false);
        }
        if driver::QUEUE_FLIP.index_of(method).is_some() {
            self.queued = Some(self.known(QueueFlip(argument).buffer() as usize)?);
            return Ok(false);
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
            _ => self.queued.ok_or(Problem::Invalid("no buffer is queued"))?,
        };
        self.next = Some(id);
        Ok(true)
    }

    fn known(&self, id: usize) -> Result<usize, Problem> {
        match self.buffers.get(id) {
            Some(Some(_)) => Ok(id),
            _ => Err(Problem::Invalid("a display buffer that was not set")),
        }
    }

    /// A vertical blank: a flip that was asked for happens now.
    pub fn blank(&mut self, memory: &mut Memory) {
        self.blanks += 1;
        if let Some(id) = self.next.take() {
            self.front = self.buffers[id];
            self.flips += 1;
            self.waiting = false;
            memory.set_label(FLIP_LABEL, 0);
        }
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
