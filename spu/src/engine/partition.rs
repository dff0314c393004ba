//! Who computes what.

use alloc::vec::Vec;
use core::ops::Range;

use super::shape::Shape;

/// The share of one SPU: ranges of tiles of rows, and of key and value heads.
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
    /// The shares of `count` SPUs. All together cover everything once. Those of one kind differ by
    /// at most one tile or head, and where they do, the SPUs with the fewest weights so far get
    /// one more.
    pub fn all(shape: &Shape, count: usize) -> Vec<Self> {
        let heads = even_parts(shape.config.n_kv_heads, count);
        let head_weights = (shape.config.heads_per_kv_head() + 2) * shape.head * shape.dim;
        let mut weights: Vec<usize> = heads.iter().map(|h| h.len() * head_weights).collect();
        let mut kind = |length: usize, columns: usize| {
            parts(length / shape.tile(), shape.tile() * columns, &mut weights)
        };
        let dim = kind(shape.dim, shape.attention + shape.hidden);
        let hidden = kind(shape.hidden, 2 * shape.dim);
        let vocab = kind(shape.vocab, shape.dim);
        (0..count)
            .map(|index| Self {
                kv_heads: heads[index].clone(),
                dim: dim[index].clone(),
                hidden: hidden[index].clone(),
                vocab: vocab[index].clone(),
            })
            .collect()
    }

    /// The query heads that use this SPU's key and value heads.
    pub fn query_heads(&self, shape: &Shape) -> Range<usize> {
        let group = shape.config.heads_per_kv_head();
        self.kv_heads.start * group..self.kv_heads.end * group
    }

    /// This SPU's rows of queries, keys and values together, head after head, the last tile filled
    /// up.
    pub fn qkv_rows(&self, shape: &Shape) -> usize {
        let heads = self.query_heads(shape).len() + 2 * self.kv_heads.len();
        (heads * shape.head).next_multiple_of(shape.tile())
    }
}

/// Parts of `total` that differ by at most one, spread evenly.
fn even_parts(total: usize, count: usize) -> Vec<Range<usize>> {
    let part = |index: usize| index * total / count..(index + 1) * total / count;
    (0..count).map(part).collect()
}

/// Parts of `total` tiles of so many weights each; adds to what each SPU has.
fn parts(total: usize, weights_each: usize, weights: &mut [usize]) -> Vec<Range<usize>> {
    let count = weights.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&index| weights[index]);
    let mut sizes = alloc::vec![total / count; count];
    for &index in &order[..total % count] {
        sizes[index] += 1;
    }
    let mut start = 0;
    sizes
        .into_iter()
        .zip(weights)
        .map(|(size, weights)| {
            *weights += size * weights_each;
            let part = start..start + size;
            start = part.end;
            part
        })
        .collect()
}
