//! Vector estimates (PEM, section 6.2). The values are this module's own; the bounds on
//! their error, and what special operands give, are the manual's.

use super::encoding::vx;
use super::vector_float::unary;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vrefp", "vd,vb", 266, vrefp),
    vx("vrsqrtefp", "vd,vb", 330, vrsqrtefp),
    vx("vexptefp", "vd,vb", 394, vexptefp),
    vx("vlogefp", "vd,vb", 458, vlogefp),
];

/// Digits of `vrefp` and `vrsqrtefp`: the error has to be at most 1/4096 of the result.
const DIGITS: u32 = 14;

/// A number cut to [`DIGITS`], which makes no finite number infinite.
fn shortened(value: f64) -> f32 {
    if !value.is_finite() {
        return value as f32;
    }
    let dropped = 53 - DIGITS;
    f64::from_bits(value.to_bits() >> dropped << dropped) as f32
}

fn vrefp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    unary(cpu, w, |value| shortened(1.0 / f64::from(value)))
}

fn vrsqrtefp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    unary(cpu, w, |value| shortened(1.0 / f64::from(value).sqrt()))
}

fn vexptefp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    unary(cpu, w, power_of_two)
}

fn vlogefp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    unary(cpu, w, logarithm)
}

/// 2 to the power of a number: exact for integers, elsewhere within 1/16 of the result.
fn power_of_two(value: f32) -> f32 {
    if value.is_nan() {
        return value;
    }
    // Beyond these bounds the result is an infinity or zero all the same.
    let value = f64::from(value).clamp(-200.0, 200.0);
    let whole = value.floor();
    let part = value - whole;
    let between = 1.0 + part * (0.6565 + 0.3435 * part);
    let scale = f64::from_bits(((1023 + whole as i64) as u64) << 52);
    (between * scale) as f32
}

/// The logarithm to base 2: exact for powers of two, elsewhere within 1/32; where it is at
/// most 1/8, within 1/8 of the result.
fn logarithm(value: f32) -> f32 {
    if value == 0.0 {
        return f32::NEG_INFINITY;
    }
    if value < 0.0 {
        return f32::NAN;
    }
    if !value.is_finite() {
        return value;
    }
    let bits = f64::from(value).to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let significand = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let above_one = significand - 1.0;
    (exponent as f64 + above_one * (4.0 - above_one) / 3.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive normal numbers over the whole range.
    fn samples() -> impl Iterator<Item = f32> {
        (0x0080_0000..0x7f80_0000)
            .step_by(10_007)
            .map(f32::from_bits)
    }

    #[test]
    fn reciprocals_keep_their_bounds() {
        for value in samples() {
            let wide = f64::from(value);
            let root = f64::from(shortened(1.0 / wide.sqrt()));
            assert!((root * wide.sqrt() - 1.0).abs() <= 1.0 / 4096.0, "{value}");
            let reciprocal = shortened(1.0 / wide);
            if reciprocal.is_normal() {
                let error = f64::from(reciprocal) * wide - 1.0;
                assert!(error.abs() <= 1.0 / 4096.0, "{value}");
            }
        }
        assert_eq!(shortened(1.0 / -0.0), f32::NEG_INFINITY);
        let least = f64::from(f32::from_bits(0x0020_0001));
        assert!(shortened(1.0 / least).is_finite());
    }

    #[test]
    fn logarithms_keep_their_bounds() {
        for value in samples() {
            let exact = f64::from(value).log2();
            let error = (f64::from(logarithm(value)) - exact).abs();
            assert!(error <= 1.0 / 32.0, "{value}");
            if exact.abs() <= 0.125 {
                assert!(error <= exact.abs() / 8.0, "{value}");
            }
        }
        assert_eq!(logarithm(0.25), -2.0);
        assert_eq!(logarithm(f32::from_bits(1)), -149.0);
        assert!(logarithm(-1.0).is_nan());
    }

    #[test]
    fn powers_keep_their_bounds() {
        for at in -12_000..12_000 {
            let value = at as f32 / 100.0;
            let exact = f64::from(value).exp2();
            let error = (f64::from(power_of_two(value)) / exact - 1.0).abs();
            assert!(error <= 1.0 / 16.0, "{value}");
        }
        assert_eq!(power_of_two(-3.0), 0.125);
        assert_eq!(power_of_two(f32::INFINITY), f32::INFINITY);
        assert_eq!(power_of_two(f32::NEG_INFINITY), 0.0);
    }
}
