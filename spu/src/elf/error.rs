//! What can be wrong with an SPU ELF.

use core::fmt;

/// What is wrong with an SPU ELF or image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElfError {
    /// The file ends before something that it must hold.
    Truncated {
        /// What was to be read.
        what: &'static str,
        /// Where it would have ended, in bytes from the start of the file.
        needed: u64,
        /// The file's size.
        size: usize,
    },
    /// A field of the header has a value that no SPU program has.
    Field {
        /// Name of the field in the ELF specification.
        field: &'static str,
        /// What it must be.
        expected: u32,
        /// What it is.
        found: u32,
    },
    /// The entry is no multiple of 4 or above 0x3fffc.
    Entry {
        /// The entry.
        entry: u32,
    },
    /// More than 32 segments to load, or none to copy.
    SegmentCount {
        /// How many there are to load.
        count: usize,
    },
    /// More bytes in the file than in memory.
    FileSize {
        /// Index of the program header.
        index: usize,
        /// Bytes in the file (`p_filesz`).
        file: u32,
        /// Bytes in memory (`p_memsz`).
        memory: u32,
    },
    /// The contents lie at no multiple of 4 in the file (`p_offset`).
    Offset {
        /// Index of the program header.
        index: usize,
        /// The offset.
        offset: u32,
    },
    /// Address or size in local store is no multiple of 16, or the size is 0.
    Misaligned {
        /// Index of the segment.
        index: usize,
        /// Its address.
        address: u32,
        /// Its size.
        size: usize,
    },
    /// A segment does not lie within 256 KB.
    OutsideLocalStore {
        /// Index of the segment.
        index: usize,
        /// Its address.
        address: u32,
        /// Its size.
        size: usize,
    },
    /// Two segments want the same bytes of local store.
    Overlap {
        /// Index of the later segment.
        index: usize,
        /// Index of the earlier.
        other: usize,
    },
}

impl fmt::Display for ElfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { what, needed, size } => {
                write!(f, "{what} ends at byte {needed}, the file has {size}")
            }
            Self::Field {
                field,
                expected,
                found,
            } => write!(f, "{field} is {found:#x}, expected {expected:#x}"),
            Self::Entry { entry } => write!(
                f,
                "e_entry is {entry:#x}, expected a multiple of 4 up to {:#x}",
                super::LAST_INSTRUCTION
            ),
            Self::SegmentCount { count } => write!(
                f,
                "{count} segments to load, expected 1 to {} and one with contents",
                super::MAX_SEGMENTS
            ),
            Self::FileSize {
                index,
                file,
                memory,
            } => write!(
                f,
                "program header {index}: p_filesz is {file:#x}, expected at most p_memsz, {memory:#x}"
            ),
            Self::Offset { index, offset } => write!(
                f,
                "program header {index}: p_offset is {offset:#x}, expected a multiple of 4"
            ),
            Self::Misaligned {
                index,
                address,
                size,
            } => write!(
                f,
                "segment {index}: address {address:#x} and size {size:#x}, expected multiples of 16 and a size above 0"
            ),
            Self::OutsideLocalStore {
                index,
                address,
                size,
            } => write!(
                f,
                "segment {index}: address {address:#x} and size {size:#x} reach beyond the 256 KB of local store"
            ),
            Self::Overlap { index, other } => {
                write!(f, "segment {index} overlaps segment {other}")
            }
        }
    }
}

impl core::error::Error for ElfError {}
