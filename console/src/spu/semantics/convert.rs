//! Conversions between integers and single precision (section 9 of the ISA document).
//!
//! `scale` is the power of two that the instruction's immediate stands for: 173 less the
//! field for conversions to integers, 155 less the field for conversions from integers.

use crate::spu::quad::Quad;

/// The magnitude of `word * 2^scale`, truncated; `u64::MAX` where it is far too large.
#[inline(always)]
fn magnitude(word: u32, scale: i32) -> u64 {
    let exponent = (word >> 23 & 0xff) as i32;
    if exponent == 0 {
        return 0;
    }
    let significand = u64::from(word & 0x7f_ffff | 0x80_0000);
    match exponent - 150 + scale {
        shift @ 0..=32 => significand << shift,
        shift if shift > 32 => u64::MAX,
        shift => significand.checked_shr(shift.unsigned_abs()).unwrap_or(0),
    }
}

/// Single precision times 2^scale to signed words, truncated, saturating.
#[inline]
pub(crate) fn cflts(a: Quad, scale: i32) -> Quad {
    a.map_words(|word| {
        let magnitude = magnitude(word, scale);
        if word >> 31 == 0 {
            magnitude.min(0x7fff_ffff) as u32
        } else {
            (magnitude.min(0x8000_0000) as u32).wrapping_neg()
        }
    })
}

/// Single precision times 2^scale to unsigned words, truncated, saturating.
#[inline]
pub(crate) fn cfltu(a: Quad, scale: i32) -> Quad {
    a.map_words(|word| {
        if word >> 31 == 0 {
            magnitude(word, scale).min(0xffff_ffff) as u32
        } else {
            0
        }
    })
}

/// `magnitude / 2^scale` with a sign, truncated.
#[inline(always)]
fn single(sign: u32, magnitude: u32, scale: i32) -> u32 {
    if magnitude == 0 {
        return 0;
    }
    let zeros = magnitude.leading_zeros();
    let exponent = 127 + 31 - zeros as i32 - scale;
    match exponent {
        ..=0 => 0,
        1..=255 => {
            let fraction = (magnitude << zeros) >> 8 & 0x7f_ffff;
            sign | (exponent as u32) << 23 | fraction
        }
        _ => sign | 0x7fff_ffff,
    }
}

/// Signed words divided by 2^scale to single precision, truncated.
#[inline]
pub(crate) fn csflt(a: Quad, scale: i32) -> Quad {
    a.map_words(|word| single(word & 0x8000_0000, (word as i32).unsigned_abs(), scale))
}

/// Unsigned words divided by 2^scale to single precision, truncated.
#[inline]
pub(crate) fn cuflt(a: Quad, scale: i32) -> Quad {
    a.map_words(|word| single(0, word, scale))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(f: fn(Quad, i32) -> Quad, word: u32, scale: i32) -> u32 {
        f(Quad::splat(word), scale).word()
    }

    #[test]
    fn limits() {
        let bits = f32::to_bits;
        assert_eq!(one(cflts, bits(-1.99), 0), -1_i32 as u32);
        assert_eq!(one(cflts, bits(2_147_483_648.0), 0), 0x7fff_ffff);
        assert_eq!(one(cflts, bits(-2_147_483_648.0), 0), 0x8000_0000);
        assert_eq!(one(cflts, 0xffff_ffff, 0), 0x8000_0000);
        assert_eq!(one(cflts, 0x7fc0_0000, 127), 0x7fff_ffff);
        assert_eq!(one(cflts, bits(0.75), 2), 3);
        assert_eq!(one(cfltu, bits(-1.0), 0), 0);
        assert_eq!(one(cfltu, bits(4_294_967_296.0), 0), 0xffff_ffff);
        assert_eq!(one(cfltu, bits(4_294_967_040.0), 0), 0xffff_ff00);
        assert_eq!(one(cfltu, 0x007f_ffff, 127), 0);
        assert_eq!(one(csflt, 0, 0), 0);
        assert_eq!(one(csflt, 0x7fff_ffff, 0), 0x4eff_ffff);
        assert_eq!(one(csflt, 0x8000_0000, 0), 0xcf00_0000);
        assert_eq!(one(csflt, 1, 127), 0);
        assert_eq!(one(csflt, 1, 126), 0x0080_0000);
        assert_eq!(one(csflt, 3, 1), bits(1.5));
        assert_eq!(one(cuflt, 0xffff_ffff, 32), 0x3f7f_ffff);
    }

    proptest! {
        #[test]
        fn integers_of_24_bits_come_back(value in -0xff_ffff_i32..=0xff_ffff, scale in 0_i32..100) {
            let word = value as u32;
            prop_assert_eq!(one(csflt, word, 0), (value as f32).to_bits());
            prop_assert_eq!(one(cflts, one(csflt, word, scale), scale), word);
            let positive = value.unsigned_abs();
            prop_assert_eq!(one(cfltu, one(cuflt, positive, scale), scale), positive);
        }

        #[test]
        fn truncation_is_that_of_the_host(value: f32) {
            prop_assume!(value.is_finite());
            prop_assert_eq!(one(cflts, value.to_bits(), 0), value as i32 as u32);
            prop_assert_eq!(one(cfltu, value.to_bits(), 0), value as u32);
        }
    }
}
