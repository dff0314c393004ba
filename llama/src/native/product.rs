//! Products of a matrix and a vector.

use super::rows::{LANES, Lanes, Rows, Vector};

/// How products are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// A row after the other, each sum from left to right, as in llama2.c: the sums round as
    /// there, and each addition waits for the one before.
    Scalar,
    /// Rows side by side, each in the four lanes of a vector: enough sums for a vector unit never
    /// to wait. They round otherwise.
    Vector,
}

/// Rows whose sums are computed at once: an addition takes twelve cycles on the PPE, and each
/// step of a row is a product and an addition.
const SIDE_BY_SIDE: usize = 8;

impl Product {
    /// `out = rows × vector`.
    pub(super) fn multiply(self, rows: &Rows, vector: &Vector, out: &mut [f32]) {
        let x = vector.for_row(rows);
        match self {
            Self::Scalar => {
                for (out, row) in out.iter_mut().zip(rows.iter()) {
                    *out = one_by_one(row, x);
                }
            }
            Self::Vector => {
                let (blocks, rest) = rows.side_by_side::<SIDE_BY_SIDE>();
                let (out, rest_out) = out.as_chunks_mut::<SIDE_BY_SIDE>();
                for (out, block) in out.iter_mut().zip(blocks) {
                    *out = in_lanes(block, x).map(Lanes::sum);
                }
                for (out, row) in rest_out.iter_mut().zip(rest) {
                    [*out] = in_lanes([row], x).map(Lanes::sum);
                }
            }
        }
    }
}

fn one_by_one(row: &[Lanes], x: &[Lanes]) -> f32 {
    let mut sum = 0.0;
    for (w, x) in row.iter().zip(x) {
        for lane in 0..LANES {
            sum += w.0[lane] * x.0[lane];
        }
    }
    sum
}

/// The lanes' sums of `N` rows. The loop stands alone: compilers that see what becomes of the lanes
/// mix them in every step (LLVM 20 for AltiVec).
#[inline(never)]
fn in_lanes<const N: usize>(rows: [&[Lanes]; N], x: &[Lanes]) -> [Lanes; N] {
    let rows = rows.map(|row| &row[..x.len()]);
    let mut sums = [Lanes::default(); N];
    for (at, x) in x.iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(rows) {
            sum.add_product(&row[at], x);
        }
    }
    sums
}
