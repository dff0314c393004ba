//! Where each tensor stands in the file.

use core::ops::Range;

use super::header::{Header, Version};
use super::{CheckpointError, Format};
use crate::config::Config;

/// The tensors of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tensor {
    /// The embedding of every token, `vocab_size` × `dim`.
    TokenEmbedding,
    /// Weights of the norm before attention: a row of `dim`.
    RmsAtt,
    /// Query projection, `dim` × `dim`.
    Wq,
    /// Key projection, `kv_dim` × `dim`.
    Wk,
    /// Value projection, `kv_dim` × `dim`.
    Wv,
    /// Output projection of the attention, `dim` × `dim`.
    Wo,
    /// Weights of the norm before the feed-forward network: a row of `dim`.
    RmsFfn,
    /// Gate projection, `hidden_dim` × `dim`.
    W1,
    /// Projection back, `dim` × `hidden_dim`.
    W2,
    /// Up projection, `hidden_dim` × `dim`.
    W3,
    /// Weights of the norm after the last layer: a row of `dim`.
    RmsFinal,
    /// The first of two tables that version 0 has between final norm and classifier.
    RopeCos,
    /// The second.
    RopeSin,
    /// The classifier where it is not the token embedding, `vocab_size` × `dim`.
    Classifier,
}

use Tensor::*;

const TENSORS: usize = 14;

/// Order of the tensors in version 0.
pub(super) const LEGACY_ORDER: [Tensor; TENSORS] = [
    TokenEmbedding,
    RmsAtt,
    Wq,
    Wk,
    Wv,
    Wo,
    RmsFfn,
    W1,
    W2,
    W3,
    RmsFinal,
    RopeCos,
    RopeSin,
    Classifier,
];

/// Order of the tensors in versions 1 and 2.
pub(super) const ORDER: [Tensor; TENSORS - 2] = [
    RmsAtt,
    RmsFfn,
    RmsFinal,
    TokenEmbedding,
    Wq,
    Wk,
    Wv,
    Wo,
    W1,
    W2,
    W3,
    Classifier,
];

impl Tensor {
    pub(super) fn name(self) -> &'static str {
        match self {
            TokenEmbedding => "token_embedding",
            RmsAtt => "rms_att",
            Wq => "wq",
            Wk => "wk",
            Wv => "wv",
            Wo => "wo",
            RmsFfn => "rms_ffn",
            W1 => "w1",
            W2 => "w2",
            W3 => "w3",
            RmsFinal => "rms_final",
            RopeCos => "rope_cos",
            RopeSin => "rope_sin",
            Classifier => "classifier",
        }
    }

    /// Rows and columns of one layer's tensor.
    pub fn shape(self, config: &Config) -> (usize, usize) {
        match self {
            TokenEmbedding | Classifier => (config.vocab_size, config.dim),
            RmsAtt | RmsFfn | RmsFinal => (1, config.dim),
            Wq | Wo => (config.dim, config.dim),
            Wk | Wv => (config.kv_dim(), config.dim),
            W1 | W3 => (config.hidden_dim, config.dim),
            W2 => (config.dim, config.hidden_dim),
            RopeCos | RopeSin => (config.seq_len, config.head_size() / 2),
        }
    }

    /// How many of it there are, one after the other.
    pub(super) fn count(self, config: &Config) -> usize {
        match self {
            RmsAtt | Wq | Wk | Wv | Wo | RmsFfn | W1 | W2 | W3 => config.n_layers,
            TokenEmbedding | RmsFinal | RopeCos | RopeSin | Classifier => 1,
        }
    }

    pub(super) fn is_norm(self) -> bool {
        matches!(self, RmsAtt | RmsFfn | RmsFinal)
    }

    fn is_present(self, header: &Header) -> bool {
        self != Classifier || !header.shared_classifier
    }

    /// Bytes of one layer's tensor.
    fn size(self, header: &Header) -> u128 {
        let (rows, columns) = self.shape(&header.config);
        let format = match header.version {
            Version::Legacy => Format::Fp32,
            _ if self.is_norm() => Format::Fp32,
            _ => header.format,
        };
        format.matrix_bytes(rows, columns)
    }
}

/// Offset of the first and size of every one.
#[derive(Clone, Copy, Default)]
struct Place {
    offset: u64,
    size: u64,
}

/// Where each tensor stands; all places lie inside the file.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    places: [Place; TENSORS],
}

impl Layout {
    /// Lays the tensors out in their order, from the byte `start` on, and checks that they end
    /// where the bytes end.
    pub fn new(header: &Header, start: usize, found: u64) -> Result<Self, CheckpointError> {
        let order: &[Tensor] = match header.version {
            Version::Legacy => &LEGACY_ORDER,
            Version::Fp32 | Version::Q8 | Version::Tensors => &ORDER,
        };
        let present = || order.iter().copied().filter(|t| t.is_present(header));
        let mut places = [Place::default(); TENSORS];
        let mut end = start as u128;
        let mut cut = None;
        for tensor in present() {
            let size = tensor.size(header);
            let offset = end;
            end += size * tensor.count(&header.config) as u128;
            if end > found as u128 {
                cut = cut.or(Some(tensor.name()));
            } else {
                places[tensor as usize] = Place {
                    offset: offset as u64,
                    size: size as u64,
                };
            }
        }
        let expected = u64::try_from(end).unwrap_or(u64::MAX);
        match cut {
            Some(inside) => Err(CheckpointError::Truncated {
                inside,
                found,
                expected,
            }),
            None if found > expected => Err(CheckpointError::TooLong { found, expected }),
            None => Ok(Layout { places }),
        }
    }

    /// The bytes of a layer's tensor.
    pub fn range(&self, tensor: Tensor, layer: usize) -> Range<u64> {
        let Place { offset, size } = self.places[tensor as usize];
        let start = offset + layer as u64 * size;
        start..start + size
    }
}
