//! Register allocation: colours the interference graph of the whole program with the 128
//! physical registers.

use alloc::vec::Vec;

use super::bits::BitSet;
use super::flow::Flow;
use super::liveness::Liveness;
use super::{AssembleError, Assembler, Reg};

const COLOURS: usize = Reg::PHYSICAL as usize;

/// The physical register of every register, by index.
pub(super) type Colours = Vec<u8>;

/// A register that found no place, and why.
pub(super) struct Uncoloured {
    /// Registers without a place, by index.
    pub registers: Vec<usize>,
}

/// The interference graph.
struct Graph {
    neighbours: Vec<BitSet>,
    /// Pairs that a copy joins: better in one register.
    friends: Vec<Vec<usize>>,
    /// Registers that occur at all.
    present: BitSet,
}

impl Graph {
    fn new(flow: &Flow, liveness: &Liveness, registers: usize) -> Self {
        let mut graph = Self {
            neighbours: alloc::vec![BitSet::new(registers); registers],
            friends: alloc::vec![Vec::new(); registers],
            present: BitSet::new(registers),
        };
        for (block, live_out) in flow.blocks.iter().zip(&liveness.live_out) {
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
                    graph.join_all(target, &live, copied);
                    live.remove(target);
                    if let Some(source) = copied {
                        graph.friends[target].push(source);
                        graph.friends[source].push(target);
                    }
                }
                for source in inst.sources().map(Reg::index) {
                    graph.present.insert(source);
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
            // Anything of low degree can be coloured whatever happens to the rest; where
            // there is none, the one with the fewest neighbours is hoped for.
            let mut best = 0;
            for (position, &register) in left.iter().enumerate() {
                if degree[register] < COLOURS {
                    best = position;
                    break;
                }
                if degree[register] < degree[left[best]] {
                    best = position;
                }
            }
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

    fn colour(&self) -> Result<Colours, Uncoloured> {
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
                failed.push(register);
            }
        }
        if failed.is_empty() {
            Ok(colours
                .into_iter()
                .map(|colour| colour.unwrap_or(0))
                .collect())
        } else {
            Err(Uncoloured { registers: failed })
        }
    }
}

/// Finds a physical register for every register.
pub(super) fn allocate(
    flow: &Flow,
    liveness: &Liveness,
    registers: usize,
) -> Result<Colours, Uncoloured> {
    Graph::new(flow, liveness, registers).colour()
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
) -> Option<AssembleError> {
    let mut worst: Option<(usize, AssembleError)> = None;
    for (block, live_out) in flow.blocks.iter().zip(&liveness.live_out) {
        let mut live = live_out.clone();
        for inst in block.insts.iter().rev() {
            if let Some(target) = inst.target() {
                live.remove(target.index());
            }
            for source in inst.sources() {
                live.insert(source.index());
            }
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
    worst.map(|(_, error)| error)
}
