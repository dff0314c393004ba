//! The byte-pair tokenizer of llama2.c: text to tokens and back.
//!
//! The file (`tokenizer.bin`) is little-endian: the length in bytes of the longest piece as u32,
//! then for each token its score as f32, the length of its piece as i32 and the piece. It does
//! not say how many tokens there are; that is as many as it holds, and has to be the model's
//! vocabulary size: [`Tokenizer::check_vocabulary`].

mod encode;
mod error;
mod write;

pub use error::TokenizerError;
pub use write::{Piece, write};

use alloc::vec::Vec;

use crate::config::Config;

/// Token that begins a text. A model that puts it out means that the text is over.
pub const BOS: u32 = 1;
/// Token that ends a turn in models trained on dialogues.
pub const EOS: u32 = 2;
/// Token for what the vocabulary has no token for.
const UNKNOWN: u32 = 0;
/// The token of byte 0; those of the other bytes follow.
const FIRST_BYTE: u32 = 3;

/// All 256 bytes, to have a slice of each.
static BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut i = 0;
    while i < 256 {
        bytes[i] = i as u8;
        i += 1;
    }
    bytes
};

/// A vocabulary: the piece of text and the score of each token.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    /// All pieces one after the other.
    text: Vec<u8>,
    entries: Vec<Entry>,
    /// Tokens ordered by their piece; equal pieces by token.
    sorted: Vec<u32>,
    longest: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u32,
    score: f32,
}

impl Tokenizer {
    /// Reads a tokenizer file and copies its pieces.
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let mut reader = Reader { rest: bytes };
        let longest = u32::from_le_bytes(reader.take("longest piece", 0)?);
        let mut tokenizer = Tokenizer {
            text: Vec::new(),
            entries: Vec::new(),
            sorted: Vec::new(),
            longest: longest as usize,
        };
        while !reader.rest.is_empty() {
            let token = tokenizer.entries.len();
            let score = f32::from_le_bytes(reader.take("score", token)?);
            if !score.is_finite() {
                return Err(TokenizerError::Score {
                    token,
                    found: score,
                });
            }
            let len = i32::from_le_bytes(reader.take("length", token)?);
            let found = usize::try_from(len).unwrap_or(0);
            if !(1..=tokenizer.longest).contains(&found) {
                return Err(TokenizerError::Length {
                    token,
                    found: len,
                    longest,
                });
            }
            let piece = reader.take_slice("piece", token, found)?;
            tokenizer.entries.push(Entry {
                start: tokenizer.text.len() as u32,
                len: found as u32,
                // Makes +0 of −0, which compare as equal in llama2.c.
                score: score + 0.0,
            });
            tokenizer.text.extend_from_slice(piece);
        }
        if tokenizer.entries.is_empty() {
            return Err(TokenizerError::Empty);
        }
        let mut sorted: Vec<u32> = (0..tokenizer.entries.len() as u32).collect();
        sorted.sort_by_key(|&token| (tokenizer.piece(token), token));
        tokenizer.sorted = sorted;
        Ok(tokenizer)
    }

    /// Checks that the model's vocabulary is as large as this one.
    pub fn check_vocabulary(&self, config: &Config) -> Result<(), TokenizerError> {
        if self.vocab_size() == config.vocab_size {
            Ok(())
        } else {
            Err(TokenizerError::Vocabulary {
                found: self.vocab_size(),
                expected: config.vocab_size,
            })
        }
    }

    /// Number of tokens.
    pub fn vocab_size(&self) -> usize {
        self.entries.len()
    }

    /// A token's piece as it stands in the vocabulary; empty where there is no such token.
    pub fn piece(&self, token: u32) -> &[u8] {
        match self.entries.get(token as usize) {
            Some(entry) => &self.text[entry.start as usize..][..entry.len as usize],
            None => &[],
        }
    }

    /// The bytes that `token` adds to a text in which it follows `previous`: its piece, without
    /// a leading space at the text's beginning, and the byte itself where the piece names one
    /// (`<0x0A>`). Empty where there is no such token.
    pub fn decode(&self, previous: u32, token: u32) -> &[u8] {
        let mut piece = self.piece(token);
        if previous == BOS
            && let Some(rest) = piece.strip_prefix(b" ")
        {
            piece = rest;
        }
        match named_byte(piece) {
            Some(byte) => &BYTES[usize::from(byte)..][..1],
            None => piece,
        }
    }

    /// The token with this piece. Of several it is the one that llama2.c finds: the first that
    /// halving the ordered vocabulary meets.
    fn lookup(&self, piece: &[u8]) -> Option<u32> {
        if piece.len() > self.longest {
            return None;
        }
        let (mut low, mut high) = (0, self.sorted.len());
        while low < high {
            let middle = (low + high) / 2;
            match piece.cmp(self.piece(self.sorted[middle])) {
                core::cmp::Ordering::Less => high = middle,
                core::cmp::Ordering::Greater => low = middle + 1,
                core::cmp::Ordering::Equal => return Some(self.sorted[middle]),
            }
        }
        None
    }

    fn score(&self, token: u32) -> f32 {
        self.entries[token as usize].score
    }
}

/// The byte that a piece names: `<0x` and up to two hexadecimal digits. llama2.c does not look
/// at what follows them.
fn named_byte(piece: &[u8]) -> Option<u8> {
    let digits = piece.strip_prefix(b"<0x")?;
    let mut byte = None;
    for &digit in digits.iter().take(2) {
        let Some(digit) = char::from(digit).to_digit(16) else {
            break;
        };
        byte = Some(byte.unwrap_or(0) << 4 | digit as u8);
    }
    byte
}

/// Takes fields from the front of the file.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take_slice(
        &mut self,
        field: &'static str,
        token: usize,
        len: usize,
    ) -> Result<&'a [u8], TokenizerError> {
        match self.rest.split_at_checked(len) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(TokenizerError::Truncated {
                field,
                token,
                found: self.rest.len(),
                expected: len,
            }),
        }
    }

    fn take(&mut self, field: &'static str, token: usize) -> Result<[u8; 4], TokenizerError> {
        let taken = self.take_slice(field, token, 4)?;
        Ok(core::array::from_fn(|i| taken[i]))
    }
}

#[cfg(test)]
mod tests;
