//! Register allocation: colours the interference graph of the whole program with the 128
//! physical registers.

use alloc::vec::Vec;

use super::bits::BitSet;
use super::flow::Flow;
use super::ir::VInst;
use super::liveness::Liveness;
use super::{AssembleError, Assembler, Reg};

const COLOURS: usize = Reg::PHYSICAL as usize;

/// The physical register of every register, by index.
pub(super) type Colours = Vec<u8>;

/// The interference graph.
struct Graph {
    neighbours: Vec<BitSet>,
    /// Pairs that a copy joins: better in one register.
    friends: Vec<Vec<usize>>,
    /// Registers that occur at all.
    present: BitSet,
    /// What it costs to have each register in local store: its reads and writes, those
    /// in loops counted more.
    costs: Vec<u64>,
}

impl Graph {
    fn new(flow: &Flow, liveness: &Liveness, registers: usize) -> Self {
        let mut graph = Self {
            neighbours: alloc::vec![BitSet::new(registers); registers],
            friends: alloc::vec![Vec::new(); registers],
            present: BitSet::new(registers),
            costs: alloc::vec![0; registers],
        };
        let weights = weights(flow);
        for (index, (block, live_out)) in flow.blocks.iter().zip(&liveness.live_out).enumerate() {
            if let Some(callee) = block.call {
                let across = liveness.across(block);
                for written in liveness.written[callee].iter() {
                    graph.join_all(written, &across, None);
                }
            }
            let mut live = live_out.clone();
            for inst in block.insts.iter().rev() {
                let copied = inst.copy.then(|| inst.ra.index());
                if let Some(target) = inst.target().map(Reg::index) {
                    graph.present.insert(target);
                    graph.costs[target] += weights[index];
                    graph.join_all(target, &live, copied);
                    live.remove(target);
                    if let Some(source) = copied {
                        graph.friends[target].push(source);
                        graph.friends[source].push(target);
                    }
                }
                for source in inst.sources().map(Reg::index) {
                    graph.present.insert(source);
                    graph.costs[source] += weights[index];
                    live.insert(source);
                }
            }
        }
        graph
    }

    /// `register` is written while `live` are alive.
    fn join_all(&mut self, register: usize, live: &BitSet, except: Option<usize>) {
        for other in live.iter() {
            if other != register && Some(other) != except {
                self.neighbours[register].insert(other);
                self.neighbours[other].insert(register);
            }
        }
    }

    /// The order in which to give colours, the hardest last to be taken away and so first
    /// to be coloured.
    fn order(&self) -> Vec<usize> {
        let mut degree: Vec<usize> = self.neighbours.iter().map(BitSet::len).collect();
        let mut left: Vec<usize> = self.present.iter().filter(|&reg| reg >= COLOURS).collect();
        let mut removed = alloc::vec![false; self.neighbours.len()];
        let mut order = Vec::with_capacity(left.len());
        while !left.is_empty() {
            // Anything of low degree can be coloured whatever happens to the rest. Where
            // there is none, the one that is the cheapest to do without, for all the
            // neighbours that it hinders, takes its chances.
            let easy = left.iter().position(|&register| degree[register] < COLOURS);
            let cheapest = || {
                (0..left.len()).min_by_key(|&position| {
                    let register = left[position];
                    self.costs[register].saturating_mul(1024) / degree[register].max(1) as u64
                })
            };
            let best = easy.or_else(cheapest).unwrap_or(0);
            let register = left.swap_remove(best);
            removed[register] = true;
            order.push(register);
            for neighbour in self.neighbours[register].iter() {
                if !removed[neighbour] {
                    degree[neighbour] -= 1;
                }
            }
        }
        order.reverse();
        order
    }

