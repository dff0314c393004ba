//! The layers that the network is made of, forward and backward, on rows of
//! numbers: linear ones and RMSNorm.

use super::lanes::dot;
use super::matrix::{View, multiply};
use std::vec;

const EPSILON: f32 = 1e-5;

/// `out = keep · out + input · weightsᵀ` for `t` rows of width `n`; the number
/// of outputs follows from the size of the weights.
pub fn linear(out: &mut [f32], keep: f32, input: &[f32], weights: &[f32], t: usize, n: usize) {
    let m = weights.len() / n;
    let weights = View::packed(weights, m, n).transposed();
    multiply(out, m, keep, 1.0, View::packed(input, t, n), weights);
}

/// `out = keep · out + d_output · weights`, the gradient of a linear layer's
/// input of width `n`.
pub fn linear_input(
    out: &mut [f32],
    keep: f32,
    d_output: &[f32],
    weights: &[f32],
    t: usize,
    n: usize,
) {
    let m = weights.len() / n;
    multiply(
        out,
        n,
        keep,
        1.0,
        View::packed(d_output, t, m),
        View::packed(weights, m, n),
    );
}

/// `gradient += d_outputᵀ · input`, the gradient of a linear layer's weights
/// with `n` inputs.
pub fn linear_weights(gradient: &mut [f32], d_output: &[f32], input: &[f32], t: usize, n: usize) {
    let m = gradient.len() / n;
    let d_output = View::packed(d_output, t, m).transposed();
    multiply(gradient, n, 1.0, 1.0, d_output, View::packed(input, t, n));
}

/// RMSNorm of each row; `inverse` receives 1 / root mean square of each.
pub fn normalise(input: &[f32], gain: &[f32], out: &mut [f32], inverse: &mut [f32]) {
    let d = gain.len();
    for ((row, out), inverse) in input
        .chunks_exact(d)
        .zip(out.chunks_exact_mut(d))
        .zip(inverse)
    {
        *inverse = (dot(row, row) / d as f32 + EPSILON).sqrt().recip();
        for i in 0..d {
            out[i] = gain[i] * (*inverse * row[i]);
        }
    }
}

/// Adds the gradients of RMSNorm to those of its gain and of its input.
pub fn normalise_backward(
    input: &[f32],
    inverse: &[f32],
    gain: &[f32],
    d_output: &[f32],
    d_gain: &mut [f32],
    d_input: &mut [f32],
) {
    let d = gain.len();
    let mut scaled = vec![0.0; d];
    for (((row, inverse), d_output), d_input) in input
        .chunks_exact(d)
        .zip(inverse)
        .zip(d_output.chunks_exact(d))
        .zip(d_input.chunks_exact_mut(d))
    {
        for i in 0..d {
            d_gain[i] += d_output[i] * row[i] * inverse;
            scaled[i] = d_output[i] * gain[i];
        }
        let mean = dot(&scaled, row) * inverse * inverse / d as f32;
        for i in 0..d {
            d_input[i] += inverse * (scaled[i] - row[i] * mean);
        }
    }
}
