//! The floating-point status and control register.

/// Masks of the register's bits (section 4.2.2).
pub(in super::super) mod bit {
    /// Exception summary.
    pub const FX: u32 = 1 << 31;
    /// Enabled exception summary.
    pub const FEX: u32 = 1 << 30;
    /// Invalid operation summary.
    pub const VX: u32 = 1 << 29;
    /// Overflow.
    pub const OX: u32 = 1 << 28;
    /// Underflow.
    pub const UX: u32 = 1 << 27;
    /// Zero divide.
    pub const ZX: u32 = 1 << 26;
    /// Inexact.
    pub const XX: u32 = 1 << 25;
    /// Invalid: signaling NaN.
    pub const VXSNAN: u32 = 1 << 24;
    /// Invalid: infinity minus infinity.
    pub const VXISI: u32 = 1 << 23;
    /// Invalid: infinity over infinity.
    pub const VXIDI: u32 = 1 << 22;
    /// Invalid: zero over zero.
    pub const VXZDZ: u32 = 1 << 21;
    /// Invalid: infinity times zero.
    pub const VXIMZ: u32 = 1 << 20;
    /// Invalid: compare.
    pub const VXVC: u32 = 1 << 19;
    /// The last rounding made the magnitude larger.
    pub const FR: u32 = 1 << 18;
    /// The last result is inexact.
    pub const FI: u32 = 1 << 17;
    /// Class of the result, and in its low four bits the outcome of a compare.
    pub const FPRF: u32 = 31 << 12;
    /// The low four bits of the class.
    pub const FPCC: u32 = 15 << 12;
    /// Position of [`FPCC`].
    pub const FPCC_SHIFT: u32 = 12;
    /// Invalid: by software.
    pub const VXSOFT: u32 = 1 << 10;
    /// Invalid: root of a negative number.
    pub const VXSQRT: u32 = 1 << 9;
    /// Invalid: conversion to an integer.
    pub const VXCVI: u32 = 1 << 8;
    /// Invalid operation enabled.
    pub const VE: u32 = 1 << 7;
    /// Overflow enabled.
    pub const OE: u32 = 1 << 6;
    /// Underflow enabled.
    pub const UE: u32 = 1 << 5;
    /// Zero divide enabled.
    pub const ZE: u32 = 1 << 4;
    /// Inexact enabled.
    pub const XE: u32 = 1 << 3;

    /// All causes of an invalid operation.
    pub const ALL_INVALID: u32 =
        VXSNAN | VXISI | VXIDI | VXZDZ | VXIMZ | VXVC | VXSOFT | VXSQRT | VXCVI;
    /// The exceptions: what sets FX when it becomes 1, and what `mcrfs` clears beside FX.
    pub const EXCEPTIONS: u32 = OX | UX | ZX | XX | ALL_INVALID;
    /// What is always computed from other bits.
    pub const SUMMARIES: u32 = FEX | VX;
    /// The one bit that has no meaning: it reads as 0.
    pub const RESERVED: u32 = 1 << 11;
}

/// How results are rounded: RN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingMode {
    /// To the nearest number, of two equally near ones to the even one.
    Nearest,
    /// Toward zero.
    Zero,
    /// Toward plus infinity.
    Up,
    /// Toward minus infinity.
    Down,
}

/// The floating-point status and control register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fpscr(u32);

impl Fpscr {
    /// The register with these bits; the summaries VX and FEX follow from the others.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        let mut fpscr = Self(bits & !bit::RESERVED);
        fpscr.summarise();
        fpscr
    }

    /// The register's 32 bits.
    #[must_use]
    pub fn to_bits(self) -> u32 {
        self.0
    }

    /// The rounding mode.
    #[must_use]
    pub fn rounding(self) -> RoundingMode {
        match self.0 & 3 {
            0 => RoundingMode::Nearest,
            1 => RoundingMode::Zero,
            2 => RoundingMode::Up,
            _ => RoundingMode::Down,
        }
    }

    pub(in super::super) fn is_set(self, mask: u32) -> bool {
        self.0 & mask != 0
    }

    /// Writes the bits of a mask.
    pub(in super::super) fn assign(&mut self, mask: u32, bits: u32) {
        self.0 = self.0 & !mask | bits & mask & !bit::RESERVED;
        self.summarise();
    }

    /// Records exceptions of an instruction: FX becomes 1 with any that was 0.
    #[inline]
    pub(in super::super) fn raise(&mut self, exceptions: u32) {
        if exceptions & !self.0 != 0 {
            self.raise_new(exceptions);
        }
    }

    #[cold]
    fn raise_new(&mut self, exceptions: u32) {
        self.0 |= exceptions | bit::FX;
        self.summarise();
    }

    fn summarise(&mut self) {
        let bits = self.0 & !bit::SUMMARIES;
        let invalid = bits & bit::ALL_INVALID != 0;
        let enabled = invalid && bits & bit::VE != 0
            || bits >> 22 & bits & (bit::OE | bit::UE | bit::ZE | bit::XE) != 0;
        self.0 = bits | u32::from(invalid) << 29 | u32::from(enabled) << 30;
    }

    /// FR, FI and the class of a result that is no more than inexact.
    #[inline(always)]
    pub(in super::super) fn set_ordinary(&mut self, bits: u32) {
        if bits & bit::FI != 0 {
            self.raise(bit::XX);
        }
        self.set_result(bits);
    }

    /// What rounding toward zero to an integer leaves: the class of the result stays.
    #[inline(always)]
    pub(in super::super) fn set_cut(&mut self, inexact: bool) {
        if inexact {
            self.raise(bit::XX);
        }
        let inexact = if inexact { bit::FI } else { 0 };
        self.0 = self.0 & !(bit::FR | bit::FI) | inexact;
    }

    /// The outcome of a compare.
    #[inline(always)]
    pub(in super::super) fn set_compared(&mut self, code: u32) {
        self.0 = self.0 & !bit::FPCC | code << bit::FPCC_SHIFT;
    }

    /// FR, FI and the class of a result.
    #[inline]
    pub(super) fn set_result(&mut self, bits: u32) {
        self.0 = self.0 & !(bit::FR | bit::FI | bit::FPRF) | bits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_follow() {
        let mut fpscr = Fpscr::from_bits(bit::OE);
        fpscr.raise(bit::XX);
        assert_eq!(fpscr.to_bits(), bit::FX | bit::XX | bit::OE);
        fpscr.raise(bit::OX | bit::VXISI);
        assert!(fpscr.is_set(bit::FEX) && fpscr.is_set(bit::VX));
        fpscr.assign(bit::OX | bit::VXISI, 0);
        assert_eq!(fpscr.to_bits(), bit::FX | bit::XX | bit::OE);
        assert_eq!(
            Fpscr::from_bits(bit::FEX | bit::VX | bit::RESERVED).to_bits(),
            0
        );
    }
}
