//! Which registers hold values that are still needed.
//!
//! The whole program is looked at at once. A call needs what the function reads, and
//! destroys what the function and those it calls write to; registers that are read after
//! the call and that the function writes to are its results.

use alloc::vec::Vec;

use super::bits::BitSet;
use super::flow::{Block, Flow};

/// Live registers, by index of the register.
#[derive(Clone, Debug)]
pub(super) struct Liveness {
    /// Before the first instruction of each block.
    pub live_in: Vec<BitSet>,
    /// After the last instruction of each block; for a call, on entry to the function,
    /// with what must outlive it.
    pub live_out: Vec<BitSet>,
    /// Registers that each function and those it calls write to.
    pub written: Vec<BitSet>,
}

impl Liveness {
    pub(super) fn new(flow: &Flow, registers: usize) -> Self {
        let empty = BitSet::new(registers);
        let mut liveness = Self {
            live_in: alloc::vec![empty.clone(); flow.blocks.len()],
            live_out: alloc::vec![empty.clone(); flow.blocks.len()],
            written: written(flow, registers),
        };
        // Results of each function: live after some call and written by the function.
        let mut results = alloc::vec![empty; flow.entries.len()];
        loop {
            let mut changed = false;
            for (index, block) in flow.blocks.iter().enumerate().rev() {
                let mut out = liveness.after(flow, block);
                if block.returns {
                    out.union_with(&results[block.function]);
                }
                if let (Some(callee), Some(&next)) = (block.call, block.successors.first()) {
                    let mut wanted = liveness.live_in[next].clone();
                    wanted.intersect(&liveness.written[callee]);
                    changed |= results[callee].union_with(&wanted);
                }
                let mut live = out.clone();
                for inst in block.insts.iter().rev() {
                    if let Some(target) = inst.target() {
                        live.remove(target.index());
                    }
                    for source in inst.sources() {
                        live.insert(source.index());
                    }
                }
                changed |= liveness.live_out[index].union_with(&out);
                changed |= liveness.live_in[index].union_with(&live);
            }
            if !changed {
                return liveness;
            }
        }
    }

    /// What is live after the last instruction, results of the own function left out.
    fn after(&self, flow: &Flow, block: &Block) -> BitSet {
        let mut out = self.across(block);
        if let Some(entry) = block.call.and_then(|callee| flow.entries[callee]) {
            out.union_with(&self.live_in[entry]);
        }
        out
    }

    /// What is live on leaving the block for its successors and, for a call, during it.
    pub(super) fn across(&self, block: &Block) -> BitSet {
        let bound = self.live_in.first().map_or(0, BitSet::bound);
        let mut out = BitSet::new(bound);
        for &successor in &block.successors {
            out.union_with(&self.live_in[successor]);
        }
        if let Some(callee) = block.call {
            out.subtract(&self.written[callee]);
        }
        out
    }
}

/// Registers that each function and those it calls write to.
fn written(flow: &Flow, registers: usize) -> Vec<BitSet> {
    let mut written = alloc::vec![BitSet::new(registers); flow.entries.len()];
    for block in &flow.blocks {
        for target in block.insts.iter().filter_map(|inst| inst.target()) {
            written[block.function].insert(target.index());
        }
    }
    loop {
        let mut changed = false;
        for block in &flow.blocks {
            if let Some(callee) = block.call {
                let more = written[callee].clone();
                changed |= written[block.function].union_with(&more);
            }
        }
        if !changed {
            return written;
        }
    }
}
