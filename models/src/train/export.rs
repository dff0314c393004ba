//! Writes a trained model as a llama2.c checkpoint.

use super::parameters::{Layout, Shape};
use llama::Config;
use llama::checkpoint::write::{Weights, WriteError, fp32};
use std::ops::Range;
use std::vec::Vec;

/// A version 0 checkpoint of the parameters.
pub fn checkpoint(shape: &Shape, parameters: &[f32]) -> Result<Vec<u8>, WriteError> {
    let layout = Layout::new(shape);
    let config = Config {
        dim: shape.dim,
        hidden_dim: shape.hidden_dim,
        n_layers: shape.n_layers,
        n_heads: shape.n_heads,
        n_kv_heads: shape.n_heads,
        vocab_size: shape.vocab_size,
        seq_len: shape.seq_len,
    };
    // The format holds each kind of tensor for all layers, one after the other.
    let gather = |part: &dyn Fn(&super::parameters::Layer) -> Range<usize>| -> Vec<f32> {
        layout
            .layers
            .iter()
            .flat_map(|layer| &parameters[part(layer)])
            .copied()
            .collect()
    };
    let square = shape.dim * shape.dim;
    let wide = shape.hidden_dim * shape.dim;
    let piece = |range: &Range<usize>, size: usize, index: usize| {
        range.start + index * size..range.start + (index + 1) * size
    };
    fp32(
        &config,
        &Weights {
            token_embedding: &parameters[layout.embedding.clone()],
            rms_att: &gather(&|layer| layer.attention_norm.clone()),
            wq: &gather(&|layer| piece(&layer.qkv, square, 0)),
            wk: &gather(&|layer| piece(&layer.qkv, square, 1)),
            wv: &gather(&|layer| piece(&layer.qkv, square, 2)),
            wo: &gather(&|layer| layer.wo.clone()),
            rms_ffn: &gather(&|layer| layer.ffn_norm.clone()),
            w1: &gather(&|layer| piece(&layer.w13, wide, 0)),
            w2: &gather(&|layer| layer.w2.clone()),
            w3: &gather(&|layer| piece(&layer.w13, wide, 1)),
            rms_final: &parameters[layout.final_norm.clone()],
            classifier: None,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::network::Network;
    use super::*;
    use crate::random::Random;
    use llama::reference::Reference;
    use llama::{Checkpoint, Engine};

    /// The engine that the application trusts computes what the trainer does.
    #[test]
    fn the_reference_engine_gives_the_trainers_logits() {
        let shape = Shape {
            dim: 24,
            hidden_dim: 40,
            n_layers: 2,
            n_heads: 3,
            vocab_size: 300,
            seq_len: 80,
        };
        let mut random = Random::new(3);
        let mut network = Network::new(shape);
        let mut parameters = network.layout().initial(&shape, &mut random);
        for range in network.layout().gains() {
            parameters[range]
                .iter_mut()
                .for_each(|g| *g = 0.5 + random.unit());
        }
        let tokens: Vec<u32> = (0..77).map(|_| random.below(300) as u32).collect();
        let file = checkpoint(&shape, &parameters).unwrap();
        let checkpoint = Checkpoint::parse(&file).unwrap();
        let mut engine = Reference::new(&checkpoint);
        let logits = network.forward(&parameters, &tokens);
        for (position, (token, row)) in tokens.iter().zip(logits.chunks_exact(300)).enumerate() {
            for (a, b) in engine.forward(*token, position).unwrap().iter().zip(row) {
                assert!((a - b).abs() < 1e-4, "position {position}: {a} and {b}");
            }
        }
    }
}
