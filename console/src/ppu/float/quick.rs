//! Arithmetic on ordinary numbers, rounded to nearest by the host, whose error is computed
//! exactly beside: with it FR and FI are known.
//!
//! Rust's `f64` operations round to nearest, and `mul_add` rounds once, on every host. The
//! error terms are Knuth's for sums, and for fused operations those of Boldo and Muller,
//! "Exact and Approximated Error of the FMA" (2011); the remainders of quotients and roots are
//! numbers themselves (Boldo and Daumas, "Representable Correcting Terms for Possibly Underflowing
//! Floating Point Operations", 2003). All this holds where nothing overflows or underflows, and so
//! this module declines numbers far from 1: as results of sums, as products, as operands elsewhere.

use super::fpscr::{Fpscr, RoundingMode, bit};
use super::round::Format;

/// Numbers are near 1 that have magnitudes from 2^-REACH to below 2^(REACH + 1).
const REACH: u64 = 400;

const SIGN: u64 = 1 << 63;

/// A rounded result without any exception but that it may be inexact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Ordinary {
    /// A zero, or a normal number of the result's format.
    pub(in super::super) bits: u64,
    /// FR, FI and the class of the result.
    pub(in super::super) status: u32,
}

impl Ordinary {
    /// `bits`, a normal number, which is `lost` below the exact result.
    #[inline(always)]
    fn normal(bits: u64, lost: f64) -> Self {
        let inexact = u32::from(lost != 0.0);
        let up = ((lost.to_bits() ^ bits) >> 63) as u32;
        let class = 0x04 << (bits >> 63) << bit::FPCC_SHIFT;
        Self {
            bits,
            status: class | (inexact * bit::FI) | ((inexact & up) * bit::FR),
        }
    }

    /// An exact zero.
    fn zero(bits: u64) -> Self {
        let class = 0x02 | (bits >> 63 << 4) as u32;
        Self {
            bits,
            status: class << bit::FPCC_SHIFT,
        }
    }

    /// The same with the other sign.
    #[inline(always)]
    pub(in super::super) fn negated(self) -> Self {
        // LT and GT change places; a zero changes C.
        let changed = if self.bits << 1 == 0 { 0x10 } else { 0x0c };
        Self {
            bits: self.bits ^ SIGN,
            status: self.status ^ (changed << bit::FPCC_SHIFT),
        }
    }
}

#[inline(always)]
fn is_near(bits: u64) -> bool {
    (bits >> 52 & 0x7ff).wrapping_sub(1023 - REACH) <= 2 * REACH
}

#[inline(always)]
fn is_zero(bits: u64) -> bool {
    bits << 1 == 0
}

#[inline(always)]
fn to_nearest(fpscr: Fpscr) -> bool {
    fpscr.rounding() == RoundingMode::Nearest
}

/// The rounded sum, and what it lost.
#[inline(always)]
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let sum = left + right;
    let part = sum - left;
    (sum, (left - (sum - part)) + (right - part))
}

/// `value`, which is `lost` below the exact result, in a format; a zero is exact. Only the sign of
/// what is lost counts, and whether it is zero.
#[inline(always)]
fn settle(format: Format, value: f64, lost: f64) -> Option<Ordinary> {
    let bits = value.to_bits();
    if !is_near(bits) {
        return is_zero(bits).then(|| Ordinary::zero(bits));
    }
    match format {
        Format::Double => Some(Ordinary::normal(bits, lost)),
        Format::Single => {
            // Rounded to odd first, so that it is not rounded twice: what lies between two doubles
            // becomes the one whose last bit is 1, which is on the same side of every single, and
            // of every middle between two of them.
            let inexact = u64::from(lost != 0.0);
            let toward_zero = (lost.to_bits() ^ bits) >> 63;
            let toward_odd = bits - (toward_zero & inexact);
            let odd = f64::from_bits(toward_odd | inexact);
            let single = odd as f32;
            if !(single.abs() > f32::MIN_POSITIVE && single.is_finite()) {
                return None;
            }
            let result = f64::from(single);
            Some(Ordinary::normal(result.to_bits(), odd - result))
        }
    }
}

/// The sum of two numbers, given as the bits of doubles.
#[inline(always)]
pub(in super::super) fn sum(
    format: Format,
    fpscr: Fpscr,
    left: u64,
    right: u64,
) -> Option<Ordinary> {
    if !to_nearest(fpscr) {
        return None;
    }
    let (sum, lost) = two_sum(f64::from_bits(left), f64::from_bits(right));
    settle(format, sum, lost)
}

/// The rounded product, and what it lost.
#[inline(always)]
fn two_product(left: u64, right: u64) -> Option<(f64, f64)> {
    let (one, other) = (f64::from_bits(left), f64::from_bits(right));
    let product = one * other;
    if !is_near(product.to_bits()) {
        let of_zero = is_zero(left) || is_zero(right);
        return (of_zero && !product.is_nan()).then_some((product, 0.0));
    }
    // Numbers of up to 26 digits have exact products.
    if (left | right) & ((1 << 27) - 1) == 0 {
        return Some((product, 0.0));
    }
    Some((product, one.mul_add(other, -product)))
}

