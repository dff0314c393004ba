//! Which instruction was issued when, and what it waited for.

use std::collections::BTreeMap;

use ::spu::isa::channel::Channel;

/// What an instruction waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stall {
    /// A register that an instruction before it writes, or the floating-point unit.
    Dependency,
    /// Instruction fetch.
    Fetch,
    /// The port of local store, which DMA had.
    Port,
    /// The instruction before it was a branch that went where no hint said.
    BranchMiss,
    /// It is a branch whose hint came late.
    Hint,
    /// The instruction before it computed in double precision.
    Double,
    /// The instruction before it was `sync` or `dsync`.
    Barrier,
    /// It needs its own transfers: the status of a tag or of an atomic command, a place in
    /// the queue.
    Transfer,
    /// It needs what others send: a signal, a word in a mailbox, room in one.
    Message,
    /// It needs another channel that was not ready: an event, a stalled list.
    Channel,
    /// The SPU was stopped, or the program had no SPU.
    Stopped,
}

impl Stall {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Dependency,
        Self::Fetch,
        Self::Port,
        Self::BranchMiss,
        Self::Hint,
        Self::Double,
        Self::Barrier,
        Self::Transfer,
        Self::Message,
        Self::Channel,
        Self::Stopped,
    ];

    /// What an instruction waits for that needs a channel.
    pub(crate) fn of(channel: Channel) -> Self {
        match channel {
            Channel::RD_TAG_STAT | Channel::RD_ATOMIC_STAT | Channel::CMD => Self::Transfer,
            Channel::RD_SIG_NOTIFY_1
            | Channel::RD_SIG_NOTIFY_2
            | Channel::RD_IN_MBOX
            | Channel::WR_OUT_MBOX
            | Channel::WR_OUT_INTR_MBOX => Self::Message,
            _ => Self::Channel,
        }
    }

    /// A word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dependency => "dependency",
            Self::Fetch => "fetch",
            Self::Port => "port",
            Self::BranchMiss => "branch miss",
            Self::Hint => "hint",
            Self::Double => "double",
            Self::Barrier => "barrier",
            Self::Transfer => "DMA",
            Self::Message => "signal",
            Self::Channel => "channel",
            Self::Stopped => "stopped",
        }
    }
}

/// Sees instructions being issued.
pub(crate) trait Observer {
    /// Whether it looks.
    const ACTIVE: bool;
    /// The instruction at `pc` was issued at cycle `at`. Without waiting for anything of
    /// its own it would have been at `early`; what it waited for before that is `cause`.
    /// For its operands it waited `dependency` cycles, for the rest on instruction fetch.
    fn issued(&mut self, pc: u32, early: u64, at: u64, cause: Stall, dependency: u64);
    /// Of the cycles for which the instruction just issued waited for its operands, the last
    /// ones were for the port of local store.
    fn port(&mut self, cycles: u64);
    /// The instruction just issued was issued later than said, for another reason.
    fn delayed(&mut self, stall: Stall, cycles: u64);
    /// The instruction just issued was not executed.
    fn taken_back(&mut self);
}

/// Does not look.
pub(crate) struct Silent;

impl Observer for Silent {
    const ACTIVE: bool = false;
    fn issued(&mut self, _: u32, _: u64, _: u64, _: Stall, _: u64) {}
    fn port(&mut self, _: u64) {}
    fn delayed(&mut self, _: Stall, _: u64) {}
    fn taken_back(&mut self) {}
}

/// One instruction, issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its address.
    pub pc: u32,
    /// The cycle.
    pub cycle: u64,
    /// Whether it was issued together with the one before it.
    pub paired: bool,
    /// Cycles lost before it, by what it waited for in the order of [`Stall::ALL`].
    pub stalls: [u64; Stall::ALL.len()],
}

