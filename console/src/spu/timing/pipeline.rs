//! When instructions are issued.
//!
//! Source: Tutorial, "Pipelines and dual-issue rules"; Handbook, the same. Instructions
//! are issued in order, from one aligned doubleword at a time. Both of a doubleword are
//! issued in one cycle where the first one is for the even pipe, the second one for the
//! odd pipe, and both have their operands; otherwise one after the other.

use std::collections::VecDeque;

use super::fetch::{Fetch, Ports};
use super::hint::Hint;
use super::record::{Observer, Stall};
use super::slot::{FLOAT_UNIT, PORT, Slot};
use super::table::{BRANCH_MISS, DMA_PORT, DOUBLE_STALL, DSYNC_STALL, FLOAT_INTEGER_TO_SINGLE};

/// What of the pipelines changes with every instruction: kept in host registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The first cycle in which the next doubleword can be issued.
    pub(crate) cycle: u64,
    /// Instructions issued.
    pub(crate) issued: u64,
    /// [`Slot::PAIRED`] where the next instruction follows the last one, else 0.
    follows: u8,
    /// When the next lines of instructions are fetched.
    ports: Ports,
    /// Why the next instruction waits, where it does.
    cause: Stall,
}

impl Clock {
    /// Local store is read or written in a cycle: fetches wait.
    #[inline(always)]
    pub(crate) fn access(&mut self, cycle: u64) {
        self.ports.access(cycle);
    }

    /// The instruction just issued was not executed: it has to be issued again, at this
    /// cycle or later.
    pub(crate) fn take_back(&mut self, at: u64) {
        self.cycle = at;
        self.issued -= 1;
        self.follows = 0;
    }
}

/// The two pipelines of an SPU.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    pub(crate) clock: Clock,
    /// The first cycle in which each register can be read. Behind the 128 registers lie
    /// those of [`Slot`].
    ready: [u64; 256],
    hint: Hint,
    fetch: Fetch,
    /// The cycles in which DMA has the port of local store, in order.
    taken: VecDeque<u64>,
    /// Branches that went where no hint said.
    pub(crate) misses: u64,
}

impl Pipeline {
    /// Pipelines whose clock is at a cycle.
    pub(crate) fn new(cycle: u64) -> Self {
        Self {
            clock: Clock {
                cycle,
                issued: 0,
                follows: 0,
                ports: Ports::ask(cycle),
                cause: Stall::Fetch,
            },
            ready: [0; 256],
            hint: Hint::NONE,
            fetch: Fetch::from(0),
            taken: VecDeque::new(),
            misses: 0,
        }
    }

    /// Goes on at `pc`, from outside.
    pub(crate) fn restart(&mut self, pc: u32) {
        let mut clock = self.clock;
        self.jump(&mut clock, pc);
        self.clock = clock;
    }

    /// Nothing is issued before a cycle, from outside.
    pub(crate) fn wait_until(&mut self, cycle: u64, cause: Stall) {
        if cycle > self.clock.cycle {
            self.clock.cycle = cycle;
            self.clock.follows = 0;
            self.clock.cause = cause;
        }
    }

    /// Throws away what is fetched and goes on at `pc`: an interrupt.
    pub(crate) fn flush(&mut self, pc: u32) {
        let mut clock = self.clock;
        self.miss(&mut clock, pc);
        self.clock = clock;
    }

    /// DMA has the port of local store in a cycle.
    pub(crate) fn take_port(&mut self, cycle: u64) {
        if self.taken.back().is_none_or(|&last| last <= cycle) {
            self.taken.push_back(cycle);
        } else {
            let place = self.taken.partition_point(|&earlier| earlier <= cycle);
            self.taken.insert(place, cycle);
        }
    }

    /// The limit, or the first cycle before it in which DMA has the port.
    pub(crate) fn next_stop(&self, limit: u64) -> u64 {
        self.taken.front().map_or(limit, |&cycle| cycle.min(limit))
    }

    /// The clock has come to a cycle in which DMA has the port, before the instruction of
    /// `slot`: loads, stores and fetches wait. The next cycle at which this, or the limit, has
    /// to be looked at.
    #[inline(never)]
    pub(crate) fn share_port(&mut self, clock: &mut Clock, slot: Slot, limit: u64) -> u64 {
        // An instruction that joins the one before is issued a cycle before the clock.
        if slot.flags & clock.follows == 0 {
            while let Some(&cycle) = self.taken.front()
                && cycle <= clock.cycle
            {
                self.taken.pop_front();
                self.ready[usize::from(PORT)] = cycle + DMA_PORT;
                clock.access(cycle);
            }
        }
        self.next_stop(limit)
    }

