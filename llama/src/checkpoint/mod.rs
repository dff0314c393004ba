//! Checkpoint files: the model's shape and its weights, borrowed from the file's bytes.
//!
//! Three versions are in use; all numbers are little-endian, 32 bits wide and unaligned:
//!
//! - **Version 0** (the `stories*.bin` files): the seven numbers of [`Config`], then fp32 tensors.
//!   A negative vocabulary size means that the classifier is a tensor of its own. Two tables for
//!   the rotary embedding stand between final norm and classifier; nothing reads them any more.
//! - **Version 1**: a header of 256 bytes (magic `0x616b3432`, version, the seven numbers, one
//!   byte that says whether the classifier is shared), then fp32 tensors.
//! - **Version 2**: the same header with the group size after the flag, then fp32 norms, then
//!   every matrix as Q8_0: all values as signed bytes, followed by one fp32 scale for each group.
//!
//! [`mod@write`] makes versions 0 and 2, and tensors in any [`Format`] without a header.

mod error;
mod format;
mod header;
mod index;
mod layout;
mod stream;
pub mod tensor;
mod weights;
pub mod write;

pub use error::CheckpointError;
pub use format::Format;
pub use header::Version;
pub use index::{Index, Place};
pub use layout::Tensor;
pub(crate) use stream::each_part;
pub use tensor::{Floats, Matrix, Q4, Q8, Values};
pub use weights::Weights;
pub(crate) use weights::of_bytes;

use core::ops::Range;

use crate::config::Config;

/// A parsed checkpoint: shape and tensors, none of them copied.
#[derive(Clone, Copy)]
pub struct Checkpoint<'a> {
    index: Index,
    bytes: &'a [u8],
}

/// The tensors of one layer. `y = W x` has a row of `W` for each element of `y`.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// Weights of the norm before attention, `dim`.
    pub rms_att: Floats<'a>,
    /// Query projection, `dim` × `dim`.
    pub wq: Matrix<'a>,
    /// Key projection, `kv_dim` × `dim`.
    pub wk: Matrix<'a>,
    /// Value projection, `kv_dim` × `dim`.
    pub wv: Matrix<'a>,
    /// Output projection of the attention, `dim` × `dim`.
    pub wo: Matrix<'a>,
    /// Weights of the norm before the feed-forward network, `dim`.
    pub rms_ffn: Floats<'a>,
    /// Gate projection (goes through SiLU), `hidden_dim` × `dim`.
    pub w1: Matrix<'a>,
    /// Projection back, `dim` × `hidden_dim`.
    pub w2: Matrix<'a>,
    /// Up projection, multiplied with the gate, `hidden_dim` × `dim`.
    pub w3: Matrix<'a>,
}

impl<'a> Checkpoint<'a> {
    /// Reads the header and checks that the file holds exactly the tensors that it promises.
    ///
    /// The values themselves are not looked at: infinities and NaN are passed on.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let index = Index::of_file(bytes, bytes.len() as u64)?;
        Ok(Checkpoint { index, bytes })
    }

    /// A model whose tensors stand in `bytes` as in a file of version 1 or 2, with no header
    /// ahead of them: what [`write::tensors`] makes. Matrices in Q4 are all groups' weights,
    /// then all scales; see [`crate::quantise::q4`].
    ///
    /// # Errors
    /// Where shape and format do not go together, or there are not as many bytes.
    pub fn from_tensors(
        config: Config,
        format: Format,
        shared_classifier: bool,
        bytes: &'a [u8],
    ) -> Result<Self, CheckpointError> {
        let size = bytes.len() as u64;
        let index = Index::of_tensors(config, format, shared_classifier, size)?;
        Ok(Checkpoint { index, bytes })
    }

    /// What the checkpoint says ahead of its weights.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The model's shape.
    pub fn config(&self) -> &Config {
        self.index.config()
    }

    /// The version of the file's format.
    pub fn version(&self) -> Version {
        self.index.version()
    }

    /// How the matrices are stored.
    pub fn format(&self) -> Format {
        self.index.format()
    }

    /// Whether the classifier is the token embedding itself.
    pub fn shares_classifier(&self) -> bool {
        self.index.shares_classifier()
    }

    /// How many weights the model has; a shared classifier counts once.
    pub fn parameters(&self) -> u64 {
        self.index.parameters()
    }

    /// The embedding of every token, `vocab_size` × `dim`.
    pub fn token_embedding(&self) -> Matrix<'a> {
        self.tensor(Tensor::TokenEmbedding, 0)
    }

    /// The tensors of a layer.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn layer(&self, layer: usize) -> Layer<'a> {
        assert!(
            layer < self.config().n_layers,
            "layer {layer} of {}",
            self.config().n_layers
        );
        Layer {
            rms_att: self.floats(Tensor::RmsAtt, layer),
            wq: self.tensor(Tensor::Wq, layer),
            wk: self.tensor(Tensor::Wk, layer),
            wv: self.tensor(Tensor::Wv, layer),
            wo: self.tensor(Tensor::Wo, layer),
            rms_ffn: self.floats(Tensor::RmsFfn, layer),
            w1: self.tensor(Tensor::W1, layer),
            w2: self.tensor(Tensor::W2, layer),
            w3: self.tensor(Tensor::W3, layer),
        }
    }

    /// Weights of the norm after the last layer, `dim`.
    pub fn rms_final(&self) -> Floats<'a> {
        self.floats(Tensor::RmsFinal, 0)
    }

    /// The classifier, `vocab_size` × `dim`: a row for each logit.
    pub fn classifier(&self) -> Matrix<'a> {
        self.tensor(self.index.classifier(), 0)
    }

    fn floats(&self, tensor: Tensor, layer: usize) -> Floats<'a> {
        Floats::new(self.bytes_of(tensor, layer))
    }

    /// A layer's matrix; of what is there once the layer is 0.
    fn tensor(&self, tensor: Tensor, layer: usize) -> Matrix<'a> {
        let (rows, _) = tensor.shape(self.config());
        of_bytes(&self.index, tensor, rows, self.bytes_of(tensor, layer))
    }

    fn bytes_of(&self, tensor: Tensor, layer: usize) -> &'a [u8] {
        let Range { start, end } = self.index.range(tensor, layer);
        // The file's size is a `usize`.
        &self.bytes[start as usize..end as usize]
    }
}

#[cfg(test)]
mod tests;
