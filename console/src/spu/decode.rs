//! Instructions as the interpreter wants them.

use ::spu::isa::{Format, Immediate, Inst, Op};

use super::local_store::ADDRESS_MASK;
use super::timing::Slot;

/// A decoded instruction. Targets relative to the instruction are made absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The instruction; `None` where the word is not decoded yet, or is no instruction.
    pub(crate) op: Option<Op>,
    pub(crate) rt: u8,
    pub(crate) ra: u8,
    pub(crate) rb: u8,
    /// The immediate; for relative addresses, the address; for instructions with three
    /// sources, the third; for indirect branches, their interrupt bits; for hints to a
    /// register, the branch's address, or [`PREFETCH`].
    pub(crate) imm: i32,
    /// What the clock must know.
    pub(crate) slot: Slot,
}

const _: () = assert!(size_of::<Decoded>() == 16);

/// A hint that only asks for instruction fetch: `hbrp`.
pub(crate) const PREFETCH: i32 = -1;

impl Decoded {
    /// Not decoded.
    pub(crate) const NONE: Self = Self {
        op: None,
        rt: 0,
        ra: 0,
        rb: 0,
        imm: 0,
        slot: Slot::NONE,
    };

    /// Decodes the second word of `pair` for an address that is no multiple of 8, else the
    /// first; both lie in one doubleword. `None` where it is no instruction of the SPUs of a
    /// PlayStation 3: the enhanced double-precision instructions are not.
    pub(crate) fn new(address: u32, pair: [u32; 2]) -> Option<Self> {
        let second = !address.is_multiple_of(8);
        let inst = Inst::decode(pair[usize::from(second)])?;
        if inst.op.is_enhanced() {
            return None;
        }
        let before = second.then_some(pair[0]);
        Some(Self::of(address, &inst, before))
    }

    fn of(address: u32, inst: &Inst, before: Option<u32>) -> Self {
        let info = inst.op.info();
        let slot = Slot::new(address, inst, before);
        let branch = address.wrapping_add_signed(inst.ro.into()) & ADDRESS_MASK;
        let imm = match info.immediate {
            _ if inst.op == Op::Hbr && inst.features & Inst::FEATURE != 0 => PREFETCH,
            _ if inst.op == Op::Hbr => branch as i32,
            Immediate::Rel18 => (address.wrapping_add_signed(inst.imm) & ADDRESS_MASK) as i32,
            Immediate::No if info.format == Format::Rrr => inst.rc.into(),
            Immediate::No => inst.features.into(),
            _ => inst.imm,
        };
        let mut decoded = Self {
            op: Some(inst.op),
            rt: inst.rt,
            ra: inst.ra,
            rb: inst.rb,
            imm,
            slot,
        };
        if matches!(inst.op, Op::Hbra | Op::Hbrr) {
            [decoded.rt, decoded.ra, decoded.rb, _] = (branch / 4).to_le_bytes();
        }
        decoded
    }

    /// The address of the branch that `hbra` and `hbrr` speak of: it is where their
    /// registers would be.
    pub(crate) fn hinted_branch(&self) -> u32 {
        u32::from_le_bytes([self.rt, self.ra, self.rb, 0]) * 4
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
        assert_eq!(Decoded::new(4, [0, word]).unwrap().imm, 0x3_fffc);
        assert_eq!(Decoded::new(0x100, [word, 0]).unwrap().imm, 0xf8);
    }

    #[test]
    fn hints_name_their_branch() {
        let hint = |op, features| Inst {
            ra: 5,
            ro: -8,
            features,
            ..Inst::new(op)
        };
        let decode = |inst: Inst| Decoded::new(4, [0, inst.encode().unwrap()]).unwrap();
        assert_eq!(decode(hint(Op::Hbr, 0)).imm, 0x3_fffc);
        assert_eq!(decode(hint(Op::Hbr, Inst::FEATURE)).imm, PREFETCH);
        let absolute = Inst {
            ra: 0,
            imm: 0x1234,
            ..hint(Op::Hbra, 0)
        };
        assert_eq!(decode(absolute).hinted_branch(), 0x3_fffc);
        assert_eq!(decode(absolute).imm, 0x1234);
    }

    #[test]
    fn enhanced_instructions_are_not_there() {
        let word = Inst::new(Op::Dfceq).encode().unwrap();
        assert_eq!(Decoded::new(0, [word, 0]), None);
    }
}
