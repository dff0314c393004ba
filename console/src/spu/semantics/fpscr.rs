//! The floating-point status and control register.
//!
//! Source: SPU ISA document, section 9.3. Bits 20:21 and 22:23 hold the rounding modes of
//! the two double-precision slots, 29:31, 61:63, 93:95 and 125:127 the single-precision
//! exceptions of the four slots, 50:55 and 82:87 the double-precision exceptions of the
//! two, 116:119 the division by zero of the estimates in the four slots. The exceptions
//! are sticky; nothing traps.

use crate::spu::quad::Quad;

/// How double-precision results are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    Nearest,
    TowardZero,
    Up,
    Down,
}

/// Single precision: the result was too large and is saturated.
pub(crate) const OVERFLOW: u32 = 4;
/// Single precision: the result was too small and is zero.
pub(crate) const UNDERFLOW: u32 = 2;
/// Single precision: an operand or the result means something else in IEEE arithmetic (a
/// denormal, exponent 255), or the result overflowed or underflowed.
pub(crate) const DIFFERENCE: u32 = 1;

/// Double precision: overflow.
pub(crate) const DOUBLE_OVERFLOW: u32 = 0x2000;
/// Double precision: the result is tiny and inexact.
pub(crate) const DOUBLE_UNDERFLOW: u32 = 0x1000;
/// Double precision: inexact.
pub(crate) const DOUBLE_INEXACT: u32 = 0x0800;
/// Double precision: invalid operation or a signalling NaN.
pub(crate) const DOUBLE_INVALID: u32 = 0x0400;
/// Double precision: a NaN operand was replaced by the default NaN.
pub(crate) const DOUBLE_NAN: u32 = 0x0200;
/// Double precision: a denormal operand was taken as zero.
pub(crate) const DOUBLE_DENORMAL: u32 = 0x0100;

/// The bits that exist, by word.
const IMPLEMENTED: [u32; 4] = [0x0f07, 0x3f07, 0x3f07, 0x0f07];

/// The register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fpscr([u32; 4]);

impl Fpscr {
    /// `fscrwr`: bits that do not exist stay 0.
    pub(crate) fn write(&mut self, value: Quad) {
        let words = value.words();
        self.0 = core::array::from_fn(|at| words[at] & IMPLEMENTED[at]);
    }

    /// `fscrrd`.
    pub(crate) fn read(self) -> Quad {
        Quad::from_words(self.0)
    }

    /// The rounding mode of double-precision slot 0 (left) or 1.
    pub(crate) fn rounding(self, slot: usize) -> Rounding {
        match self.0[0] >> (10 - 2 * slot) & 3 {
            0 => Rounding::Nearest,
            1 => Rounding::TowardZero,
            2 => Rounding::Up,
            _ => Rounding::Down,
        }
    }

    /// Records single-precision exceptions of a slot, 0 to 3 from the left.
    pub(crate) fn record_single(&mut self, slot: usize, exceptions: u32) {
        self.0[slot & 3] |= exceptions;
    }

    /// Records double-precision exceptions of slot 0 or 1.
    pub(crate) fn record_double(&mut self, slot: usize, exceptions: u32) {
        self.0[1 + (slot & 1)] |= exceptions;
    }

    /// Records that an estimate's operand in a slot, 0 to 3, was zero.
    pub(crate) fn record_zero_divisor(&mut self, slot: usize) {
        self.0[3] |= 0x800 >> (slot & 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_bits_are_kept() {
        let mut register = Fpscr::default();
        register.write(Quad::splat(!0));
        assert_eq!(register.read().words(), [0x0f07, 0x3f07, 0x3f07, 0x0f07]);
    }

    #[test]
    fn rounding_modes_by_slot() {
        let mut register = Fpscr::default();
        register.write(Quad::preferred(0x0000_0600));
        assert_eq!(register.rounding(0), Rounding::TowardZero);
        assert_eq!(register.rounding(1), Rounding::Up);
    }
}
