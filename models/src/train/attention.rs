//! Causal self-attention of one sequence with rotary positions. Queries, keys
//! and values of a position lie in one row of `3 · dim` numbers; each head
//! has a band of columns.

use super::lanes::{dot, softmax};
use super::matrix::{View, multiply};
use std::vec::Vec;

/// Queries that are worked on together. A block reads the keys up to its own
/// end, so that most of what the mask would hide is never computed.
const BLOCK: usize = 64;

/// Cosine and sine for each position and each pair of a head:
/// `[seq_len, head_size / 2]`, with the frequencies of llama2.c's `run.c`.
pub fn rope_table(seq_len: usize, head_size: usize) -> Vec<(f32, f32)> {
    let mut table = Vec::with_capacity(seq_len * head_size / 2);
    for position in 0..seq_len {
        for pair in 0..head_size / 2 {
            let frequency = 1.0 / 10000f32.powf((2 * pair) as f32 / head_size as f32);
            let angle = position as f32 * frequency;
            table.push((angle.cos(), angle.sin()));
        }
    }
    table
}

/// Rotates queries and keys of each row by `direction` (1 or −1) times the
/// angles of its position.
pub fn rotate(rows: &mut [f32], table: &[(f32, f32)], dim: usize, heads: usize, direction: f32) {
    let pairs = dim / heads / 2;
    for (row, angles) in rows
        .chunks_exact_mut(3 * dim)
        .zip(table.chunks_exact(pairs))
    {
        for head in row[..2 * dim].chunks_exact_mut(2 * pairs) {
            for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(angles) {
                let (a, b, sin) = (pair[0], pair[1], sin * direction);
                pair[0] = a * cos - b * sin;
                pair[1] = a * sin + b * cos;
            }
        }
    }
}

/// Attends over `t` positions. `weights` receives, for each head, a `t` × `t`
/// matrix of probabilities, of which only what lies on or left of the
/// diagonal's block is written; `out` one row of `dim` for each position.
pub fn forward(
    qkv: &[f32],
    weights: &mut [f32],
    out: &mut [f32],
    t: usize,
    dim: usize,
    heads: usize,
) {
    let (size, stride) = (dim / heads, 3 * dim);
    let scale = (size as f32).sqrt().recip();
    for (head, weights) in weights.chunks_exact_mut(t * t).take(heads).enumerate() {
        let column = head * size;
        for start in (0..t).step_by(BLOCK) {
            let end = (start + BLOCK).min(t);
            let rows = end - start;
            let q = View::new(&qkv[start * stride + column..], rows, size, stride);
            let k = View::new(&qkv[dim + column..], end, size, stride);
            let v = View::new(&qkv[2 * dim + column..], end, size, stride);
            let block = &mut weights[start * t..end * t];
            multiply(block, t, 0.0, scale, q, k.transposed());
            for (i, row) in block.chunks_exact_mut(t).enumerate() {
                softmax(&mut row[..start + i + 1]);
                row[start + i + 1..end].fill(0.0);
            }
            let p = View::new(block, rows, end, t);
            multiply(&mut out[start * dim + column..], dim, 0.0, 1.0, p, v);
        }
    }
}

/// The gradients of queries, keys and values (rotated ones), from those of
/// the output and what [`forward`] left. Overwrites `d_qkv`.
pub fn backward(
    qkv: &[f32],
    weights: &[f32],
    d_out: &[f32],
    d_qkv: &mut [f32],
    t: usize,
    dim: usize,
    heads: usize,
) {
    let (size, stride) = (dim / heads, 3 * dim);
    let scale = (size as f32).sqrt().recip();
    d_qkv[..t * stride].fill(0.0);
    let mut d_scores = std::vec![0.0; BLOCK * t];
    for (head, weights) in weights.chunks_exact(t * t).take(heads).enumerate() {
        let column = head * size;
        for start in (0..t).step_by(BLOCK) {
            let end = (start + BLOCK).min(t);
            let rows = end - start;
            let q = View::new(&qkv[start * stride + column..], rows, size, stride);
            let k = View::new(&qkv[dim + column..], end, size, stride);
            let v = View::new(&qkv[2 * dim + column..], end, size, stride);
            let d_y = View::new(&d_out[start * dim + column..], rows, size, dim);
            let block = &weights[start * t..end * t];
            let p = View::new(block, rows, end, t);
            multiply(&mut d_scores, t, 0.0, 1.0, d_y, v.transposed());
            for (d_row, p_row) in d_scores.chunks_exact_mut(t).zip(block.chunks_exact(t)) {
                let mean = dot(&d_row[..end], &p_row[..end]);
                for (d, p) in d_row[..end].iter_mut().zip(p_row) {
                    *d = p * (*d - mean);
                }
            }
            let d_s = View::new(&d_scores, rows, end, t);
            let d_q = &mut d_qkv[start * stride + column..];
            multiply(d_q, stride, 0.0, scale, d_s, k);
            multiply(
                &mut d_qkv[dim + column..],
                stride,
                1.0,
                scale,
                d_s.transposed(),
                q,
            );
            multiply(
                &mut d_qkv[2 * dim + column..],
                stride,
                1.0,
                1.0,
                p.transposed(),
                d_y,
            );
        }
    }
}
