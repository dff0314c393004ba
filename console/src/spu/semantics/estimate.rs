//! Reciprocal and reciprocal square root: estimates and interpolation (section 9 of the
//! ISA document).
//!
//! `frest` and `frsqest` give a word of sign, exponent, 13 bits of base and 10 bits of
//! step; `fi` computes base - step * y, where y are the lower 19 bits of the operand's
//! fraction. The ISA document gives the format, and the accuracy after `fi`: 12 bits. The
//! tables are those of the console's hardware as public measurements have them (the
//! constants in RPCS3's `SPUThread.cpp`, taken over as facts).
//!
//! What is exact: the tables, the exponents, and the interpolation, which is done in
//! integers and truncated. What is not known from documents: the estimate of operands
//! that are zero or denormal (here the tables are indexed with their fraction bits, and
//! the exponent is 255), and the interpolation of a base with exponent 0 (here +0, as for
//! all other results that would be denormal).

use super::fpscr::Fpscr;
use crate::spu::quad::Quad;

/// Base and step of 1/x by the upper five bits of the fraction.
const RECIPROCAL: [u32; 32] = [
    0x7f_fbe0, 0x7f_87a6, 0x70_ef72, 0x70_8b40, 0x63_8b12, 0x63_3aea, 0x57_92c4, 0x57_4aa0,
    0x4c_ca7e, 0x4c_9262, 0x43_0a44, 0x42_d62a, 0x3a_2e12, 0x39_fdfa, 0x32_15e4, 0x31_f1d2,
    0x2a_a9be, 0x2a_85ac, 0x23_d59a, 0x23_bd8e, 0x1d_8576, 0x1d_8576, 0x17_ad5a, 0x17_ad5a,
    0x12_4543, 0x12_4543, 0x0d_392d, 0x0d_392d, 0x08_851a, 0x08_851a, 0x04_1d07, 0x04_1d07,
];

/// Base and step of 1/sqrt(x) by the lowest bit of the exponent and the upper five of the
/// fraction.
const RECIPROCAL_ROOT: [u32; 64] = [
    0x35_0160, 0x34_e954, 0x2f_993d, 0x2f_993d, 0x2a_a523, 0x2a_a523, 0x26_190d, 0x26_190d,
    0x21_e4f9, 0x21_e4f9, 0x1e_00e9, 0x1e_00e9, 0x1a_5cd9, 0x1a_5cd9, 0x16_f8cb, 0x16_f8cb,
    0x13_ccc0, 0x13_ccc0, 0x10_ccb3, 0x10_ccb3, 0x0e_00aa, 0x0e_00aa, 0x0b_58a1, 0x0b_58a1,
    0x08_d498, 0x08_d498, 0x06_7491, 0x06_7491, 0x04_3089, 0x04_3089, 0x02_0c83, 0x02_0c83,
    0x7f_fdf4, 0x7f_d1de, 0x78_59c8, 0x78_3dba, 0x71_559c, 0x71_559c, 0x6a_e57c, 0x6a_e57c,
    0x64_f561, 0x64_f561, 0x5f_7149, 0x5f_7149, 0x5a_4d33, 0x5a_4d33, 0x55_811f, 0x55_811f,
    0x51_050f, 0x51_050f, 0x4c_c8fe, 0x4c_c8fe, 0x48_d0f0, 0x48_d0f0, 0x45_10e4, 0x45_10e4,
    0x41_80d7, 0x41_80d7, 0x3e_24cc, 0x3e_24cc, 0x3a_f4c3, 0x3a_f4c3, 0x37_e8ba, 0x37_e8ba,
];

/// The estimate of 1/x.
pub(crate) fn frest(a: Quad, fpscr: &mut Fpscr) -> Quad {
    estimate(a, fpscr, |word| {
        let exponent = match word >> 23 & 0xff {
            0 => 255,
            exponent => 253_u32.saturating_sub(exponent),
        };
        word & 0x8000_0000 | exponent << 23 | RECIPROCAL[(word >> 18 & 31) as usize]
    })
}

