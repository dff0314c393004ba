//! One instruction word and its fields.
//!
//! The field names are those of "PowerPC User Instruction Set Architecture", version 2.02,
//! section 1.7. Bit 0 is the most significant there; shifts below count from the least
//! significant bit.

/// A 32-bit instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u32);

impl Word {
    const fn five(self, shift: u32) -> usize {
        (self.0 >> shift & 31) as usize
    }

    /// RT, RS, FRT, FRS, VD, VS, BT, BO or TO: bits 6 to 10.
    #[must_use]
    pub const fn t(self) -> usize {
        self.five(21)
    }

    /// RA, FRA, VA, BA or BI: bits 11 to 15.
    #[must_use]
    pub const fn a(self) -> usize {
        self.five(16)
    }

    /// RB, FRB, VB, BB, SH or NB: bits 16 to 20.
    #[must_use]
    pub const fn b(self) -> usize {
        self.five(11)
    }

    /// FRC, VC or MB: bits 21 to 25.
    #[must_use]
    pub const fn c(self) -> usize {
        self.five(6)
    }

    /// ME: bits 26 to 30.
    #[must_use]
    pub const fn me(self) -> u32 {
        self.0 >> 1 & 31
    }

    /// The six-bit shift amount of the MD and XS forms.
    #[must_use]
    pub const fn shift6(self) -> u32 {
        (self.0 >> 11 & 31) | (self.0 << 4 & 32)
    }

    /// The six-bit mask bound of the MD and MDS forms.
    #[must_use]
    pub const fn mask6(self) -> u32 {
        (self.0 >> 6 & 31) | (self.0 & 32)
    }

    /// SI or D, sign-extended to 64 bits.
    #[must_use]
    pub const fn signed(self) -> u64 {
        self.0 as i16 as u64
    }

    /// UI.
    #[must_use]
    pub const fn unsigned(self) -> u64 {
        (self.0 & 0xffff) as u64
    }

    /// DS with its two zero bits, sign-extended to 64 bits.
    #[must_use]
    pub const fn ds(self) -> u64 {
        (self.0 & 0xfffc) as i16 as u64
    }

    /// LI with its two zero bits, sign-extended.
    #[must_use]
    pub const fn li(self) -> u64 {
        ((self.0 << 6) as i32 >> 6 & !3) as u64
    }

    /// BF: the condition register field that is written.
    #[must_use]
    pub const fn bf(self) -> usize {
        (self.0 >> 23 & 7) as usize
    }

    /// BFA: the field that is read.
    #[must_use]
    pub const fn bfa(self) -> usize {
        (self.0 >> 18 & 7) as usize
    }

    /// L of the compares: the operands are 64 bits wide.
    #[must_use]
    pub const fn l(self) -> bool {
        self.0 >> 21 & 1 != 0
    }

    /// FXM: the fields of the condition register, the first in the most significant bit.
    #[must_use]
    pub const fn fxm(self) -> u32 {
        self.0 >> 12 & 0xff
    }

    /// Bit 11: `mfocrf` and `mtocrf` rather than `mfcr` and `mtcrf`.
    #[must_use]
    pub const fn one_field(self) -> bool {
        self.0 >> 20 & 1 != 0
    }

    /// FLM: the fields of the FPSCR.
    #[must_use]
    pub const fn flm(self) -> u32 {
        self.0 >> 17 & 0xff
    }

    /// U: the value of `mtfsfi`.
    #[must_use]
    pub const fn u(self) -> u32 {
        self.0 >> 12 & 15
    }

    /// The number of a special purpose register, its halves put right.
    #[must_use]
    pub const fn spr(self) -> u32 {
        (self.0 >> 16 & 31) | (self.0 >> 6 & 0x3e0)
    }

    /// SIM: the five-bit signed immediate of the vector splats.
    #[must_use]
    pub const fn sim(self) -> i32 {
        (self.0 << 11) as i32 >> 27
    }

    /// SHB: the four-bit byte shift of `vsldoi`.
    #[must_use]
    pub const fn shb(self) -> u32 {
        self.0 >> 6 & 15
    }

    /// Rc, or LK.
    #[must_use]
    pub const fn rc(self) -> bool {
        self.0 & 1 != 0
    }

    /// OE: the summary overflow and the overflow bit are written.
    #[must_use]
    pub const fn oe(self) -> bool {
        self.0 >> 10 & 1 != 0
    }

    /// Rc of the vector compares.
    #[must_use]
    pub const fn vector_rc(self) -> bool {
        self.0 >> 10 & 1 != 0
    }

    /// AA: the branch target is absolute.
    #[must_use]
    pub const fn aa(self) -> bool {
        self.0 & 2 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_fields_extend() {
        assert_eq!(Word(0x3860_ffff).signed(), u64::MAX);
        assert_eq!(Word(0x4bff_fffc).li(), (-4_i64) as u64);
        assert_eq!(Word(0x4800_0008).li(), 8);
        assert_eq!(Word(0x101f_030c).sim(), -1);
        assert_eq!(Word(0xe87f_fff9).ds(), (-8_i64) as u64);
    }

    #[test]
    fn spr_halves_are_swapped() {
        // mflr r0, mfspr r0,256
        assert_eq!(Word(0x7c08_02a6).spr(), 8);
        assert_eq!(Word(0x7c00_42a6).spr(), 256);
    }
}
