//! The scalar engine: what every other engine is checked against.
//!
//! It computes as `run.c` does where the weights are fp32, and as `runq.c` does where they are
//! Q8_0: the same operations in the same order, with the same elementary functions, so that its
//! logits are the same bits. Only work that does not depend on another's result is
//! rearranged: several rows of a matrix go side by side. Q4, which llama2.c does not have, is
//! computed in the same way, with activations as [`crate::quantise::activation`] has them.

mod matvec;
mod operand;
pub(crate) mod ops;

use alloc::vec;
use alloc::vec::Vec;

use crate::checkpoint::Checkpoint;
use crate::config::Config;
use crate::engine::{Engine, EngineError};
use crate::math;
use operand::Operand;
use ops::{add, attend, rms_norm, rotate, swiglu};

/// Computes on the processor that runs it, with the weights where they lie.
pub struct Reference<'a> {
    checkpoint: Checkpoint<'a>,
    /// Turns of each pair of a head from one position to the next, in radians.
    frequencies: Vec<f32>,
    /// Cosine and sine of each pair's angle at the current position.
    rotations: Vec<(f32, f32)>,
    caches: Vec<Cache>,
    /// Positions in the caches.
    computed: usize,
    /// The activation that goes through the layers.
    x: Vec<f32>,
    /// Branches off it, `dim` long.
    branch: Vec<f32>,
    attended: Vec<f32>,
    query: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
    /// Attention of one head to every position so far.
    scores: Vec<f32>,
    operand: Operand,
    logits: Vec<f32>,
}

/// Keys and values of one layer, `kv_dim` for each position. They grow with the positions: the
/// longest context of a checkpoint is a mere number in its header.
#[derive(Default)]
struct Cache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl<'a> Reference<'a> {
    /// An engine for a checkpoint, at position 0.
    pub fn new(checkpoint: &Checkpoint<'a>) -> Self {
        let config = checkpoint.config();
        let (dim, hidden_dim, head_size) = (config.dim, config.hidden_dim, config.head_size());
        Reference {
            checkpoint: *checkpoint,
            frequencies: (0..head_size / 2)
                .map(|pair| math::rope_frequency(pair, head_size))
                .collect(),
            rotations: vec![(1.0, 0.0); head_size / 2],
            caches: (0..config.n_layers).map(|_| Cache::default()).collect(),
            computed: 0,
            x: vec![0.0; dim],
            branch: vec![0.0; dim],
            attended: vec![0.0; dim],
            query: vec![0.0; dim],
            gate: vec![0.0; hidden_dim],
            up: vec![0.0; hidden_dim],
            scores: Vec::new(),
            operand: Operand::new(checkpoint.format(), dim.max(hidden_dim)),
            logits: vec![0.0; config.vocab_size],
        }
    }

    /// The activation after the last layer's residual, before the final norm: `dim` values of the
    /// token computed last. For checks of other engines.
    pub fn activation(&self) -> &[f32] {
        &self.x
    }

    /// Keys and values of a layer at a position that was computed, `kv_dim` of each, keys after
    /// the rotary embedding. For checks of other engines.
    ///
    /// # Panics
    /// Where there is no such layer, or the position was not computed.
    pub fn cached(&self, layer: usize, position: usize) -> (&[f32], &[f32]) {
        let kv_dim = self.config().kv_dim();
        let range = position * kv_dim..(position + 1) * kv_dim;
        let cache = &self.caches[layer];
        (&cache.keys[range.clone()], &cache.values[range])
    }

    /// Makes room for a position and forgets what is cached from it on.
    fn open_position(&mut self, position: usize) -> Result<(), EngineError> {
        let kv_dim = self.config().kv_dim();
        let start = position * kv_dim;
        for rows in self
            .caches
            .iter_mut()
            .flat_map(|cache| [&mut cache.keys, &mut cache.values])
        {
            rows.truncate(start);
            rows.try_reserve(kv_dim)
                .map_err(|_| EngineError::OutOfMemory {
                    bytes: (start + kv_dim) * size_of::<f32>(),
                })?;
            rows.resize(start + kv_dim, 0.0);
        }
        self.computed = position;
        Ok(())
    }

    /// Embedding and layers: leaves the result in `x`.
    fn compute_layers(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        let config = *self.checkpoint.config();
        EngineError::check(&config, token, position, self.computed)?;
        self.open_position(position)?;
        for (rotation, frequency) in self.rotations.iter_mut().zip(&self.frequencies) {
            let angle = position as f32 * frequency;
            *rotation = (math::cosf(angle), math::sinf(angle));
        }
        self.checkpoint
            .token_embedding()
            .copy_row_to(token as usize, &mut self.x);
        for layer in 0..config.n_layers {
            self.compute_layer(layer, position);
        }
        self.computed = position + 1;
        Ok(())
    }

    fn compute_layer(&mut self, index: usize, position: usize) {
        let layer = self.checkpoint.layer(index);
        let config = self.checkpoint.config();
        let cache = &mut self.caches[index];
        let row = position * config.kv_dim()..(position + 1) * config.kv_dim();

        rms_norm(&mut self.branch, &self.x, layer.rms_att.iter());
        self.operand.set(&self.branch);
        let key = &mut cache.keys[row.clone()];
        self.operand
            .multiply(&layer.wq, &self.branch, &mut self.query);
        self.operand.multiply(&layer.wk, &self.branch, key);
        rotate(&mut self.query, &self.rotations);
        rotate(key, &self.rotations);
        let value = &mut cache.values[row];
        self.operand.multiply(&layer.wv, &self.branch, value);

        attend(
            config,
            &self.query,
            (&cache.keys, &cache.values),
            &mut self.scores,
            &mut self.attended,
        );
        self.operand.set(&self.attended);
        self.operand
            .multiply(&layer.wo, &self.attended, &mut self.branch);
        add(&mut self.x, &self.branch);

        rms_norm(&mut self.branch, &self.x, layer.rms_ffn.iter());
        self.operand.set(&self.branch);
        self.operand
            .multiply(&layer.w1, &self.branch, &mut self.gate);
        self.operand.multiply(&layer.w3, &self.branch, &mut self.up);
        swiglu(&mut self.gate, &self.up);
        self.operand.set(&self.gate);
        self.operand
            .multiply(&layer.w2, &self.gate, &mut self.branch);
        add(&mut self.x, &self.branch);
    }
}

impl Engine for Reference<'_> {
    fn config(&self) -> &Config {
        self.checkpoint.config()
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        self.compute_layers(token, position)?;
        rms_norm(
            &mut self.branch,
            &self.x,
            self.checkpoint.rms_final().iter(),
        );
        let classifier = self.checkpoint.classifier();
        self.operand.set(&self.branch);
        self.operand
            .multiply(&classifier, &self.branch, &mut self.logits);
        Ok(&self.logits)
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.compute_layers(token, position)
    }
}

#[cfg(test)]
mod tests;
