//! Instructions as the interpreter wants them.

use ::spu::isa::{Format, Immediate, Inst, Op};

use super::local_store::ADDRESS_MASK;

/// A decoded instruction in 8 bytes, so that fetching one is a single load. Targets
/// relative to the instruction are made absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The instruction; `None` where the word is not decoded yet, or is no instruction.
    pub(crate) op: Option<Op>,
    pub(crate) rt: u8,
    pub(crate) ra: u8,
    pub(crate) rb: u8,
    /// The immediate; for relative addresses, the address; for instructions with three
    /// sources, the third; for indirect branches, their interrupt bits.
    pub(crate) imm: i32,
}

const _: () = assert!(size_of::<Decoded>() == 8);

impl Decoded {
    /// Not decoded.
    pub(crate) const NONE: Self = Self {
        op: None,
        rt: 0,
        ra: 0,
        rb: 0,
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
        let info = inst.op.info();
        let imm = match info.immediate {
            Immediate::Rel18 => (address.wrapping_add_signed(inst.imm) & ADDRESS_MASK) as i32,
            Immediate::No if info.format == Format::Rrr => inst.rc.into(),
            Immediate::No => inst.features.into(),
            _ => inst.imm,
        };
        Self {
            op: Some(inst.op),
            rt: inst.rt,
            ra: inst.ra,
            rb: inst.rb,
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