/// The estimate of 1/sqrt(|x|).
pub(crate) fn frsqest(a: Quad, fpscr: &mut Fpscr) -> Quad {
    estimate(a, fpscr, |word| {
        let exponent = match word >> 23 & 0xff {
            0 => 255,
            exponent => 190 - exponent.div_ceil(2),
        };
        exponent << 23 | RECIPROCAL_ROOT[(word >> 18 & 63) as usize]
    })
}

fn estimate(a: Quad, fpscr: &mut Fpscr, of: impl Fn(u32) -> u32) -> Quad {
    for (slot, word) in a.words().into_iter().enumerate() {
        if word & 0x7f80_0000 == 0 {
            fpscr.record_zero_divisor(slot);
        }
    }
    a.map_words(of)
}

/// Interpolates: `a` is the operand of the estimate, `b` the estimate.
pub(crate) fn fi(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| {
        let mut exponent = b >> 23 & 0xff;
        // 1.base in units of 2^-32, less 0.000step * 0.y, whose unit is 2^-13 * 2^-19.
        let base = u64::from(b >> 10 & 0x1fff | 0x2000) << 19;
        let mut value = base - u64::from(b & 0x3ff) * u64::from(a & 0x7_ffff);
        if value < 1 << 32 {
            value <<= 1;
            exponent = exponent.saturating_sub(1);
        }
        if exponent == 0 {
            return 0;
        }
        b & 0x8000_0000 | exponent << 23 | (value >> 9) as u32 & 0x7f_ffff
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(f: fn(Quad, &mut Fpscr) -> Quad, x: u32) -> f64 {
        let quad = Quad::splat(x);
        let result = fi(quad, f(quad, &mut Fpscr::default())).word();
        f64::from(f32::from_bits(result))
    }

    #[test]
    fn estimates_of_simple_numbers() {
        let one = Quad::splat(0x3f80_0000);
        let mut fpscr = Fpscr::default();
        assert_eq!(frest(one, &mut fpscr).word(), 0x3f7f_fbe0);
        assert_eq!(frsqest(one, &mut fpscr).word(), 0x3f7f_fdf4);
        let four = Quad::splat(0xc080_0000);
        assert_eq!(frest(four, &mut fpscr).word(), 0xbe7f_fbe0);
        assert_eq!(frsqest(four, &mut fpscr).word(), 0x3eff_fdf4);
        assert_eq!(fpscr, Fpscr::default());
        // By hand: 1.5 has y = 0 in its half of the table (index 16): 0x2aa9be is base
        // 0xaaa, so the result is 1.0101010101010 * 2^-1.
        let x = Quad::splat(0x3fc0_0000);
        assert_eq!(fi(x, frest(x, &mut fpscr)).word(), 0x3f2a_a800);
    }

    #[test]
    fn zero_divisors_are_recorded_by_slot() {
        let mut fpscr = Fpscr::default();
        let x = Quad::from_words([0x3f80_0000, 0, 0x8000_0001, 0x3f80_0000]);
        let result = frest(x, &mut fpscr).words();
        assert_eq!(fpscr.read().words(), [0, 0, 0, 0x600]);
        assert_eq!(result[1] >> 23, 0xff);
        assert_eq!(result[2] >> 23, 0x1ff);
    }

    proptest! {
        /// The accuracy that the ISA document states for estimate and interpolation.
        #[test]
        fn twelve_bits_are_right(exponent in 2_u32..252, fraction: u32) {
            let x = exponent << 23 | fraction & 0x7f_ffff;
            let exact = f64::from(f32::from_bits(x));
            let bound = 2.0_f64.powi(-12);
            prop_assert!((both(frest, x) * exact - 1.0).abs() < bound);
            prop_assert!((both(frsqest, x) * exact.sqrt() - 1.0).abs() < bound);
        }
    }
}
