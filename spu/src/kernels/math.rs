//! Functions of the real numbers, four at a time.
//!
//! The SPU truncates, so a chain of n operations is off by up to n units in the last place;
//! the bounds below were measured over the ranges in use (see `console/tests`).

use crate::asm::{Assembler, Reg};

/// The registers that [`exp`] needs: loaded once, used in a loop.
#[derive(Clone, Copy, Debug)]
pub struct ExpConstants {
    low: Reg,
    high: Reg,
    log2_e: Reg,
    half: Reg,
    minus_ln2_high: Reg,
    minus_ln2_low: Reg,
    bias: Reg,
    coefficients: [Reg; 6],
}

impl ExpConstants {
    /// Loads them.
    pub fn load(a: &mut Assembler) -> Self {
        // Taylor's coefficients serve: for |r| <= ln(2)/2 the seventh-order rest is below
        // 2^-23 of the result.
        let coefficients = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
        Self {
            low: a.float(-87.0),
            high: a.float(88.0),
            log2_e: a.float(core::f32::consts::LOG2_E),
            half: a.float(0.5),
            // ln 2 in two parts: n times the first is exact for |n| < 2^9.
            minus_ln2_high: a.float(-355.0 / 512.0),
            minus_ln2_low: a.float(2.121_944_4e-4),
            bias: a.il(127),
            coefficients: coefficients.map(|value| a.float(value)),
        }
    }
}

/// e^x. Arguments are clamped to -87..88, so the result is never 0 and never saturates;
/// the relative error is below 2^-20.
pub fn exp(a: &mut Assembler, constants: &ExpConstants, x: Reg) -> Reg {
    let c = constants;
    let below = a.fcgt(c.low, x);
    let x = a.selb(x, c.low, below);
    let above = a.fcgt(x, c.high);
    let x = a.selb(x, c.high, above);
    // x = n ln 2 + r. The conversion truncates towards zero, which gives the nearest n once
    // a half with the sign of x is added.
    let scaled = a.fm(x, c.log2_e);
    let sign = a.word(0x8000_0000);
    let half = a.selb(c.half, scaled, sign);
    let nearest = a.fa(scaled, half);
    let n = a.cflts(nearest, 0);
    let n_float = a.csflt(n, 0);
    let r = a.fma(n_float, c.minus_ln2_high, x);
    let r = a.fma(n_float, c.minus_ln2_low, r);
    let [first, rest @ ..] = c.coefficients;
    let mut sum = first;
    for coefficient in rest {
        sum = a.fma(sum, r, coefficient);
    }
    let one = a.float(1.0);
    let sum = a.fma(sum, r, one);
    let exponent = a.a(n, c.bias);
    let power = a.shli(exponent, 23);
    a.fm(sum, power)
}

/// 1/x for x other than 0: the estimate, improved by two Newton steps; the relative error is
/// below 2^-21.
pub fn reciprocal(a: &mut Assembler, x: Reg) -> Reg {
    let base = a.frest(x);
    let mut y = a.fi(x, base);
    let one = a.float(1.0);
    for _ in 0..2 {
        let rest = a.fnms(x, y, one);
        y = a.fma(rest, y, y);
    }
    y
}

/// 1/sqrt(x) for x > 0: the estimate, improved by two Newton steps; the relative error is
/// below 2^-20.
pub fn reciprocal_sqrt(a: &mut Assembler, x: Reg) -> Reg {
    let base = a.frsqest(x);
    let mut y = a.fi(x, base);
    let half = a.float(0.5);
    let one = a.float(1.0);
    for _ in 0..2 {
        let squared = a.fm(y, y);
        let rest = a.fnms(x, squared, one);
        let halved = a.fm(rest, half);
        y = a.fma(halved, y, y);
    }
    y
}
