//! Functions of the shader units, the same on every host: nothing but single IEEE operations in a fixed order.
//!
//! The console's own results are approximations, too (its functions are good
//! to about 20 bits); these are good to about 22. All are free of branches so
//! that loops over them vectorise.

/// Adding this to a number of magnitude below 2^22 puts its nearest integer into the low bits of the sum.
const TO_INTEGER: f32 = 12_582_912.0;

/// The integer nearest to `x`, ties to even.
#[inline(always)]
#[must_use]
pub fn nearest(x: f32) -> f32 {
    // From 2^23 on all floats are integers, and a sum from there to 2^24 has no fraction.
    let magic = f32::from_bits(8_388_608f32.to_bits() | x.to_bits() & 0x8000_0000);
    let rounded = (x + magic) - magic;
    if x.abs() < 8_388_608.0 { rounded } else { x }
}

/// The greatest integer that is not above `x`.
#[inline(always)]
#[must_use]
pub fn floor(x: f32) -> f32 {
    let near = nearest(x);
    if near > x { near - 1.0 } else { near }
}

/// `x` less its [`floor`].
#[inline(always)]
#[must_use]
pub fn fract(x: f32) -> f32 {
    x - floor(x)
}

/// `x` limited to 0 to 1; not a number gives 0.
#[inline(always)]
#[must_use]
pub fn saturate(x: f32) -> f32 {
    let low = if x > 0.0 { x } else { 0.0 };
    if low < 1.0 { low } else { 1.0 }
}

/// 2 to the power of `x`.
#[inline(always)]
#[must_use]
pub fn exp2(x: f32) -> f32 {
    let limited = if x < 128.0 { x } else { 128.0 };
    let limited = if limited > -150.0 { limited } else { -150.0 };
    let whole = nearest(limited);
    let f = limited - whole;
    // Taylor series of 2^f, f from -1/2 to 1/2: coefficients ln(2)^n / n!.
    let p = 1.525_273_4e-5;
    let p = p * f + 1.540_353e-4;
    let p = p * f + 1.333_355_8e-3;
    let p = p * f + 9.618_129e-3;
    let p = p * f + 5.550_411e-2;
    let p = p * f + 2.402_265e-1;
    let p = p * f + std::f32::consts::LN_2;
    let p = p * f + 1.0;
    // The power in two steps, so that neither leaves the range of normal numbers.
    let n = (whole + TO_INTEGER)
        .to_bits()
        .wrapping_sub(TO_INTEGER.to_bits()) as i32;
    let half = n >> 1;
    let first = f32::from_bits(((half + 127) as u32) << 23);
    let second = f32::from_bits(((n - half + 127) as u32) << 23);
    let result = p * first * second;
    if x.is_nan() { x } else { result }
}

/// Logarithm of `x` to base 2: -∞ of 0, not a number of negative numbers.
#[inline(always)]
#[must_use]
pub fn log2(x: f32) -> f32 {
    // Denormals are scaled up first.
    let tiny = x < 1.175_494_4e-38;
    let scaled = if tiny { x * 16_777_216.0 } else { x };
    let bits = scaled.to_bits();
    // Mantissa from 1/√2 to √2.
    let shifted = bits.wrapping_sub(0x3f35_04f3);
    let exponent = (shifted as i32) >> 23;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3));
    // ln(m) = 2 artanh(s), s = (m - 1) / (m + 1).
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let p = 0.222_222_22;
    let p = p * s2 + 0.285_714_3;
    let p = p * s2 + 0.4;
    let p = p * s2 + 0.666_666_7;
    let p = p * s2 + 2.0;
    let bias = if tiny { 24.0 } else { 0.0 };
    let result = p * s * std::f32::consts::LOG2_E + (exponent as f32 - bias);
    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    if x < 0.0 || x.is_nan() {
        f32::NAN
    } else {
        result
    }
}

/// Sine of `x` in radians.
#[inline(always)]
#[must_use]
pub fn sin(x: f32) -> f32 {
    let (r, odd) = reduce(x, 0.0);
    sine_of_reduced(r, odd)
}

/// Cosine of `x` in radians.
#[inline(always)]
#[must_use]
pub fn cos(x: f32) -> f32 {
    let (r, odd) = reduce(x, 0.5);
    sine_of_reduced(r, odd)
}

/// With k the integer nearest to x / π + `quarter`: x + `quarter` π - k π, and whether k is odd.
#[inline(always)]
fn reduce(x: f32, quarter: f32) -> (f32, u32) {
    let k = nearest(x * std::f32::consts::FRAC_1_PI + quarter);
    let odd = (k + TO_INTEGER).to_bits() & 1;
    let j = k - quarter;
    // π in three parts, the first two short enough for exact products with k below 2^12.
    let r = x - j * 3.140_625;
    let r = r - j * 9.675_026e-4;
    let r = r - j * 1.509_958e-7;
    (r, odd)
}

