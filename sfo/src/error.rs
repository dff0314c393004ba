//! What can be wrong with a file or a value.

use std::fmt;

/// Why a file was not read, or a value not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file ends before the part named here does.
    Truncated {
        /// Which part of the file.
        part: String,
        /// Offset in bytes at which that part should end.
        expected: usize,
        /// Size of the file in bytes.
        found: usize,
    },
    /// The file does not begin with [`MAGIC`](crate::MAGIC).
    Magic([u8; 4]),
    /// The version is not [`VERSION`](crate::VERSION).
    Version(u32),
    /// An entry's key is not terminated, empty, or not of the letters `A`–`Z`, `0`–`9`, `_`.
    Key {
        /// Number of the entry, from 0.
        entry: usize,
        /// The key, as far as it can be shown.
        key: String,
    },
    /// Two entries have the same key, or the keys do not ascend.
    Order {
        /// The entry before.
        before: String,
        /// The entry that should stand ahead of it.
        key: String,
    },
    /// The key table has no room for this key.
    Full(String),
    /// The format code is none of 0x0004, 0x0204 and 0x0404.
    Format {
        /// The entry's key.
        key: String,
        /// The code in the file.
        code: u16,
    },
    /// A length does not fit its entry's format or its room.
    Length {
        /// The entry's key.
        key: String,
        /// The length in bytes.
        length: usize,
        /// What the length has to be.
        expected: String,
    },
    /// A text is not UTF-8, contains a NUL, or does not end in one.
    Text {
        /// The entry's key.
        key: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Two parts of the file lie upon one another.
    Overlap {
        /// The part that begins too early.
        part: String,
    },
    /// A parameter that the XMB needs is missing.
    Missing(&'static str),
    /// A parameter's value is not one that the XMB accepts.
    Value {
        /// The parameter.
        key: &'static str,
        /// The value in the table.
        found: String,
        /// What it has to be.
        expected: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated {
                part,
                expected,
                found,
            } => write!(
                f,
                "{part} should end at byte {expected}, the file has {found} bytes"
            ),
            Self::Magic(found) => write!(f, "not a PARAM.SFO: it begins with {found:02x?}"),
            Self::Version(found) => write!(f, "version {found:#x} is not 0x101"),
            Self::Key { entry, key } => write!(
                f,
                "the key {key:?} of entry {entry} is not made of A-Z, 0-9 and _"
            ),
            Self::Order { before, key } => {
                write!(f, "{key} stands behind {before}, but keys must ascend")
            }
            Self::Full(key) => write!(f, "the key table has no room for {key}"),
            Self::Format { key, code } => write!(f, "{key} has the unknown format {code:#06x}"),
            Self::Length {
                key,
                length,
                expected,
            } => write!(
                f,
                "{key} has a length of {length} bytes instead of {expected}"
            ),
            Self::Text { key, problem } => write!(f, "the text of {key} {problem}"),
            Self::Overlap { part } => write!(f, "{part} begins inside of the part ahead of it"),
            Self::Missing(key) => write!(f, "{key} is missing"),
            Self::Value {
                key,
                found,
                expected,
            } => write!(f, "{key} is {found}, but has to be {expected}"),
        }
    }
}

impl std::error::Error for Error {}
