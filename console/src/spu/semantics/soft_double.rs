//! IEEE 754 multiply-add in integers, with all rounding modes and the exceptions that the
//! host's arithmetic would hide.
//!
//! The SPU's rules on top of IEEE (section 9.2 of the ISA document): denormal operands
//! are zeros of their sign, NaN operands are not propagated but replaced by the default
//! NaN. Denormal results are produced.

use super::fpscr::{
    DOUBLE_DENORMAL, DOUBLE_INEXACT, DOUBLE_INVALID, DOUBLE_NAN, DOUBLE_OVERFLOW, DOUBLE_UNDERFLOW,
    Rounding,
};

/// The NaN of all invalid results.
pub(crate) const DEFAULT_NAN: u64 = 0x7ff8_0000_0000_0000;
/// The number 1.
pub(crate) const ONE: u64 = 0x3ff0_0000_0000_0000;
const SIGN: u64 = 1 << 63;
const INFINITY: u64 = 0x7ff0_0000_0000_0000;

/// A binary format to round to.
pub(crate) struct Format {
    /// Bits of the significand with its leading one.
    precision: u32,
    /// Exponent of the least denormal.
    least: i32,
    /// The exponent field of infinity.
    infinity: i32,
}

/// IEEE double precision.
pub(crate) const DOUBLE: Format = Format {
    precision: 53,
    least: -1074,
    infinity: 2047,
};

/// IEEE single precision.
pub(crate) const SINGLE: Format = Format {
    precision: 24,
    least: -149,
    infinity: 255,
};

/// An operand.
pub(crate) enum Operand {
    Nan,
    Infinity,
    Zero,
    /// A significand of 53 bits and the exponent of its lowest bit.
    Finite(u64, i32),
}

/// Takes an operand apart; its sign is bit 63. Collects exceptions.
pub(crate) fn operand(bits: u64, exceptions: &mut u32) -> Operand {
    let field = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    match (field, fraction) {
        (0x7ff, 0) => Operand::Infinity,
        (0x7ff, _) => {
            *exceptions |= DOUBLE_NAN;
            if fraction >> 51 == 0 {
                *exceptions |= DOUBLE_INVALID;
            }
            Operand::Nan
        }
        (0, 0) => Operand::Zero,
        (0, _) => {
            *exceptions |= DOUBLE_DENORMAL;
            Operand::Zero
        }
        _ => Operand::Finite(fraction | 1 << 52, field - 1075),
    }
}

/// Rounds `magnitude * 2^exponent` (not 0) to the format: the bits without the sign.
pub(crate) fn round(
    negative: bool,
    magnitude: u128,
    exponent: i32,
    rounding: Rounding,
    format: &Format,
    exceptions: &mut u32,
) -> u64 {
    let precision = format.precision as i32;
    let leading = exponent + 127 - magnitude.leading_zeros() as i32;
    let mut unit = (leading - (precision - 1)).max(format.least);
    let tiny = leading < format.least + precision - 1;
    let shift = unit - exponent;
    let (mut significand, rest, half) = if shift <= 0 {
        (magnitude << -shift, 0, 1)
    } else if shift < 128 {
        (
            magnitude >> shift,
            magnitude & ((1 << shift) - 1),
            1 << (shift - 1),
        )
    } else {
        (0, 1, 2)
    };
    let up = match rounding {
        Rounding::Nearest => rest > half || (rest == half && significand & 1 == 1),
        Rounding::TowardZero => false,
        Rounding::Up => rest != 0 && !negative,
        Rounding::Down => rest != 0 && negative,
    };
    if rest != 0 {
        *exceptions |= DOUBLE_INEXACT;
        if tiny {
            *exceptions |= DOUBLE_UNDERFLOW;
        }
    }
    significand += u128::from(up);
    if significand == 1 << precision {
        significand >>= 1;
        unit += 1;
    }
    let significand = significand as u64;
    let hidden = 1_u64 << (precision - 1);
    if significand < hidden {
        return significand;
    }
    let field = unit - format.least + 1;
    if field >= format.infinity {
        *exceptions |= DOUBLE_OVERFLOW | DOUBLE_INEXACT;
        let infinite = match rounding {
            Rounding::Nearest => true,
            Rounding::TowardZero => false,
            Rounding::Up => !negative,
            Rounding::Down => negative,
        };
        let infinity = (format.infinity as u64) << (precision - 1);
        return if infinite { infinity } else { infinity - 1 };
    }
    (field as u64) << (precision - 1) | (significand - hidden)
}