/// Sine of r from -π/2 to π/2, negated where `odd` is 1.
#[inline(always)]
fn sine_of_reduced(r: f32, odd: u32) -> f32 {
    let r2 = r * r;
    // Taylor series: -1/11!, 1/9!, -1/7!, 1/5!, -1/3!.
    let p = -2.505_210_8e-8;
    let p = p * r2 + 2.755_731_9e-6;
    let p = p * r2 - 1.984_127e-4;
    let p = p * r2 + 8.333_333e-3;
    let p = p * r2 - 1.666_666_7e-1;
    let s = r + r * r2 * p;
    // A sine never leaves -1 to 1, also of an argument too large to be reduced.
    let s = if s < 1.0 { s } else { 1.0 };
    let s = if s > -1.0 { s } else { -1.0 };
    f32::from_bits(s.to_bits() ^ odd << 31)
}

/// 1 / √|x|.
#[inline(always)]
#[must_use]
pub fn reciprocal_square_root(x: f32) -> f32 {
    1.0 / x.abs().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of all magnitudes and both signs, and neighbours of integers and halves.
    fn samples() -> Vec<f32> {
        let mut all = vec![0.0, -0.0, 1e-45, -1e-45, f32::MAX, f32::MIN, f32::INFINITY];
        for exponent in 0..=254u32 {
            for fraction in [0u32, 1, 0x2a_aaaa, 0x40_0000, 0x7f_ffff] {
                let x = f32::from_bits(exponent << 23 | fraction);
                all.extend([x, -x]);
            }
        }
        for n in -1000..=1000 {
            let x = n as f32 * 0.25;
            all.extend([
                x,
                f32::from_bits(x.to_bits() + 1),
                f32::from_bits(x.to_bits().wrapping_sub(1)),
            ]);
        }
        all.retain(|x| !x.is_nan());
        all
    }

    #[test]
    fn floor_and_nearest_are_exact() {
        for x in samples() {
            assert_eq!(floor(x), x.floor(), "{x:e}");
            assert_eq!(nearest(x), x.round_ties_even(), "{x:e}");
        }
        assert!(floor(f32::NAN).is_nan());
    }

    #[test]
    fn saturate_limits_and_drops_nan() {
        assert_eq!(
            [-1.0, 0.25, 2.0, f32::NAN].map(saturate),
            [0.0, 0.25, 1.0, 0.0]
        );
    }

    #[test]
    fn exponential_and_logarithm_are_close() {
        for x in samples().into_iter().filter(|x| x.is_finite()) {
            let (found, expected) = (exp2(x), f64::from(x).exp2());
            if expected > f64::from(f32::MAX) {
                assert_eq!(found, f32::INFINITY, "{x:e}");
            } else {
                let error = (f64::from(found) - expected).abs();
                assert!(
                    error <= expected * 4e-7 + 1.5e-45,
                    "exp2 {x:e}: {found:e} {expected:e}"
                );
            }
            if x > 0.0 {
                let (found, expected) = (f64::from(log2(x)), f64::from(x).log2());
                let error = (found - expected).abs();
                assert!(
                    error <= expected.abs() * 2e-7 + 2e-7,
                    "log2 {x:e}: {found} {expected}"
                );
            }
        }
        assert_eq!(log2(0.0), f32::NEG_INFINITY);
        assert_eq!(log2(f32::INFINITY), f32::INFINITY);
        assert!(log2(-1.0).is_nan() && log2(f32::NAN).is_nan() && exp2(f32::NAN).is_nan());
        assert_eq!(
            (exp2(3.0), exp2(0.0), exp2(-1.0), log2(8.0), log2(1.0)),
            (8.0, 1.0, 0.5, 3.0, 0.0)
        );
    }

    #[test]
    fn sine_and_cosine_are_close() {
        for n in -40_000..=40_000 {
            let x = n as f32 * 0.017;
            for (found, expected) in [(sin(x), f64::from(x).sin()), (cos(x), f64::from(x).cos())] {
                assert!(
                    (f64::from(found) - expected).abs() < 5e-7,
                    "{x}: {found} {expected}"
                );
            }
        }
        for x in samples() {
            for s in [sin(x), cos(x)] {
                assert!(s.abs() <= 1.0 || x.is_infinite(), "{x:e}");
            }
        }
    }
}
