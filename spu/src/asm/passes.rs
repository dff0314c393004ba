//! The passes in their order.

use alloc::vec::Vec;

use super::allocate::{self, Colours};
use super::flow::Flow;
use super::liveness::Liveness;
use super::program::{self, Lowered};
use super::{AssembleError, Assembler, Program, Reg, hints, layout, schedule, spill};

/// How often registers are moved to local store before it is given up.
const SPILL_ROUNDS: usize = 16;
/// How often that is done for the sake of schedules.
const FEW_ROUNDS: usize = 4;
/// More values than this alive in a scheduled block, and it has to do with fewer.
const CROWDED: usize = Reg::PHYSICAL as usize - 4;
/// So many values may be alive before the scheduler prefers what frees registers. Where registers
/// do not suffice, blocks go from one to the next, and at last back to the order in which they were
/// written.
const COMFORTABLE: [usize; 4] = [104, 92, 80, 64];
/// How often blocks are scheduled anew with fewer registers.
const SCHEDULE_ROUNDS: usize = 8;
/// So many registers go to local store rather than that blocks are scheduled anew.
const FEW: usize = 4;
/// Blocks that differ by no more values than this are taken as equally crowded.
const SIMILAR: usize = 4;

pub(super) fn finish(mut assembler: Assembler) -> Result<Program, AssembleError> {
    let mut flow = Flow::new(&assembler)?;
    let liveness = Liveness::new(&flow, assembler.registers as usize);
    allocate::check_initialised(&flow, &liveness)?;
    if assembler.options.hints {
        hints::insert(&mut flow);
    }
    // Links are written by the call itself: nothing can be stored after it.
    let mut untouchable: Vec<Reg> = assembler.bodies.iter().map(|body| body.link).collect();
    for round in 0..SPILL_ROUNDS {
        let few = if round < FEW_ROUNDS { FEW } else { 0 };
        match place(&assembler, &flow, &untouchable, few) {
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

/// Schedules and finds registers; otherwise says which registers to move to local store. Up to
/// `few` rather go there than that the code is left as it was written.
fn place(
    assembler: &Assembler,
    flow: &Flow,
    untouchable: &[Reg],
    few: usize,
) -> Result<(Flow, Colours), Vec<Reg>> {
    let registers = assembler.registers as usize;
    if !assembler.options.schedule {
        return allocate::allocate(flow, registers, untouchable)
            .map(|colours| (with_hints_checked(flow.clone()), colours));
    }
    let liveness = Liveness::new(flow, registers);
    let mut blocks = Schedules::new(flow, &liveness, assembler);
    for round in 0..SCHEDULE_ROUNDS {
        let scheduled = with_hints_checked(blocks.flow.clone());
        match allocate::allocate(&scheduled, registers, untouchable) {
            Ok(colours) => return Ok((scheduled, colours)),
            // A few that are seldom used, as they are the last to be given a register.
            Err(failed) if round > 0 && (1..=few).contains(&failed.len()) => return Err(failed),
            Err(failed) if !blocks.relax(&failed) => break,
            Err(_) => {}
        }
    }
    // What was written may need fewer registers than what was scheduled.
    allocate::allocate(flow, registers, untouchable)
        .map(|colours| (with_hints_checked(flow.clone()), colours))
}

/// The schedules of all blocks, each as free with registers as it may be.
struct Schedules<'a> {
    assembler: &'a Assembler,
    /// As written.
    written: &'a Flow,
    liveness: &'a Liveness,
    /// As scheduled.
    flow: Flow,
    /// Which of [`COMFORTABLE`] each block is scheduled with; beyond them it is as written.
    levels: Vec<usize>,
    /// The most values alive in each block.
    pressures: Vec<usize>,
}

impl<'a> Schedules<'a> {
    fn new(written: &'a Flow, liveness: &'a Liveness, assembler: &'a Assembler) -> Self {
        let count = written.blocks.len();
        let mut schedules = Self {
            assembler,
            written,
            liveness,
            flow: written.clone(),
            levels: alloc::vec![0; count],
            pressures: alloc::vec![0; count],
        };
        for index in 0..count {
            schedules.schedule(index);
        }
        schedules
    }

    /// Schedules a block on its level, or on the first one behind it that leaves registers.
    fn schedule(&mut self, index: usize) {
        let written = &self.written.blocks[index].insts;
        let (live_in, live_out) = (
            &self.liveness.live_in[index],
            &self.liveness.live_out[index],
        );
        while let Some(&comfortable) = COMFORTABLE.get(self.levels[index]) {
            let storage = &self.assembler.storage;
            let insts = schedule::schedule(written, live_in, live_out, storage, comfortable);
            let pressure = allocate::pressure(&insts, live_out);
            if pressure <= CROWDED {
                self.pressures[index] = pressure;
                self.flow.blocks[index].insts = insts;
                return;
            }
            self.levels[index] += 1;
        }
        self.pressures[index] = allocate::pressure(written, live_out);
        self.flow.blocks[index].insts.clone_from(written);
    }

    /// Has the blocks that are the most crowded, of those that registers without a place are
    /// alive in, do with fewer. Says whether there is such a block.
    fn relax(&mut self, failed: &[Reg]) -> bool {
        let concerns = |index: usize| {
            let block = &self.flow.blocks[index];
            failed.iter().any(|&register| {
                self.liveness.live_in[index].contains(register.index())
                    || block
                        .insts
                        .iter()
                        .any(|inst| inst.target() == Some(register))
            })
        };
        let candidates: Vec<usize> = (0..self.levels.len())
            .filter(|&index| self.levels[index] < COMFORTABLE.len() && concerns(index))
            .collect();
        let Some(most) = candidates.iter().map(|&index| self.pressures[index]).max() else {
            return false;
        };
        for index in candidates {
            if self.pressures[index] + SIMILAR >= most {
                self.levels[index] += 1;
                self.schedule(index);
            }
        }
        true
    }
}

fn with_hints_checked(mut flow: Flow) -> Flow {
    for (index, block) in flow.blocks.iter_mut().enumerate() {
        hints::check(block, index);
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