/// `value >> count` with a one at the bottom where ones were lost.
fn shift_right_sticky(value: u128, count: u32) -> u128 {
    if count == 0 {
        value
    } else if count < 128 {
        value >> count | u128::from(value << (128 - count) != 0)
    } else {
        u128::from(value != 0)
    }
}

/// `a * b`.
pub(crate) fn multiply(a: u64, b: u64, rounding: Rounding, exceptions: &mut u32) -> u64 {
    // An addend of zero with the product's sign changes nothing, not even a zero's sign.
    let zero = (a ^ b) & SIGN;
    multiply_add(a, b, zero, rounding, exceptions)
}

/// `a * b + c`.
pub(crate) fn multiply_add(
    a: u64,
    b: u64,
    c: u64,
    rounding: Rounding,
    exceptions: &mut u32,
) -> u64 {
    use Operand::{Finite, Infinity, Nan, Zero};
    let product_sign = (a ^ b) & SIGN;
    let sign = c & SIGN;
    let operands = (
        operand(a, exceptions),
        operand(b, exceptions),
        operand(c, exceptions),
    );
    let ((ma, ea), (mb, eb), addend) = match operands {
        (Nan, _, _) | (_, Nan, _) | (_, _, Nan) => return DEFAULT_NAN,
        (Infinity, Zero, _) | (Zero, Infinity, _) => {
            *exceptions |= DOUBLE_INVALID;
            return DEFAULT_NAN;
        }
        (Infinity, _, Infinity) | (_, Infinity, Infinity) if product_sign != sign => {
            *exceptions |= DOUBLE_INVALID;
            return DEFAULT_NAN;
        }
        (Infinity, _, _) | (_, Infinity, _) => return product_sign | INFINITY,
        (_, _, Infinity) => return sign | INFINITY,
        (Zero, _, Zero) | (_, Zero, Zero) => return zero_sum(product_sign, sign, rounding),
        (Zero, _, Finite(..)) | (_, Zero, Finite(..)) => return c,
        (Finite(ma, ea), Finite(mb, eb), addend) => ((ma, ea), (mb, eb), addend),
    };
    // Both are brought to a length of 125 or 126 bits.
    let mut product = (u128::from(ma) * u128::from(mb)) << 20;
    let mut exponent = ea + eb - 20;
    let Finite(mc, ec) = addend else {
        let negative = product_sign != 0;
        return product_sign | round(negative, product, exponent, rounding, &DOUBLE, exceptions);
    };
    let mut other = u128::from(mc) << 73;
    let other_exponent = ec - 73;
    if exponent >= other_exponent {
        other = shift_right_sticky(other, exponent.abs_diff(other_exponent));
    } else {
        product = shift_right_sticky(product, exponent.abs_diff(other_exponent));
        exponent = other_exponent;
    }
    let (result_sign, magnitude) = if product_sign == sign {
        (sign, product + other)
    } else if product > other {
        (product_sign, product - other)
    } else if product < other {
        (sign, other - product)
    } else {
        return zero_sum(product_sign, sign, rounding);
    };
    result_sign
        | round(
            result_sign != 0,
            magnitude,
            exponent,
            rounding,
            &DOUBLE,
            exceptions,
        )
}

