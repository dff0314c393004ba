//! Engines for the processor that runs them, with nothing beside it: the weights are held as numbers
//! in its own byte order, whatever the format of the model.
//!
//! [`Product::Scalar`] is the plain loop of llama2.c, which waits for each addition before the
//! next; [`Product::Vector`] keeps a vector unit busy. What SPUs are worth is measured against the
//! two.

mod product;
mod rows;
#[cfg(test)]
mod tests;

use alloc::vec;
use alloc::vec::Vec;

use crate::checkpoint::{Checkpoint, Floats};
use crate::config::Config;
use crate::engine::{Engine, EngineError};
use crate::math;
use crate::reference::ops::{add, attend, rms_norm, rotate, swiglu};
pub use product::Product;
use rows::{Rows, Vector};

/// One layer's weights.
struct Layer {
    rms_att: Vec<f32>,
    wq: Rows,
    wk: Rows,
    wv: Rows,
    wo: Rows,
    rms_ffn: Vec<f32>,
    w1: Rows,
    w2: Rows,
    w3: Rows,
}

/// Computes on the processor that runs it, with weights of its own: four bytes for each.
pub struct Native {
    config: Config,
    product: Product,
    embedding: Rows,
    layers: Vec<Layer>,
    rms_final: Vec<f32>,
    /// Where it is not the embedding.
    classifier: Option<Rows>,
    frequencies: Vec<f32>,
    rotations: Vec<(f32, f32)>,
    /// For each layer keys and values, `seq_len` × `kv_dim`.
    caches: Vec<(Vec<f32>, Vec<f32>)>,
    computed: usize,
    x: Vec<f32>,
    branch: Vec<f32>,
    query: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
    scores: Vec<f32>,
    /// What is multiplied next.
    operand: Vector,
    logits: Vec<f32>,
}

fn numbers(floats: Floats) -> Vec<f32> {
    floats.iter().collect()
}

impl Native {
    /// An engine with a copy of a checkpoint's weights, at position 0.
    ///
    /// # Errors
    /// There is not enough memory for the weights or for the cache of all positions.
    pub fn new(checkpoint: &Checkpoint, product: Product) -> Result<Self, EngineError> {
        let config = *checkpoint.config();
        let (dim, hidden_dim, head_size) = (config.dim, config.hidden_dim, config.head_size());
        let shares = checkpoint.shares_classifier();
        let classifier = (!shares).then(|| Rows::new(&checkpoint.classifier()));
        Ok(Self {
            config,
            product,
            embedding: Rows::new(&checkpoint.token_embedding())?,
            layers: (0..config.n_layers)
                .map(|index| Self::layer(checkpoint, index))
                .collect::<Result<_, _>>()?,
            rms_final: numbers(checkpoint.rms_final()),
            classifier: classifier.transpose()?,
            frequencies: (0..head_size / 2)
                .map(|pair| math::rope_frequency(pair, head_size))
                .collect(),
            rotations: vec![(1.0, 0.0); head_size / 2],
            caches: (0..config.n_layers)
                .map(|_| {
                    let size = config.seq_len * config.kv_dim();
                    Ok((rows::zeros(size)?, rows::zeros(size)?))
                })
                .collect::<Result<_, EngineError>>()?,
            computed: 0,
            x: vec![0.0; dim],
            branch: vec![0.0; dim],
            query: vec![0.0; dim],
            gate: vec![0.0; hidden_dim],
            up: vec![0.0; hidden_dim],
            scores: Vec::new(),
            operand: Vector::new(dim.max(hidden_dim)),
            logits: vec![0.0; config.vocab_size],
        })
    }

    fn layer(checkpoint: &Checkpoint, index: usize) -> Result<Layer, EngineError> {
        let layer = checkpoint.layer(index);
        Ok(Layer {
            rms_att: numbers(layer.rms_att),
            wq: Rows::new(&layer.wq)?,
            wk: Rows::new(&layer.wk)?,
            wv: Rows::new(&layer.wv)?,
            wo: Rows::new(&layer.wo)?,
            rms_ffn: numbers(layer.rms_ffn),
            w1: Rows::new(&layer.w1)?,
            w2: Rows::new(&layer.w2)?,
            w3: Rows::new(&layer.w3)?,
        })
    }

    /// Goes to a position as if those before it had been computed, with keys and values of 0: what
    /// a token costs there is measured without computing all the others.
    ///
    /// # Panics
    /// Where the position is beyond the longest context.
    pub fn skip_to(&mut self, position: usize) {
        assert!(position < self.config.seq_len, "a position of the context");
        self.computed = position;
    }

    fn compute_layers(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        EngineError::check(&self.config, token, position, self.computed)?;
        for (rotation, frequency) in self.rotations.iter_mut().zip(&self.frequencies) {
            let angle = position as f32 * frequency;
            *rotation = (math::cosf(angle), math::sinf(angle));
        }
        self.embedding.copy_row(token as usize, &mut self.x);
        for index in 0..self.layers.len() {
            self.compute_layer(index, position);
        }
        self.computed = position + 1;
        Ok(())
    }

    fn compute_layer(&mut self, index: usize, position: usize) {
        let (layer, product) = (&self.layers[index], self.product);
        let (keys, values) = &mut self.caches[index];
        let kv_dim = self.config.kv_dim();
        let cached = (position + 1) * kv_dim;
        let row = position * kv_dim..cached;

        rms_norm(&mut self.branch, &self.x, layer.rms_att.iter().copied());
        self.operand.set(&self.branch);
        product.multiply(&layer.wq, &self.operand, &mut self.query);
        product.multiply(&layer.wk, &self.operand, &mut keys[row.clone()]);
        product.multiply(&layer.wv, &self.operand, &mut values[row.clone()]);
        rotate(&mut self.query, &self.rotations);
        rotate(&mut keys[row], &self.rotations);
        attend(
            &self.config,
            &self.query,
            (&keys[..cached], &values[..cached]),
            &mut self.scores,
            &mut self.branch,
        );
        self.operand.set(&self.branch);
        product.multiply(&layer.wo, &self.operand, &mut self.branch);
        add(&mut self.x, &self.branch);

        rms_norm(&mut self.branch, &self.x, layer.rms_ffn.iter().copied());
        self.operand.set(&self.branch);
        product.multiply(&layer.w1, &self.operand, &mut self.gate);
        product.multiply(&layer.w3, &self.operand, &mut self.up);
        swiglu(&mut self.gate, &self.up);
        self.operand.set(&self.gate);
        product.multiply(&layer.w2, &self.operand, &mut self.branch);
        add(&mut self.x, &self.branch);
    }
}

impl Engine for Native {
    fn config(&self) -> &Config {
        &self.config
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        self.compute_layers(token, position)?;
        rms_norm(&mut self.branch, &self.x, self.rms_final.iter().copied());
        self.operand.set(&self.branch);
        let classifier = self.classifier.as_ref().unwrap_or(&self.embedding);
        self.product
            .multiply(classifier, &self.operand, &mut self.logits);
        Ok(&self.logits)
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.compute_layers(token, position)
    }
}
