//! The exponential function, and powers of 10000.

/// Steps of the table: powers of two are looked up in steps of 1/32.
const STEPS: usize = 32;

/// The bits of 2^(i/32), less `i` in the bits that 2^(1/32) would count in if it were one in
/// the fraction's fifth highest bit: adding an integer `k` there gives 2^(k/32) for every `k`.
const POWERS: [u64; STEPS] = [
    0x3ff0_0000_0000_0000,
    0x3fef_d9b0_d315_8574,
    0x3fef_b558_6cf9_890f,
    0x3fef_9301_d012_5b51,
    0x3fef_72b8_3c7d_517b,
    0x3fef_5487_3168_b9aa,
    0x3fef_387a_6e75_6238,
    0x3fef_1e9d_f51f_dee1,
    0x3fef_06fe_0a31_b715,
    0x3fee_f1a7_373a_a9cb,
    0x3fee_dea6_4c12_3422,
    0x3fee_ce08_6061_892d,
    0x3fee_bfda_d536_2a27,
    0x3fee_b42b_569d_4f82,
    0x3fee_ab07_dd48_5429,
    0x3fee_a47e_b03a_5585,
    0x3fee_a09e_667f_3bcd,
    0x3fee_9f75_e8ec_5f74,
    0x3fee_a114_73eb_0187,
    0x3fee_a589_994c_ce13,
    0x3fee_ace5_422a_a0db,
    0x3fee_b737_b0cd_c5e5,
    0x3fee_c491_82a3_f090,
    0x3fee_d503_b23e_255d,
    0x3fee_e89f_995a_d3ad,
    0x3fee_ff76_f2fb_5e47,
    0x3fef_199b_dd85_529c,
    0x3fef_3720_dcef_9069,
    0x3fef_5818_dcfb_a487,
    0x3fef_7c97_337b_9b5f,
    0x3fef_a4af_a2a4_90da,
    0x3fef_d076_5b6e_4540,
];

/// Coefficients of 2^r − 1 at r¹, r² and r³, for r within ±1/64.
const POLYNOMIAL: [u64; 3] = [
    0x3fe6_2e42_ff0c_52d6,
    0x3fce_bfce_50fa_c4f3,
    0x3fac_6af8_4b91_2394,
];

/// Adding it to a double rounds that to an integer and leaves the integer in the lowest bits.
const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;

/// log₂ 10000 as the GNU C library's `powf` computes it: 13 digits are right.
const LOG2_10000: u64 = 0x402a_934f_0979_a22d;

/// e^x.
pub(crate) fn expf(x: f32) -> f32 {
    // Also where the result has no place: above the largest number, below half of the smallest.
    if x.is_nan() {
        return x;
    }
    if x > 88.722_83 {
        return f32::INFINITY;
    }
    if x < -103.972_08 {
        return 0.0;
    }
    exp2_steps(core::f64::consts::LOG2_E * STEPS as f64 * f64::from(x))
}

/// 10000^y, for y from 0 to 1.
pub(crate) fn power_of_10000(y: f32) -> f32 {
    exp2_steps(f64::from(y) * f64::from_bits(LOG2_10000) * STEPS as f64)
}

/// 2^(z / 32), for results that are numbers.
fn exp2_steps(z: f64) -> f32 {
    let steps = STEPS as f64;
    let [c1, c2, c3] = POLYNOMIAL.map(f64::from_bits);
    let (c1, c2, c3) = (
        c1 / steps,
        c2 / (steps * steps),
        c3 / (steps * steps * steps),
    );

    // z is the integer k and a rest r.
    let rounded = z + ROUNDER;
    let k = rounded.to_bits();
    let r = z - (rounded - ROUNDER);

    let power = POWERS[(k % STEPS as u64) as usize].wrapping_add(k << (52 - STEPS.ilog2()));
    let high = c3 * r + c2;
    let low = c1 * r + 1.0;
    ((high * (r * r) + low) * f64::from_bits(power)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_the_range() {
        assert_eq!(expf(0.0), 1.0);
        assert_eq!(expf(f32::NEG_INFINITY), 0.0);
        assert_eq!(expf(f32::INFINITY), f32::INFINITY);
        assert!(expf(f32::NAN).is_nan());
        assert_eq!(expf(-103.972_07), f32::from_bits(1));
        assert!(expf(88.722_83).is_finite());
    }

    /// Values that the GNU C library 2.36 gives; the last four are not correctly rounded.
    #[test]
    fn bits_of_the_gnu_c_library() {
        let cases = [
            (1.0, 0x402d_f854),
            (-1.0, 0x3ebc_5ab2),
            (0.5, 0x3fd3_094c),
            (-87.5, 0x006c_b2bc),
            (20.25, 0x4e14_86bb),
            (-12.720_196, 0x3648_a9f0),
            (-29.510_58, 0x2a2b_e082),
            (-30.350_6, 0x2994_663c),
            (-38.289_58, 0x23d8_bd08),
        ];
        for (x, bits) in cases {
            assert_eq!(expf(x).to_bits(), bits, "e^{x}");
        }
    }

    /// 1 / powf(10000, y) of the GNU C library 2.36.
    #[test]
    fn powers_of_10000() {
        let cases = [
            (0.0, 0x3f80_0000),
            (0.25, 0x3dcc_cccd),
            (0.75, 0x3a83_126f),
            (10.0 / 228.0, 0x3f2a_ec5f),
        ];
        for (y, bits) in cases {
            assert_eq!((1.0 / power_of_10000(y)).to_bits(), bits, "10000^-{y}");
        }
    }
}
