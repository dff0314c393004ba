//! Double-precision instructions and the conversions between the precisions (section 9.2
//! of the ISA document).

use super::fpscr::{DOUBLE_DENORMAL, DOUBLE_INVALID, DOUBLE_NAN, Fpscr, Rounding};
use super::soft_double::{
    DEFAULT_NAN, ONE, Operand, SINGLE, multiply, multiply_add, operand, round,
};
use crate::spu::quad::Quad;

const SIGN: u64 = 1 << 63;

fn by_slot(fpscr: &mut Fpscr, compute: impl Fn(usize, Rounding, &mut u32) -> u64) -> Quad {
    let results = core::array::from_fn(|slot| {
        let mut exceptions = 0;
        let result = compute(slot, fpscr.rounding(slot), &mut exceptions);
        fpscr.record_double(slot, exceptions);
        result
    });
    Quad::from_doublewords(results)
}

/// Turns the sign of a rounded result, but never a NaN's.
fn negated(result: u64) -> u64 {
    if result == DEFAULT_NAN {
        result
    } else {
        result ^ SIGN
    }
}

/// `a + b`.
pub(crate) fn dfa(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b) = (a.doublewords(), b.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        multiply_add(a[slot], ONE, b[slot], rounding, exceptions)
    })
}

/// `a - b`.
pub(crate) fn dfs(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b) = (a.doublewords(), b.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        multiply_add(a[slot], ONE, b[slot] ^ SIGN, rounding, exceptions)
    })
}

/// `a * b`.
pub(crate) fn dfm(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b) = (a.doublewords(), b.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        multiply(a[slot], b[slot], rounding, exceptions)
    })
}

/// `a * b + t`.
pub(crate) fn dfma(a: Quad, b: Quad, t: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b, t) = (a.doublewords(), b.doublewords(), t.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        multiply_add(a[slot], b[slot], t[slot], rounding, exceptions)
    })
}

/// `a * b - t`.
pub(crate) fn dfms(a: Quad, b: Quad, t: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b, t) = (a.doublewords(), b.doublewords(), t.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        multiply_add(a[slot], b[slot], t[slot] ^ SIGN, rounding, exceptions)
    })
}

/// `-(a * b - t)`: rounded first, then negated.
pub(crate) fn dfnms(a: Quad, b: Quad, t: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b, t) = (a.doublewords(), b.doublewords(), t.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        negated(multiply_add(
            a[slot],
            b[slot],
            t[slot] ^ SIGN,
            rounding,
            exceptions,
        ))
    })
}

/// `-(a * b + t)`: rounded first, then negated.
pub(crate) fn dfnma(a: Quad, b: Quad, t: Quad, fpscr: &mut Fpscr) -> Quad {
    let (a, b, t) = (a.doublewords(), b.doublewords(), t.doublewords());
    by_slot(fpscr, |slot, rounding, exceptions| {
        negated(multiply_add(
            a[slot], b[slot], t[slot], rounding, exceptions,
        ))
    })
}

/// Rounds doubles to single precision in the left words; the right words become 0.
pub(crate) fn frds(a: Quad, fpscr: &mut Fpscr) -> Quad {
    let a = a.doublewords();
    by_slot(fpscr, |slot, rounding, exceptions| {
        let bits = a[slot];
        let sign = bits & SIGN;
        let single = match operand(bits, exceptions) {
            Operand::Nan => return 0x7fc0_0000 << 32,
            Operand::Infinity => 0x7f80_0000,
            Operand::Zero => 0,
            Operand::Finite(significand, exponent) => round(
                sign != 0,
                significand.into(),
                exponent,
                rounding,
                &SINGLE,
                exceptions,
            ),
        };
        sign | single << 32
    })
}

