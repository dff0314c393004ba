//! List scheduling of one block for the two pipes.
//!
//! Works on virtual registers, before allocation: the order that comes out is final.

use alloc::{collections::BTreeMap, vec::Vec};

use super::Reg;
use super::bits::BitSet;
use super::depend::Dependences;
use super::ir::VInst;
use super::storage::Storage;
use crate::isa::Pipe;

/// The block's instructions in the order in which to issue them. With more than `comfortable` values
/// alive, what frees registers is preferred.
pub(super) fn schedule(
    insts: &[VInst],
    live_in: &BitSet,
    live_out: &BitSet,
    storage: &Storage,
    comfortable: usize,
) -> Vec<VInst> {
    let dependences = Dependences::new(insts, storage);
    let pressure = Pressure::new(insts, live_in, live_out, comfortable);
    order(insts, &dependences, pressure)
        .into_iter()
        .map(|index| insts[index])
        .collect()
}

fn order(insts: &[VInst], dependences: &Dependences, mut pressure: Pressure<'_>) -> Vec<usize> {
    let heights = heights(insts, dependences);
    let mut waiting: Vec<usize> = alloc::vec![0; insts.len()];
    for edge in dependences.after.iter().flatten() {
        waiting[edge.to] += 1;
    }
    let mut earliest: Vec<u32> = alloc::vec![0; insts.len()];
    let mut ready: Vec<usize> = (0..insts.len()).filter(|&at| waiting[at] == 0).collect();
    let mut order = Vec::with_capacity(insts.len());
    let mut cycle = 0;
    while order.len() < insts.len() {
        let mut next = cycle + 1;
        let mut issued = false;
        // The even instruction of a pair comes first: what it lets go may fill the odd
        // half of the same cycle.
        // With many values alive, what takes another register waits for what takes none.
        let high = pressure.is_high();
        let patient = high && ready.iter().any(|&at| pressure.relief(&insts[at]) >= 0);
        for pipe in [Pipe::Even, Pipe::Odd] {
            let best = ready
                .iter()
                .copied()
                .filter(|&at| earliest[at] <= cycle && insts[at].op.info().class.pipe() == pipe)
                .filter(|&at| !patient || pressure.relief(&insts[at]) >= 0)
                .max_by_key(|&at| {
                    let relief = high.then(|| pressure.relief(&insts[at]));
                    (relief, heights[at], core::cmp::Reverse(at))
                });
            let Some(best) = best else { continue };
            issued = true;
            ready.retain(|&at| at != best);
            order.push(best);
            pressure.issue(&insts[best]);
            next = next.max(cycle + 1 + insts[best].op.info().class.issue_stall());
            for edge in &dependences.after[best] {
                waiting[edge.to] -= 1;
                earliest[edge.to] = earliest[edge.to].max(cycle + edge.cycles);
                if waiting[edge.to] == 0 {
                    ready.push(edge.to);
                }
            }
            if next > cycle + 1 {
                break;
            }
        }
        if !issued {
            // Nothing can go yet: on to the first cycle in which something can.
            next = ready
                .iter()
                .map(|&at| earliest[at])
                .filter(|&at| at > cycle)
                .min()
                .unwrap_or(next)
                .max(next);
        }
        cycle = next;
    }
    order
}

/// Cycles from the issue of each instruction to the end of the block.
fn heights(insts: &[VInst], dependences: &Dependences) -> Vec<u32> {
    let mut heights: Vec<u32> = alloc::vec![0; insts.len()];
    for at in (0..insts.len()).rev() {
        let own = insts[at].op.info().class.latency();
        heights[at] = dependences.after[at]
            .iter()
            .map(|edge| edge.cycles + heights[edge.to])
            .fold(own, u32::max);
    }
    heights
}

/// A running estimate of how many values are alive.
struct Pressure<'a> {
    alive: BitSet,
    count: usize,
    reads_left: BTreeMap<Reg, usize>,
    live_out: &'a BitSet,
    comfortable: usize,
}

impl<'a> Pressure<'a> {
    fn new(insts: &[VInst], live_in: &BitSet, live_out: &'a BitSet, comfortable: usize) -> Self {
        let mut alive = live_in.clone();
        alive.union_with(live_out);
        let mut reads_left = BTreeMap::new();
        for source in insts.iter().flat_map(VInst::sources) {
            *reads_left.entry(source).or_insert(0) += 1;
        }
        Self {
            count: alive.len(),
            alive,
            reads_left,
            live_out,
            comfortable,
        }
    }

    fn is_high(&self) -> bool {
        self.count > self.comfortable
    }

    /// How many registers the instruction frees; negative where it takes one.
    fn relief(&self, inst: &VInst) -> i32 {
        let mut relief = 0;
        if inst
            .target()
            .is_some_and(|target| !self.alive.contains(target.index()))
        {
            relief -= 1;
        }
        let sources: Vec<Reg> = inst.sources().collect();
        for (index, source) in sources.iter().enumerate() {
            let reads = sources.iter().filter(|other| *other == source).count();
            let first = !sources[..index].contains(source);
            let last_read = self
                .reads_left
                .get(source)
                .is_some_and(|&left| left <= reads);
            if first && last_read && !self.live_out.contains(source.index()) {
                relief += 1;
            }
        }
        relief
    }

    fn issue(&mut self, inst: &VInst) {
        for source in inst.sources() {
            let left = self.reads_left.entry(source).or_insert(1);
            *left = left.saturating_sub(1);
            if *left == 0
                && !self.live_out.contains(source.index())
                && self.alive.contains(source.index())
            {
                self.alive.remove(source.index());
                self.count -= 1;
            }
        }
        if let Some(target) = inst.target()
            && self.alive.insert(target.index())
        {
            self.count += 1;
        }
    }
}
