//! Everything in the forward pass but the products with weights.

use alloc::vec::Vec;

use crate::config::Config;
use crate::math;

/// `out = x / sqrt(mean(x²) + 1e-5) · weights`.
pub(crate) fn rms_norm(out: &mut [f32], x: &[f32], weights: impl Iterator<Item = f32>) {
    let mut sum = 0.0;
    for value in x {
        sum += value * value;
    }
    let scale = 1.0 / math::sqrtf(sum / x.len() as f32 + 1e-5);
    for ((out, value), weight) in out.iter_mut().zip(x).zip(weights) {
        *out = weight * (scale * value);
    }
}

/// Rotary embedding: turns each pair of each head by its angle, given as cosine and sine.
pub(crate) fn rotate(vector: &mut [f32], rotations: &[(f32, f32)]) {
    for head in vector.chunks_exact_mut(2 * rotations.len()) {
        for (pair, (cos, sin)) in head.as_chunks_mut::<2>().0.iter_mut().zip(rotations) {
            let [a, b] = *pair;
            *pair = [a * cos - b * sin, a * sin + b * cos];
        }
    }
}

/// Attention of all query heads to all positions in the cache of keys and values.
pub(crate) fn attend(
    config: &Config,
    query: &[f32],
    (keys, values): (&[f32], &[f32]),
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let head_size = config.head_size();
    let root = math::sqrtf(head_size as f32);
    let heads = query
        .chunks_exact(head_size)
        .zip(out.chunks_exact_mut(head_size));
    for (head, (query, out)) in heads.enumerate() {
        let start = head / config.heads_per_kv_head() * head_size;
        scores.clear();
        scores.extend(keys.chunks_exact(config.kv_dim()).map(|key| {
            let mut score = 0.0;
            for (q, k) in query.iter().zip(&key[start..start + head_size]) {
                score += q * k;
            }
            score / root
        }));
        math::softmax(scores);
        out.fill(0.0);
        for (value, score) in values.chunks_exact(config.kv_dim()).zip(scores.iter()) {
            for (out, v) in out.iter_mut().zip(&value[start..start + head_size]) {
                *out += score * v;
            }
        }
    }
}

/// `gate = silu(gate) · up`, where `silu(x) = x / (1 + e^-x)`.
pub(crate) fn swiglu(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate * (1.0 / (1.0 + math::expf(-*gate))) * up;
    }
}

/// The residual connection: `x += branch`.
pub(crate) fn add(x: &mut [f32], branch: &[f32]) {
    for (x, branch) in x.iter_mut().zip(branch) {
        *x += branch;
    }
}
