//! Sine and cosine.

use core::f64::consts::FRAC_PI_2;

/// Coefficients of the sine at x³, x⁵ and x⁷, for x within ±π/4.
const SINE: [u64; 3] = [
    0xbfc5_5554_5995_a603,
    0x3f81_1076_0523_0bc4,
    0xbf29_94eb_3774_cf24,
];

/// Coefficients of the cosine at x², x⁴, x⁶ and x⁸.
const COSINE: [u64; 4] = [
    0xbfdf_ffff_fd0c_621c,
    0x3fa5_5553_e106_8f19,
    0xbf56_c087_e89a_359d,
    0x3ef9_9343_027b_f8c3,
];

/// 4/π, 192 bits from its highest on.
const FOUR_OVER_PI: [u8; 24] = [
    0xa2, 0xf9, 0x83, 0x6e, 0x4e, 0x44, 0x15, 0x29, 0xfc, 0x27, 0x57, 0xd1, 0xf5, 0x34, 0xdd, 0xc0,
    0xdb, 0x62, 0x95, 0x99, 0x3c, 0x43, 0x90, 0x41,
];

/// The sine of an angle in radians.
pub(crate) fn sinf(x: f32) -> f32 {
    if x.abs() < 1.0 / 4096.0 {
        return x;
    }
    let (rest, quadrant) = reduce(x);
    of_quadrant(rest, quadrant)
}

/// The cosine of an angle in radians.
pub(crate) fn cosf(x: f32) -> f32 {
    if x.abs() < 1.0 / 4096.0 {
        return 1.0;
    }
    let (rest, quadrant) = reduce(x);
    of_quadrant(rest, quadrant.wrapping_add(1))
}

/// The sine of `rest` turned on by so many quarters of a circle.
fn of_quadrant(rest: f64, quadrant: u32) -> f32 {
    let value = if quadrant & 1 == 0 {
        sine(rest)
    } else {
        cosine(rest)
    };
    let value = value as f32;
    if quadrant & 2 == 0 { value } else { -value }
}

fn sine(x: f64) -> f64 {
    let [s3, s5, s7] = SINE.map(f64::from_bits);
    let square = x * x;
    let cube = x * square;
    let high = s5 + square * s7;
    let low = x + cube * s3;
    low + cube * square * high
}

fn cosine(x: f64) -> f64 {
    let [c2, c4, c6, c8] = COSINE.map(f64::from_bits);
    let square = x * x;
    let fourth = square * square;
    let high = c6 + square * c8;
    let low = (1.0 + square * c2) + fourth * c4;
    low + fourth * square * high
}

/// What is left of the angle, within ±π/4, and how many quarters of a circle were taken off.
fn reduce(x: f32) -> (f64, u32) {
    // The limits are those of the GNU C library, which compares the highest 12 bits.
    let top = x.to_bits() >> 20 & 0x7ff;
    if top < 0x3f4 {
        (x.into(), 0)
    } else if top < 0x42f {
        // 24 bits of fraction, rounded half up.
        let quarters = f64::from(x) * (core::f64::consts::FRAC_2_PI * f64::from(1 << 24));
        let quadrant = (quarters as i32 + (1 << 23)) >> 24;
        (
            f64::from(x) - f64::from(quadrant) * FRAC_PI_2,
            quadrant as u32,
        )
    } else if x.is_finite() {
        reduce_large(x)
    } else {
        (f64::NAN, 0)
    }
}

/// The same for angles of which a product with π/2 in double precision has too few bits: 96 bits
/// of 4/π are multiplied with the fraction, and full turns drop out at the top.
fn reduce_large(x: f32) -> (f64, u32) {
    let bits = x.to_bits();
    let exponent = bits >> 23 & 0xff;
    let fraction = (bits & 0x7f_ffff | 0x80_0000) << (exponent & 7);
    let first = (exponent >> 3 & 15) as usize;
    // The four bytes of 4/π that end at a byte; before its first there are zeros.
    let word = |end: usize| {
        (0..4).fold(0u32, |word, i| {
            let byte = (end + i).checked_sub(3).map_or(0, |at| FOUR_OVER_PI[at]);
            word << 8 | u32::from(byte)
        })
    };
    let high = fraction.wrapping_mul(word(first));
    let middle = u64::from(fraction) * u64::from(word(first + 4));
    let low = u64::from(fraction) * u64::from(word(first + 8));
    // Quarters of a circle with 62 bits of fraction.
    let quarters = (u64::from(high) << 32 | low >> 32).wrapping_add(middle);
    let quadrant = quarters.wrapping_add(1 << 61) >> 62;
    let rest = quarters.wrapping_sub(quadrant << 62) as i64;
    // π/2 in the same scale.
    let rest = rest as f64 * (FRAC_PI_2 / (1u64 << 62) as f64);
    if x < 0.0 {
        (-rest, (quadrant as u32).wrapping_neg())
    } else {
        (rest, quadrant as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sine and cosine that the GNU C library 2.36 gives.
    #[test]
    fn bits_of_the_gnu_c_library() {
        let cases = [
            (1.0, 0x3f57_6aa4, 0x3f0a_5140),
            (-2.5, 0xbf19_3578, 0xbf4d_17bf),
            (100.0, 0xbf01_a12e, 0x3f5c_c0ee),
            (255.0, 0xbf01_a2e2, 0xbf5c_bfee),
            (511.0, 0x3f61_bbb4, 0xbef1_7fe5),
            (4095.0, 0xbf7f_7136, 0xbd87_1e6c),
            (1e9, 0x3f0b_bc65, 0x3f56_7fc6),
        ];
        for (x, sine, cosine) in cases {
            assert_eq!(sinf(x).to_bits(), sine, "sin {x}");
            assert_eq!(cosf(x).to_bits(), cosine, "cos {x}");
            assert_eq!(sinf(-x).to_bits(), sine ^ 1 << 31, "sin -{x}");
            assert_eq!(cosf(-x).to_bits(), cosine, "cos -{x}");
        }
    }

    /// Arguments for which the GNU C library does not give the correctly rounded result.
    #[test]
    fn the_same_roundings() {
        for (x, bits) in [(6.812_009, 0x3f01_2816), (18.651_997, 0xbe48_fcc3)] {
            assert_eq!(sinf(x).to_bits(), bits, "sin {x}");
        }
        for (x, bits) in [(1.927_998_5, 0xbeb3_05e8), (10.326_996, 0xbf1e_afe0)] {
            assert_eq!(cosf(x).to_bits(), bits, "cos {x}");
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!((sinf(0.0), cosf(0.0)), (0.0, 1.0));
        assert_eq!((sinf(1e-30), cosf(1e-30)), (1e-30, 1.0));
        assert!(sinf(f32::INFINITY).is_nan() && cosf(f32::NAN).is_nan());
        assert!(sinf(f32::MAX).abs() <= 1.0);
    }
}
