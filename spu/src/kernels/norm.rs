//! RMSNorm.

use alloc::vec;
use alloc::vec::Vec;

use super::{lanes, math};
use crate::asm::{Assembler, Reg};

/// Operands of [`rms_norm`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct RmsNorm {
    /// The first vector, zero beyond the model's length.
    pub x: Reg,
    /// The weights.
    pub weights: Reg,
    /// Where the first result goes; may be `x`.
    pub out: Reg,
    /// Length in steps of 16 floats, at least 1; each vector follows on the one before.
    pub steps: Reg,
    /// 1 / (the model's length), in every word.
    pub inverse_length: Reg,
}

/// `out[i] = weights[i] * x[i] / sqrt(mean(x²) + 1e-5)`, of so many vectors.
pub fn rms_norm(a: &mut Assembler, operands: RmsNorm, vectors: usize) {
    // Where the result takes the vector's place, each number is read before it is written.
    let input = a.alias_class();
    let output = a.alias_class();
    let zero = a.float(0.0);
    let sums: Vec<[Reg; 4]> = (0..vectors)
        .map(|_| core::array::from_fn(|_| a.copy(zero)))
        .collect();
    let from = places(a, operands.x, operands.steps, vectors);
    a.repeat(operands.steps, |a| {
        for (&from, sums) in from.iter().zip(&sums) {
            for (i, &sum) in (0i32..).zip(sums) {
                let x = a.on(input).lqd(from, i * 16);
                a.set(sum).fma(x, x, sum);
            }
            a.set(from).ai(from, 64);
        }
    });
    let scales: Vec<Reg> = sums
        .iter()
        .map(|sums| {
            let left = a.fa(sums[0], sums[1]);
            let right = a.fa(sums[2], sums[3]);
            let squares = a.fa(left, right);
            let squares = lanes::sum(a, squares);
            let epsilon = a.float(1e-5);
            let mean = a.fma(squares, operands.inverse_length, epsilon);
            math::reciprocal_sqrt(a, mean)
        })
        .collect();

    let from = places(a, operands.x, operands.steps, vectors);
    let weights = a.copy(operands.weights);
    let to = places(a, operands.out, operands.steps, vectors);
    a.repeat(operands.steps, |a| {
        let weight: [Reg; 4] = core::array::from_fn(|i| a.on(input).lqd(weights, i as i32 * 16));
        for ((&from, &to), &scale) in from.iter().zip(&to).zip(&scales) {
            for (i, weight) in (0i32..).zip(weight) {
                let x = a.on(input).lqd(from, i * 16);
                let scaled = a.fm(x, scale);
                let y = a.fm(weight, scaled);
                a.on(output).stqd(y, to, i * 16);
            }
            a.set(from).ai(from, 64);
            a.set(to).ai(to, 64);
        }
        a.set(weights).ai(weights, 64);
    });
}

/// Where each of the vectors of `steps` steps begins.
fn places(a: &mut Assembler, first: Reg, steps: Reg, vectors: usize) -> Vec<Reg> {
    let mut all = vec![a.copy(first)];
    if vectors > 1 {
        let bytes = a.shli(steps, 6);
        while all.len() < vectors {
            let last = all[all.len() - 1];
            all.push(a.a(last, bytes));
        }
    }
    all
}
