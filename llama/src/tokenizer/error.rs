//! Why a file is no tokenizer, or not the model's.

use core::fmt;

/// Why a tokenizer file cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenizerError {
    /// The file ends inside a field.
    Truncated {
        /// The field's name.
        field: &'static str,
        /// The token that it belongs to.
        token: usize,
        /// Bytes that are left.
        found: usize,
        /// Bytes that the field has.
        expected: usize,
    },
    /// A piece is empty or longer than the longest is said to be.
    Length {
        /// The token whose piece it is.
        token: usize,
        /// The length in the file.
        found: i32,
        /// Length of the longest piece, in the file's first field.
        longest: u32,
    },
    /// A score is no number.
    Score {
        /// The token whose score it is.
        token: usize,
        /// What stands there.
        found: f32,
    },
    /// There is not one token in the file.
    Empty,
    /// The model has another vocabulary.
    Vocabulary {
        /// Tokens in the tokenizer.
        found: usize,
        /// Tokens in the model.
        expected: usize,
    },
}

impl fmt::Display for TokenizerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tokenizer: ")?;
        match self {
            TokenizerError::Truncated {
                field,
                token,
                found,
                expected,
            } => write!(
                f,
                "the file ends inside the {field} of token {token}: {found} bytes are left, \
                 expected {expected}"
            ),
            TokenizerError::Length {
                token,
                found,
                longest,
            } => write!(
                f,
                "the length of token {token} is {found}, expected 1 to {longest}, which the \
                 file's first field gives as the longest"
            ),
            TokenizerError::Score { token, found } => write!(
                f,
                "the score of token {token} is {found}, expected a finite number"
            ),
            TokenizerError::Empty => f.write_str("the file has no tokens, expected one or more"),
            TokenizerError::Vocabulary { found, expected } => write!(
                f,
                "the vocabulary has {found} tokens, expected {expected} as in the model"
            ),
        }
    }
}

impl core::error::Error for TokenizerError {}
