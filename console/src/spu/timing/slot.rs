//! What the clock must know of an instruction, worked out when it is decoded.

use ::spu::isa::{Inst, Op};

use super::class::{Class, Pipe};
use super::table::FETCH_ALIGN;

/// Stands for "no register": always ready.
const READY: u8 = 128;
/// Takes the results that nobody reads.
const NOWHERE: u8 = 129;
/// The stage of the floating-point unit that FI and SP instructions share.
pub(super) const FLOAT_UNIT: u8 = 130;
/// The port of local store, where DMA has it.
pub(super) const PORT: u8 = 131;

/// One instruction at its address, in 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(8))]
pub(crate) struct Slot {
    /// What has to be ready.
    pub(super) sources: [u8; 4],
    /// What the instruction writes.
    pub(super) target: u8,
    /// Cycles until the target is ready.
    pub(super) latency: u8,
    /// [`Slot::PAIRED`] and others.
    pub(super) flags: u8,
}

const _: () = assert!(size_of::<Slot>() == 8);

impl Slot {
    /// It can be issued together with the instruction before it.
    pub(super) const PAIRED: u8 = 1;
    /// At a multiple of [`FETCH_ALIGN`]: what was fetched may end before it.
    pub(super) const LINE: u8 = 2;
    pub(super) const FLOAT_INTEGER: u8 = 4;
    pub(super) const DOUBLE: u8 = 8;
    pub(super) const SYNC: u8 = 16;
    pub(super) const DSYNC: u8 = 32;
    /// All flags that are looked at one by one.
    pub(super) const SPECIAL: u8 = !Self::PAIRED;

    /// Where nothing is decoded.
    pub(crate) const NONE: Self = Self {
        sources: [READY; 4],
        target: NOWHERE,
        latency: 0,
        flags: 0,
    };

    /// The instruction at `address`, behind the word `before` where both share a
    /// doubleword.
    pub(crate) fn new(address: u32, inst: &Inst, before: Option<u32>) -> Self {
        let class = Class::of(inst.op);
        let mut slot = Self::NONE;
        let registers = inst.sources().into_iter().flatten();
        for (source, register) in slot.sources.iter_mut().zip(registers) {
            *source = register;
        }
        match class {
            Class::Single => slot.sources[3] = FLOAT_UNIT,
            Class::LoadStore => slot.sources[3] = PORT,
            _ => {}
        }
        slot.target = inst.target().unwrap_or(NOWHERE);
        slot.latency = class.latency();
        let mut flag = |flag, condition| {
            if condition {
                slot.flags |= flag;
            }
        };
        let first = before.and_then(Inst::decode).map(|inst| Class::of(inst.op));
        let pair = class.pipe() == Pipe::Odd
            && first.is_some_and(|first| first.pipe() == Pipe::Even && first != Class::Double);
        flag(Self::PAIRED, pair);
        flag(Self::LINE, address.is_multiple_of(FETCH_ALIGN));
        flag(Self::FLOAT_INTEGER, class == Class::FloatInteger);
        flag(Self::DOUBLE, class == Class::Double);
        flag(Self::SYNC, inst.op == Op::Sync);
        flag(Self::DSYNC, inst.op == Op::Dsync);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_registers_at_most_leave_room_for_the_floating_point_unit_or_the_port() {
        for &op in Op::ALL {
            let registers = Inst::new(op).sources().into_iter().flatten().count();
            let shared = matches!(Class::of(op), Class::Single | Class::LoadStore);
            let limit = if shared { 3 } else { 4 };
            assert!(registers <= limit, "{op}");
        }
    }
}