/// The product of two numbers.
#[inline(always)]
pub(in super::super) fn product(
    format: Format,
    fpscr: Fpscr,
    left: u64,
    right: u64,
) -> Option<Ordinary> {
    if !to_nearest(fpscr) {
        return None;
    }
    let (product, lost) = two_product(left, right)?;
    settle(format, product, lost)
}

/// `left × right + addend`.
#[inline(always)]
pub(in super::super) fn fused(
    format: Format,
    fpscr: Fpscr,
    [left, right, addend]: [u64; 3],
) -> Option<Ordinary> {
    if !to_nearest(fpscr) {
        return None;
    }
    let (product, below_product) = two_product(left, right)?;
    let last = f64::from_bits(addend);
    if below_product == 0.0 {
        let (result, lost) = two_sum(product, last);
        return settle(format, result, lost);
    }
    let result = f64::from_bits(left).mul_add(f64::from_bits(right), last);
    let (first, below_first) = two_sum(last, below_product);
    let (second, below_second) = two_sum(product, first);
    let lost = ((second - result) + below_second, below_first);
    settle(format, result, lost.0 + lost.1)
}

/// The quotient of two numbers.
#[inline(always)]
pub(in super::super) fn quotient(
    format: Format,
    fpscr: Fpscr,
    left: u64,
    right: u64,
) -> Option<Ordinary> {
    if !to_nearest(fpscr) || !is_near(left) || !is_near(right) {
        return None;
    }
    let (dividend, divisor) = (f64::from_bits(left), f64::from_bits(right));
    let quotient = dividend / divisor;
    let rest = (-quotient).mul_add(divisor, dividend);
    settle(format, quotient, rest * 1.0_f64.copysign(divisor))
}

/// The root of a number.
#[inline(always)]
pub(in super::super) fn root(format: Format, fpscr: Fpscr, bits: u64) -> Option<Ordinary> {
    if !to_nearest(fpscr) || !is_near(bits) || bits >= SIGN {
        return None;
    }
    let value = f64::from_bits(bits);
    let root = value.sqrt();
    settle(format, root, (-root).mul_add(root, value))
}

/// A number in another format.
#[inline(always)]
pub(in super::super) fn number(format: Format, fpscr: Fpscr, bits: u64) -> Option<Ordinary> {
    if !to_nearest(fpscr) {
        return None;
    }
    settle(format, f64::from_bits(bits), 0.0)
}

/// An integer, where it has no more digits than a double.
#[inline(always)]
pub(in super::super) fn integer(value: i64) -> Option<Ordinary> {
    if value.unsigned_abs() >= 1 << 53 {
        return None;
    }
    let bits = (value as f64).to_bits();
    Some(match value {
        0 => Ordinary::zero(bits),
        _ => Ordinary::normal(bits, 0.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_numbers_are_declined() {
        let fpscr = Fpscr::default();
        let one = 1.0_f64.to_bits();
        for far in [
            1e300_f64.to_bits(),
            f64::NAN.to_bits(),
            f64::INFINITY.to_bits(),
        ] {
            assert!(sum(Format::Double, fpscr, one, far).is_none());
            assert!(product(Format::Double, fpscr, far, one).is_none());
            assert!(fused(Format::Double, fpscr, [one, one, far]).is_none());
            assert!(quotient(Format::Double, fpscr, one, far).is_none());
            assert!(root(Format::Double, fpscr, far).is_none());
        }
        assert!(sum(Format::Double, Fpscr::from_bits(1), one, one).is_none());
        assert!(quotient(Format::Double, fpscr, one, 0).is_none());
        assert!(root(Format::Double, fpscr, one | SIGN).is_none());
        assert!(number(Format::Single, fpscr, 1e-39_f64.to_bits()).is_none());
        assert!(number(Format::Single, fpscr, 1e39_f64.to_bits()).is_none());
    }

    #[test]
    fn results_say_what_was_lost() {
        let fpscr = Fpscr::default();
        let (one, tenth) = (1.0_f64.to_bits(), 0.1_f64.to_bits());
        let zero = sum(Format::Double, fpscr, one, one | SIGN);
        let status = 2 << bit::FPCC_SHIFT;
        assert_eq!(zero, Some(Ordinary { bits: 0, status }));
        // The single is above the double.
        let single = number(Format::Single, fpscr, tenth).map(Ordinary::negated);
        let bits = f64::from(-0.1_f32).to_bits();
        let status = 8 << bit::FPCC_SHIFT | bit::FI | bit::FR;
        assert_eq!(single, Some(Ordinary { bits, status }));
    }
}
