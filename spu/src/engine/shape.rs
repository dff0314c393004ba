//! A model's sizes, rounded up to what the kernels want.

use llama::Config;

use crate::kernels::block::BlockFormat;
use crate::kernels::rows::RowFormat;

/// Sizes in elements. Everything beyond the model's own sizes is zero, in weights and in
/// vectors, and stays zero through every kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The model's own sizes.
    pub config: Config,
    /// How the weights lie in the streams.
    pub format: BlockFormat,
    /// Length of the activation vector: `dim` rounded up to whole blocks.
    pub dim: usize,
    /// Length of a head: rounded up to a multiple of [`HEAD_STEP`].
    pub head: usize,
    /// Length of the attention's result, all heads: rounded up to whole blocks.
    pub attention: usize,
    /// Length of the feed-forward network's vector: rounded up to whole blocks.
    pub hidden: usize,
    /// Number of logits: rounded up to whole tiles.
    pub vocab: usize,
}

/// The length of a head is a multiple of this: two quadwords.
pub const HEAD_STEP: usize = 8;

impl Shape {
    /// The rounded sizes of a model.
    pub fn new(config: Config, format: BlockFormat) -> Self {
        // A block has more columns than a tile has rows, so that what is whole blocks is whole
        // tiles, too.
        let columns = format.columns();
        let head = config.head_size().next_multiple_of(HEAD_STEP);
        Self {
            config,
            format,
            dim: config.dim.next_multiple_of(columns),
            head,
            attention: (head * config.n_heads).next_multiple_of(columns),
            hidden: config.hidden_dim.next_multiple_of(columns),
            vocab: config.vocab_size.next_multiple_of(format.rows()),
        }
    }

    /// Rows of a tile.
    pub fn tile(&self) -> usize {
        self.format.rows()
    }

    /// Blocks of a tile of a matrix with so many (rounded) columns.
    pub fn blocks(&self, columns: usize) -> usize {
        columns / self.format.columns()
    }

    /// How the rows of the key and value cache lie in memory: narrow where the weights are, too.
    pub fn cache_format(&self) -> RowFormat {
        match self.format {
            BlockFormat::Fp32 => RowFormat::Fp32,
            BlockFormat::Q8 | BlockFormat::Q4 => RowFormat::Narrow,
        }
    }

    /// Bytes of a head's vector in local store.
    pub fn head_bytes(&self) -> usize {
        self.head * 4
    }

    /// Bytes of a head's row in the key or value cache.
    pub fn row_bytes(&self) -> usize {
        self.cache_format().row_bytes(self.head)
    }

    /// Bytes of the rows of one head of one layer, keys or values: whole lines.
    pub fn cache_rows_bytes(&self) -> usize {
        (self.config.seq_len * self.row_bytes()).next_multiple_of(LINE)
    }

    /// Bytes of the keys, and of the values, of one head of one layer: the rows, then their scales
    /// where there are some.
    pub fn cache_half_bytes(&self) -> usize {
        let scales = match self.cache_format() {
            RowFormat::Fp32 => 0,
            RowFormat::Narrow => self.config.seq_len * 4,
        };
        self.cache_rows_bytes() + scales.next_multiple_of(LINE)
    }

    /// Bytes of the whole key and value cache.
    pub fn cache_bytes(&self) -> usize {
        self.config.n_layers * self.config.n_kv_heads * 2 * self.cache_half_bytes()
    }
}

/// A line of memory.
const LINE: usize = 128;
