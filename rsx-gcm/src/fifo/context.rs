//! Writing commands.

use super::packet::{Command, MAX_ARGUMENTS};
use super::ring::{Ring, Segment};
use crate::device::{Device, Stopped};
use crate::memory::{Address, OutOfRange};
use crate::methods::Method;
use core::fmt;

/// Why a command was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FifoError {
    /// The ring does not lie in mapped main memory.
    OutOfRange(OutOfRange),
    /// The RSX does not go on.
    Stopped(Stopped),
    /// More words at once than a segment has.
    TooLong {
        /// Words asked for.
        words: usize,
        /// Words of a segment.
        most: usize,
    },
    /// An argument that the hardware cannot take.
    Argument(crate::ArgumentError),
}

impl From<OutOfRange> for FifoError {
    fn from(error: OutOfRange) -> Self {
        Self::OutOfRange(error)
    }
}

impl From<Stopped> for FifoError {
    fn from(error: Stopped) -> Self {
        Self::Stopped(error)
    }
}

impl From<crate::ArgumentError> for FifoError {
    fn from(error: crate::ArgumentError) -> Self {
        Self::Argument(error)
    }
}

impl fmt::Display for FifoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange(error) => write!(f, "command ring: {error}"),
            Self::Stopped(error) => error.fmt(f),
            Self::TooLong { words, most } => {
                write!(f, "{words} words at once, a segment holds {most}")
            }
            Self::Argument(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FifoError {}

/// The part of the current segment that is still to be written, as offsets of main memory.
///
/// This is what the firmware's own context structure holds; functions of the
/// firmware that write commands get one and give back a new `current`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First word of the segment.
    pub begin: u32,
    /// Next word to be written.
    pub current: u32,
    /// The word that must stay free for a jump.
    pub end: u32,
}

/// An RSX together with the ring that its commands are written to.
///
/// Everything else that sends commands is a method of this type, in the
/// module of its subject. Commands run when they are flushed, see
/// [`Context::flush`], or when a segment is full.
#[derive(Debug)]
pub struct Context<D> {
    device: D,
    ring: Ring,
    segment: Segment,
    current: u32,
    /// What [`Context::finish`] wrote to its label last.
    pub(super) drawn: u32,
    /// What [`Context::finish_fetching`] wrote to the reference word last.
    pub(super) fetched: u32,
}

impl<D: Device> Context<D> {
    /// Takes over the FIFO: a jump to the ring is written at offset `from` of main memory, where the RSX will fetch next.
    ///
    /// That is the firmware context's `current` on a console and `get` on a
    /// simulated RSX that has nothing to do.
    ///
    /// # Errors
    /// [`FifoError::OutOfRange`] where ring or `from` are not in main memory.
    pub fn new(mut device: D, ring: Ring, from: u32) -> Result<Self, FifoError> {
        let length = ring.bytes() as usize;
        let size = device.size(crate::memory::Location::Main);
        crate::memory::check_range(Address::main(ring.base()), length, size)?;
        if from != ring.base() {
            let jump = Command::Jump {
                offset: ring.base(),
            }
            .encode();
            device.write_words(Address::main(from), &[jump])?;
        }
        // Whoever used the device before may have left any value in both.
        let (drawn, fetched) = (device.label(Self::FENCE_LABEL), device.reference());
        Ok(Self {
            device,
            ring,
            segment: ring.segment(0),
            current: ring.base(),
            drawn,
            fetched,
        })
    }

    /// The device, to read from.
    pub fn device(&self) -> &D {
        &self.device
    }

    /// The device, for access to its memory and whatever else it offers.
    pub fn device_mut(&mut self) -> &mut D {
        &mut self.device
    }

    /// Gives the device back; commands that were not flushed are lost.
    pub fn into_device(self) -> D {
        self.device
    }

    /// Sends `arguments` to `method` and the methods after it.
    ///
    /// # Errors
    /// [`FifoError::TooLong`] for more than [`MAX_ARGUMENTS`], or as [`Context::reserve`].
    pub fn method(&mut self, method: Method, arguments: &[u32]) -> Result<(), FifoError> {
        if arguments.len() > MAX_ARGUMENTS {
            return Err(FifoError::TooLong {
                words: arguments.len(),
                most: MAX_ARGUMENTS,
            });
        }
        self.packet(method, arguments, true)
    }

    /// Sends all of `arguments` to `method`, in as many packets as it takes.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn method_repeated(&mut self, method: Method, arguments: &[u32]) -> Result<(), FifoError> {
        for part in arguments.chunks(MAX_ARGUMENTS) {
            self.packet(method, part, false)?;
        }
        Ok(())
    }

    fn packet(
        &mut self,
        method: Method,
        arguments: &[u32],
        incrementing: bool,
    ) -> Result<(), FifoError> {
        self.reserve(1 + arguments.len())?;
        let header = Command::Packet {
            method,
            count: arguments.len() as u32,
            incrementing,
        };
        self.device
            .write_words(Address::main(self.current), &[header.encode()])?;
        self.device
            .write_words(Address::main(self.current + 4), arguments)?;
        self.current += 4 * (1 + arguments.len() as u32);
        Ok(())
    }

    /// Makes sure that `words` words can be written one after the other, in a new segment if need be.
    ///
    /// # Errors
    /// [`FifoError::TooLong`] where no segment is that long, [`FifoError::Stopped`]
    /// where the RSX does not leave the next one.
    pub fn reserve(&mut self, words: usize) -> Result<(), FifoError> {
        let most = ((self.segment.end - self.segment.begin) / 4) as usize;
        if words > most {
            return Err(FifoError::TooLong { words, most });
        }
        if words > ((self.segment.end - self.current) / 4) as usize {
            self.next_segment()?;
        }
        Ok(())
    }

    /// Ends the segment with a jump to the next one, once the RSX is out of that.
    fn next_segment(&mut self) -> Result<(), FifoError> {
        let next = self.ring.after(self.segment);
        let jump = Command::Jump { offset: next.begin }.encode();
        self.device
            .write_words(Address::main(self.current), &[jump])?;
        // Up to the jump, not past it: were put to lie in the next segment while the RSX is
        // still there from the last round, the RSX would stop too early.
        self.device.put(self.current);
        while !self.ring.is_free(next, self.device.get()) {
            self.device.wait()?;
        }
        self.segment = next;
        self.current = next.begin;
        Ok(())
    }

    /// Lets the RSX run everything written so far; does not wait for it.
    pub fn flush(&mut self) {
        self.device.put(self.current);
    }

    /// What is left of the current segment.
    #[must_use]
    pub fn window(&self) -> Window {
        Window {
            begin: self.segment.begin,
            current: self.current,
            end: self.segment.end,
        }
    }

    /// Goes on at `current`, up to which somebody else has written commands.
    ///
    /// # Errors
    /// [`crate::ArgumentError`] where that is not a word of what [`Context::window`] gave.
    pub fn resume_at(&mut self, current: u32) -> Result<(), FifoError> {
        if current < self.current || current > self.segment.end || !current.is_multiple_of(4) {
            return Err(crate::ArgumentError::new("resume offset", current).into());
        }
        self.current = current;
        Ok(())
    }
}
