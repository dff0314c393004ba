//! Shape and places of a checkpoint's tensors, without the tensors.

use core::ops::Range;

use super::header::{HEADER_SIZE, Header, Version};
use super::layout::Layout;
use super::{CheckpointError, Format, Tensor};
use crate::config::Config;
use crate::quantise::q4;

/// What a checkpoint says ahead of its weights, and where each of them stands.
#[derive(Clone, Copy)]
pub struct Index {
    pub(super) header: Header,
    layout: Layout,
}

/// Where rows of a matrix stand: offsets in bytes from the beginning of the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The weights.
    pub values: Range<u64>,
    /// Their scales, where they are quantised; else nothing.
    pub scales: Range<u64>,
}

impl Place {
    /// Bytes of both.
    pub fn bytes(&self) -> usize {
        let length = |range: &Range<u64>| (range.end - range.start) as usize;
        length(&self.values) + length(&self.scales)
    }
}

impl Index {
    /// How many of a file's first bytes [`Index::of_file`] needs, where it has as many.
    pub const START: usize = HEADER_SIZE;

    /// Reads the header at the `start` of a file of `size` bytes, and checks that the file holds
    /// exactly the tensors that it promises.
    ///
    /// # Errors
    /// What is wrong with the header or the size.
    pub fn of_file(start: &[u8], size: u64) -> Result<Self, CheckpointError> {
        let header = Header::parse(start)?;
        let layout = Layout::new(&header, header.size(), size)?;
        Ok(Self { header, layout })
    }

    /// The tensors in `size` bytes as [`Checkpoint::from_tensors`](super::Checkpoint::from_tensors)
    /// has them.
    ///
    /// # Errors
    /// Where shape and format do not go together, or there are not as many bytes.
    pub fn of_tensors(
        config: Config,
        format: Format,
        shared_classifier: bool,
        size: u64,
    ) -> Result<Self, CheckpointError> {
        let header = Header::of_tensors(config, format, shared_classifier)?;
        let layout = Layout::new(&header, 0, size)?;
        Ok(Self { header, layout })
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

    /// The tensor whose rows the logits are made with.
    pub fn classifier(&self) -> Tensor {
        if self.shares_classifier() {
            Tensor::TokenEmbedding
        } else {
            Tensor::Classifier
        }
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

    /// Where a layer's tensor stands as a whole.
    pub(crate) fn range(&self, tensor: Tensor, layer: usize) -> Range<u64> {
        self.layout.range(tensor, layer)
    }

    /// Where rows of a layer's matrix stand; of what is there once the layer is 0.
    ///
    /// # Panics
    /// Where there are no such rows.
    pub fn place(&self, tensor: Tensor, layer: usize, rows: Range<usize>) -> Place {
        let (all, columns) = tensor.shape(self.config());
        assert!(
            rows.start <= rows.end && rows.end <= all,
            "rows {rows:?} of {all}"
        );
        // A row's bytes of values and of scales.
        let (value, scale) = match self.format() {
            _ if tensor.is_norm() => (columns * 4, 0),
            Format::Fp32 => (columns * 4, 0),
            Format::Q8 { group_size } => (columns, columns.div_ceil(group_size) * 4),
            Format::Q4 => {
                let groups = columns.div_ceil(q4::GROUP);
                (groups * q4::GROUP_BYTES, groups * 2)
            }
        };
        let start = self.range(tensor, layer).start;
        let scales = start + (all * value) as u64;
        let part = |start: u64, each: usize| {
            let end = start + (rows.end * each) as u64;
            start + (rows.start * each) as u64..end
        };
        Place {
            values: part(start, value),
            scales: part(scales, scale),
        }
    }
}
