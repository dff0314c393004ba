//! The memory that the RSX sees, addressed the way the RSX does.
//!
//! A console has 256 MB of local memory, of which the firmware keeps the last
//! few megabytes, and as much of main memory as was mapped for I/O. Both are
//! big endian: [`Memory::write_words`] is the only place where that shows.

mod arena;

pub use arena::{Arena, ArenaError, Purpose};

use core::fmt;

/// Which memory an offset counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// The RSX's own memory; slow to read for the PPU.
    Local,
    /// Main memory mapped for the RSX.
    Main,
}

impl Location {
    /// The memory object of 2D and 3D targets in this memory.
    #[must_use]
    pub const fn dma(self) -> u32 {
        match self {
            Self::Local => crate::methods::fields::dma::LOCAL,
            Self::Main => crate::methods::fields::dma::MAIN,
        }
    }
}

/// A byte that the RSX can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Which memory.
    pub location: Location,
    /// Bytes from its start.
    pub offset: u32,
}

impl Address {
    /// A byte of local memory.
    #[must_use]
    pub const fn local(offset: u32) -> Self {
        Self {
            location: Location::Local,
            offset,
        }
    }

    /// A byte of mapped main memory.
    #[must_use]
    pub const fn main(offset: u32) -> Self {
        Self {
            location: Location::Main,
            offset,
        }
    }

    /// The address `bytes` further on; `None` past 4 GB.
    #[must_use]
    pub const fn checked_add(self, bytes: u32) -> Option<Self> {
        match self.offset.checked_add(bytes) {
            Some(offset) => Some(Self {
                location: self.location,
                offset,
            }),
            None => None,
        }
    }

    /// Whether the offset is a multiple of `alignment`.
    #[must_use]
    pub const fn is_aligned(self, alignment: u32) -> bool {
        self.offset.is_multiple_of(alignment)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}:{:#x}", self.location, self.offset)
    }
}

/// A range that does not lie in the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// Where it starts.
    pub at: Address,
    /// Its length in bytes.
    pub length: usize,
    /// Size of that memory in bytes.
    pub size: u32,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes at {} in a memory of {:#x} bytes",
            self.length, self.at, self.size
        )
    }
}

impl core::error::Error for OutOfRange {}

/// Access to the memory that the RSX sees: mapped on a console, simulated in the preview.
pub trait Memory {
    /// Bytes of `location` that may be used.
    fn size(&self, location: Location) -> u32;

    /// Copies `bytes` to `at` and the bytes that follow it.
    ///
    /// # Errors
    /// [`OutOfRange`], with nothing written, where they do not fit.
    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), OutOfRange>;

    /// Copies `at` and what follows it to `bytes`. Slow in local memory on a console.
    ///
    /// # Errors
    /// [`OutOfRange`] where there are fewer bytes.
    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), OutOfRange>;

    /// Writes words, big endian, from `at` on.
    ///
    /// # Errors
    /// [`OutOfRange`], where they do not fit; the default then may have written some.
    fn write_words(&mut self, at: Address, words: &[u32]) -> Result<(), OutOfRange> {
        const BATCH: usize = 64;
        let mut bytes = [0; 4 * BATCH];
        let mut offset = at.offset;
        for batch in words.chunks(BATCH) {
            for (to, word) in bytes.chunks_exact_mut(4).zip(batch) {
                to.copy_from_slice(&word.to_be_bytes());
            }
            let length = 4 * batch.len();
            self.write(Address { offset, ..at }, &bytes[..length])?;
            offset = offset.wrapping_add(length as u32);
        }
        Ok(())
    }

    /// The big-endian word at `at`.
    ///
    /// # Errors
    /// [`OutOfRange`] where there is none.
    fn read_word(&self, at: Address) -> Result<u32, OutOfRange> {
        let mut bytes = [0; 4];
        self.read(at, &mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }
}

/// Checks that `length` bytes from `at` on lie in a memory of `size` bytes; gives the range as indices.
///
/// For implementations of [`Memory`].
///
/// # Errors
/// [`OutOfRange`] where they do not.
pub fn check_range(
    at: Address,
    length: usize,
    size: u32,
) -> Result<core::ops::Range<usize>, OutOfRange> {
    let start = at.offset as usize;
    match start.checked_add(length) {
        Some(end) if end <= size as usize => Ok(start..end),
        _ => Err(OutOfRange { at, length, size }),
    }
}

impl<M: Memory + ?Sized> Memory for &mut M {
    fn size(&self, location: Location) -> u32 {
        (**self).size(location)
    }
    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), OutOfRange> {
        (**self).write(at, bytes)
    }
    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        (**self).read(at, bytes)
    }
    fn write_words(&mut self, at: Address, words: &[u32]) -> Result<(), OutOfRange> {
        (**self).write_words(at, words)
    }
    fn read_word(&self, at: Address) -> Result<u32, OutOfRange> {
        (**self).read_word(at)
    }
}
