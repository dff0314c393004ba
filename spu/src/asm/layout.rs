//! Pairs: an even instruction at an even word and an odd one after it are issued together.

use alloc::vec::Vec;

use super::program::Lowered;
use crate::isa::{Inst, Op, Pipe};

/// Adds `nop` and `lnop` so that whatever can be issued together is aligned for it. The
/// block begins and ends at a multiple of 8.
pub(super) fn align_pairs(insts: &[Lowered]) -> Vec<Lowered> {
    let mut out = Vec::with_capacity(insts.len() * 3 / 2 + 1);
    let mut rest = insts;
    while let Some((first, after)) = rest.split_first() {
        match after {
            // Stays together whether or not it is issued together, unless that tears
            // apart a pair that follows.
            [second, third @ ..]
                if is_pair(first, second)
                    || !third.first().is_some_and(|third| is_pair(second, third)) =>
            {
                out.extend([*first, *second]);
                rest = third;
            }
            _ => {
                out.extend(with_filler(first));
                rest = after;
            }
        }
    }
    out
}

/// Whether the two are issued in one cycle when aligned and ready.
fn is_pair(first: &Lowered, second: &Lowered) -> bool {
    let pipe = |lowered: &Lowered| lowered.inst.op.info().class.pipe();
    let target = first.inst.target();
    pipe(first) == Pipe::Even
        && pipe(second) == Pipe::Odd
        && !(target.is_some() && second.inst.sources().contains(&target))
}

/// The instruction with nothing in the other pipe.
fn with_filler(lowered: &Lowered) -> [Lowered; 2] {
    let filler = |op| lowered.filler(Inst::new(op));
    match lowered.inst.op.info().class.pipe() {
        Pipe::Even => [*lowered, filler(Op::Lnop)],
        Pipe::Odd => [filler(Op::Nop), *lowered],
    }
}
