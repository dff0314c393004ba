//! The value of a vector register.

/// 128 bits; element 0 holds the most significant bits, as the AltiVec manual numbers them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vector(pub u128);

macro_rules! lanes {
    ($(#[$doc:meta])* $split:ident, $join:ident, $type:ty, $count:expr) => {
        $(#[$doc])*
        #[inline(always)]
        #[must_use]
        pub fn $split(self) -> [$type; $count] {
            const BYTES: usize = size_of::<$type>();
            let bytes = self.0.to_be_bytes();
            std::array::from_fn(|at| {
                <$type>::from_be_bytes(std::array::from_fn(|byte| bytes[at * BYTES + byte]))
            })
        }

        /// The register that holds these elements.
        #[inline(always)]
        #[must_use]
        pub fn $join(lanes: [$type; $count]) -> Self {
            const BYTES: usize = size_of::<$type>();
            let mut bytes = [0; 16];
            for (to, lane) in bytes.chunks_exact_mut(BYTES).zip(lanes) {
                to.copy_from_slice(&lane.to_be_bytes());
            }
            Self(u128::from_be_bytes(bytes))
        }
    };
}

impl Vector {
    /// The sixteen bytes.
    #[inline(always)]
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The register that holds these elements.
    #[inline(always)]
    #[must_use]
    pub fn from_bytes(lanes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(lanes))
    }

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
        let vector = Vector(0x0001_0203_0405_0607_0809_0a0b_0c0d_0eff);
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
