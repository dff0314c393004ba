//! Hints for branches that are mostly taken.
//!
//! An SPU takes it that no branch is taken; one that is taken without a hint costs 18
//! cycles. A hint names the branch and its target. It must come at least eight
//! instructions before the branch, and only the last one counts. ("Cell Broadband Engine
//! Programming Handbook", version 1.12, section on SPU branch hints.)

use alloc::vec::Vec;
use core::panic::Location;

use super::flow::{Block, Flow};
use super::ir::{Operand, VInst};
use crate::isa::{Effect, Op};

/// Instructions from a hint to its branch, at least.
const DISTANCE: usize = 8;
/// And at most: a hint says a distance of up to 255 words, and the alignment of pairs may put a
/// `nop` behind each instruction.
const REACH: usize = 120;

/// Puts a hint at the start of each block that ends in a branch worth one, or before the
/// block where that is a loop too short for it. The scheduler moves it further.
pub(super) fn insert(flow: &mut Flow) {
    let hinted: Vec<bool> = (0..flow.blocks.len())
        .map(|index| is_taken(flow, index) && flow.blocks[index].insts.len() > DISTANCE)
        .collect();
    for index in 0..flow.blocks.len() {
        if hinted[index] {
            let hint = hint_for(&flow.blocks[index], index);
            flow.blocks[index].insts.insert(0, hint);
        } else if is_taken(flow, index)
            && flow.blocks[index].successors.contains(&index)
            && let Some(before) = preheader(flow, index)
            && !hinted[before]
        {
            let hint = hint_for(&flow.blocks[index], index);
            let insts = &mut flow.blocks[before].insts;
            let at = insts.len() - usize::from(ends_in_branch(insts));
            insts.insert(at, hint);
        }
    }
}

/// Takes back hints that scheduling left too near to the branch of their block, and brings those
/// that are further from it than they can say to where they can.
pub(super) fn check(block: &mut Block, index: usize) {
    let count = block.insts.len();
    let own = |inst: &VInst| inst.operand == Operand::Hint(index as u32);
    if let Some(at) = block.insts.iter().position(own)
        && at + REACH < count
    {
        let hint = block.insts.remove(at);
        block.insts.insert(count - REACH, hint);
    }
    let mut at = 0;
    block.insts.retain(|inst| {
        at += 1;
        !(own(inst) && count - at < DISTANCE)
    });
}

fn ends_in_branch(insts: &[VInst]) -> bool {
    insts.last().is_some_and(|inst| inst.op.is_branch())
}

/// Whether the block ends in a branch that is mostly taken and whose target is one place.
fn is_taken(flow: &Flow, index: usize) -> bool {
    let block = &flow.blocks[index];
    let Some(last) = block.insts.last() else {
        return false;
    };
    match (last.op.effect(), last.operand) {
        (Effect::Jump, Operand::Label(_) | Operand::Return) | (Effect::Call, _) => true,
        // Backwards: a loop.
        (Effect::ConditionalJump, Operand::Label(label)) => {
            flow.places[label.0 as usize].is_some_and(|place| place <= index)
        }
        _ => false,
    }
}

/// The only block before a loop of one block, where control comes from it always.
fn preheader(flow: &Flow, index: usize) -> Option<usize> {
    let mut before = (0..flow.blocks.len())
        .filter(|&other| other != index && flow.blocks[other].successors.contains(&index));
    let only = before.next()?;
    (before.next().is_none() && flow.blocks[only].call.is_none()).then_some(only)
}

fn hint_for(block: &Block, index: usize) -> VInst {
    let at: &'static Location<'static> = block.insts[block.insts.len() - 1].at;
    let operand = Operand::Hint(index as u32);
    let last = &block.insts[block.insts.len() - 1];
    if last.operand == Operand::Return {
        VInst {
            ra: last.ra,
            operand,
            ..VInst::new(Op::Hbr, at)
        }
    } else {
        VInst {
            operand,
            ..VInst::new(Op::Hbrr, at)
        }
    }
}
