//! Where each tensor lies in the one flat vector that holds a model's
//! parameters, and their first values. Gradients and the moments of the
//! optimiser use the same layout.

use crate::random::Random;
use std::ops::Range;
use std::vec;
use std::vec::Vec;

/// Sizes of the network: a llama2.c model with as many key and value heads as
/// query heads, and a classifier that shares the embedding table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Width of the residual stream.
    pub dim: usize,
    /// Width of the feed-forward layer.
    pub hidden_dim: usize,
    /// Number of layers.
    pub n_layers: usize,
    /// Number of attention heads; divides `dim` into an even head size.
    pub n_heads: usize,
    /// Number of tokens in the vocabulary.
    pub vocab_size: usize,
    /// Longest sequence.
    pub seq_len: usize,
}

/// The tensors of one layer. Matrices are row-major, one row for each output.
#[derive(Clone, Debug)]
pub struct Layer {
    /// `[dim]`, the gain before attention.
    pub attention_norm: Range<usize>,
    /// `[3 · dim, dim]`: the query, key and value matrices, one below the other.
    pub qkv: Range<usize>,
    /// `[dim, dim]`, the output of attention.
    pub wo: Range<usize>,
    /// `[dim]`, the gain before the feed-forward layer.
    pub ffn_norm: Range<usize>,
    /// `[2 · hidden_dim, dim]`: w1 (the gate) above w3.
    pub w13: Range<usize>,
    /// `[dim, hidden_dim]`.
    pub w2: Range<usize>,
}

/// All tensors of a model in the flat vector.
#[derive(Clone, Debug)]
pub struct Layout {
    /// `[vocab_size, dim]`, embedding and classifier.
    pub embedding: Range<usize>,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
    /// `[dim]`, the gain before the classifier.
    pub final_norm: Range<usize>,
    /// Number of parameters.
    pub len: usize,
}

impl Layout {
    /// The layout for a shape.
    pub fn new(shape: &Shape) -> Self {
        let mut len = 0;
        let mut take = |n: usize| {
            len += n;
            len - n..len
        };
        let (d, h) = (shape.dim, shape.hidden_dim);
        let embedding = take(shape.vocab_size * d);
        let layers = (0..shape.n_layers)
            .map(|_| Layer {
                attention_norm: take(d),
                qkv: take(3 * d * d),
                wo: take(d * d),
                ffn_norm: take(d),
                w13: take(2 * h * d),
                w2: take(d * h),
            })
            .collect();
        let final_norm = take(d);
        Self {
            embedding,
            layers,
            final_norm,
            len,
        }
    }

    /// The ranges that hold gains, which weight decay leaves alone.
    pub fn gains(&self) -> Vec<Range<usize>> {
        let mut all = vec![self.final_norm.clone()];
        for layer in &self.layers {
            all.push(layer.attention_norm.clone());
            all.push(layer.ffn_norm.clone());
        }
        all
    }

    /// First values: gains one, matrices normal with a deviation that keeps
    /// the scale of what passes through them, those that add to the residual
    /// stream smaller the deeper the model is.
    pub fn initial(&self, shape: &Shape, random: &mut Random) -> Vec<f32> {
        let mut values = vec![0.0; self.len];
        let mut fill = |range: &Range<usize>, deviation: f32| {
            for value in &mut values[range.clone()] {
                *value = normal(random) * deviation;
            }
        };
        let width = (shape.dim as f32).sqrt().recip();
        let hidden = (shape.hidden_dim as f32).sqrt().recip();
        let depth = (2.0 * shape.n_layers as f32).sqrt().recip();
        fill(&self.embedding, 0.03);
        for layer in &self.layers {
            fill(&layer.qkv, width);
            fill(&layer.wo, width * depth);
            fill(&layer.w13, width);
            fill(&layer.w2, hidden * depth);
        }
        for range in self.gains() {
            values[range].fill(1.0);
        }
        values
    }
}

/// A normal deviate, as the sum of twelve uniform ones.
fn normal(random: &mut Random) -> f32 {
    (0..12).map(|_| random.unit()).sum::<f32>() - 6.0
}
