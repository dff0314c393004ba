//! Why a package is not read, or not written.

use std::{fmt, io};

/// Why a package cannot be read, is damaged, or cannot be written.
#[derive(Debug)]
pub enum Error {
    /// The package, or a file that goes into it, cannot be read or written.
    Io(io::Error),
    /// A part of the package reaches over the end.
    Truncated {
        /// Which part.
        part: String,
        /// Where that part ends, in bytes from the beginning.
        expected: u64,
        /// Where the package ends.
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
    /// A digest or a checksum does not fit what it is of.
    Damaged {
        /// The part of the package, or the file in it.
        part: String,
        /// What was found.
        problem: String,
    },
    /// An item's name cannot be a file's.
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The package is enciphered with a key that was not given.
    NeedsKey,
    /// A file was changed while it was packed.
    Changed(String),
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

    pub(super) fn damaged(part: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Damaged {
            part: part.into(),
            problem: problem.into(),
        }
    }

    pub(super) fn name(name: &str, problem: &'static str) -> Self {
        Self::Name {
            name: name.to_owned(),
            problem,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Truncated {
                part,
                expected,
                found,
            } => write!(
                f,
                "{part} should end at byte {expected}, the package has {found} bytes"
            ),
            Self::Field {
                field,
                found,
                expected,
            } => write!(f, "{field} is {found}, expected {expected}"),
            Self::Damaged { part, problem } => write!(f, "{part} is damaged: {problem}"),
            Self::Name { name, problem } => write!(f, "the name {name:?} {problem}"),
            Self::NeedsKey => f.write_str(
                "a retail package is enciphered with a key that is not here: give a key file \
                 with --keys",
            ),
            Self::Changed(name) => write!(f, "{name} was changed while it was packed"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}
