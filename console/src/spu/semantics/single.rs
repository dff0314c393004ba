//! Single-precision arithmetic, exactly (section 9.1 of the ISA document).
//!
//! A single-precision number of the SPU is `(-1)^s * 1.f * 2^(e - 127)` for all `e` from 1
//! to 255: there are no infinities and no NaN. With `e` = 0 it is zero, whatever `f`.
//! Results are truncated; too large ones become the largest number of their sign, too
//! small ones and exact zeros become +0.
//!
//! All of this fits into a host `f64`: the product of two 24-bit significands is exact
//! there, the sum's rounding error is found exactly, and truncating to 24 bits afterwards
//! gives the truncation of the exact result. [`fma`] is the model of all operations:
//! `a + b` is `a * 1 + b`, `a * b` is `a * b + 0`.

use super::fpscr::{DIFFERENCE, Fpscr, OVERFLOW, UNDERFLOW};
use crate::spu::quad::Quad;

/// The number 1.
pub(crate) const ONE: u32 = 0x3f80_0000;
/// The difference of the exponent biases of `f64` and single precision, in the exponent
/// field of `f64`.
const BIAS: i64 = (1023 - 127) << 52;

/// The value; denormals are zero.
#[inline(always)]
fn widen(bits: u32) -> f64 {
    let magnitude = bits & 0x7fff_ffff;
    let sign = u64::from(bits & 0x8000_0000) << 32;
    if magnitude < 0x0080_0000 {
        return f64::from_bits(sign);
    }
    f64::from_bits(sign | ((u64::from(magnitude) << 29) + BIAS as u64))
}

/// Truncates `sum + error` (where `sum` is the nearest `f64` to it).
#[inline(always)]
fn narrow(sum: f64, error: f64) -> (u32, u32) {
    if sum == 0.0 {
        return (0, 0);
    }
    let mut bits = sum.to_bits();
    if error != 0.0 && (error < 0.0) != (sum < 0.0) {
        // The nearest f64 lies outward of the exact value.
        bits -= 1;
    }
    let sign = (bits >> 32) as u32 & 0x8000_0000;
    let magnitude = (bits & (u64::MAX >> 1)) as i64 - BIAS;
    if magnitude < 1 << 52 {
        (0, UNDERFLOW | DIFFERENCE)
    } else if magnitude >= 1 << 60 {
        (sign | 0x7fff_ffff, OVERFLOW | DIFFERENCE)
    } else {
        let result = (magnitude >> 29) as u32;
        (sign | result, u32::from(result >= 0x7f80_0000))
    }
}

/// Whether IEEE arithmetic understands the operand differently.
#[inline(always)]
fn differs(bits: u32) -> bool {
    let magnitude = bits & 0x7fff_ffff;
    magnitude >= 0x7f80_0000 || (1..0x0080_0000).contains(&magnitude)
}

/// `a * b + c` and its exceptions as bits of the FPSCR.
#[inline(always)]
pub(crate) fn fma(a: u32, b: u32, c: u32) -> (u32, u32) {
    let product = widen(a) * widen(b);
    let addend = widen(c);
    // Knuth's exact sum: nothing overflows or is denormal in these ranges.
    let sum = product + addend;
    let part = sum - product;
    let error = (product - (sum - part)) + (addend - part);
    let (result, exceptions) = narrow(sum, error);
    if differs(a) | differs(b) | differs(c) {
        (result, exceptions | DIFFERENCE)
    } else {
        (result, exceptions)
    }
}

/// `a * b + c` in every slot, exceptions recorded.
#[inline]
pub(crate) fn fma_quad(a: Quad, b: Quad, c: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b, c) = (a.words(), b.words(), c.words());
    Quad::from_words(core::array::from_fn(|slot| {
        let (result, exceptions) = fma(a[slot], b[slot], c[slot]);
        fpscr.record_single(slot, exceptions);
        result
    }))
}

