//! Models without a training: any shape, seeded weights. For tests and measurements.
//!
//! The weights have about the spread of a trained model's, so that activations keep their size
//! through any number of layers and the logits tell tokens apart. The text that comes out is
//! noise.

use alloc::format;
use alloc::vec::Vec;

use crate::checkpoint::write::{self, Weights, WriteError};
use crate::config::Config;
use crate::sampler::Xorshift;
use crate::tokenizer::{self, Piece};

/// A checkpoint of version 0 with the shape `config`; `shared_classifier` says whether the token
/// embedding is the classifier. The same seed gives the same bytes on every machine.
pub fn checkpoint(
    config: &Config,
    shared_classifier: bool,
    seed: u64,
) -> Result<Vec<u8>, WriteError> {
    config.validate().map_err(WriteError::Config)?;
    let mut random = Xorshift::new(seed);
    let (dim, hidden, layers) = (config.dim, config.hidden_dim, config.n_layers);
    let mut matrix = |count: usize, rows: usize, columns: usize, gain: f32| -> Vec<f32> {
        // A uniform distribution of this width has the variance gain² / columns.
        let width = gain * libm::sqrtf(3.0 / columns as f32);
        (0..count * rows * columns)
            .map(|_| (2.0 * random.next_f32() - 1.0) * width)
            .collect()
    };
    let token_embedding = matrix(1, config.vocab_size, dim, 2.0);
    let wq = matrix(layers, dim, dim, 1.0);
    let wk = matrix(layers, config.kv_dim(), dim, 1.0);
    let wv = matrix(layers, config.kv_dim(), dim, 1.0);
    let wo = matrix(layers, dim, dim, 0.5);
    let w1 = matrix(layers, hidden, dim, 1.0);
    let w2 = matrix(layers, dim, hidden, 0.5);
    let w3 = matrix(layers, hidden, dim, 1.0);
    let classifier = (!shared_classifier).then(|| matrix(1, config.vocab_size, dim, 2.0));
    let mut norm = |count: usize| -> Vec<f32> {
        (0..count * dim)
            .map(|_| 0.75 + 0.5 * random.next_f32())
            .collect()
    };
    let rms_att = norm(layers);
    let rms_ffn = norm(layers);
    let rms_final = norm(1);
    write::fp32(
        config,
        &Weights {
            token_embedding: &token_embedding,
            rms_att: &rms_att,
            wq: &wq,
            wk: &wk,
            wv: &wv,
            wo: &wo,
            rms_ffn: &rms_ffn,
            w1: &w1,
            w2: &w2,
            w3: &w3,
            rms_final: &rms_final,
            classifier: classifier.as_deref(),
        },
    )
}

/// A tokenizer file for `vocab_size` tokens: the three that every vocabulary begins with, the 256
/// bytes, the printable ASCII characters, then strings of ever more letters with falling scores.
/// A smaller vocabulary ends earlier in that list.
pub fn tokenizer(vocab_size: usize) -> Vec<u8> {
    let pieces: Vec<Piece> = (0..vocab_size)
        .map(|token| Piece {
            bytes: piece(token),
            score: if token < FIRST_STRING {
                0.0
            } else {
                (FIRST_STRING as f32) - token as f32
            },
        })
        .collect();
    tokenizer::write(&pieces)
}

/// Tokens before the first of more than one character.
const FIRST_STRING: usize = 3 + 256 + 95;

fn piece(token: usize) -> Vec<u8> {
    match token {
        0 => b"<unk>".to_vec(),
        1 => b"\n<s>\n".to_vec(),
        2 => b"\n</s>\n".to_vec(),
        3..259 => format!("<0x{:02X}>", token - 3).into_bytes(),
        259..FIRST_STRING => Vec::from([(b' ' + (token - 259) as u8)]),
        _ => letters(token - FIRST_STRING),
    }
}

/// All strings of two and more letters of the alphabet and the space, in order of their length.
fn letters(mut number: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 27] = b" abcdefghijklmnopqrstuvwxyz";
    let base = ALPHABET.len();
    let mut out = Vec::new();
    // Bijective numeration, shifted past the strings of one letter.
    number += base + 1;
    while number > 0 {
        number -= 1;
        out.push(ALPHABET[number % base]);
        number /= base;
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::tokenizer::Tokenizer;

    const CONFIG: Config = Config {
        dim: 12,
        hidden_dim: 20,
        n_layers: 2,
        n_heads: 6,
        n_kv_heads: 3,
        vocab_size: 400,
        seq_len: 7,
    };

    #[test]
    fn a_seed_fixes_the_bytes() {
        let bytes = checkpoint(&CONFIG, false, 5).unwrap();
        assert_eq!(bytes, checkpoint(&CONFIG, false, 5).unwrap());
        assert_ne!(bytes, checkpoint(&CONFIG, false, 6).unwrap());
        let parsed = Checkpoint::parse(&bytes).unwrap();
        assert_eq!(parsed.config(), &CONFIG);
        assert!(!parsed.shares_classifier());
    }

    #[test]
    fn vocabularies_of_any_size_have_pieces_of_their_own() {
        for size in [2, 100, 400, 5000] {
            let tokenizer = Tokenizer::parse(&tokenizer(size)).unwrap();
            assert_eq!(tokenizer.vocab_size(), size);
            let mut pieces: Vec<_> = (0..size as u32).map(|t| tokenizer.piece(t)).collect();
            pieces.sort();
            pieces.dedup();
            assert_eq!(pieces.len(), size);
        }
    }
}
