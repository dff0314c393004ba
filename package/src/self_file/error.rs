//! Why a file is no SELF, or no ELF that one can be made of.

use std::fmt;

/// What is wrong with a SELF or an ELF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A part of the file reaches over the end.
    Truncated {
        /// Which part.
        part: String,
        /// Where that part ends, in bytes from the beginning.
        expected: u64,
        /// Size of the file in bytes.
        found: u64,
    },
    /// A field holds what it cannot hold.
    Field {
        /// Which field, and of what.
        field: String,
        /// What stands there.
        found: String,
        /// What has to stand there.
        expected: String,
    },
    /// The ELF is encrypted.
    Encrypted,
    /// The headers of the SELF, or its digest, are not those of the ELF in it.
    Damaged(&'static str),
}

impl Error {
    pub(super) fn field(
        field: impl Into<String>,
        found: impl fmt::Display,
        expected: impl Into<String>,
    ) -> Self {
        Self::Field {
            field: field.into(),
            found: found.to_string(),
            expected: expected.into(),
        }
    }
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
            Self::Field {
                field,
                found,
                expected,
            } => write!(f, "{field} is {found}, expected {expected}"),
            Self::Encrypted => f.write_str("the ELF in this SELF is encrypted"),
            Self::Damaged(part) => write!(f, "{part} does not fit the ELF in this SELF"),
        }
    }
}

impl std::error::Error for Error {}

/// The bytes `offset..offset + size` of a file.
pub(super) fn part<'a>(
    bytes: &'a [u8],
    name: &str,
    offset: u64,
    size: u64,
) -> Result<&'a [u8], Error> {
    let end = offset.checked_add(size);
    let range = usize::try_from(offset)
        .ok()
        .zip(end.and_then(|end| usize::try_from(end).ok()));
    range
        .and_then(|(start, end)| bytes.get(start..end))
        .ok_or_else(|| Error::Truncated {
            part: name.to_owned(),
            expected: end.unwrap_or(u64::MAX),
            found: bytes.len() as u64,
        })
}