/// What became of the instruction at one address, all in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// How often it was issued.
    pub count: u64,
    /// How often together with the one before it.
    pub paired: u64,
    /// Cycles lost before it, by what it waited for in the order of [`Stall::ALL`].
    pub stalls: [u64; Stall::ALL.len()],
}

impl Line {
    /// Adds what became of another instruction.
    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.paired += other.paired;
        for (sum, cycles) in self.stalls.iter_mut().zip(other.stalls) {
            *sum += cycles;
        }
    }

    /// Cycles in which nothing was issued before it.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.stalls.iter().sum()
    }

    /// All of its cycles: those in which it was issued without the one before it, and those
    /// that were lost.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.count - self.paired + self.lost()
    }
}

/// What an SPU issued while it was watched: the first instructions one by one, and all of
/// them by address.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    room: usize,
    issues: Vec<Issued>,
    lines: BTreeMap<u32, Line>,
}

impl Profile {
    /// A profile that keeps the first `room` instructions one by one.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    /// The first instructions, in their order.
    #[must_use]
    pub fn issues(&self) -> &[Issued] {
        &self.issues
    }

    /// All instructions together.
    #[must_use]
    pub fn total(&self) -> Line {
        let mut total = Line::default();
        for line in self.lines.values() {
            total.add(line);
        }
        total
    }

    /// The addresses at which something was issued, in order.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &Line)> {
        self.lines.iter().map(|(&pc, line)| (pc, line))
    }
}

/// Writes a [`Profile`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) profile: Profile,
    /// The last instruction, which may still be delayed or taken back.
    last: Option<Issued>,
    /// The first cycle in which nothing was issued yet, once something was.
    next: Option<u64>,
    /// What an instruction that was taken back had waited for.
    carried: [u64; Stall::ALL.len()],
}

impl Record {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            profile: Profile::new(room),
            ..Self::default()
        }
    }

    /// What was seen.
    pub(crate) fn finish(mut self) -> Profile {
        self.settle();
        self.profile
    }

    fn settle(&mut self) {
        let Some(issued) = self.last.take() else {
            return;
        };
        let line = self.profile.lines.entry(issued.pc).or_default();
        line.count += 1;
        line.paired += u64::from(issued.paired);
        for (total, cycles) in line.stalls.iter_mut().zip(issued.stalls) {
            *total += cycles;
        }
        if self.profile.issues.len() < self.profile.room {
            self.profile.issues.push(issued);
        }
    }
}

impl Observer for Record {
    const ACTIVE: bool = true;

    fn issued(&mut self, pc: u32, early: u64, at: u64, cause: Stall, dependency: u64) {
        self.settle();
        let next = self.next.unwrap_or(early);
        let mut stalls = std::mem::take(&mut self.carried);
        stalls[cause as usize] += early.saturating_sub(next);
        // Lost are cycles in which nothing was issued.
        let start = early.max(next);
        let dependency = dependency.saturating_sub(start - early);
        stalls[Stall::Dependency as usize] += dependency;
        stalls[Stall::Fetch as usize] += at.saturating_sub(start + dependency);
        self.last = Some(Issued {
            pc,
            cycle: at,
            paired: at < next,
            stalls,
        });
        self.next = Some(at + 1);
    }

    fn port(&mut self, cycles: u64) {
        if let Some(last) = &mut self.last {
            let [from, to] = [Stall::Dependency as usize, Stall::Port as usize];
            // An instruction that could have joined the one before lost a cycle less.
            let cycles = cycles.min(last.stalls[from]);
            last.stalls[from] -= cycles;
            last.stalls[to] += cycles;
        }
    }

    fn delayed(&mut self, stall: Stall, cycles: u64) {
        if let Some(last) = &mut self.last {
            last.cycle += cycles;
            last.stalls[stall as usize] += cycles;
            self.next = Some(last.cycle + 1);
        }
    }

    fn taken_back(&mut self) {
        if let Some(last) = self.last.take() {
            self.next = Some(last.cycle + u64::from(last.paired));
            self.carried = last.stalls;
        }
    }
}