/// Extends the single-precision numbers in the left words, which are IEEE numbers here:
/// infinities stay, NaN become the default NaN, denormals zero.
pub(crate) fn fesd(a: Quad, fpscr: &mut Fpscr) -> Quad {
    let a = a.doublewords();
    by_slot(fpscr, |slot, _, exceptions| {
        let word = (a[slot] >> 32) as u32;
        let sign = a[slot] & SIGN;
        let fraction = u64::from(word & 0x7f_ffff);
        match u64::from(word >> 23 & 0xff) {
            0 if fraction == 0 => sign,
            0 => {
                *exceptions |= DOUBLE_DENORMAL;
                sign
            }
            0xff if fraction == 0 => sign | 0x7ff << 52,
            0xff => {
                *exceptions |= DOUBLE_NAN;
                if fraction >> 22 == 0 {
                    *exceptions |= DOUBLE_INVALID;
                }
                DEFAULT_NAN
            }
            exponent => sign | (exponent + 1023 - 127) << 52 | fraction << 29,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: f64, b: f64) -> Quad {
        Quad::from_doublewords([a.to_bits(), b.to_bits()])
    }

    #[test]
    fn arithmetic() {
        let mut fpscr = Fpscr::default();
        let (x, y, t) = (pair(1.5, -2.0), pair(0.25, 8.0), pair(1.0, 16.0));
        assert_eq!(dfa(x, y, &mut fpscr), pair(1.75, 6.0));
        assert_eq!(dfs(x, y, &mut fpscr), pair(1.25, -10.0));
        assert_eq!(dfm(x, y, &mut fpscr), pair(0.375, -16.0));
        assert_eq!(dfma(x, y, t, &mut fpscr), pair(1.375, 0.0));
        assert_eq!(dfms(x, y, t, &mut fpscr), pair(-0.625, -32.0));
        assert_eq!(dfnms(x, y, t, &mut fpscr), pair(0.625, 32.0));
        // The result 0 of the multiply-add is negated.
        assert_eq!(dfnma(x, y, t, &mut fpscr), pair(-1.375, -0.0));
        assert_eq!(fpscr, Fpscr::default());
        assert_eq!(dfm(pair(-0.0, 1.0), y, &mut fpscr), pair(-0.0, 8.0));
        // NaN is not negated and not propagated.
        let nan = Quad::from_doublewords([0xfff8_0000_0000_1234, 0x3ff0_0000_0000_0000]);
        assert_eq!(dfnma(nan, y, t, &mut fpscr).doublewords()[0], DEFAULT_NAN);
        assert_eq!(fpscr.read().words(), [0, DOUBLE_NAN, 0, 0]);
    }

    #[test]
    fn each_slot_rounds_its_own_way() {
        let mut fpscr = Fpscr::default();
        fpscr.write(Quad::preferred(0x0b00)); // up on the left, down on the right
        let tenth = pair(0.1, 0.1);
        let [left, right] = dfm(tenth, tenth, &mut fpscr).doublewords();
        assert_eq!(left, right + 1);
        let third = pair(1.0 / 3.0, 1.0 / 3.0);
        let [left, _, right, _] = frds(third, &mut fpscr).words();
        assert_eq!((left, right), (0x3eaa_aaab, 0x3eaa_aaaa));
    }

    #[test]
    fn precisions() {
        let mut fpscr = Fpscr::default();
        let words = Quad::from_words([0x3fc0_0000, 0xdead, 0xff80_0000, 0xbeef]);
        assert_eq!(fesd(words, &mut fpscr), pair(1.5, f64::NEG_INFINITY));
        assert_eq!(
            frds(pair(1.5, f64::NEG_INFINITY), &mut fpscr).words(),
            [0x3fc0_0000, 0, 0xff80_0000, 0]
        );
        assert_eq!(fpscr, Fpscr::default());
        let odd = Quad::from_words([0x8000_0001, 0, 0x7f80_0001, 0]);
        assert_eq!(fesd(odd, &mut fpscr).doublewords(), [SIGN, DEFAULT_NAN]);
        assert_eq!(
            fpscr.read().words(),
            [0, DOUBLE_DENORMAL, DOUBLE_NAN | DOUBLE_INVALID, 0]
        );
        // Rounds as the host does.
        for value in [0.1, 1e-40, 1e39, -3.333_333_333_3, 1.0 + 2.0_f64.powi(-24)] {
            let [single, ..] = frds(pair(value, 0.0), &mut Fpscr::default()).words();
            assert_eq!(single, (value as f32).to_bits(), "{value}");
        }
    }
}
