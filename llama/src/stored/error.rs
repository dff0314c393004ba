//! Why weights are not to be had.

use core::fmt;

use super::StorageError;

/// Why weights are not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightsError {
    /// They cannot be read.
    Storage(StorageError),
    /// They are not those whose checksum was written.
    Checksum,
}

impl From<StorageError> for WeightsError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Checksum => f.write_str("model: the checksum of TENS does not fit"),
        }
    }
}

impl core::error::Error for WeightsError {}
