//! Activations for products with 4-bit weights: blocks of 12 bits.
//!
//! A processor that multiplies 16-bit numbers gets the eight bits that a 4-bit weight leaves
//! unused for nothing. So activations are kept eight times finer than Q8_0 keeps them, and their
//! rounding is no longer felt next to that of the weights. The scale of a group is a power of
//! two, which makes all steps but the last one exact and needs no division.

/// The largest magnitude of a quantised activation.
pub const LARGEST: i32 = 2048;
/// Bits that a value with the group's exponent has above the point.
const BITS: u32 = 10;
/// Groups whose largest value has a smaller biased exponent are scaled as if it had this one, so
/// that scale and inverse are always ordinary numbers.
pub const LEAST_EXPONENT: u32 = 32;
/// Bits behind the point that take part in the rounding.
pub const ROUNDING_BITS: u32 = 12;

/// Quantises `values`, all of which share a scale, to `out`; gives the scale.
///
/// With the exponent e of the largest magnitude m, 2^e ≤ m < 2^(e+1), the scale is 2^(e - 10).
/// A value is multiplied with 1 / scale, cut to multiples of 2^-12 towards zero, and rounded to
/// the nearest integer, halves upwards. The result is within ±[`LARGEST`].
///
/// # Panics
/// Where the slices have different lengths.
pub fn quantise(values: &[f32], out: &mut [i16]) -> f32 {
    assert_eq!(values.len(), out.len(), "length of the output");
    let largest = values.iter().fold(0, |largest, value| {
        largest.max(value.to_bits() & 0x7fff_ffff)
    });
    let exponent = (largest >> 23).max(LEAST_EXPONENT);
    let inverse = f32::from_bits((254 + BITS - exponent) << 23);
    for (value, out) in values.iter().zip(out) {
        // Infinities and NaN become some number; the fraction's bits are exact below 2^23.
        let fine = (value * inverse * (1 << ROUNDING_BITS) as f32) as i32;
        let rounded = fine.saturating_add(1 << (ROUNDING_BITS - 1)) >> ROUNDING_BITS;
        *out = rounded.clamp(-LARGEST, LARGEST) as i16;
    }
    f32::from_bits((exponent - BITS) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_scale_is_a_power_of_two_below_the_largest() {
        let mut out = [0; 4];
        assert_eq!(quantise(&[1.0, -0.5, 0.25, 0.0], &mut out), 1.0 / 1024.0);
        assert_eq!(out, [1024, -512, 256, 0]);
        assert_eq!(
            quantise(&[1.999_999_9, -1.0, 0.0, 0.0], &mut out),
            1.0 / 1024.0
        );
        assert_eq!(out, [2048, -1024, 0, 0]);
        // Halves go upwards.
        let half = 1.0 / 2048.0;
        quantise(&[1.0, half, -half, 3.0 * half], &mut out);
        assert_eq!(out, [1024, 1, 0, 2]);
    }

    #[test]
    fn zeros_and_the_least_numbers_stay_what_they_are() {
        let mut out = [1; 3];
        let scale = quantise(&[0.0, -0.0, 1e-45], &mut out);
        assert_eq!(out, [0, 0, 0]);
        assert!(scale > 0.0);
        quantise(&[f32::INFINITY, f32::NAN, f32::NEG_INFINITY], &mut out);
    }

    proptest! {
        #[test]
        fn no_value_is_off_by_more_than_half_a_step(
            values in prop::collection::vec(-1e6f32..1e6, 1..40),
        ) {
            let mut out = std::vec![0; values.len()];
            let scale = quantise(&values, &mut out);
            let largest = values.iter().fold(0f32, |m, x| m.max(x.abs()));
            prop_assert!(largest < scale * 2048.0 && (largest >= scale * 1024.0 || largest < 1e-20));
            for (value, quantised) in values.iter().zip(out) {
                let off = (f64::from(*value) - f64::from(quantised) * f64::from(scale)).abs();
                prop_assert!(off <= f64::from(scale) * 0.501);
            }
        }
    }
}
