//! Formats of depth targets.

use crate::rsx::half;

/// Layout of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 16 bits, all ones being 1.
    Z16,
    /// A 16-bit float.
    Z16Float,
    /// 24 bits, all ones being 1, and 8 of stencil below.
    Z24S8,
    /// A float of 8 bits of exponent and 16 of mantissa, and 8 of stencil below.
    Z24S8Float,
}

impl Format {
    /// Bytes of a pixel.
    #[must_use]
    pub fn bytes(self) -> u32 {
        match self {
            Self::Z16 | Self::Z16Float => 2,
            Self::Z24S8 | Self::Z24S8Float => 4,
        }
    }

    /// There is a stencil.
    #[must_use]
    pub fn has_stencil(self) -> bool {
        !matches!(self, Self::Z16 | Self::Z16Float)
    }

    /// The bits of a depth; of two depths, the bits of the greater are not less.
    #[inline(always)]
    #[must_use]
    pub fn bits(self, depth: f32) -> u32 {
        // Not a number counts as 0.
        let depth = if depth > 0.0 { depth } else { 0.0 };
        let fixed = |most: f64| (f64::from(depth.min(1.0)) * most).round_ties_even() as u32;
        match self {
            Self::Z16 => fixed(65_535.0),
            // Of positive numbers the greater has the greater bits.
            Self::Z16Float => half::to_bits(depth).into(),
            Self::Z24S8 => fixed(16_777_215.0),
            Self::Z24S8Float => depth.to_bits() >> 7,
        }
    }

    /// The least difference of two depths, where it is the same everywhere.
    #[must_use]
    pub fn resolution(self) -> Option<f64> {
        match self {
            Self::Z16 => Some(1.0 / 65_535.0),
            Self::Z24S8 => Some(1.0 / 16_777_215.0),
            Self::Z16Float | Self::Z24S8Float => None,
        }
    }

    /// The bits of depth that `SET_ZSTENCIL_CLEAR_VALUE` names.
    ///
    /// Source: RPCS3 `rsx_decode.h`.
    #[must_use]
    pub fn clear_bits(self, value: u32) -> u32 {
        match self {
            Self::Z16 | Self::Z16Float => value & 0xffff,
            Self::Z24S8 | Self::Z24S8Float => value >> 8,
        }
    }
}

/// A pixel of a depth target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pixel {
    /// The bits of its depth.
    pub depth: u32,
    /// Its stencil, 0 where there is none.
    pub stencil: u8,
}

impl Pixel {
    /// Of its two bytes.
    #[inline(always)]
    #[must_use]
    pub fn from_z16(bytes: [u8; 2]) -> Self {
        Self {
            depth: u16::from_be_bytes(bytes).into(),
            stencil: 0,
        }
    }

    /// Its two bytes.
    #[inline(always)]
    #[must_use]
    pub fn to_z16(self) -> [u8; 2] {
        (self.depth as u16).to_be_bytes()
    }

    /// Of its four bytes.
    #[inline(always)]
    #[must_use]
    pub fn from_z24s8(bytes: [u8; 4]) -> Self {
        let word = u32::from_be_bytes(bytes);
        Self {
            depth: word >> 8,
            stencil: word as u8,
        }
    }

    /// Its four bytes.
    #[inline(always)]
    #[must_use]
    pub fn to_z24s8(self) -> [u8; 4] {
        (self.depth << 8 | u32::from(self.stencil)).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn depths_are_the_documented_bits() {
        for (format, one, half) in [
            (Format::Z16, 0xffff, 0x8000),
            (Format::Z16Float, 0x3c00, 0x3800),
            (Format::Z24S8, 0x00ff_ffff, 0x0080_0000),
            (Format::Z24S8Float, 0x007f_0000, 0x007e_0000),
        ] {
            assert_eq!(format.bits(0.0), 0);
            assert_eq!(format.bits(-0.5), 0);
            assert_eq!(format.bits(f32::NAN), 0);
            assert_eq!(format.bits(1.0), one);
            assert_eq!(format.bits(0.5), half);
        }
        assert_eq!(Format::Z16.bits(2.0), 0xffff);
        assert_eq!(Format::Z16.clear_bits(0x1234_5678), 0x5678);
        assert_eq!(Format::Z24S8.clear_bits(0x1234_5678), 0x0012_3456);
    }

    proptest! {
        #[test]
        fn greater_depths_have_no_smaller_bits(a in 0.0f32..1.0, b in 0.0f32..1.0) {
            for format in [Format::Z16, Format::Z16Float, Format::Z24S8, Format::Z24S8Float] {
                prop_assert!(a > b || format.bits(a) <= format.bits(b));
            }
        }

        #[test]
        fn pixels_survive_their_bytes(bytes in any::<[u8; 4]>()) {
            prop_assert_eq!(Pixel::from_z24s8(bytes).to_z24s8(), bytes);
            let two = [bytes[0], bytes[1]];
            prop_assert_eq!(Pixel::from_z16(two).to_z16(), two);
        }
    }
}
