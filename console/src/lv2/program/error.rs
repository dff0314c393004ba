//! What is wrong with a program file.

use std::fmt;

/// A program that LV2 would not load, with the field that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// The file is not an ELF of the right kind, or a table lies outside of it.
    Elf {
        /// What was read.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A segment lies where it cannot.
    Segment {
        /// Its place in the table of program headers.
        index: usize,
        /// Which of its fields.
        field: &'static str,
        /// The value.
        found: u64,
        /// What was expected.
        expected: &'static str,
    },
    /// Two segments have the same memory.
    Overlap {
        /// Address of the second.
        address: u64,
    },
    /// Segments take more memory than the machine has.
    TooLarge {
        /// Bytes, in whole pages.
        size: u64,
        /// Bytes that there are.
        available: u64,
    },
    /// A segment that there has to be once is missing or there more than once.
    Count {
        /// Which.
        kind: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A structure holds a value that it cannot.
    Value {
        /// The structure and its field.
        field: &'static str,
        /// The value.
        found: u64,
        /// What was expected.
        expected: &'static str,
    },
}

impl fmt::Display for ProgramError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf { field, expected } => write!(to, "{field}: expected {expected}"),
            Self::Segment {
                index,
                field,
                found,
                expected,
            } => write!(
                to,
                "{field} of program header {index} is {found:#x}, expected {expected}"
            ),
            Self::Overlap { address } => {
                write!(to, "the segment at {address:#x} overlaps another one")
            }
            Self::TooLarge { size, available } => write!(
                to,
                "the segments take {size:#x} bytes of memory, there are {available:#x}"
            ),
            Self::Count { kind, found } => {
                write!(to, "{found} segments of kind {kind}, expected one")
            }
            Self::Value {
                field,
                found,
                expected,
            } => write!(to, "{field} is {found:#x}, expected {expected}"),
        }
    }
}

impl std::error::Error for ProgramError {}
