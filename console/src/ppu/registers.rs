//! The registers that a user-mode program sees.

use super::float::Fpscr;
use super::vector::Vector;

/// Bits of a condition register field, and of the field's copy of XER SO.
pub mod condition {
    /// Less than, or negative.
    pub const LT: u32 = 8;
    /// Greater than, or positive.
    pub const GT: u32 = 4;
    /// Equal, or zero.
    pub const EQ: u32 = 2;
    /// Summary overflow; unordered after a floating-point compare.
    pub const SO: u32 = 1;
}

/// The fixed-point exception register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Xer {
    /// Summary overflow: sticky.
    pub so: bool,
    /// Overflow of the last instruction with OE.
    pub ov: bool,
    /// Carry.
    pub ca: bool,
    /// Bytes that `lswx` and `stswx` move: seven bits.
    pub count: u8,
}

impl Xer {
    /// The register as `mfxer` reads it; reserved bits are 0.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        u64::from(self.so) << 31
            | u64::from(self.ov) << 30
            | u64::from(self.ca) << 29
            | u64::from(self.count & 0x7f)
    }

    /// What `mtxer` writes; reserved bits are dropped.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self {
            so: bits >> 31 & 1 != 0,
            ov: bits >> 30 & 1 != 0,
            ca: bits >> 29 & 1 != 0,
            count: (bits & 0x7f) as u8,
        }
    }
}

/// The vector status and control register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vscr {
    /// Non-Java mode: denormalised operands and results count as zeros.
    pub nj: bool,
    /// An element of a saturating instruction saturated: sticky.
    pub sat: bool,
}

impl Vscr {
    /// The register as the low word of `mfvscr`.
    #[must_use]
    pub fn to_bits(self) -> u32 {
        u32::from(self.nj) << 16 | u32::from(self.sat)
    }

    /// What `mtvscr` writes; reserved bits are dropped.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self {
            nj: bits >> 16 & 1 != 0,
            sat: bits & 1 != 0,
        }
    }
}

/// All user-mode registers of one PPU thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registers {
    /// Address of the next instruction.
    pub pc: u64,
    /// General purpose registers.
    pub gpr: [u64; 32],
    /// Floating-point registers: the bits of double-precision numbers.
    pub fpr: [u64; 32],
    /// Vector registers.
    pub vr: [Vector; 32],
    /// Condition register; field 0 is in the most significant four bits.
    pub cr: u32,
    /// Link register.
    pub lr: u64,
    /// Count register.
    pub ctr: u64,
    /// Fixed-point exception register.
    pub xer: Xer,
    /// Floating-point status and control register.
    pub fpscr: Fpscr,
    /// Vector status and control register.
    pub vscr: Vscr,
    /// The vector registers in use, as the program tells the system.
    pub vrsave: u32,
}

impl Registers {
    /// RA, or 0 where the field is 0: `(RA|0)` of the manuals.
    #[inline]
    #[must_use]
    pub fn base(&self, ra: usize) -> u64 {
        // No branch, which would be foreseen badly.
        let kept = 0_u64.wrapping_sub(u64::from(ra != 0));
        self.gpr[ra] & kept
    }

    /// Bit `at` of the condition register, bit 0 being the most significant.
    #[inline]
    #[must_use]
    pub fn cr_bit(&self, at: usize) -> bool {
        self.cr >> (31 - at) & 1 != 0
    }

    /// Writes bit `at` of the condition register.
    #[inline]
    pub fn set_cr_bit(&mut self, at: usize, value: bool) {
        let shift = 31 - at;
        self.cr = self.cr & !(1 << shift) | u32::from(value) << shift;
    }

    /// The four bits of a condition register field.
    #[inline]
    #[must_use]
    pub fn cr_field(&self, field: usize) -> u32 {
        self.cr >> (28 - 4 * field) & 15
    }

    /// Writes the four bits of a condition register field.
    #[inline]
    pub fn set_cr_field(&mut self, field: usize, value: u32) {
        let shift = 28 - 4 * field;
        self.cr = self.cr & !(15 << shift) | (value & 15) << shift;
    }

    /// A condition register field from an ordering and the summary overflow bit.
    #[inline]
    pub fn compare<T: Ord>(&mut self, field: usize, left: T, right: T) {
        let order = if left < right {
            condition::LT
        } else if left > right {
            condition::GT
        } else {
            condition::EQ
        };
        self.set_cr_field(field, order | u32::from(self.xer.so));
    }

    /// Field 0 from a result: what Rc does in the fixed-point instructions.
    #[inline]
    pub fn record(&mut self, result: u64) {
        self.compare(0, result as i64, 0);
    }

    /// Field 1 from the FPSCR: what Rc does in the floating-point instructions.
    #[inline]
    pub fn record_float(&mut self) {
        self.set_cr_field(1, self.fpscr.to_bits() >> 28);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn condition_fields_are_numbered_from_the_left() {
        let mut registers = Registers::default();
        registers.set_cr_field(0, 9);
        registers.set_cr_bit(31, true);
        assert_eq!(registers.cr, 0x9000_0001);
        assert!(registers.cr_bit(0) && !registers.cr_bit(1));
        registers.xer.so = true;
        registers.compare(7, 1_u64, 2);
        assert_eq!(registers.cr, 0x9000_0009);
    }

    #[test]
    fn xer_and_vscr_keep_what_is_defined() {
        assert_eq!(Xer::from_bits(u64::MAX).to_bits(), 0xe000_007f);
        assert_eq!(Vscr::from_bits(u32::MAX).to_bits(), 0x0001_0001);
    }
}
