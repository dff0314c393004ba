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
mod layout;
mod stream;
pub mod tensor;
pub mod write;

pub use error::CheckpointError;
pub use format::Format;
pub use header::Version;
pub(crate) use stream::each_part;
pub use tensor::{Floats, Matrix, Q4, Q8, Values};

use crate::config::Config;
use header::Header;
use layout::{Layout, Tensor};

/// A parsed checkpoint: shape and tensors, none of them copied.
#[derive(Clone, Copy)]
pub struct Checkpoint<'a> {
    header: Header,
    layout: Layout,
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
        let header = Header::parse(bytes)?;
        let layout = Layout::new(&header, header.size(), bytes.len())?;
        Ok(Checkpoint {
            header,
            layout,
            bytes,
        })
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
        let header = Header::of_tensors(config, format, shared_classifier)?;
        let layout = Layout::new(&header, 0, bytes.len())?;
        Ok(Checkpoint {
            header,
            layout,
            bytes,
        })
    }

    /// The model's shape.
    pub fn config(&self) -> &Config {
        &self.header.config
    }

    /// The version of the file's format.
    pub fn version(&self) -> Version {
        self.header.version
    }

    /// How the matrices are stored.
    pub fn format(&self) -> Format {
        self.header.format
    }

    /// Whether the classifier is the token embedding itself.
    pub fn shares_classifier(&self) -> bool {
        self.header.shared_classifier
    }

    /// How many weights the model has; a shared classifier counts once.
    pub fn parameters(&self) -> u64 {
        let config = self.config();
        let of = |rows: usize, columns: usize| rows as u64 * columns as u64;
        let (dim, hidden) = (config.dim, config.hidden_dim);
        let attention = 2 * of(dim, dim) + 2 * of(config.kv_dim(), dim);
        let layer = 2 * of(1, dim) + attention + 3 * of(hidden, dim);
        let tables = if self.shares_classifier() { 1 } else { 2 };
        tables * of(config.vocab_size, dim) + config.n_layers as u64 * layer + dim as u64
    }

    /// The embedding of every token, `vocab_size` × `dim`.
    pub fn token_embedding(&self) -> Matrix<'a> {
        self.matrix(Tensor::TokenEmbedding, 0)
    }

    /// The tensors of a layer.
    ///
    /// # Panics
    /// Where there is no such layer.
    pub fn layer(&self, layer: usize) -> Layer<'a> {
        assert!(
            layer < self.header.config.n_layers,
            "layer {layer} of {}",
            self.header.config.n_layers
        );
        Layer {
            rms_att: self.floats(Tensor::RmsAtt, layer),
            wq: self.matrix(Tensor::Wq, layer),
            wk: self.matrix(Tensor::Wk, layer),
            wv: self.matrix(Tensor::Wv, layer),
            wo: self.matrix(Tensor::Wo, layer),
            rms_ffn: self.floats(Tensor::RmsFfn, layer),
            w1: self.matrix(Tensor::W1, layer),
            w2: self.matrix(Tensor::W2, layer),
            w3: self.matrix(Tensor::W3, layer),
        }
    }

    /// Weights of the norm after the last layer, `dim`.
    pub fn rms_final(&self) -> Floats<'a> {
        self.floats(Tensor::RmsFinal, 0)
    }

    /// The classifier, `vocab_size` × `dim`: a row for each logit.
    pub fn classifier(&self) -> Matrix<'a> {
        if self.header.shared_classifier {
            self.token_embedding()
        } else {
            self.matrix(Tensor::Classifier, 0)
        }
    }

    fn floats(&self, tensor: Tensor, layer: usize) -> Floats<'a> {
        Floats::new(&self.bytes[self.layout.range(tensor, layer)])
    }

    fn matrix(&self, tensor: Tensor, layer: usize) -> Matrix<'a> {
        let (rows, columns) = tensor.shape(&self.header.config);
        let bytes = &self.bytes[self.layout.range(tensor, layer)];
        let values = match self.header.format {
            Format::Fp32 => Values::F32(Floats::new(bytes)),
            Format::Q8 { group_size } => {
                let (values, scales) = bytes.split_at(rows * columns);
                Values::Q8(Q8::new(values, Floats::new(scales), columns, group_size))
            }
            Format::Q4 => Values::Q4(Q4::new(bytes, columns)),
        };
        Matrix::new(rows, columns, values)
    }
}

#[cfg(test)]
mod tests;
