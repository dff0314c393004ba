//! 16-bit floats: 1 sign bit, 5 exponent bits, 10 fraction bits, with infinities and denormals.

/// `x` rounded to the nearest value that a 16-bit float holds (ties to even), as a 32-bit float.
///
/// Free of branches so that it vectorises.
#[inline(always)]
#[must_use]
pub fn round(x: f32) -> f32 {
    let bits = x.to_bits();
    let sign = bits & 0x8000_0000;
    let magnitude = bits & 0x7fff_ffff;
    // Normal numbers: round away the lower 13 fraction bits.
    let rounded = magnitude.wrapping_add(0xfff + (magnitude >> 13 & 1)) & !0x1fff;
    // Below 2^-14 the distance of values is 2^-24, which is that of floats from 0.5 to 1.
    let small = (f32::from_bits(magnitude) + 0.5) - 0.5;
    let finite = if magnitude < 0x3880_0000 {
        small.to_bits()
    } else {
        rounded
    };
    // From 65520 on there is infinity (its pattern is 0x7f80_0000); NaN stays NaN.
    let limited = if finite >= 0x4780_0000 {
        0x7f80_0000
    } else {
        finite
    };
    let result = if magnitude > 0x7f80_0000 {
        0x7fc0_0000
    } else {
        limited
    };
    f32::from_bits(result | sign)
}

/// The 16 bits of the value nearest to `x`.
#[inline]
#[must_use]
pub fn to_bits(x: f32) -> u16 {
    let bits = round(x).to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if magnitude == 0x7f80_0000 {
        return sign | 0x7c00;
    }
    if magnitude < 0x3880_0000 {
        // A multiple of 2^-24, which is the unit of denormals.
        return sign | (f32::from_bits(magnitude) * 16_777_216.0) as u16;
    }
    sign | ((magnitude - 0x3800_0000) >> 13) as u16
}

/// The value of 16 bits.
#[inline]
#[must_use]
pub fn from_bits(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let magnitude = u32::from(bits & 0x7fff);
    let value = match magnitude >> 10 {
        0 => (magnitude as f32 * (1.0 / 16_777_216.0)).to_bits(),
        31 => 0x7f80_0000 | (magnitude & 0x3ff) << 13,
        _ => (magnitude << 13) + 0x3800_0000,
    };
    f32::from_bits(value | sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: sign × 2^(exponent - 15) × 1.fraction, computed in f64.
    fn model(bits: u16) -> f64 {
        let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
        let exponent = i32::from(bits >> 10 & 31);
        let fraction = f64::from(bits & 0x3ff);
        sign * match exponent {
            0 => fraction * 2f64.powi(-24),
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
        }
    }

    #[test]
    fn every_pattern_has_its_value_and_survives() {
        for bits in 0..=u16::MAX {
            let value = from_bits(bits);
            let expected = model(bits);
            if expected.is_nan() {
                assert!(value.is_nan());
                assert!(round(value).is_nan());
            } else {
                assert_eq!(f64::from(value), expected, "{bits:#x}");
                assert_eq!(round(value).to_bits(), value.to_bits(), "{bits:#x}");
                assert_eq!(to_bits(value), bits);
            }
        }
    }

    #[test]
    fn rounding_goes_to_the_nearest_and_ties_to_even() {
        // Between each pair of neighbours: the middle, and a bit to either side.
        for bits in 0..0x7bffu16 {
            let (low, high) = (from_bits(bits), from_bits(bits + 1));
            let middle = low + (high - low) / 2.0;
            let even = if bits & 1 == 0 { low } else { high };
            assert_eq!(round(middle), even, "{bits:#x}");
            assert_eq!(
                round(f32::from_bits(middle.to_bits() - 1)),
                low,
                "{bits:#x}"
            );
            assert_eq!(
                round(f32::from_bits(middle.to_bits() + 1)),
                high,
                "{bits:#x}"
            );
            assert_eq!(round(-middle), -even);
        }
        assert_eq!(round(65519.996), 65504.0);
        assert_eq!(round(65520.0), f32::INFINITY);
        assert_eq!(round(f32::MAX), f32::INFINITY);
        assert_eq!(round(-1e-30).to_bits(), (-0.0f32).to_bits());
    }
}
