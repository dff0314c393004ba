//! One SPU with its local store and channels: everything that it can change alone.
//! What the outside does with it is in [`super::outside`].

use ::spu::isa::channel::Channel;

use super::channels::{Channels, Ready};
use super::fault::{Fault, Refusal};
use super::interpreter::{self, Exit};
use super::local_store::{ADDRESS_MASK, LocalStore};
use super::quad::Quad;
use super::semantics::fpscr::Fpscr;
use super::statistics::Statistics;
use super::timing::{Pipeline, Profile, Record, Stall};

/// What a unit does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not started.
    Idle,
    Running,
    /// It waits for a channel; the instruction is executed again.
    Waiting(Channel),
    /// It executed `stop`, with this type.
    Stopped(u16),
    Faulted(Box<Fault>),
}

/// One SPU, or a program's state while it has none.
pub struct Unit {
    pub(crate) registers: [Quad; 128],
    /// Address of the next instruction.
    pub(crate) pc: u32,
    pub(crate) fpscr: Fpscr,
    pub(crate) store: LocalStore,
    pub(crate) channels: Channels,
    /// Its clock.
    pub(crate) pipeline: Pipeline,
    /// Until then all is known that comes from outside.
    pub(crate) known: u64,
    /// What it issues, while it is watched.
    pub(crate) record: Option<Box<Record>>,
    pub(crate) state: State,
    pub(crate) statistics: Statistics,
}

impl Unit {
    /// An idle SPU, its clock at a cycle.
    pub(crate) fn new(cycle: u64) -> Self {
        Self {
            registers: [Quad::ZERO; 128],
            pc: 0,
            fpscr: Fpscr::default(),
            store: LocalStore::new(),
            channels: Channels::default(),
            pipeline: Pipeline::new(cycle),
            known: u64::MAX,
            record: None,
            state: State::Idle,
            statistics: Statistics::default(),
        }
    }

    /// Its clock: the cycle in which the next instruction can be issued at the earliest.
    pub(crate) fn cycle(&self) -> u64 {
        self.pipeline.clock.cycle
    }

    /// Watches what is issued from now on; keeps the first `room` instructions one by one.
    pub(crate) fn watch(&mut self, room: usize) {
        self.record = Some(Box::new(Record::new(room)));
    }

    /// What was issued since it was watched, which ends.
    pub(crate) fn profile(&mut self) -> Option<Profile> {
        self.record.take().map(|record| record.finish())
    }

    /// Runs until the clock reaches `limit`, or until it cannot go on alone.
    pub(crate) fn run(&mut self, limit: u64) {
        while self.state == State::Running && self.cycle() < limit {
            let mut until = limit;
            if self.channels.interrupts_enabled {
                if self.channels.interrupt_due(self.cycle()) {
                    self.interrupt();
                } else if let Some(next) = self.channels.events.next() {
                    until = until.min(next);
                }
            }
            let (issued, misses) = (self.pipeline.clock.issued, self.pipeline.misses);
            let exit = interpreter::run(self, until);
            self.statistics.instructions += self.pipeline.clock.issued - issued;
            self.statistics.branch_misses += self.pipeline.misses - misses;
            match exit {
                Exit::Limit | Exit::Interruptible => {}
                Exit::Ahead => return,
                Exit::Wait(channel) => {
                    self.state = State::Waiting(channel);
                    self.poll(limit);
                }
                Exit::Stop(code) => self.state = State::Stopped(code),
                Exit::Fault(channel, refusal) => self.fault(self.pc, channel, refusal),
            }
        }
    }

    /// Goes to the interrupt handler.
    fn interrupt(&mut self) {
        self.channels.interrupts_enabled = false;
        self.channels.srr0 = self.pc;
        self.pc = 0;
        self.pipeline.flush(0);
    }

    /// Goes on if it waits for something that comes before a cycle, and nothing else can
    /// come before it.
    pub(crate) fn poll(&mut self, limit: u64) {
        if let State::Waiting(channel) = self.state
            && let Some(cycle) = self.end_of_wait(channel)
            && cycle < limit
            && cycle <= self.known
        {
            let waited = cycle.saturating_sub(self.cycle());
            self.statistics.stall(channel.number(), waited);
            self.pipeline.wait_until(cycle, Stall::of(channel));
            self.state = State::Running;
        }
    }

    /// The cycle at which it goes on, where that is known: its clock while it runs.
    pub(crate) fn next_cycle(&mut self) -> Option<u64> {
        match self.state {
            State::Running => Some(self.cycle()),
            State::Waiting(channel) => self.end_of_wait(channel),
            State::Idle | State::Stopped(_) | State::Faulted(_) => None,
        }
    }

    fn end_of_wait(&mut self, channel: Channel) -> Option<u64> {
        let now = self.cycle();
        let mut ready = self.channels.readable(channel, now);
        if ready == Ready::Invalid {
            ready = self.channels.writable(channel, now);
        }
        let mut event = Ready::Unknown;
        if self.channels.interrupts_enabled {
            // An interrupt comes through while the SPU waits.
            event = self.channels.events.ready(now);
        }
        let cycles = [ready, event].into_iter().filter_map(|ready| match ready {
            Ready::Now => Some(now),
            Ready::At(cycle) => Some(cycle),
            Ready::Unknown | Ready::Invalid => None,
        });
        cycles.min()
    }

    /// Stops with a report.
    pub(crate) fn fault(&mut self, pc: u32, channel: Option<Channel>, refusal: Refusal) {
        let pc = pc & ADDRESS_MASK & !3;
        self.state = State::Faulted(Box::new(Fault {
            pc,
            instruction: ::spu::disasm::at(pc, self.store.word(pc)).to_string(),
            channel,
            kind: refusal.kind,
            reason: refusal.reason,
        }));
    }

    /// The counters, with the clock.
    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            cycles: self.cycle(),
            ..self.statistics
        }
    }
}
