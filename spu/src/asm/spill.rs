//! Registers that live in local store, where there are too many for the 128.

use alloc::vec::Vec;

use super::flow::Flow;
use super::ir::{Alias, Operand, VInst};
use super::{Address, Assembler, Reg};
use crate::isa::Op;

/// Gives `register` a quadword of local store: every instruction that reads it loads it
/// before, every one that writes it stores it after, each through a fresh register.
/// Those are added to `untouchable`.
pub(super) fn spill(
    assembler: &mut Assembler,
    flow: &mut Flow,
    register: Reg,
    untouchable: &mut Vec<Reg>,
) {
    let slot = assembler.bss(16, 16);
    for block in &mut flow.blocks {
        let mut insts = Vec::with_capacity(block.insts.len());
        for mut inst in block.insts.drain(..) {
            let reads = inst.sources().any(|source| source == register);
            let writes = inst.target() == Some(register);
            if !reads && !writes {
                insts.push(inst);
                continue;
            }
            let through = assembler.reg();
            untouchable.push(through);
            for operand in [&mut inst.rt, &mut inst.ra, &mut inst.rb, &mut inst.rc] {
                if *operand == register {
                    *operand = through;
                }
            }
            if reads {
                insts.push(access(Op::Lqa, through, slot, &inst));
            }
            insts.push(inst);
            if writes {
                insts.push(access(Op::Stqa, through, slot, &inst));
            }
        }
        block.insts = insts;
    }
}

fn access(op: Op, rt: Reg, slot: Address, for_inst: &VInst) -> VInst {
    VInst {
        rt,
        operand: Operand::Address(slot),
        alias: Some(Alias::SPILLS),
        ..VInst::new(op, for_inst.at)
    }
}
