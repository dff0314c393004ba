//! The memory that the RSX reaches: local (video) memory, mapped main memory and the labels.

use std::fmt;
use std::ops::Range;

use rsx_gcm::methods::fields::{ProgramLocation, dma};

pub use rsx_gcm::memory::Location;

/// The memory that a memory object handle (`SET_CONTEXT_DMA_…`) names.
#[must_use]
pub(crate) fn location_of_handle(handle: u32) -> Option<Location> {
    match handle {
        dma::LOCAL => Some(Location::Local),
        dma::MAIN => Some(Location::Main),
        _ => None,
    }
}

/// Main memory where `main` is set, else local memory.
#[must_use]
pub(crate) fn main_if(main: bool) -> Location {
    if main {
        Location::Main
    } else {
        Location::Local
    }
}

/// The memory that a program's or texture's own argument names.
#[must_use]
pub(crate) fn location_of(location: ProgramLocation) -> Location {
    main_if(location == ProgramLocation::Main)
}

/// Bytes that do not exist were named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutsideMemory {
    /// Which memory.
    pub location: Location,
    /// First byte.
    pub offset: u32,
    /// Number of bytes.
    pub bytes: u64,
}

impl fmt::Display for OutsideMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes at {:#x} are not all in {:?} memory",
            self.bytes, self.offset, self.location
        )
    }
}

impl std::error::Error for OutsideMemory {}

/// Size of the label area: 256 labels, 16 bytes apart.
const LABEL_BYTES: usize = 0x1000;

/// Local memory, main memory and labels. All words are big-endian.
pub struct Memory {
    local: Vec<u8>,
    main: Vec<u8>,
    labels: Vec<u8>,
}

impl Memory {
    /// Zeroed memories of the given sizes in bytes.
    #[must_use]
    pub fn new(local_bytes: usize, main_bytes: usize) -> Self {
        Self {
            local: vec![0; local_bytes],
            main: vec![0; main_bytes],
            labels: vec![0; LABEL_BYTES],
        }
    }

    /// All bytes of one memory.
    #[must_use]
    pub fn bytes(&self, location: Location) -> &[u8] {
        match location {
            Location::Local => &self.local,
            Location::Main => &self.main,
        }
    }

    /// All bytes of one memory, to be changed.
    pub fn bytes_mut(&mut self, location: Location) -> &mut [u8] {
        match location {
            Location::Local => &mut self.local,
            Location::Main => &mut self.main,
        }
    }

    /// Where `bytes` bytes from `offset` on lie within [`Self::bytes`].
    ///
    /// # Errors
    /// Not all of them exist.
    pub fn range(
        &self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<Range<usize>, OutsideMemory> {
        let end = u64::from(offset) + bytes;
        if end <= self.bytes(location).len() as u64 {
            Ok(offset as usize..end as usize)
        } else {
            Err(OutsideMemory {
                location,
                offset,
                bytes,
            })
        }
    }

    /// `bytes` bytes from `offset` on.
    ///
    /// # Errors
    /// Not all of them exist.
    pub fn slice(
        &self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<&[u8], OutsideMemory> {
        let range = self.range(location, offset, bytes)?;
        Ok(&self.bytes(location)[range])
    }

    /// `bytes` bytes from `offset` on, to be changed.
    ///
    /// # Errors
    /// Not all of them exist.
    pub fn slice_mut(
        &mut self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<&mut [u8], OutsideMemory> {
        let range = self.range(location, offset, bytes)?;
        Ok(&mut self.bytes_mut(location)[range])
    }

    /// The word at `offset`.
    ///
    /// # Errors
    /// It does not exist.
    pub fn read_u32(&self, location: Location, offset: u32) -> Result<u32, OutsideMemory> {
        Ok(word(self.slice(location, offset, 4)?))
    }

    /// Writes the word at `offset`.
    ///
    /// # Errors
    /// It does not exist.
    pub fn write_u32(
        &mut self,
        location: Location,
        offset: u32,
        value: u32,
    ) -> Result<(), OutsideMemory> {
        self.slice_mut(location, offset, 4)?
            .copy_from_slice(&value.to_be_bytes());
        Ok(())
    }

    /// The word of label `index` (0 to 255).
    #[must_use]
    pub fn label(&self, index: u8) -> u32 {
        let at = usize::from(index) * 16;
        word(&self.labels[at..at + 4])
    }

    /// Writes the word of label `index` (0 to 255).
    pub fn set_label(&mut self, index: u8, value: u32) {
        let at = usize::from(index) * 16;
        self.labels[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
}

/// The big-endian word in the first four bytes.
///
/// # Panics
/// With fewer than four bytes.
#[inline]
#[must_use]
pub(crate) fn word(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_big_endian_and_checked() {
        let mut memory = Memory::new(16, 8);
        memory
            .write_u32(Location::Local, 12, 0x1234_5678)
            .expect("inside");
        assert_eq!(
            memory.bytes(Location::Local)[12..],
            [0x12, 0x34, 0x56, 0x78]
        );
        assert_eq!(memory.read_u32(Location::Local, 12), Ok(0x1234_5678));
        assert!(memory.read_u32(Location::Local, 13).is_err());
        assert!(memory.read_u32(Location::Main, 8).is_err());
        assert!(memory.slice(Location::Main, u32::MAX, 4).is_err());
        assert_eq!(memory.slice(Location::Main, 8, 0).expect("empty").len(), 0);
    }

    #[test]
    fn labels_are_apart() {
        let mut memory = Memory::new(0, 0);
        memory.set_label(255, 7);
        memory.set_label(254, 8);
        assert_eq!((memory.label(255), memory.label(254)), (7, 8));
    }
}