    fn colour(&self) -> Result<Colours, Vec<Reg>> {
        let mut colours: Vec<Option<u8>> = alloc::vec![None; self.neighbours.len()];
        for (number, colour) in colours.iter_mut().take(COLOURS).enumerate() {
            *colour = Some(number as u8);
        }
        let mut failed = Vec::new();
        for register in self.order() {
            let mut taken = [false; COLOURS];
            for neighbour in self.neighbours[register].iter() {
                if let Some(colour) = colours[neighbour] {
                    taken[usize::from(colour)] = true;
                }
            }
            let friendly = self.friends[register]
                .iter()
                .filter_map(|&friend| colours[friend])
                .find(|&colour| !taken[usize::from(colour)]);
            let free = || {
                (2..COLOURS)
                    .chain(0..2)
                    .find(|&colour| !taken[colour])
                    .map(|colour| colour as u8)
            };
            colours[register] = friendly.or_else(free);
            if colours[register].is_none() {
                failed.push(Reg(register as u32));
            }
        }
        if failed.is_empty() {
            Ok(colours
                .into_iter()
                .map(|colour| colour.unwrap_or(0))
                .collect())
        } else {
            Err(failed)
        }
    }
}

/// Finds a physical register for every register. Otherwise gives those that should go to
/// local store; `untouchable` ones are never among them, and where only such are left
/// there are none.
pub(super) fn allocate(
    flow: &Flow,
    registers: usize,
    untouchable: &[Reg],
) -> Result<Colours, Vec<Reg>> {
    let liveness = Liveness::new(flow, registers);
    let mut graph = Graph::new(flow, &liveness, registers);
    for register in untouchable {
        graph.costs[register.index()] = u64::MAX;
    }
    graph.colour().map_err(|mut failed| {
        failed.retain(|register| !untouchable.contains(register));
        failed
    })
}

/// How much an instruction of each block counts: ten times more for each loop around it.
fn weights(flow: &Flow) -> Vec<u64> {
    let mut weights: Vec<u64> = alloc::vec![1; flow.blocks.len()];
    for (index, block) in flow.blocks.iter().enumerate() {
        if let Some(&head) = block.successors.iter().filter(|&&to| to <= index).min() {
            for weight in &mut weights[head..=index] {
                *weight = (*weight * 10).min(100_000);
            }
        }
    }
    weights
}

/// The most values that are alive at one time in a block.
pub(super) fn pressure(insts: &[VInst], live_out: &BitSet) -> usize {
    let mut live = live_out.clone();
    let mut most = live.len();
    for inst in insts.iter().rev() {
        step_back(&mut live, inst);
        most = most.max(live.len());
    }
    most
}

/// From what is alive after an instruction to what is alive before it.
fn step_back(live: &mut BitSet, inst: &VInst) {
    if let Some(target) = inst.target() {
        live.remove(target.index());
    }
    for source in inst.sources() {
        live.insert(source.index());
    }
}

/// Refuses programs that read registers before anything was written to them.
pub(super) fn check_initialised(flow: &Flow, liveness: &Liveness) -> Result<(), AssembleError> {
    let Some(live) = liveness.live_in.first() else {
        return Ok(());
    };
    let suspect = |reg: &Reg| !reg.is_physical() && live.contains(reg.index());
    for inst in flow.blocks.iter().flat_map(|block| &block.insts) {
        if inst.sources().any(|reg| suspect(&reg)) {
            return Err(AssembleError::Uninitialised {
                at: inst.at,
                mnemonic: inst.op.info().mnemonic,
            });
        }
    }
    Ok(())
}

/// The error that names the place where most values are alive.
pub(super) fn pressure_error(
    assembler: &Assembler,
    flow: &Flow,
    liveness: &Liveness,
) -> AssembleError {
    let mut worst: Option<(usize, AssembleError)> = None;
    for (block, live_out) in flow.blocks.iter().zip(&liveness.live_out) {
        let mut live = live_out.clone();
        for inst in block.insts.iter().rev() {
            step_back(&mut live, inst);
            let needed = live.len();
            if worst.as_ref().is_none_or(|(most, _)| needed > *most) {
                let block = assembler.block_name(block);
                let at = inst.at;
                worst = Some((
                    needed,
                    AssembleError::TooManyRegisters { block, needed, at },
                ));
            }
        }
    }
    // A program without instructions needs no registers.
    worst.map_or(AssembleError::RunsOffTheEnd, |(_, error)| error)
}
