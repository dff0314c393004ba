//! Writes tokenizer files.

use alloc::vec::Vec;

/// A token of a vocabulary to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its text, at least one byte; `<0x0A>` for a byte, a plain space for a word's beginning.
    pub bytes: Vec<u8>,
    /// How early two tokens are merged into this one: the pair with the highest score comes
    /// first.
    pub score: f32,
}

/// Writes a tokenizer file with these tokens. Tokens 0 to 258 are given: unknown, begin, end, and
/// the 256 bytes.
pub fn write(pieces: &[Piece]) -> Vec<u8> {
    let longest = pieces.iter().map(|p| p.bytes.len()).max().unwrap_or(0);
    let mut out = Vec::from((longest as u32).to_le_bytes());
    for piece in pieces {
        out.extend_from_slice(&piece.score.to_le_bytes());
        out.extend_from_slice(&(piece.bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(&piece.bytes);
    }
    out
}
