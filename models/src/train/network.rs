//! The network on one sequence: forward pass, loss and gradients. The
//! arithmetic is that of llama2.c's `run.c` (RMSNorm with epsilon 1e-5,
//! rotary positions on adjacent pairs, SwiGLU, shared classifier).

use super::attention;
use super::lanes::{exp, softmax};
use super::layers::{linear, linear_input, linear_weights, normalise, normalise_backward};
use super::parameters::{Layout, Shape};
use std::vec;
use std::vec::Vec;

/// What the forward pass leaves for the backward pass, for one layer. All
/// have one row for each position.
struct Saved {
    input: Vec<f32>,
    normed: Vec<f32>,
    inverse: Vec<f32>,
    qkv: Vec<f32>,
    weights: Vec<f32>,
    attended: Vec<f32>,
    middle: Vec<f32>,
    middle_normed: Vec<f32>,
    middle_inverse: Vec<f32>,
    w13: Vec<f32>,
    gated: Vec<f32>,
}

/// Memory for passes over sequences of up to `seq_len` tokens.
pub struct Network {
    shape: Shape,
    layout: Layout,
    rope: Vec<(f32, f32)>,
    saved: Vec<Saved>,
    output: Vec<f32>,
    output_normed: Vec<f32>,
    output_inverse: Vec<f32>,
    logits: Vec<f32>,
    d_stream: Vec<f32>,
    d_normed: Vec<f32>,
    d_wide: Vec<f32>,
    d_narrow: Vec<f32>,
}

impl Network {
    /// Allocates for a shape.
    pub fn new(shape: Shape) -> Self {
        let (t, d, h) = (shape.seq_len, shape.dim, shape.hidden_dim);
        let saved = (0..shape.n_layers)
            .map(|_| Saved {
                input: vec![0.0; t * d],
                normed: vec![0.0; t * d],
                inverse: vec![0.0; t],
                qkv: vec![0.0; t * 3 * d],
                weights: vec![0.0; shape.n_heads * t * t],
                attended: vec![0.0; t * d],
                middle: vec![0.0; t * d],
                middle_normed: vec![0.0; t * d],
                middle_inverse: vec![0.0; t],
                w13: vec![0.0; t * 2 * h],
                gated: vec![0.0; t * h],
            })
            .collect();
        Self {
            layout: Layout::new(&shape),
            rope: attention::rope_table(shape.seq_len, d / shape.n_heads),
            saved,
            output: vec![0.0; t * d],
            output_normed: vec![0.0; t * d],
            output_inverse: vec![0.0; t],
            logits: vec![0.0; t * shape.vocab_size],
            d_stream: vec![0.0; t * d],
            d_normed: vec![0.0; t * d],
            d_wide: vec![0.0; t * (3 * d).max(2 * h)],
            d_narrow: vec![0.0; t * d.max(h)],
            shape,
        }
    }

    /// The layout of the parameters.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Runs the network over the tokens; returns one row of `vocab_size`
    /// logits for each.
    pub fn forward(&mut self, parameters: &[f32], tokens: &[u32]) -> &[f32] {
        let t = tokens.len();
        assert!(t <= self.shape.seq_len && parameters.len() == self.layout.len);
        let Shape {
            dim: d,
            hidden_dim: h,
            n_heads,
            vocab_size: v,
            ..
        } = self.shape;
        let embedding = &parameters[self.layout.embedding.clone()];
        for (row, token) in self.output.chunks_exact_mut(d).zip(tokens) {
            row.copy_from_slice(&embedding[*token as usize * d..][..d]);
        }
        let stream = &mut self.output;
        for (saved, layer) in self.saved.iter_mut().zip(&self.layout.layers) {
            saved.input.copy_from_slice(stream);
            let gain = &parameters[layer.attention_norm.clone()];
            normalise(
                &saved.input[..t * d],
                gain,
                &mut saved.normed,
                &mut saved.inverse,
            );
            linear(
                &mut saved.qkv,
                0.0,
                &saved.normed,
                &parameters[layer.qkv.clone()],
                t,
                d,
            );
            attention::rotate(&mut saved.qkv[..t * 3 * d], &self.rope, d, n_heads, 1.0);
            attention::forward(
                &saved.qkv,
                &mut saved.weights,
                &mut saved.attended,
                t,
                d,
                n_heads,
            );
            linear(
                stream,
                1.0,
                &saved.attended,
                &parameters[layer.wo.clone()],
                t,
                d,
            );
            saved.middle.copy_from_slice(stream);
            let gain = &parameters[layer.ffn_norm.clone()];
            let (normed, inverse) = (&mut saved.middle_normed, &mut saved.middle_inverse);
            normalise(&saved.middle[..t * d], gain, normed, inverse);
            linear(
                &mut saved.w13,
                0.0,
                normed,
                &parameters[layer.w13.clone()],
                t,
                d,
            );
            for (gated, both) in saved
                .gated
                .chunks_exact_mut(h)
                .zip(saved.w13.chunks_exact(2 * h))
                .take(t)
            {
                let (gate, up) = both.split_at(h);
                for i in 0..h {
                    gated[i] = gate[i] / (1.0 + exp(-gate[i])) * up[i];
                }
            }
            linear(
                stream,
                1.0,
                &saved.gated,
                &parameters[layer.w2.clone()],
                t,
                h,
            );
        }
        let gain = &parameters[self.layout.final_norm.clone()];
        normalise(
            &self.output[..t * d],
            gain,
            &mut self.output_normed,
            &mut self.output_inverse,
        );
        linear(&mut self.logits, 0.0, &self.output_normed, embedding, t, d);
        &self.logits[..t * v]
    }

