//! Why a file is no model for the console.

use core::fmt;

use crate::checkpoint::CheckpointError;
use crate::tokenizer::TokenizerError;

/// Why a file cannot be used, or not be written.
#[derive(Clone, Debug, PartialEq)]
pub enum BundleError {
    /// The file does not begin with [`MAGIC`](super::MAGIC).
    Magic,
    /// The file ends too early, or goes on behind its end.
    Size {
        /// Bytes in the file.
        found: u64,
        /// Bytes that it should have.
        expected: u64,
    },
    /// A field of the header or of the section `CONF` holds a value that it cannot hold.
    Field {
        /// The field's name.
        field: &'static str,
        /// What stands there.
        found: u64,
        /// What may stand there.
        expected: &'static str,
    },
    /// A part of the file is not the one whose checksum was written.
    Checksum {
        /// The part.
        part: &'static str,
    },
    /// There are other bytes than zeros between two sections.
    Gap {
        /// The section behind them.
        ahead_of: &'static str,
    },
    /// The name is not UTF-8, is longer than 128 bytes or has control characters.
    Name,
    /// The shape and the tensors are no model.
    Checkpoint(CheckpointError),
    /// The tokenizer is none, or not the model's.
    Tokenizer(TokenizerError),
}

impl From<CheckpointError> for BundleError {
    fn from(error: CheckpointError) -> Self {
        BundleError::Checkpoint(error)
    }
}

impl From<TokenizerError> for BundleError {
    fn from(error: TokenizerError) -> Self {
        BundleError::Tokenizer(error)
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("model: ")?;
        match self {
            BundleError::Magic => f.write_str("it does not begin with StoryLLM"),
            BundleError::Size { found, expected } => {
                write!(f, "the file has {found} bytes, expected {expected}")
            }
            BundleError::Field {
                field,
                found,
                expected,
            } => write!(f, "{field} is {found}, expected {expected}"),
            BundleError::Checksum { part } => write!(f, "the checksum of {part} does not fit"),
            BundleError::Gap { ahead_of } => {
                write!(f, "there are bytes ahead of {ahead_of} that belong nowhere")
            }
            BundleError::Name => {
                f.write_str("the name is no text of up to 128 bytes without control characters")
            }
            BundleError::Checkpoint(error) => error.fmt(f),
            BundleError::Tokenizer(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for BundleError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            BundleError::Checkpoint(error) => Some(error),
            BundleError::Tokenizer(error) => Some(error),
            _ => None,
        }
    }
}
