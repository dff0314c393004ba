//! The 128-bit register of the SPU.

use std::fmt;

/// A quadword: the contents of one register, or of 16 aligned bytes of local store.
///
/// The architecture counts words, halfwords and bytes from the left, the most significant
/// end. Inside, the words lie the other way round, so that on a little-endian host the
/// quadword is one 128-bit number in host order and quadword shifts are plain shifts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(C, align(16))]
pub struct Quad([u32; 4]);

impl Quad {
    /// All bits 0.
    pub const ZERO: Self = Self([0; 4]);

    /// The quadword of four words, leftmost (the preferred slot) first.
    #[inline(always)]
    #[must_use]
    pub const fn from_words(words: [u32; 4]) -> Self {
        Self([words[3], words[2], words[1], words[0]])
    }

    /// The four words, leftmost first.
    #[inline(always)]
    #[must_use]
    pub const fn words(self) -> [u32; 4] {
        [self.0[3], self.0[2], self.0[1], self.0[0]]
    }

    /// The same word in all four slots.
    #[inline(always)]
    #[must_use]
    pub const fn splat(word: u32) -> Self {
        Self([word; 4])
    }

    /// A word in the preferred slot, the others 0.
    #[inline(always)]
    #[must_use]
    pub const fn preferred(word: u32) -> Self {
        Self([0, 0, 0, word])
    }

    /// The word in the preferred slot (the leftmost).
    #[inline(always)]
    #[must_use]
    pub const fn word(self) -> u32 {
        self.0[3]
    }

    /// The quadword of 16 bytes as they lie in local store.
    #[inline(always)]
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_u128(u128::from_be_bytes(bytes))
    }

    /// The 16 bytes as they lie in local store.
    #[inline(always)]
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.to_u128().to_be_bytes()
    }

    /// The quadword as a number whose most significant end is the left.
    #[inline(always)]
    #[must_use]
    pub const fn from_u128(value: u128) -> Self {
        Self([
            value as u32,
            (value >> 32) as u32,
            (value >> 64) as u32,
            (value >> 96) as u32,
        ])
    }

    /// The number whose most significant end is the left.
    #[inline(always)]
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        self.0[0] as u128
            | (self.0[1] as u128) << 32
            | (self.0[2] as u128) << 64
            | (self.0[3] as u128) << 96
    }

    /// The two doublewords, left first.
    #[inline(always)]
    #[must_use]
    pub const fn doublewords(self) -> [u64; 2] {
        [
            (self.0[3] as u64) << 32 | self.0[2] as u64,
            (self.0[1] as u64) << 32 | self.0[0] as u64,
        ]
    }

    /// The quadword of two doublewords, left first.
    #[inline(always)]
    #[must_use]
    pub const fn from_doublewords(values: [u64; 2]) -> Self {
        Self([
            values[1] as u32,
            (values[1] >> 32) as u32,
            values[0] as u32,
            (values[0] >> 32) as u32,
        ])
    }

    /// The words in host order, rightmost first.
    #[inline(always)]
    pub(crate) const fn lanes(self) -> [u32; 4] {
        self.0
    }

    /// The quadword of words in host order, rightmost first.
    #[inline(always)]
    pub(crate) const fn from_lanes(lanes: [u32; 4]) -> Self {
        Self(lanes)
    }

    /// Applies `f` to every word.
    #[inline(always)]
    pub(crate) fn map_words(self, f: impl Fn(u32) -> u32) -> Self {
        Self(self.0.map(f))
    }

    /// Applies `f` to every pair of words.
    #[inline(always)]
    pub(crate) fn zip_words(self, other: Self, f: impl Fn(u32, u32) -> u32) -> Self {
        let (a, b) = (self.0, other.0);
        Self([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])])
    }

    /// Applies `f` to every triple of words.
    #[inline(always)]
    pub(crate) fn zip3_words(
        self,
        second: Self,
        third: Self,
        f: impl Fn(u32, u32, u32) -> u32,
    ) -> Self {
        let (a, b, c) = (self.0, second.0, third.0);
        Self([
            f(a[0], b[0], c[0]),
            f(a[1], b[1], c[1]),
            f(a[2], b[2], c[2]),
            f(a[3], b[3], c[3]),
        ])
    }

    /// Applies `f` to every halfword.
    #[inline(always)]
    pub(crate) fn map_halfwords(self, f: impl Fn(u16) -> u16) -> Self {
        self.map_words(|w| u32::from(f((w >> 16) as u16)) << 16 | u32::from(f(w as u16)))
    }

    /// Applies `f` to every pair of halfwords.
    #[inline(always)]
    pub(crate) fn zip_halfwords(self, other: Self, f: impl Fn(u16, u16) -> u16) -> Self {
        self.zip_words(other, |a, b| {
            u32::from(f((a >> 16) as u16, (b >> 16) as u16)) << 16
                | u32::from(f(a as u16, b as u16))
        })
    }

    /// Applies `f` to every byte.
    #[inline(always)]
    pub(crate) fn map_bytes(self, f: impl Fn(u8) -> u8) -> Self {
        Self::from_bytes(self.bytes().map(f))
    }

    /// Applies `f` to every pair of bytes.
    #[inline(always)]
    pub(crate) fn zip_bytes(self, other: Self, f: impl Fn(u8, u8) -> u8) -> Self {
        let (a, b) = (self.bytes(), other.bytes());
        let mut result = [0; 16];
        for (at, byte) in result.iter_mut().enumerate() {
            *byte = f(a[at], b[at]);
        }
        Self::from_bytes(result)
    }
}

impl fmt::Debug for Quad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.words();
        write!(f, "{a:08x}_{b:08x}_{c:08x}_{d:08x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_counted_from_the_left() {
        let bytes: [u8; 16] = core::array::from_fn(|at| at as u8);
        let quad = Quad::from_bytes(bytes);
        assert_eq!(quad.word(), 0x0001_0203);
        assert_eq!(
            quad.words(),
            [0x0001_0203, 0x0405_0607, 0x0809_0a0b, 0x0c0d_0e0f]
        );
        assert_eq!(
            quad.doublewords(),
            [0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f]
        );
        assert_eq!(quad.bytes(), bytes);
        assert_eq!(Quad::from_doublewords(quad.doublewords()), quad);
        assert_eq!(Quad::from_words(quad.words()), quad);
        assert_eq!(Quad::from_u128(quad.to_u128()), quad);
        assert_eq!(format!("{quad:?}"), "00010203_04050607_08090a0b_0c0d0e0f");
    }
}
