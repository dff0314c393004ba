//! What makes an image unfit.

use std::fmt;

/// What is wrong with an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// It is not an ELF of the right kind, or its tables lie outside of the file.
    Elf {
        /// What was read.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A program header is missing or there more than once.
    Segments {
        /// Which kind.
        kind: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// An address in a structure leads where it should not.
    Address {
        /// The structure's field.
        field: &'static str,
        /// The address.
        address: u64,
        /// What should lie there.
        expected: &'static str,
    },
    /// A structure for the system holds an unexpected value.
    Value {
        /// The structure's field.
        field: &'static str,
        /// The value.
        found: u64,
        /// What was expected.
        expected: u64,
    },
    /// A symbol that nothing defines.
    Undefined {
        /// Its name.
        symbol: String,
    },
    /// The image takes more memory than it may.
    TooLarge {
        /// Bytes in memory.
        size: u64,
        /// Bytes allowed.
        budget: u64,
    },
    /// An import stands twice in the table of one library.
    DoubleImport {
        /// The library.
        library: String,
        /// The function.
        fnid: u32,
    },
    /// An import's slot and number have different places in their lists.
    ImportPlace {
        /// The function.
        function: String,
    },
    /// A library name that the system cannot have.
    LibraryName {
        /// Address of the name.
        address: u32,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf { field, expected } => write!(f, "{field}: expected {expected}"),
            Self::Segments {
                kind,
                found,
                expected,
            } => {
                write!(f, "{found} segments of kind {kind}, expected {expected}")
            }
            Self::Address {
                field,
                address,
                expected,
            } => {
                write!(
                    f,
                    "{field} is {address:#x}, expected the address of {expected}"
                )
            }
            Self::Value {
                field,
                found,
                expected,
            } => {
                write!(f, "{field} is {found:#x}, expected {expected:#x}")
            }
            Self::Undefined { symbol } => write!(f, "nothing defines the symbol {symbol}"),
            Self::TooLarge { size, budget } => {
                write!(
                    f,
                    "the image takes {size} bytes of memory, allowed are {budget}"
                )
            }
            Self::DoubleImport { library, fnid } => {
                write!(f, "{library} lists the function {fnid:08x} twice")
            }
            Self::ImportPlace { function } => {
                write!(f, "the slot of {function} is not at the place of its FNID")
            }
            Self::LibraryName { address } => {
                write!(
                    f,
                    "the library name at {address:#x} is not 1 to 27 letters, digits or _"
                )
            }
        }
    }
}

impl std::error::Error for ImageError {}