    /// Issues the instruction at `pc`: the cycle.
    #[inline(always)]
    pub(crate) fn issue<O: Observer>(
        &mut self,
        clock: &mut Clock,
        slot: Slot,
        pc: u32,
        observer: &mut O,
    ) -> u64 {
        let [a, b, c, d] = slot.sources.map(|source| self.ready[usize::from(source)]);
        let early = clock.cycle - u64::from(slot.flags & clock.follows);
        let mut at = early.max(a.max(b)).max(c.max(d));
        let mut hold = 0;
        if slot.flags & Slot::SPECIAL != 0 {
            (at, hold) = self.special(clock, slot.flags, pc, at);
        }
        if O::ACTIVE {
            let operands = early.max(a.max(b)).max(c);
            let dependency = operands.max(d) - early;
            observer.issued(pc, early, at, clock.cause, dependency);
            if slot.sources[3] == PORT && d > operands {
                observer.port(d - operands);
            }
        }
        self.ready[usize::from(slot.target)] = at + u64::from(slot.latency);
        clock.cycle = at + 1 + hold;
        clock.issued += 1;
        clock.follows = Slot::PAIRED;
        at
    }

    /// What few instructions have: the cycle of issue, and cycles after it in which
    /// nothing is issued.
    #[inline(never)]
    fn special(&mut self, clock: &mut Clock, flags: u8, pc: u32, mut at: u64) -> (u64, u64) {
        let mut hold = 0;
        if flags & Slot::LINE != 0 {
            at = self.fetch.reach(pc, at, &mut clock.ports);
        }
        if flags & Slot::FLOAT_INTEGER != 0 {
            self.ready[usize::from(FLOAT_UNIT)] = at + FLOAT_INTEGER_TO_SINGLE;
        }
        if flags & Slot::DOUBLE != 0 {
            hold = DOUBLE_STALL;
            clock.cause = Stall::Double;
        }
        if flags & Slot::DSYNC != 0 {
            hold = DSYNC_STALL;
            clock.cause = Stall::Barrier;
        }
        if flags & Slot::SYNC != 0 {
            hold = BRANCH_MISS;
            clock.cause = Stall::Barrier;
            self.fetch = Fetch::from(pc + 4);
            clock.ports = Ports::ask(at + hold);
        }
        (at, hold)
    }

    /// The hint just issued: the branch at an address goes to `target`.
    #[inline(never)]
    pub(crate) fn hint(&mut self, clock: &Clock, branch: u32, target: u32) {
        self.hint = Hint::new(branch, target, clock.cycle - 1, clock.issued);
    }

    /// The branch just issued at `pc` goes to `next`; `fall` is the address behind it.
    #[inline(always)]
    pub(crate) fn branch<O: Observer>(
        &mut self,
        clock: &mut Clock,
        slot: Slot,
        pc: u32,
        [next, fall]: [u32; 2],
        observer: &mut O,
    ) {
        if self.hint.is_for(pc) {
            let stall = self.hinted(clock, slot, [next, fall]);
            if O::ACTIVE && stall != 0 {
                observer.delayed(Stall::Hint, stall);
            }
        } else if next != fall {
            self.miss(clock, next);
        }
    }

    /// The branch just issued has a hint: how many cycles later it is issued for that.
    #[inline(never)]
    fn hinted(&mut self, clock: &mut Clock, slot: Slot, [next, fall]: [u32; 2]) -> u64 {
        let Some(advice) = self.hint.advice(clock.issued) else {
            if next != fall {
                self.miss(clock, next);
            }
            return 0;
        };
        let stall = advice.ready.saturating_sub(clock.cycle - 1);
        clock.cycle += stall;
        self.ready[usize::from(slot.target)] += stall;
        if next == advice.target {
            self.jump(clock, next);
        } else {
            self.miss(clock, next);
        }
        stall
    }

    /// A branch went where nothing was fetched.
    #[inline(never)]
    fn miss(&mut self, clock: &mut Clock, next: u32) {
        self.misses += 1;
        clock.cycle += BRANCH_MISS;
        clock.cause = Stall::BranchMiss;
        self.jump(clock, next);
    }

    /// Goes on at `next`, which is fetched.
    fn jump(&mut self, clock: &mut Clock, next: u32) {
        self.fetch = Fetch::from(next);
        clock.ports = Ports::ask(clock.cycle);
        clock.follows = 0;
    }
}
