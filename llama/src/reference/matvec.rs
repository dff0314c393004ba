//! Products of a matrix in the file's format and a vector.
//!
//! A row's sum is taken from left to right, one addition after the other, because that is the
//! order in which it rounds as llama2.c does. Such a sum waits for each of its additions; rows
//! side by side fill the time.

use crate::checkpoint::{Floats, Q8};

/// Rows that go side by side.
const ROWS: usize = 8;

/// `out = weights × x`, with a row of `weights` for each element of `out`.
pub(super) fn matvec_f32(out: &mut [f32], weights: Floats, x: &[f32]) {
    let n = x.len();
    let blocks = weights.as_le_bytes().chunks(ROWS * n);
    for (out, block) in out.chunks_mut(ROWS).zip(blocks) {
        if let Ok(out) = <&mut [f32; ROWS]>::try_from(&mut *out) {
            *out = dot_rows(block, x);
        } else {
            for (out, row) in out.iter_mut().zip(block.chunks_exact(n)) {
                [*out] = dot_rows(row, x);
            }
        }
    }
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

/// The same where both are quantised in the same groups: the sum over a group is an integer, and
/// has no rounding whose order would matter.
pub(super) fn matvec_q8(out: &mut [f32], weights: Q8, values: &[i8], scales: &[f32]) {
    let group_size = weights.group_size();
    let rows = weights.values().chunks_exact(values.len());
    let row_scales = weights.scales().as_le_bytes().chunks_exact(scales.len());
    for ((out, row), row_scales) in out.iter_mut().zip(rows).zip(row_scales) {
        let groups = row
            .chunks_exact(group_size)
            .zip(values.chunks_exact(group_size));
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
