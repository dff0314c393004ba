//! Instructions as the interpreter wants them.

use ::spu::isa::{Immediate, Inst, Op};

use super::local_store::ADDRESS_MASK;

/// A decoded instruction: 12 bytes, targets relative to the instruction made absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The instruction; `None` where the word is not decoded yet, or is no instruction.
    pub(crate) op: Option<Op>,
    pub(crate) rt: u8,
    pub(crate) ra: u8,
    pub(crate) rb: u8,
    pub(crate) rc: u8,
    /// Interrupt bits of indirect branches.
    pub(crate) features: u8,
    /// The immediate; for relative addresses, the address.
    pub(crate) imm: i32,
}

impl Decoded {
    /// Not decoded.
    pub(crate) const NONE: Self = Self {
        op: None,
        rt: 0,
        ra: 0,
        rb: 0,
        rc: 0,
        features: 0,
        imm: 0,
    };

    /// Decodes the word at `address`. `None` where it is no instruction of the SPUs of a
    /// PlayStation 3: the enhanced double-precision instructions are not.
    pub(crate) fn new(address: u32, word: u32) -> Option<Self> {
        let inst = Inst::decode(word)?;
        if inst.op.is_enhanced() {
            return None;
        }
        Some(Self::of(address, &inst))
    }

    fn of(address: u32, inst: &Inst) -> Self {
        let imm = match inst.op.info().immediate {
            Immediate::Rel18 => (address.wrapping_add_signed(inst.imm) & ADDRESS_MASK) as i32,
            _ => inst.imm,
        };
        Self {
            op: Some(inst.op),
            rt: inst.rt,
            ra: inst.ra,
            rb: inst.rb,
            rc: inst.rc,
            features: inst.features,
            imm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_targets_wrap_around_local_store() {
        let branch = Inst {
            imm: -8,
            ..Inst::new(Op::Br)
        };
        let word = branch.encode().unwrap();
        assert_eq!(Decoded::new(4, word).unwrap().imm, 0x3_fffc);
        assert_eq!(Decoded::new(0x100, word).unwrap().imm, 0xf8);
    }

    #[test]
    fn enhanced_instructions_are_not_there() {
        let word = Inst::new(Op::Dfceq).encode().unwrap();
        assert_eq!(Decoded::new(0, word), None);
    }
}
