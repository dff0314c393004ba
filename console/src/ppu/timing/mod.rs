//! How long a program takes on the PPE: its pipelines in order, its caches, its branch prediction.
//!
//! ```text
//! mod        issue, cycle by cycle
//!   plan       what the pipelines have to know of an instruction
//!   memory     loads and stores: caches, lines on their way, the store queue
//!     cache      which lines are there
//!   branch     which branches are predicted
//! table      every constant, with its source
//! ```
//!
//! It is a simple model, good enough to say what a loop costs: two instructions of an aligned pair
//! issue in a cycle when they need different units and their operands are there; a load that misses
//! stops only what needs its result; what is not pipelined or microcoded holds up everything. Left
//! out are the second hardware thread, the translation of addresses, and the bus's other users.

mod branch;
mod cache;
mod memory;
mod plan;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use super::registers::Registers;
use super::run::Clock;
use super::word::Word;
use branch::Predictor;
use memory::Memory;
use plan::{Branch, GPR, NONE, PLACES, Place, Plan};
use table::{BRANCH_MISS, FIXED, TO_ADDRESS};

/// Where cycles went in which nothing issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stalls {
    /// Operands that come from the units.
    pub results: u64,
    /// Operands that come from the second cache or from memory.
    pub misses: u64,
    /// Instructions that hold up everything: not pipelined, or microcoded.
    pub holds: u64,
    /// Branches that were not predicted.
    pub branches: u64,
    /// Instructions that were not in the first cache.
    pub fetch: u64,
    /// The load-miss queue or the store queue is full.
    pub queues: u64,
}

/// What held an instruction up.
#[derive(Clone, Copy)]
enum Reason {
    Results,
    Misses,
    Holds,
    Branches,
    Fetch,
    Queues,
}

impl Stalls {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.results + self.misses + self.holds + self.branches + self.fetch + self.queues
    }

    fn add(&mut self, reason: Reason, cycles: u64) {
        *match reason {
            Reason::Results => &mut self.results,
            Reason::Misses => &mut self.misses,
            Reason::Holds => &mut self.holds,
            Reason::Branches => &mut self.branches,
            Reason::Fetch => &mut self.fetch,
            Reason::Queues => &mut self.queues,
        } += cycles;
    }
}

/// When a register is ready, and whether it waits for a miss.
#[derive(Clone, Copy, Default)]
struct Ready {
    at: u64,
    /// When an address can be made of it.
    address_at: u64,
    missed: bool,
}

/// The state of the PPE's pipelines, caches and branch prediction. One serves all the threads that
/// take turns on the hardware thread.
pub struct Timing {
    plans: Vec<Plan>,
    ready: [Ready; PLACES],
    /// The cycle in which the last instruction issued.
    cycle: u64,
    /// The units that it took, while another one can issue beside it.
    beside: Option<u8>,
    last_pc: u64,
    /// When the next instruction can issue at the earliest, and why not before.
    open_at: u64,
    held_by: Reason,
    predictor: Predictor,
    memory: Memory,
    /// The instruction that is being executed: its plan's place, the address that it accesses.
    current: (usize, u64),
    issued: u64,
    pairs: u64,
    stalls: Stalls,
}

/// Words whose plans are kept: a power of two.
const PLANS: usize = 1 << 14;

fn place(word: u32) -> usize {
    // Fields of neighbouring instructions differ in all places.
    (word.wrapping_mul(0x9e37_79b1) >> 18) as usize % PLANS
}

impl Default for Timing {
    fn default() -> Self {
        Self::new()
    }
}

impl Timing {
    /// Empty pipelines and caches.
    #[must_use]
    pub fn new() -> Self {
        Self {
            plans: vec![Plan::new(0); PLANS],
            ready: [Ready::default(); PLACES],
            cycle: 0,
            beside: None,
            last_pc: 0,
            open_at: 0,
            held_by: Reason::Holds,
            predictor: Predictor::new(),
            memory: Memory::new(),
            current: (0, 0),
            issued: 0,
            pairs: 0,
            stalls: Stalls::default(),
        }
    }

    /// Instructions that issued.
    #[must_use]
    pub fn issued(&self) -> u64 {
        self.issued
    }

    /// How many of them issued beside another one.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Where cycles went in which nothing issued.
    #[must_use]
    pub fn stalls(&self) -> Stalls {
        self.stalls
    }

    /// The latest of the cycles that an instruction has to wait for, and why.
    fn operands(&self, plan: &Plan, from: u64, reason: Reason) -> (u64, Reason) {
        let (mut at, mut why) = (from, reason);
        let mut wait = |until: u64, missed: bool| {
            if until > at {
                at = until;
                why = if missed {
                    Reason::Misses
                } else {
                    Reason::Results
                };
            }
        };
        for &place in &plan.reads {
            let ready = &self.ready[usize::from(place)];
            wait(ready.at, ready.missed);
        }
        for &place in &plan.address {
            let ready = &self.ready[usize::from(place)];
            wait(ready.address_at, ready.missed);
        }
        // Results are written in order.
        for &place in &plan.writes {
            let ready = &self.ready[usize::from(place)];
            wait(
                ready.at.saturating_sub(u64::from(plan.latency)),
                ready.missed,
            );
        }
        (at, why)
    }

