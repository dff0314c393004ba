//! Who computes what.

use core::ops::Range;

use super::shape::Shape;
use crate::kernels::matvec::TILE;

/// The share of one SPU: ranges of tiles of eight rows, and of key and value heads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Key and value heads, with the query heads that use them.
    pub kv_heads: Range<usize>,
    /// Tiles of the activation vector.
    pub dim: Range<usize>,
    /// Tiles of the feed-forward network's vector.
    pub hidden: Range<usize>,
    /// Tiles of logits.
    pub vocab: Range<usize>,
}

impl Share {
    /// The share of SPU `index` of `count`. All shares together cover everything once; they
    /// differ by at most one tile or head.
    pub fn new(shape: &Shape, index: usize, count: usize) -> Self {
        let part = |total: usize| index * total / count..(index + 1) * total / count;
        Self {
            kv_heads: part(shape.config.n_kv_heads),
            dim: part(shape.dim / TILE),
            hidden: part(shape.hidden / TILE),
            vocab: part(shape.vocab / TILE),
        }
    }

    /// The query heads that use this SPU's key and value heads.
    pub fn query_heads(&self, shape: &Shape) -> Range<usize> {
        let group = shape.config.heads_per_kv_head();
        self.kv_heads.start * group..self.kv_heads.end * group
    }

    /// Bytes of this SPU's queries, keys and values of one position.
    pub fn qkv_bytes(&self, shape: &Shape) -> usize {
        (self.query_heads(shape).len() + 2 * self.kv_heads.len()) * shape.row_bytes()
    }
}
