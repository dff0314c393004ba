//! Products of a matrix in the file's format and a vector.
//!
//! A row's sum is taken from left to right, one addition after the other, because that is the
//! order in which it rounds as llama2.c does. Such a sum waits for each of its additions; rows
//! side by side fill the time.

use crate::checkpoint::{Floats, Q4, Q8};
use crate::quantise::q4::{self, GROUP};

/// `out = weights × x`, with a row of `weights` for each element of `out`.
pub(super) fn matvec_f32(out: &mut [f32], weights: Floats, x: &[f32]) {
    let (out, weights) = blocks::<16>(out, weights.as_le_bytes(), x);
    let (out, weights) = blocks::<4>(out, weights, x);
    blocks::<1>(out, weights, x);
}

/// Does as many rows as go `N` side by side, and gives back what is left.
fn blocks<'o, 'w, const N: usize>(
    out: &'o mut [f32],
    weights: &'w [[u8; 4]],
    x: &[f32],
) -> (&'o mut [f32], &'w [[u8; 4]]) {
    let (blocks, rest) = out.as_chunks_mut::<N>();
    let (weights, rest_weights) = weights.split_at(blocks.len() * N * x.len());
    for (out, block) in blocks.iter_mut().zip(weights.chunks_exact(N * x.len())) {
        *out = dot_rows(block, x);
    }
    (rest, rest_weights)
}

/// The products of `N` rows, one after the other in `block`, with `x`.
fn dot_rows<const N: usize>(block: &[[u8; 4]], x: &[f32]) -> [f32; N] {
    let rows: [&[[u8; 4]]; N] = core::array::from_fn(|r| &block[r * x.len()..][..x.len()]);
    let mut sums = [0.0; N];
    for (j, x) in x.iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += f32::from_le_bytes(row[j]) * x;
        }
    }
    sums
}

/// The same where both are Q8_0 in the same groups: the sum over a group is an integer, and has
/// no rounding whose order would matter.
pub(super) fn matvec_q8(out: &mut [f32], weights: Q8, values: &[i8], scales: &[f32]) {
    let group_size = weights.group_size();
    let rows = weights.values().chunks_exact(values.len());
    let row_scales = weights.scales().as_le_bytes().chunks_exact(scales.len());
    for ((out, row), row_scales) in out.iter_mut().zip(rows).zip(row_scales) {
        let groups = row.chunks(group_size).zip(values.chunks(group_size));
        let mut sum = 0.0;
        for (((w, x), w_scale), x_scale) in groups.zip(row_scales).zip(scales) {
            let mut products = 0;
            for (w, x) in w.iter().zip(x) {
                products += i32::from(*w as i8) * i32::from(*x);
            }
            sum += products as f32 * f32::from_le_bytes(*w_scale) * x_scale;
        }
        *out = sum;
    }
}

/// The same for weights in Q4 and activations in blocks: `values` and `scales` are of whole
/// groups. A group's sum is below 2²⁰, so that it becomes an f32 without rounding, and the product
/// of its two scales is exact, too.
pub(super) fn matvec_q4(out: &mut [f32], weights: Q4, values: &[[i16; GROUP]], scales: &[f32]) {
    let rows = weights.groups().chunks_exact(values.len());
    let row_scales = weights.scales().chunks_exact(values.len());
    for ((out, row), row_scales) in out.iter_mut().zip(rows).zip(row_scales) {
        let mut sum = 0.0;
        for (((w, x), w_scale), x_scale) in row.iter().zip(values).zip(row_scales).zip(scales) {
            let mut products = 0;
            for (byte, pair) in w.iter().zip(x.as_chunks::<2>().0) {
                let [low, high] = q4::unpack(*byte);
                products += i32::from(low) * i32::from(pair[0]);
                products += i32::from(high) * i32::from(pair[1]);
            }
            let w_scale = q4::from_bf16(u16::from_le_bytes(*w_scale));
            sum += products as f32 * (w_scale * x_scale);
        }
        *out = sum;
    }
}
