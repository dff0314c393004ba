//! The value of a vector register.

use std::fmt;

/// 128 bits; element 0 holds the most significant bits, as the AltiVec manual numbers them.
///
/// They are held as bytes, the least significant first: what is done to all elements of a vector
/// becomes a vector operation of hosts that have this order, which a `u128` does not.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[repr(align(16))]
pub struct Vector([u8; 16]);

macro_rules! lanes {
    ($(#[$doc:meta])* $split:ident, $join:ident, $type:ty, $count:expr) => {
        $(#[$doc])*
        #[inline(always)]
        #[must_use]
        pub fn $split(self) -> [$type; $count] {
            let (lanes, _) = self.0.as_chunks();
            std::array::from_fn(|at| <$type>::from_le_bytes(lanes[$count - 1 - at]))
        }

        /// The register that holds these elements.
        #[inline(always)]
        #[must_use]
        pub fn $join(lanes: [$type; $count]) -> Self {
            let mut bytes = [0; 16];
            let (to, _) = bytes.as_chunks_mut();
            for (to, lane) in to.iter_mut().rev().zip(lanes) {
                *to = lane.to_le_bytes();
            }
            Self(bytes)
        }
    };
}

impl fmt::Debug for Vector {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Vector({:#034x})", self.to_bits())
    }
}

impl Vector {
    /// The register with these bits.
    #[inline(always)]
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits.to_le_bytes())
    }

    /// All bits of the register.
    #[inline(always)]
    #[must_use]
    pub const fn to_bits(self) -> u128 {
        u128::from_le_bytes(self.0)
    }

    /// The sixteen bytes, the last one first.
    #[inline(always)]
    #[must_use]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The register that holds these bytes, the last one first.
    #[inline(always)]
    #[must_use]
    pub const fn from_le_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    lanes!(/** The sixteen bytes. */ bytes, from_bytes, u8, 16);
    lanes!(/** The sixteen bytes, signed. */ signed_bytes, from_signed_bytes, i8, 16);
    lanes!(/** The eight halfwords. */ halves, from_halves, u16, 8);
    lanes!(/** The eight halfwords, signed. */ signed_halves, from_signed_halves, i16, 8);
    lanes!(/** The four words. */ words, from_words, u32, 4);
    lanes!(/** The four words, signed. */ signed_words, from_signed_words, i32, 4);

    /// The four words as the bits of single-precision numbers.
    #[inline(always)]
    #[must_use]
    pub fn floats(self) -> [f32; 4] {
        self.words().map(f32::from_bits)
    }

    /// The register that holds these numbers.
    #[inline(always)]
    #[must_use]
    pub fn from_floats(lanes: [f32; 4]) -> Self {
        Self::from_words(lanes.map(f32::to_bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_zero_is_the_most_significant() {
        let vector = Vector::from_bits(0x0001_0203_0405_0607_0809_0a0b_0c0d_0eff);
        assert_eq!(vector.to_bits(), 0x0001_0203_0405_0607_0809_0a0b_0c0d_0eff);
        assert_eq!(vector.bytes()[1], 1);
        assert_eq!(vector.signed_bytes()[15], -1);
        assert_eq!(vector.halves()[2], 0x0405);
        assert_eq!(
            vector.words(),
            [0x0001_0203, 0x0405_0607, 0x0809_0a0b, 0x0c0d_0eff]
        );
        assert_eq!(Vector::from_words(vector.words()), vector);
        assert_eq!(Vector::from_bytes(vector.bytes()), vector);
        assert_eq!(Vector::from_signed_halves(vector.signed_halves()), vector);
    }
}