/// All signs turned.
#[inline(always)]
pub(crate) fn negated(a: Quad) -> Quad {
    a.map_words(|w| w ^ 0x8000_0000)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: u32 = 0x7fff_ffff;
    const MIN: u32 = 0x0080_0000;

    fn value(x: f32) -> u32 {
        x.to_bits()
    }

    #[test]
    fn truncates_toward_zero() {
        // 1/3 truncated squared: 0.111...: compare with exact integers by hand:
        // 0x3eaaaaaa = 0xaaaaaa * 2^-25; its square is 0x71c71b8e38e4 * 2^-50, which has
        // 47 bits; the upper 24 are 0xe38e37, exponent -4.
        assert_eq!(fma(0x3eaa_aaaa, 0x3eaa_aaaa, 0).0, 0x3de3_8e37);
        // 1 - 2^-30 truncates to the number below 1, -1 + 2^-30 likewise.
        let tiny = value(2.0_f32.powi(-30));
        assert_eq!(fma(tiny, value(-1.0), ONE).0, 0x3f7f_ffff);
        assert_eq!(fma(tiny, ONE, value(-1.0)).0, 0xbf7f_ffff);
        // 1 + 2^-30 truncates to 1.
        assert_eq!(fma(tiny, ONE, ONE).0, ONE);
        // The addend may lie far below what f64 keeps.
        let least = MIN;
        assert_eq!(fma(least, least, ONE).0, ONE);
        assert_eq!(fma(least, least | 0x8000_0000, ONE).0, 0x3f7f_ffff);
    }

    #[test]
    fn exponent_255_is_an_ordinary_exponent() {
        assert_eq!(fma(0x7f80_0000, ONE, 0), (0x7f80_0000, DIFFERENCE));
        assert_eq!(fma(0x7fc0_0001, value(0.5), 0), (0x7f40_0001, DIFFERENCE));
        assert_eq!(fma(0x7f00_0000, value(2.0), 0), (0x7f80_0000, DIFFERENCE));
        assert_eq!(fma(0x7f80_0000, ONE, 0xff80_0000), (0, DIFFERENCE));
    }

    #[test]
    fn saturates_and_flushes() {
        let all = OVERFLOW | DIFFERENCE;
        assert_eq!(fma(0x7f80_0000, value(2.0), 0), (MAX, all));
        assert_eq!(fma(0x7f80_0000, value(-2.0), 0), (0xffff_ffff, all));
        assert_eq!(fma(MAX, MAX, MAX), (MAX, all));
        let none = UNDERFLOW | DIFFERENCE;
        assert_eq!(fma(MIN, value(0.5), 0), (0, none));
        assert_eq!(fma(MIN | 0x8000_0000, value(0.5), 0), (0, none));
        // Denormal operands are zero, and zero results are +0.
        assert_eq!(fma(0x007f_ffff, value(4.0), 0), (0, DIFFERENCE));
        assert_eq!(fma(value(-1.0), 0, 0x8000_0000), (0, 0));
        assert_eq!(fma(ONE, 0x8000_0000, 0x8000_0000), (0, 0));
        assert_eq!(fma(value(3.0), value(2.0), value(-6.0)), (0, 0));
    }

    /// The result by exact integers: every number is a multiple of 2^-298, the product's
    /// least unit, and below 2^260, so 640 bits hold everything.
    fn model(a: u32, b: u32, c: u32) -> u32 {
        use num_bigint::{BigInt, Sign};
        fn exact(bits: u32) -> (BigInt, u32) {
            let exponent = bits >> 23 & 0xff;
            let significand = if exponent == 0 {
                0
            } else {
                bits & 0x7f_ffff | 0x80_0000
            };
            let mut number = BigInt::from(significand);
            if bits >> 31 == 1 {
                number = -number;
            }
            (number, exponent)
        }
        let ((a, ea), (b, eb), (c, ec)) = (exact(a), exact(b), exact(c));
        // In units of 2^-300: a * 2^(ea - 150) * b * 2^(eb - 150) + c * 2^(ec - 150).
        let sum: BigInt = ((a * b) << (ea + eb)) + (c << (ec + 150));
        let negative = sum.sign() == Sign::Minus;
        let magnitude = sum.magnitude();
        let length = magnitude.bits() as i64;
        if length == 0 {
            return 0;
        }
        // The leading bit has weight 2^(length - 1 - 300).
        let exponent = length - 1 - 300 + 127;
        let sign = u32::from(negative) << 31;
        if exponent < 1 {
            0
        } else if exponent > 255 {
            sign | MAX
        } else {
            let significand = if length > 24 {
                magnitude >> (length - 24) as u64
            } else {
                magnitude << (24 - length) as u64
            };
            let digits = significand.iter_u32_digits().next().unwrap_or(0);
            sign | (exponent as u32) << 23 | digits & 0x7f_ffff
        }
    }

    pub(crate) fn interesting() -> impl Strategy<Value = u32> {
        prop_oneof![
            3 => any::<u32>(),
            // Moderate numbers, so that sums cancel and overlap.
            6 => (any::<bool>(), 110_u32..145, any::<u32>()).prop_map(|(sign, exponent, fraction)| {
                u32::from(sign) << 31 | exponent << 23 | fraction & 0x7f_ffff
            }),
            // Few significant bits, so that results are exact or ties.
            3 => (any::<bool>(), any::<u8>(), 0_u32..16, 0_u32..20).prop_map(
                |(sign, exponent, digits, shift)| {
                    u32::from(sign) << 31 | u32::from(exponent) << 23 | (digits << shift) & 0x7f_ffff
                }
            ),
            2 => prop::sample::select(vec![
                0, 0x8000_0000, 1, 0x007f_ffff, 0x0080_0000, 0x8080_0000, 0x7f7f_ffff,
                0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7fff_ffff, 0xffff_ffff, 0x3f80_0000,
                0xbf80_0000, 0x3f7f_ffff, 0x4000_0000, 0x0100_0000,
            ]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn fma_is_the_truncated_exact_result(
            a in interesting(), b in interesting(), c in interesting()
        ) {
            prop_assert_eq!(fma(a, b, c).0, model(a, b, c), "{:08x} {:08x} {:08x}", a, b, c);
            prop_assert_eq!(fma(a, ONE, c).0, model(a, ONE, c), "{:08x} + {:08x}", a, c);
            prop_assert_eq!(fma(a, b, 0).0, model(a, b, 0), "{:08x} * {:08x}", a, b);
        }

        /// Nearly cancelling sums: the addend is minus the truncated product.
        #[test]
        fn cancellation_is_exact(a in interesting(), b in interesting(), nudge in -2_i32..3) {
            let c = (fma(a, b, 0).0 ^ 0x8000_0000).wrapping_add_signed(nudge);
            prop_assert_eq!(fma(a, b, c).0, model(a, b, c), "{:08x} {:08x} {:08x}", a, b, c);
        }
    }
}