    /// Mean negative logarithm, in nats, of the probability of each target
    /// after the tokens up to its position.
    pub fn loss(&mut self, parameters: &[f32], tokens: &[u32], targets: &[u32]) -> f64 {
        self.forward(parameters, tokens);
        self.softmax_loss(targets) / targets.len() as f64
    }

    /// Turns the logits into probabilities and sums the loss.
    fn softmax_loss(&mut self, targets: &[u32]) -> f64 {
        let mut sum = 0.0;
        for (row, target) in self
            .logits
            .chunks_exact_mut(self.shape.vocab_size)
            .zip(targets)
        {
            let logit = row[*target as usize];
            sum += f64::from(softmax(row) - logit);
        }
        sum
    }

    /// Adds the gradients of `scale` × (sum of the losses at each position)
    /// to `gradients`; returns the sum of the losses.
    pub fn backward(
        &mut self,
        parameters: &[f32],
        tokens: &[u32],
        targets: &[u32],
        scale: f32,
        gradients: &mut [f32],
    ) -> f64 {
        assert_eq!(tokens.len(), targets.len());
        self.forward(parameters, tokens);
        let loss = self.softmax_loss(targets);
        let t = tokens.len();
        let Shape {
            dim: d,
            hidden_dim: h,
            n_heads,
            vocab_size: v,
            ..
        } = self.shape;
        for (row, target) in self.logits.chunks_exact_mut(v).zip(targets) {
            row[*target as usize] -= 1.0;
            row.iter_mut().for_each(|x| *x *= scale);
        }
        let embedding = self.layout.embedding.clone();
        linear_weights(
            &mut gradients[embedding.clone()],
            &self.logits,
            &self.output_normed,
            t,
            d,
        );
        linear_input(
            &mut self.d_normed,
            0.0,
            &self.logits,
            &parameters[embedding.clone()],
            t,
            d,
        );
        self.d_stream[..t * d].fill(0.0);
        let range = self.layout.final_norm.clone();
        normalise_backward(
            &self.output[..t * d],
            &self.output_inverse,
            &parameters[range.clone()],
            &self.d_normed,
            &mut gradients[range],
            &mut self.d_stream,
        );
        for (saved, layer) in self.saved.iter_mut().zip(&self.layout.layers).rev() {
            // Feed-forward layer.
            linear_weights(
                &mut gradients[layer.w2.clone()],
                &self.d_stream,
                &saved.gated,
                t,
                h,
            );
            linear_input(
                &mut self.d_narrow,
                0.0,
                &self.d_stream,
                &parameters[layer.w2.clone()],
                t,
                h,
            );
            for ((d_gated, both), d_both) in self
                .d_narrow
                .chunks_exact(h)
                .zip(saved.w13.chunks_exact(2 * h))
                .zip(self.d_wide.chunks_exact_mut(2 * h))
                .take(t)
            {
                let (gate, up) = both.split_at(h);
                let (d_gate, d_up) = d_both.split_at_mut(h);
                for i in 0..h {
                    let sigmoid = 1.0 / (1.0 + exp(-gate[i]));
                    let silu = gate[i] * sigmoid;
                    d_up[i] = d_gated[i] * silu;
                    d_gate[i] = d_gated[i] * up[i] * (sigmoid + silu * (1.0 - sigmoid));
                }
            }
            linear_weights(
                &mut gradients[layer.w13.clone()],
                &self.d_wide,
                &saved.middle_normed,
                t,
                d,
            );
            linear_input(
                &mut self.d_normed,
                0.0,
                &self.d_wide,
                &parameters[layer.w13.clone()],
                t,
                d,
            );
            normalise_backward(
                &saved.middle[..t * d],
                &saved.middle_inverse,
                &parameters[layer.ffn_norm.clone()],
                &self.d_normed,
                &mut gradients[layer.ffn_norm.clone()],
                &mut self.d_stream,
            );
            // Attention.
            linear_weights(
                &mut gradients[layer.wo.clone()],
                &self.d_stream,
                &saved.attended,
                t,
                d,
            );
            linear_input(
                &mut self.d_narrow,
                0.0,
                &self.d_stream,
                &parameters[layer.wo.clone()],
                t,
                d,
            );
            attention::backward(
                &saved.qkv,
                &saved.weights,
                &self.d_narrow,
                &mut self.d_wide,
                t,
                d,
                n_heads,
            );
            attention::rotate(&mut self.d_wide[..t * 3 * d], &self.rope, d, n_heads, -1.0);
            linear_weights(
                &mut gradients[layer.qkv.clone()],
                &self.d_wide,
                &saved.normed,
                t,
                d,
            );
            linear_input(
                &mut self.d_normed,
                0.0,
                &self.d_wide,
                &parameters[layer.qkv.clone()],
                t,
                d,
            );
            normalise_backward(
                &saved.input[..t * d],
                &saved.inverse,
                &parameters[layer.attention_norm.clone()],
                &self.d_normed,
                &mut gradients[layer.attention_norm.clone()],
                &mut self.d_stream,
            );
        }
        let table = &mut gradients[embedding];
        for (row, token) in self.d_stream.chunks_exact(d).zip(tokens) {
            let into = &mut table[*token as usize * d..][..d];
            into.iter_mut().zip(row).for_each(|(a, b)| *a += b);
        }
        loss
    }
}
