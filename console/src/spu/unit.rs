//! One SPU with its local store and channels: everything that it can change alone.

use ::spu::isa::channel::Channel;

use super::channels::{Channels, Ready};
use super::fault::Fault;
use super::interpreter::{self, Exit};
use super::local_store::{ADDRESS_MASK, LocalStore};
use super::quad::Quad;
use super::semantics::fpscr::Fpscr;
use super::statistics::Statistics;

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

/// One SPU.
pub(crate) struct Unit {
    pub(crate) registers: [Quad; 128],
    /// Address of the next instruction.
    pub(crate) pc: u32,
    pub(crate) fpscr: Fpscr,
    pub(crate) store: LocalStore,
    pub(crate) channels: Channels,
    /// Its clock.
    pub(crate) cycle: u64,
    pub(crate) state: State,
    pub(crate) statistics: Statistics,
}

impl Unit {
    pub(crate) fn new() -> Self {
        Self {
            registers: [Quad::ZERO; 128],
            pc: 0,
            fpscr: Fpscr::default(),
            store: LocalStore::new(),
            channels: Channels::default(),
            cycle: 0,
            state: State::Idle,
            statistics: Statistics::default(),
        }
    }

    /// Runs until the clock reaches `limit`, or until it cannot go on alone.
    pub(crate) fn run(&mut self, limit: u64) {
        while self.state == State::Running && self.cycle < limit {
            let mut until = limit;
            if self.channels.interrupts_enabled {
                if self.channels.interrupt_due(self.cycle) {
                    self.interrupt();
                } else if let Some(next) = self.channels.events.next() {
                    until = until.min(next);
                }
            }
            let start = self.cycle;
            let exit = interpreter::run(self, until);
            self.statistics.instructions += self.cycle - start;
            match exit {
                Exit::Limit | Exit::Interruptible => {}
                Exit::Wait(channel, ready) => self.wait(channel, ready),
                Exit::Stop(code) => self.state = State::Stopped(code),
                Exit::Fault(channel, reason) => self.fault(self.pc, channel, reason),
            }
        }
    }

    /// Goes to the interrupt handler.
    fn interrupt(&mut self) {
        self.channels.interrupts_enabled = false;
        self.channels.srr0 = self.pc;
        self.pc = 0;
    }

    /// The instruction at `pc` needs a channel that is not ready.
    fn wait(&mut self, channel: Channel, ready: Ready) {
        self.state = State::Waiting(channel);
        self.resume(channel, ready);
    }

    /// Goes on if it waits for something that has come, or whose time is known.
    pub(crate) fn poll(&mut self) {
        let State::Waiting(channel) = self.state else {
            return;
        };
        let mut ready = self.channels.readable(channel, self.cycle);
        if ready == Ready::Invalid {
            ready = self.channels.writable(channel, self.cycle);
        }
        self.resume(channel, ready);
    }

    fn resume(&mut self, channel: Channel, ready: Ready) {
        let mut at = match ready {
            Ready::Now => Some(self.cycle),
            Ready::At(cycle) => Some(cycle),
            Ready::Unknown | Ready::Invalid => None,
        };
        if self.channels.interrupts_enabled {
            // An interrupt comes through while the SPU waits.
            let event = match self.channels.events.ready(self.cycle) {
                Ready::Now => Some(self.cycle),
                Ready::At(cycle) => Some(cycle),
                Ready::Unknown | Ready::Invalid => None,
            };
            at = [at, event].into_iter().flatten().min();
        }
        if let Some(cycle) = at {
            let waited = cycle.saturating_sub(self.cycle);
            self.statistics.stall(channel.number(), waited);
            self.cycle += waited;
            self.state = State::Running;
        }
    }

    /// Stops with a report.
    pub(crate) fn fault(&mut self, pc: u32, channel: Option<Channel>, reason: String) {
        let pc = pc & ADDRESS_MASK & !3;
        self.state = State::Faulted(Box::new(Fault {
            pc,
            instruction: ::spu::disasm::at(pc, self.store.word(pc)).to_string(),
            channel,
            reason,
        }));
    }

    /// The counters, with the clock.
    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            cycles: self.cycle,
            ..self.statistics
        }
    }
}