/// The zero that a sum of zeros or of opposite numbers gives.
fn zero_sum(sign: u64, other: u64, rounding: Rounding) -> u64 {
    if sign == other {
        sign
    } else if rounding == Rounding::Down {
        SIGN
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flushed(bits: u64) -> u64 {
        if bits & INFINITY == 0 {
            bits & SIGN
        } else {
            bits
        }
    }

    fn numbers() -> impl Strategy<Value = u64> {
        prop_oneof![
            2 => any::<u64>(),
            4 => (any::<bool>(), 1000_u64..1050, any::<u64>()).prop_map(|(sign, exponent, fraction)| {
                u64::from(sign) << 63 | exponent << 52 | fraction >> 12
            }),
            2 => (any::<bool>(), 0_u64..2048, 0_u64..32).prop_map(|(sign, exponent, digits)| {
                u64::from(sign) << 63 | exponent << 52 | digits << 47
            }),
            2 => prop::sample::select(vec![
                0, SIGN, 1, SIGN | 1, INFINITY, SIGN | INFINITY, DEFAULT_NAN,
                0x7ff0_0000_0000_0001, 0x7fef_ffff_ffff_ffff, 0x0010_0000_0000_0000, ONE,
            ]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn nearest_is_the_host(a in numbers(), b in numbers(), c in numbers()) {
            let host = f64::from_bits(flushed(a))
                .mul_add(f64::from_bits(flushed(b)), f64::from_bits(flushed(c)));
            let expected = if host.is_nan() { DEFAULT_NAN } else { host.to_bits() };
            let mut exceptions = 0;
            let result = multiply_add(a, b, c, Rounding::Nearest, &mut exceptions);
            prop_assert_eq!(result, expected, "{:x} {:x} {:x}", a, b, c);
            let host = f64::from_bits(flushed(a)) * f64::from_bits(flushed(b));
            let expected = if host.is_nan() { DEFAULT_NAN } else { host.to_bits() };
            prop_assert_eq!(multiply(a, b, Rounding::Nearest, &mut exceptions), expected);
        }

        /// The directed modes enclose the exact result: up and down are neighbours or
        /// equal, equal exactly when the operation is exact; nearest is one of them.
        #[test]
        fn directed_modes_enclose(a in numbers(), b in numbers(), c in numbers()) {
            let run = |rounding| {
                let mut exceptions = 0;
                let result = multiply_add(a, b, c, rounding, &mut exceptions);
                (result, exceptions & DOUBLE_INEXACT != 0)
            };
            let (down, inexact) = run(Rounding::Down);
            let (up, _) = run(Rounding::Up);
            let (zero, _) = run(Rounding::TowardZero);
            let (nearest, _) = run(Rounding::Nearest);
            if down == DEFAULT_NAN {
                return Ok(());
            }
            let value = f64::from_bits;
            prop_assert!(nearest == down || nearest == up);
            if inexact {
                prop_assert_eq!(value(down).next_up().to_bits() & !SIGN, up & !SIGN);
                let inward = if value(up) <= 0.0 { up } else { down };
                prop_assert_eq!(zero, inward);
            } else {
                prop_assert!(value(down) == value(up));
            }
        }
    }

    #[test]
    fn exceptions() {
        let run = |a: f64, b: f64, c: f64| {
            let mut exceptions = 0;
            multiply_add(
                a.to_bits(),
                b.to_bits(),
                c.to_bits(),
                Rounding::Nearest,
                &mut exceptions,
            );
            exceptions
        };
        assert_eq!(run(1.0, 1.0, 1.0), 0);
        assert_eq!(run(0.1, 0.1, 0.0), DOUBLE_INEXACT);
        assert_eq!(run(f64::MAX, 2.0, 0.0), DOUBLE_OVERFLOW | DOUBLE_INEXACT);
        assert_eq!(
            run(f64::MIN_POSITIVE, 1e-10, 0.0),
            DOUBLE_UNDERFLOW | DOUBLE_INEXACT
        );
        assert_eq!(run(f64::INFINITY, 0.0, 1.0), DOUBLE_INVALID);
        assert_eq!(run(f64::INFINITY, 1.0, f64::NEG_INFINITY), DOUBLE_INVALID);
        assert_eq!(run(f64::NAN, 1.0, 1.0), DOUBLE_NAN);
        assert_eq!(run(5e-324, 1.0, 1.0), DOUBLE_DENORMAL);
    }
}
