//! SPU programs as ELF files.
//!
//! An SPU ELF is a big-endian ELF32 of machine 23 whose loadable segments say what local
//! store holds at the start: bytes to copy and ranges to zero. LV2 takes them as a list of
//! copy and fill segments with addresses and sizes that are multiples of 16, at most 32,
//! at least one of them to copy.
//!
//! Sources: "SPU Application Binary Interface Specification", version 1.9, chapter on
//! object files; "System V Application Binary Interface" (ELF32 layouts).
//!
//! ```
//! use spu::elf::{Contents, Image, Segment};
//!
//! let code = [0u8; 16];
//! let image = Image {
//!     entry: 0x80,
//!     segments: vec![
//!         Segment { address: 0x80, executable: true, contents: Contents::Copy(&code) },
//!         Segment { address: 0x100, executable: false, contents: Contents::Fill(64) },
//!     ],
//! };
//! let file = image.to_bytes()?;
//! assert_eq!(Image::parse(&file)?, image);
//! # Ok::<(), spu::elf::ElfError>(())
//! ```

mod error;
mod read;
#[cfg(test)]
mod tests;
mod write;

use alloc::vec::Vec;

pub use error::ElfError;

/// ELF machine number of the SPU.
pub const MACHINE: u16 = 23;
/// The most segments that LV2 takes.
pub const MAX_SEGMENTS: usize = 32;
/// Addresses and sizes in local store are multiples of this.
pub const GRANULE: u32 = 16;
/// The greatest address of an instruction.
pub const LAST_INSTRUCTION: u32 = crate::asm::LOCAL_STORE - 4;

/// What a part of local store holds when the program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents<'a> {
    /// These bytes.
    Copy(&'a [u8]),
    /// That many zeros.
    Fill(u32),
}

/// A part of local store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Address in local store, a multiple of 16.
    pub address: u32,
    /// Whether it holds instructions.
    pub executable: bool,
    /// What it holds; the size is a multiple of 16.
    pub contents: Contents<'a>,
}

impl Segment<'_> {
    /// Size in bytes.
    #[must_use]
    pub const fn size(&self) -> usize {
        match self.contents {
            Contents::Copy(bytes) => bytes.len(),
            Contents::Fill(size) => size as usize,
        }
    }
}

/// An SPU program: what to load and where to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Address of the first instruction to execute, a multiple of 4.
    pub entry: u32,
    /// The parts of local store, in the order of the file.
    pub segments: Vec<Segment<'a>>,
}

impl Image<'_> {
    /// Writes the segments into a copy of local store.
    ///
    /// # Errors
    /// When a segment does not fit, and what else [`Image::check`] finds.
    pub fn load(&self, local_store: &mut [u8; LOCAL_STORE]) -> Result<(), ElfError> {
        self.check()?;
        for segment in &self.segments {
            let part = &mut local_store[segment.address as usize..][..segment.size()];
            match segment.contents {
                Contents::Copy(bytes) => part.copy_from_slice(bytes),
                Contents::Fill(_) => part.fill(0),
            }
        }
        Ok(())
    }

    /// Checks what LV2 asks of an image.
    ///
    /// # Errors
    /// When the entry is no instruction's address, there are too many segments or none to
    /// copy, or a segment is misaligned, outside of local store or overlaps another.
    pub fn check(&self) -> Result<(), ElfError> {
        if !self.entry.is_multiple_of(4) || self.entry > LAST_INSTRUCTION {
            return Err(ElfError::Entry { entry: self.entry });
        }
        let count = self.segments.len();
        let copied = |segment: &Segment<'_>| matches!(segment.contents, Contents::Copy(_));
        if count > MAX_SEGMENTS || !self.segments.iter().any(copied) {
            return Err(ElfError::SegmentCount { count });
        }
        for (index, segment) in self.segments.iter().enumerate() {
            let (address, size) = (segment.address, segment.size());
            let granule = GRANULE as usize;
            if !address.is_multiple_of(GRANULE) || !size.is_multiple_of(granule) || size == 0 {
                return Err(ElfError::Misaligned {
                    index,
                    address,
                    size,
                });
            }
            let start = address as usize;
            if size > LOCAL_STORE || start > LOCAL_STORE - size {
                return Err(ElfError::OutsideLocalStore {
                    index,
                    address,
                    size,
                });
            }
            let overlaps = |other: &Segment<'_>| {
                let begin = other.address as usize;
                begin < start + size && start < begin + other.size()
            };
            if let Some(other) = self.segments[..index].iter().position(overlaps) {
                return Err(ElfError::Overlap { index, other });
            }
        }
        Ok(())
    }
}

const LOCAL_STORE: usize = crate::asm::LOCAL_STORE as usize;
