//! The gradients of the whole network against its losses.

use super::lanes::dot;
use super::network::Network;
use super::parameters::Shape;
use crate::random::Random;
use std::vec;
use std::vec::Vec;

/// Gradients against central differences of the loss, for parameters of
/// every tensor.
#[test]
fn gradients_agree_with_finite_differences() {
    let shape = Shape {
        dim: 24,
        hidden_dim: 40,
        n_layers: 2,
        n_heads: 3,
        vocab_size: 50,
        seq_len: 70,
    };
    let mut network = Network::new(shape);
    let layout = network.layout().clone();
    let mut random = Random::new(5);
    let mut parameters = layout.initial(&shape, &mut random);
    for range in layout.gains() {
        parameters[range]
            .iter_mut()
            .for_each(|g| *g = 0.5 + random.unit());
    }
    // The first embeddings are so small that the normalisation bends
    // the loss within the step of the difference.
    parameters[layout.embedding.clone()]
        .iter_mut()
        .for_each(|x| *x *= 10.0);
    let tokens: Vec<u32> = (0..67).map(|_| random.below(50) as u32).collect();
    let targets: Vec<u32> = (0..67).map(|_| random.below(50) as u32).collect();
    let mut gradients = vec![0.0; layout.len];
    let scale = 1.0 / tokens.len() as f32;
    network.backward(&parameters, &tokens, &targets, scale, &mut gradients);

    let mut ranges = layout.gains();
    // Rows of the embedding that are read as well as predicted.
    let d = shape.dim;
    ranges.push(tokens[0] as usize * d..(tokens[0] as usize + 1) * d);
    for layer in &layout.layers {
        ranges.extend([layer.wo.clone(), layer.w2.clone()]);
        ranges.extend(
            layer
                .qkv
                .clone()
                .step_by(d * d)
                .map(|start| start..start + d * d),
        );
        let half = shape.hidden_dim * d;
        ranges.extend(
            layer
                .w13
                .clone()
                .step_by(half)
                .map(|start| start..start + half),
        );
    }
    for range in ranges {
        // A direction along the gradient itself makes the difference as
        // large as it can be against the rounding of the loss.
        let norm = dot(&gradients[range.clone()], &gradients[range.clone()]).sqrt();
        assert!(norm > 1e-5);
        let mut at = |step: f32| {
            let mut moved = parameters.clone();
            for i in range.clone() {
                moved[i] += step * gradients[i] / norm;
            }
            network.loss(&moved, &tokens, &targets)
        };
        let step = 2e-2;
        let difference = (at(step) - at(-step)) / f64::from(2.0 * step);
        let error = (difference / f64::from(norm) - 1.0).abs();
        assert!(error < 0.01, "{range:?}: {difference} against {norm}");
    }
}
