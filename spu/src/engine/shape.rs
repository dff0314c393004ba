//! A model's sizes, rounded up to what the kernels want.

use llama::Config;

use crate::kernels::matvec::{STEP_COLUMNS, TILE};

/// Sizes in elements. Everything beyond the model's own sizes is zero, in weights and in
/// vectors, and stays zero through every kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The model's own sizes.
    pub config: Config,
    /// Length of the activation vector: `dim` rounded up to a multiple of 16.
    pub dim: usize,
    /// Length of a head: rounded up to a multiple of 8, so that heads are whole tiles.
    pub head: usize,
    /// Length of the attention's result, all heads: rounded up to a multiple of 16.
    pub attention: usize,
    /// Length of the feed-forward network's vector: rounded up to a multiple of 16.
    pub hidden: usize,
    /// Number of logits: rounded up to a multiple of 8.
    pub vocab: usize,
}

impl Shape {
    /// The rounded sizes of a model.
    pub fn new(config: Config) -> Self {
        let head = config.head_size().next_multiple_of(TILE);
        Self {
            config,
            dim: config.dim.next_multiple_of(STEP_COLUMNS),
            head,
            attention: (head * config.n_heads).next_multiple_of(STEP_COLUMNS),
            hidden: config.hidden_dim.next_multiple_of(STEP_COLUMNS),
            vocab: config.vocab_size.next_multiple_of(TILE),
        }
    }

    /// Bytes of a head's row in the key or value cache.
    pub fn row_bytes(&self) -> usize {
        self.head * 4
    }

    /// Bytes of the keys, and of the values, of one head of one layer.
    pub fn cache_half_bytes(&self) -> usize {
        self.config.seq_len * self.row_bytes()
    }

    /// Bytes of the whole key and value cache.
    pub fn cache_bytes(&self) -> usize {
        self.config.n_layers * self.config.n_kv_heads * 2 * self.cache_half_bytes()
    }
}
