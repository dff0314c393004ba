//! Sums and products of ordinary numbers, rounded to nearest by the host's arithmetic,
//! whose error is computed exactly beside: with it FR and FI are known.
//!
//! Rust's `f64` operations round to nearest, and `mul_add` rounds once, on every host. The
//! error terms are Knuth's for sums, and for fused operations those of Boldo and Muller,
//! "Exact and Approximated Error of the FMA" (2011); they hold where nothing overflows or
//! underflows, and so this module declines operands far from 1, and results of zero.

use super::fpscr::{Fpscr, RoundingMode};
use super::round::{Format, Rounded};

/// Operands have magnitudes from 2^-REACH to below 2^(REACH + 1).
const REACH: u64 = 400;

fn ordinary(bits: u64) -> bool {
    (bits >> 52 & 0x7ff).wrapping_sub(1023 - REACH) <= 2 * REACH
}

fn applies(operands: &[u64], fpscr: Fpscr) -> bool {
    fpscr.rounding() == RoundingMode::Nearest && operands.iter().all(|&bits| ordinary(bits))
}

/// The rounded sum, and what it lost.
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let sum = left + right;
    let part = sum - left;
    (sum, (left - (sum - part)) + (right - part))
}

/// `value`, which is `lost` below the exact result.
fn settle(format: Format, value: f64, lost: f64) -> Option<Rounded> {
    if value == 0.0 {
        return None;
    }
    let (result, lost) = match format {
        Format::Double => (value, lost),
        Format::Single => {
            let single = value as f32;
            // The double has to be exact, or it would be rounded twice.
            if lost != 0.0 || !single.is_normal() || single.abs() == f32::MIN_POSITIVE {
                return None;
            }
            let result = f64::from(single);
            (result, value - result)
        }
    };
    Some(Rounded {
        bits: result.to_bits(),
        inexact: lost != 0.0,
        up: lost != 0.0 && (lost < 0.0) != (result < 0.0),
        exceptions: 0,
    })
}

/// The sum of two numbers, given as the bits of doubles.
#[inline]
pub(in super::super) fn sum(
    format: Format,
    fpscr: Fpscr,
    left: u64,
    right: u64,
) -> Option<Rounded> {
    if !applies(&[left, right], fpscr) {
        return None;
    }
    let (sum, lost) = two_sum(f64::from_bits(left), f64::from_bits(right));
    settle(format, sum, lost)
}

/// The product of two numbers.
#[inline]
pub(in super::super) fn product(
    format: Format,
    fpscr: Fpscr,
    left: u64,
    right: u64,
) -> Option<Rounded> {
    if !applies(&[left, right], fpscr) {
        return None;
    }
    let (left, right) = (f64::from_bits(left), f64::from_bits(right));
    let product = left * right;
    settle(format, product, left.mul_add(right, -product))
}

/// `left × right + addend`.
#[inline]
pub(in super::super) fn fused(
    format: Format,
    fpscr: Fpscr,
    [left, right, addend]: [u64; 3],
) -> Option<Rounded> {
    if !applies(&[left, right, addend], fpscr) {
        return None;
    }
    let [left, right, addend] = [left, right, addend].map(f64::from_bits);
    let result = left.mul_add(right, addend);
    let product = left * right;
    let below_product = left.mul_add(right, -product);
    let (first, below_first) = two_sum(addend, below_product);
    let (second, below_second) = two_sum(product, first);
    let lost = ((second - result) + below_second, below_first);
    // Only the sign of the sum of both parts counts, and whether it is zero.
    settle(format, result, lost.0 + lost.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::float::{Class, Exact, unpack};
    use super::super::exact::Sum;
    use super::*;

    fn exact(bits: u64) -> Exact {
        match unpack(bits) {
            Class::Finite(value) => value,
            other => panic!("{other:?} is not ordinary"),
        }
    }

    fn check(quick: Option<Rounded>, format: Format, slow: Sum) {
        let Some(quick) = quick else { return };
        let Sum::Number(slow) = slow else {
            panic!("a zero is declined");
        };
        let slow = format.round(slow, Fpscr::default());
        assert_eq!(
            (quick.bits, quick.inexact, quick.up, quick.exceptions),
            (slow.bits, slow.inexact, slow.up, slow.exceptions)
        );
    }

    /// Numbers near one another, of few and of many digits.
    fn number() -> impl Strategy<Value = u64> {
        (any::<bool>(), 960_u64..1090, any::<u64>(), 0_u32..53).prop_map(
            |(sign, exponent, fraction, zeros)| {
                u64::from(sign) << 63 | exponent << 52 | fraction << 12 >> 12 >> zeros << zeros
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn is_what_the_integers_say(a in number(), b in number(), c in number()) {
            let fpscr = Fpscr::default();
            for format in [Format::Double, Format::Single] {
                check(sum(format, fpscr, a, b), format, exact(a).plus(exact(b)));
                let product_of = exact(a).times(exact(b));
                check(product(format, fpscr, a, b), format, Sum::Number(product_of));
                let slow = product_of.plus(exact(c));
                check(fused(format, fpscr, [a, b, c]), format, slow);
            }
        }
    }

    #[test]
    fn far_numbers_are_declined() {
        let fpscr = Fpscr::default();
        let one = 1.0_f64.to_bits();
        for far in [
            0,
            1,
            1e300_f64.to_bits(),
            f64::NAN.to_bits(),
            f64::INFINITY.to_bits(),
        ] {
            assert!(sum(Format::Double, fpscr, one, far).is_none());
        }
        assert!(sum(Format::Double, fpscr, one, (-1.0_f64).to_bits()).is_none());
        assert!(sum(Format::Double, Fpscr::from_bits(1), one, one).is_none());
        assert!(sum(Format::Double, fpscr, one, one).is_some());
    }
}
