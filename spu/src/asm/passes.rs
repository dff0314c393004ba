//! The passes in their order.

use alloc::vec::Vec;

use super::allocate::{self, Colours};
use super::flow::Flow;
use super::liveness::Liveness;
use super::program::{self, Lowered};
use super::{AssembleError, Assembler, Program, Reg, hints, layout, schedule, spill};

/// How often registers are moved to local store before it is given up.
const SPILL_ROUNDS: usize = 12;
/// More values than this alive in a scheduled block, and it goes back to the order in
/// which it was written.
const CROWDED: usize = Reg::PHYSICAL as usize - 4;

pub(super) fn finish(mut assembler: Assembler) -> Result<Program, AssembleError> {
    let mut flow = Flow::new(&assembler)?;
    let liveness = Liveness::new(&flow, assembler.registers as usize);
    allocate::check_initialised(&flow, &liveness)?;
    if assembler.options.hints {
        hints::insert(&mut flow);
    }
    // Links are written by the call itself: nothing can be stored after it.
    let mut untouchable: Vec<Reg> = assembler.bodies.iter().map(|body| body.link).collect();
    for _ in 0..SPILL_ROUNDS {
        match place(&assembler, &flow, &untouchable) {
            Ok((flow, colours)) => {
                let blocks = lower(&assembler, &flow, &colours);
                return program::resolve(&assembler, &flow, blocks);
            }
            Err(registers) if registers.is_empty() => break,
            Err(registers) => {
                for register in registers {
                    spill::spill(&mut assembler, &mut flow, register, &mut untouchable);
                }
            }
        }
    }
    let liveness = Liveness::new(&flow, assembler.registers as usize);
    Err(allocate::pressure_error(&assembler, &flow, &liveness))
}

/// Schedules and finds registers; otherwise says which registers to move to local store.
fn place(
    assembler: &Assembler,
    flow: &Flow,
    untouchable: &[Reg],
) -> Result<(Flow, Colours), Vec<Reg>> {
    let registers = assembler.registers as usize;
    if !assembler.options.schedule {
        return allocate::allocate(flow, registers, untouchable)
            .map(|colours| (with_hints_checked(flow.clone()), colours));
    }
    let liveness = Liveness::new(flow, registers);
    let mut scheduled = flow.clone();
    for (index, block) in scheduled.blocks.iter_mut().enumerate() {
        let (live_in, live_out) = (&liveness.live_in[index], &liveness.live_out[index]);
        let insts = schedule::schedule(&block.insts, live_in, live_out, &assembler.storage);
        if allocate::pressure(&insts, live_out) <= CROWDED {
            block.insts = insts;
        }
    }
    let scheduled = with_hints_checked(scheduled);
    match allocate::allocate(&scheduled, registers, untouchable) {
        Ok(colours) => Ok((scheduled, colours)),
        // What was written may need fewer registers than what was scheduled.
        Err(_) => allocate::allocate(flow, registers, untouchable)
            .map(|colours| (with_hints_checked(flow.clone()), colours)),
    }
}

fn with_hints_checked(mut flow: Flow) -> Flow {
    for (index, block) in flow.blocks.iter_mut().enumerate() {
        hints::remove_late(block, index);
    }
    flow
}

/// The blocks on physical registers.
fn lower(assembler: &Assembler, flow: &Flow, colours: &Colours) -> Vec<Vec<Lowered>> {
    flow.blocks
        .iter()
        .map(|block| {
            let insts: Vec<Lowered> = block
                .insts
                .iter()
                .filter_map(|inst| program::lower(inst, colours))
                .collect();
            if assembler.options.align_pairs {
                layout::align_pairs(&insts)
            } else {
                insts
            }
        })
        .collect()
}
