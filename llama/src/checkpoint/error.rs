//! Why a file is no checkpoint.

use core::fmt;

use crate::config::ConfigError;

/// Why a file is no checkpoint that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// The file ends too early.
    Truncated {
        /// The header, or the first tensor that is not whole.
        inside: &'static str,
        /// Bytes in the file.
        found: u64,
        /// Bytes that a file with this header has.
        expected: u64,
    },
    /// The file goes on after its last tensor.
    TooLong {
        /// Bytes in the file.
        found: u64,
        /// Bytes that a file with this header has.
        expected: u64,
    },
    /// A field of the header holds a value that it cannot have.
    Field {
        /// The field's name.
        field: &'static str,
        /// What stands there.
        found: i64,
        /// What may stand there.
        expected: &'static str,
    },
    /// The length of a row is no multiple of the quantisation's group size.
    GroupSize {
        /// The group size in the header.
        group_size: usize,
        /// Name of the [`Config`](crate::config::Config) field that is the row's length.
        field: &'static str,
        /// That field's value.
        columns: usize,
    },
    /// The numbers of the shape describe no model.
    Config(ConfigError),
}

impl From<ConfigError> for CheckpointError {
    fn from(error: ConfigError) -> Self {
        CheckpointError::Config(error)
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("checkpoint: ")?;
        match self {
            CheckpointError::Truncated {
                inside,
                found,
                expected,
            } => write!(
                f,
                "the file ends inside {inside}: {found} bytes, expected {expected}"
            ),
            CheckpointError::TooLong { found, expected } => write!(
                f,
                "the file goes on after the last tensor: {found} bytes, expected {expected}"
            ),
            CheckpointError::Field {
                field,
                found,
                expected,
            } => write!(f, "{field} is {found}, expected {expected}"),
            CheckpointError::GroupSize {
                group_size,
                field,
                columns,
            } => write!(
                f,
                "group size is {group_size}, expected a divisor of {field}, which is {columns}"
            ),
            CheckpointError::Config(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CheckpointError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            CheckpointError::Config(error) => Some(error),
            _ => None,
        }
    }
}
