//! RMSNorm.

use super::{lanes, math};
use crate::asm::{Assembler, Reg};

/// Operands of [`rms_norm`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct RmsNorm {
    /// The vector, zero beyond the model's length.
    pub x: Reg,
    /// The weights.
    pub weights: Reg,
    /// Where the result goes; may be `x`.
    pub out: Reg,
    /// Length in steps of 16 floats, at least 1.
    pub steps: Reg,
    /// 1 / (the model's length), in every word.
    pub inverse_length: Reg,
}

/// `out[i] = weights[i] * x[i] / sqrt(mean(x²) + 1e-5)`.
pub fn rms_norm(a: &mut Assembler, operands: RmsNorm) {
    // Where the result takes the vector's place, each number is read before it is written.
    let input = a.alias_class();
    let output = a.alias_class();
    let zero = a.float(0.0);
    let sums: [Reg; 4] = core::array::from_fn(|_| a.copy(zero));
    let from = a.copy(operands.x);
    a.repeat(operands.steps, |a| {
        for (i, &sum) in (0i32..).zip(&sums) {
            let x = a.lqd(from, i * 16);
            a.set(sum).fma(x, x, sum);
        }
        a.set(from).ai(from, 64);
    });
    let left = a.fa(sums[0], sums[1]);
    let right = a.fa(sums[2], sums[3]);
    let squares = a.fa(left, right);
    let squares = lanes::sum(a, squares);
    let epsilon = a.float(1e-5);
    let mean = a.fma(squares, operands.inverse_length, epsilon);
    let scale = math::reciprocal_sqrt(a, mean);

    let from = a.copy(operands.x);
    let weights = a.copy(operands.weights);
    let to = a.copy(operands.out);
    a.repeat(operands.steps, |a| {
        for i in 0..4 {
            let x = a.on(input).lqd(from, i * 16);
            let weight = a.on(input).lqd(weights, i * 16);
            let scaled = a.fm(x, scale);
            let y = a.fm(weight, scaled);
            a.on(output).stqd(y, to, i * 16);
        }
        a.set(from).ai(from, 64);
        a.set(weights).ai(weights, 64);
        a.set(to).ai(to, 64);
    });
}