    /// A register is written `latency` cycles after `issued`, or when what was loaded is there.
    fn write(&mut self, place: Place, issued: u64, latency: u32, loaded: Option<u64>) {
        if place == NONE {
            return;
        }
        // The address adder gets results later than the units do.
        let late = match place < GPR + 32 {
            true => u64::from(TO_ADDRESS.saturating_sub(latency)),
            false => 0,
        };
        let done = issued + u64::from(latency);
        let at = done.max(loaded.unwrap_or(0));
        self.ready[usize::from(place)] = Ready {
            at,
            address_at: at + late,
            missed: at > done,
        };
    }

    /// Issues the current instruction.
    fn issue(&mut self, now: u64, pc: u64, next: u64) -> u64 {
        let (slot, address) = self.current;
        let plan = self.plans[slot];
        if now > self.cycle {
            // Another thread, the system or a wait came between.
            self.cycle = now;
            self.beside = None;
        }
        let mut from = self.cycle.max(self.open_at);
        let mut reason = self.held_by;
        if let Some(ready) = self.memory.fetch(pc, from) {
            (from, reason) = (ready, Reason::Fetch);
        }
        let (mut at, mut why) = self.operands(&plan, from, reason);
        let mut result = None;
        if let Some(access) = plan.access {
            let reach = self.memory.reach(access, address, at);
            if reach.accepted > at {
                (at, why) = (reach.accepted, Reason::Queues);
            }
            result = reach.result;
        }
        let pairs = self.beside.is_some_and(|units| {
            at == self.cycle
                && units & plan.units == 0
                && !plan.alone
                && pc == self.last_pc.wrapping_add(4)
                && pc & 4 != 0
        });
        if pairs {
            self.pairs += 1;
            self.beside = None;
        } else {
            let earliest = self.cycle + u64::from(self.issued != 0);
            if at > earliest {
                self.stalls.add(why, at - earliest);
            }
            at = at.max(earliest);
            self.beside = (!plan.alone).then_some(plan.units);
        }
        self.issued += 1;
        self.cycle = at;
        self.last_pc = pc;
        for place in plan.writes {
            self.write(place, at, plan.latency, result);
        }
        self.write(plan.updates, at, FIXED, None);
        if plan.holds > 0 {
            self.open_at = at + 1 + u64::from(plan.holds);
            self.held_by = Reason::Holds;
        }
        if let Some(branch) = plan.branch {
            self.branch(branch, plan.links, pc, next);
        }
        at
    }

    fn branch(&mut self, branch: Branch, links: bool, pc: u64, next: u64) {
        let taken = next != pc.wrapping_add(4);
        let foreseen = match branch {
            Branch::Always => true,
            Branch::Condition(hint) => self.predictor.condition(pc, taken, hint),
            Branch::Return => !taken || self.predictor.comes_back(next),
            // There is no table of its targets.
            Branch::Count => !taken,
        };
        if links {
            self.predictor.call(pc.wrapping_add(4));
        }
        if !foreseen {
            self.open_at = self.cycle + u64::from(BRANCH_MISS);
            self.held_by = Reason::Branches;
        }
        if taken {
            self.beside = None;
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stalls {
            results,
            misses,
            holds,
            branches,
            fetch,
            queues,
        } = self.stalls;
        let (issued, pairs) = (self.issued, self.pairs);
        let cycles = issued - pairs + self.stalls.total();
        writeln!(to, "PPU: {issued} instructions in {cycles} cycles")?;
        let rows = [
            ("one instruction issues", issued - 2 * pairs),
            ("two issue", pairs),
            ("waits for a unit's result", results),
            ("waits for a cache miss", misses),
            ("held up by what is not pipelined", holds),
            ("a branch was not predicted", branches),
            ("waits for code", fetch),
            ("a queue is full", queues),
        ];
        for (at, (what, count)) in rows.iter().enumerate() {
            let share = 100.0 * *count as f64 / cycles.max(1) as f64;
            let end = if at + 1 < rows.len() { "\n" } else { "" };
            write!(to, "  {what:33} {count:14} {share:5.1} %{end}")?;
        }
        Ok(())
    }
}

impl Clock for Timing {
    fn at_once(&self, _: u64) -> u64 {
        1
    }

    fn before(&mut self, registers: &Registers, word: Word) {
        let slot = place(word.0);
        if self.plans[slot].word != word.0 {
            self.plans[slot] = Plan::new(word.0);
        }
        let plan = &self.plans[slot];
        let mut address = plan.displacement;
        for &place in &plan.address {
            if place != NONE {
                address = address.wrapping_add(registers.gpr[usize::from(place - GPR)]);
            }
        }
        self.current = (slot, address);
    }

    fn after(&mut self, cycles: u64, pc: u64, next: u64) -> u64 {
        self.issue(cycles, pc, next)
    }
}
