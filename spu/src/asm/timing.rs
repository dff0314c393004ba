//! The pipelines as far as a listing can know them: in-order issue, dual issue, latencies.
//!
//! Left out: local store shared with DMA and instruction fetch, channels that wait, and
//! the order of results within one register.

use crate::isa::{Inst, Pipe};

/// When an instruction is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The cycle, from 0 for the first instruction.
    pub cycle: u64,
    /// Cycles lost before it because operands were not ready or the pipes were held.
    pub stall: u64,
    /// Issued in one cycle with the instruction before it.
    pub paired: bool,
}

/// The two pipelines, fed with one instruction after the other.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The first cycle in which each register can be read.
    ready: [u64; 128],
    /// The first cycle in which the next pair can be issued.
    next: u64,
    /// Address, cycle and pipe of the last instruction, while it can be paired.
    last: Option<(u32, u64, Pipe)>,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            ready: [0; 128],
            next: 0,
            last: None,
        }
    }
}

impl Pipeline {
    /// Issues the instruction at `address`, a multiple of 4.
    pub fn issue(&mut self, address: u32, inst: &Inst) -> Issue {
        let class = inst.op.info().class;
        let pipe = class.pipe();
        let operands = inst
            .sources()
            .into_iter()
            .flatten()
            .map(|register| self.ready[usize::from(register)])
            .fold(0, u64::max);
        let partner = self.last.filter(|&(before, cycle, partner)| {
            address % 8 == 4
                && before == address - 4
                && (partner, pipe) == (Pipe::Even, Pipe::Odd)
                && operands <= cycle
                && self.next == cycle + 1
        });
        let cycle = match partner {
            Some((_, cycle, _)) => cycle,
            None => self.next.max(operands),
        };
        let stall = if partner.is_some() {
            0
        } else {
            cycle
                - self
                    .last
                    .map_or(self.next, |(_, last, _)| last + 1)
                    .min(cycle)
        };
        if let Some(target) = inst.target() {
            self.ready[usize::from(target)] = cycle + u64::from(class.latency());
        }
        self.next = cycle + 1 + u64::from(class.issue_stall());
        self.last = Some((address, cycle, pipe));
        Issue {
            cycle,
            stall,
            paired: partner.is_some(),
        }
    }

    /// Cycles from the start until everything issued so far is out of the way.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.next
    }
}
