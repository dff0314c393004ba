//! What the system sees of an SPU, and does with it: the registers of its problem state and
//! what privileged software can reach.
//!
//! Everything that comes from outside comes at a cycle of the caller's clock.

use super::channels::{Ready, describe, event};
use super::cluster::Status;
use super::fault::{Refusal, channel_name};
use super::local_store::LOCAL_STORE_SIZE;
use super::quad::Quad;
use super::timing::{OUTSIDE_LATENCY, Stall};
use super::unit::{State, Unit};

impl Unit {
    /// An idle SPU: local store, registers and channels zero.
    #[must_use]
    pub fn idle() -> Self {
        Self::new(0)
    }

    /// What it does.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.state {
            State::Idle => Status::Idle,
            State::Running => Status::Running,
            State::Waiting(channel) => Status::Waiting(channel_name(*channel)),
            State::Stopped(code) => Status::Stopped(*code),
            State::Faulted(fault) => Status::Faulted((**fault).clone()),
        }
    }

    /// Whether it has something for the system: a word in the outbound interrupt mailbox, a
    /// `stop`, or a fault.
    #[must_use]
    pub fn calls(&self) -> bool {
        self.has_interrupt() || matches!(self.state, State::Stopped(_) | State::Faulted(_))
    }

    /// The address of the next instruction.
    #[must_use]
    pub fn pc(&self) -> u32 {
        self.pc
    }

    /// Sets the address of the next instruction.
    pub fn set_pc(&mut self, pc: u32) {
        self.pc = pc;
    }

    /// Stops between two instructions, if it runs; [`Unit::start`] lets it go on.
    pub fn halt(&mut self) {
        if matches!(self.state, State::Running | State::Waiting(_)) {
            self.state = State::Idle;
        }
    }

    /// The MFC commands that were written and not carried out yet, with their parameters.
    pub fn queued_commands(&self) -> impl Iterator<Item = String> {
        self.channels.mfc.pending.iter().map(describe)
    }

    /// A register, 0 to 127.
    #[must_use]
    pub fn register(&self, register: u8) -> Quad {
        self.registers[usize::from(register & 127)]
    }

    /// Sets a register, 0 to 127.
    pub fn set_register(&mut self, register: u8, value: Quad) {
        self.registers[usize::from(register & 127)] = value;
    }

    /// Its local store.
    #[must_use]
    pub fn local_store(&self) -> &[u8; LOCAL_STORE_SIZE] {
        self.store.all()
    }

    /// Some bytes of its local store, to be written; none where they are not all there.
    pub fn local_bytes_mut(&mut self, address: u32, size: usize) -> Option<&mut [u8]> {
        self.store.bytes_mut(address, size)
    }

    /// Its local store, to be written. What was decoded of it is lost.
    pub fn local_store_mut(&mut self) -> &mut [u8; LOCAL_STORE_SIZE] {
        self.store.all_mut()
    }

    /// Makes registers and channels zero. What has come from outside stays: inbound mailbox
    /// and signals; so do local store, clock and counters.
    pub fn clear(&mut self) {
        let fresh = Self::new(0);
        self.registers = fresh.registers;
        self.pc = fresh.pc;
        self.fpscr = fresh.fpscr;
        let inbound = std::mem::take(&mut self.channels.inbound);
        let signals = self.channels.signals;
        self.channels = fresh.channels;
        if inbound.count(u64::MAX) != 0 {
            self.channels.events.schedule(self.cycle(), event::INBOUND);
        }
        for (signal, event) in signals.iter().zip([event::SIGNAL_1, event::SIGNAL_2]) {
            if signal.ready(u64::MAX) == Ready::Now {
                self.channels.events.schedule(self.cycle(), event);
            }
        }
        self.channels.inbound = inbound;
        self.channels.signals = signals;
        self.state = State::Idle;
    }

    /// Starts at an address, or lets a stopped program go on there, not before a cycle.
    pub fn start(&mut self, pc: u32, cycle: u64) {
        self.pc = pc;
        self.pipeline.wait_until(cycle, Stall::Stopped);
        self.pipeline.restart(pc);
        self.state = State::Running;
    }

    /// Lets no time before a cycle be its own: it had no SPU until then.
    pub fn catch_up(&mut self, cycle: u64) {
        self.pipeline.wait_until(cycle, Stall::Stopped);
    }

    /// Stops as if it had executed `stop` with this type.
    pub fn stop(&mut self, code: u16) {
        self.state = State::Stopped(code);
    }

    /// Says that its last instruction asked for something that the system does not do.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.fault(self.pc.wrapping_sub(4), None, refusal);
    }

    /// Takes the reservation of a line of main storage.
    pub fn lose_reservation(&mut self, cycle: u64) {
        if self.channels.mfc.reservation.take().is_some() {
            self.channels
                .events
                .schedule(cycle, event::LOST_RESERVATION);
        }
    }

    /// Sets the decrementer.
    pub fn set_decrementer(&mut self, value: u32, cycle: u64) {
        let underflow = self.channels.decrementer.start(value, cycle);
        self.channels.events.cancel(event::DECREMENTER);
        self.channels.events.schedule(underflow, event::DECREMENTER);
    }

    /// Writes the inbound mailbox; when it is full, the newest word is replaced.
    pub fn write_mailbox(&mut self, value: u32, cycle: u64) {
        let cycle = cycle + OUTSIDE_LATENCY;
        if self.channels.inbound.put(value, cycle) {
            self.channels.events.schedule(cycle, event::INBOUND);
        }
    }

    /// Words in the inbound mailbox.
    #[must_use]
    pub fn mailbox_count(&self) -> u32 {
        self.channels.inbound.count(u64::MAX)
    }

    /// Empties the inbound mailbox.
    pub fn clear_mailbox(&mut self) {
        self.channels.inbound = Default::default();
    }

    /// Takes the word in the outbound mailbox.
    pub fn read_mailbox(&mut self, cycle: u64) -> Option<u32> {
        let word = self.channels.outbound.take(cycle)?;
        self.channels.events.schedule(cycle, event::OUTBOUND);
        Some(word)
    }

    /// Whether the outbound mailbox holds a word.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.channels.outbound.peek().is_some()
    }

    /// Takes the word in the outbound interrupt mailbox.
    pub fn read_interrupt_mailbox(&mut self, cycle: u64) -> Option<u32> {
        let word = self.channels.interrupt.take(cycle)?;
        self.channels.events.schedule(cycle, event::INTERRUPT);
        Some(word)
    }

    /// Whether the outbound interrupt mailbox holds a word.
    #[must_use]
    pub fn has_interrupt(&self) -> bool {
        self.channels.interrupt.peek().is_some()
    }

    /// Writes signal register 1 or 2 (`register` 0 or 1).
    pub fn write_signal(&mut self, register: usize, value: u32, cycle: u64) {
        self.take_signal(register, value, cycle + OUTSIDE_LATENCY);
    }

    /// A value comes to a signal register.
    pub(crate) fn take_signal(&mut self, register: usize, value: u32, cycle: u64) {
        let register = register & 1;
        if self.channels.signals[register].put(value, cycle) {
            let event = [event::SIGNAL_1, event::SIGNAL_2][register];
            self.channels.events.schedule(cycle, event);
        }
    }

    /// Makes values for signal register 1 or 2 (`register` 0 or 1) be or-ed together, or
    /// overwrite one another, as they do at first.
    pub fn set_signal_or(&mut self, register: usize, or: bool) {
        self.channels.signals[register & 1].or_mode = or;
    }
}
