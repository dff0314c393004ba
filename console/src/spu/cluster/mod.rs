//! Up to six SPUs on one main storage.
//!
//! Time is cut into quanta. In a quantum every SPU runs alone, on its own state, on any
//! host thread, until its clock reaches the quantum's end or it waits for a channel. Then,
//! on one thread, everything happens that goes from one SPU to another or to main storage:
//! MFC commands and their requests on the bus, in the order of time, up to the clock of
//! the SPU that is behind the others. So the same program gives the same run, whatever the
//! number of host threads, and an SPU that is ahead takes no transfer's place from one that
//! is behind.
//!
//! What arrives carries the cycle of its arrival. An SPU that waited goes on at that cycle
//! of its own clock; SPUs whose clocks are ahead of the others' wait for them.

mod address;
mod balance;
mod order;
mod pool;
mod transfer;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;
use std::time::Instant;

pub use address::{GROUP_WINDOW, GROUP_WINDOW_STRIDE, SIGNAL_1_OFFSET, SIGNAL_2_OFFSET, Window};

use balance::Balance;
use pool::Pool;
use transfer::{Machine, finish, lose_reservations};

use super::channels::ChannelAccess;
use super::fault::Fault;
use super::local_store::LOCAL_STORE_SIZE;
use super::quad::Quad;
use super::statistics::Statistics;
use super::storage::Storage;
use super::timing::{Bus, COHERENCE, COMMAND_LATENCY, MEMORY_LATENCY, Profile, nanoseconds};
use super::unit::{State, Unit};

/// The most SPUs of a cluster: as many as a game has.
pub const MAX_SPUS: usize = 6;
/// Cycles of a quantum. A double-buffered block of 16 KB is worked on for about as long.
const QUANTUM: u64 = 8192;

/// What an SPU does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was not started.
    Idle,
    /// It runs.
    Running,
    /// It waits for a channel: its name.
    Waiting(String),
    /// It executed `stop` with this type (`stopd`: 0x3fff).
    Stopped(u16),
    /// It did something that it cannot.
    Faulted(Fault),
}

/// What a step brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At least one SPU ran.
    Ran,
    /// None can run: each is idle, stopped, or waits for something that only the outside
    /// can send.
    Blocked,
}

/// Runs those units to `limit` that `runs` names.
fn run_alone(units: &mut [Box<Unit>], runs: impl Fn(&Unit) -> bool, limit: u64) {
    for unit in units.iter_mut().filter(|unit| runs(unit)) {
        unit.run(limit);
    }
}

/// SPUs. Main storage is the caller's, always the same.
pub struct Cluster {
    units: Vec<Box<Unit>>,
    /// What each of them reaches of the others.
    windows: Vec<Window>,
    bus: Bus,
    buffer: Vec<u8>,
    /// The lines of main storage that the SPUs have reserved, as the storage knows them.
    reserved: Vec<u64>,
    pool: Option<Pool>,
    balance: Balance,
    /// What the SPUs did with their channels, where that is wanted.
    accesses: Option<Vec<ChannelAccess>>,
}

impl Cluster {
    /// A cluster of `spus` (1 to [`MAX_SPUS`], else the nearest of these), run by the
    /// caller's thread alone.
    #[must_use]
    pub fn new(spus: usize) -> Self {
        let spus = spus.clamp(1, MAX_SPUS);
        Self {
            units: (0..spus).map(|_| Box::new(Unit::new(0))).collect(),
            windows: vec![Window::identity(spus); spus],
            bus: Bus::new(spus),
            buffer: Vec::new(),
            reserved: Vec::new(),
            pool: None,
            balance: Balance::default(),
            accesses: None,
        }
    }

    /// Runs the SPUs on that many host threads, the caller's included. Results do not
    /// depend on it.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        let workers = threads.clamp(1, self.units.len()) - 1;
        self.pool = (workers > 0).then(|| Pool::new(workers));
        self
    }

    /// Runs the SPUs on as many host threads as the host has, if it did not yet.
    pub fn share_host(&mut self) {
        if self.pool.is_none() {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            let workers = threads.min(self.units.len()) - 1;
            self.pool = (workers > 0).then(|| Pool::new(workers));
        }
    }

    /// How many SPUs there are.
    #[must_use]
    pub fn spus(&self) -> usize {
        self.units.len()
    }

    /// Somebody else wrote main storage at a cycle: SPUs lose their reservations of it.
    pub fn lose_reservations(&mut self, address: u64, size: usize, cycle: u64) {
        lose_reservations(&mut self.units, address, size, cycle);
    }

    /// An SPU's local store.
    ///
    /// # Panics
    /// Here and below, when there is no SPU of that number.
    #[must_use]
    pub fn local_store(&self, spu: usize) -> &[u8; LOCAL_STORE_SIZE] {
        self.units[spu].store.all()
    }

    /// An SPU's local store, to be written.
    pub fn local_store_mut(&mut self, spu: usize) -> &mut [u8; LOCAL_STORE_SIZE] {
        self.units[spu].store.all_mut()
    }

    /// A register, 0 to 127.
    #[must_use]
    pub fn register(&self, spu: usize, register: u8) -> Quad {
        self.units[spu].registers[usize::from(register & 127)]
    }

    /// Sets a register, 0 to 127.
    pub fn set_register(&mut self, spu: usize, register: u8, value: Quad) {
        self.units[spu].registers[usize::from(register & 127)] = value;
    }

    /// Makes an SPU as new: local store, registers and channels zero. Its clock and its
    /// counters go on.
    pub fn reset(&mut self, spu: usize) {
        let cycle = self.cycle();
        self.bus.cancel(spu);
        let unit = &mut self.units[spu];
        let statistics = unit.statistics;
        **unit = Unit::new(cycle);
        unit.statistics = statistics;
    }

    /// Starts an SPU at an address of its local store, or lets a stopped one go on there.
    pub fn start(&mut self, spu: usize, pc: u32) {
        self.units[spu].start(pc, 0);
    }

    /// Stops an SPU as if it had executed `stop` with this type.
    pub fn stop(&mut self, spu: usize, code: u16) {
        self.units[spu].state = State::Stopped(code);
    }

    /// Watches what an SPU issues from now on, which makes it slower to simulate; keeps the
    /// first `room` instructions one by one.
    pub fn watch(&mut self, spu: usize, room: usize) {
        self.units[spu].watch(room);
    }

    /// What an SPU issued since it was watched, which ends. `None` where it was not.
    pub fn profile(&mut self, spu: usize) -> Option<Profile> {
        self.units[spu].profile()
    }

    /// The address of the next instruction of an SPU.
    #[must_use]
    pub fn pc(&self, spu: usize) -> u32 {
        self.units[spu].pc
    }

    /// What an SPU does.
    #[must_use]
    pub fn status(&self, spu: usize) -> Status {
        self.units[spu].status()
    }

    /// An SPU.
    #[must_use]
    pub fn unit(&self, spu: usize) -> &Unit {
        &self.units[spu]
    }

    /// An SPU, to be changed from outside.
    pub fn unit_mut(&mut self, spu: usize) -> &mut Unit {
        &mut self.units[spu]
    }

    /// Gives an SPU another program's state, and returns that of the one before.
    pub fn exchange(&mut self, spu: usize, unit: Box<Unit>) -> Box<Unit> {
        self.leave_bus(spu);
        std::mem::replace(&mut self.units[spu], unit)
    }

    /// What an SPU's commands have under way comes to its end without taking the bus any
    /// longer.
    fn leave_bus(&mut self, spu: usize) {
        self.bus.cancel(spu);
        let done = self.units[spu].cycle() + MEMORY_LATENCY;
        while let Some(index) = self.units[spu].channels.mfc.under_way() {
            finish(&mut self.units, spu, index, done);
        }
    }

    /// Says which SPUs an SPU's DMA reaches: each with its number in the windows of the
    /// group. At first each reaches all, by their own numbers.
    pub fn set_window(&mut self, spu: usize, window: Window) {
        self.windows[spu] = window;
    }

    /// Writes the inbound mailbox; when it is full, the newest word is replaced.
    pub fn write_mailbox(&mut self, spu: usize, value: u32) {
        let cycle = self.cycle();
        self.units[spu].write_mailbox(value, cycle);
    }

    /// Takes the word in the outbound mailbox.
    pub fn read_mailbox(&mut self, spu: usize) -> Option<u32> {
        let cycle = self.cycle();
        self.units[spu].read_mailbox(cycle)
    }

    /// Takes the word in the outbound interrupt mailbox.
    pub fn read_interrupt_mailbox(&mut self, spu: usize) -> Option<u32> {
        let cycle = self.cycle();
        self.units[spu].read_interrupt_mailbox(cycle)
    }

    /// Whether the outbound interrupt mailbox holds a word.
    #[must_use]
    pub fn has_interrupt(&self, spu: usize) -> bool {
        self.units[spu].has_interrupt()
    }

    /// Writes signal register 1 or 2 (`register` 0 or 1).
    pub fn write_signal(&mut self, spu: usize, register: usize, value: u32) {
        let cycle = self.cycle();
        self.units[spu].write_signal(register, value, cycle);
    }

    /// Makes values for signal register 1 or 2 (`register` 0 or 1) be or-ed together, or
    /// overwrite one another, as they do at first.
    pub fn set_signal_or(&mut self, spu: usize, register: usize, or: bool) {
        self.units[spu].set_signal_or(register, or);
    }

    /// Runs every SPU that can for one quantum, then carries out what they asked for.
    pub fn step(&mut self, memory: &mut dyn Storage) -> Step {
        self.step_until(memory, u64::MAX)
    }

    /// The same, but no SPU begins an instruction at that cycle or later. Those that have
    /// come so far stay where they are: nothing ran when no SPU is before it.
    pub fn step_until(&mut self, memory: &mut dyn Storage, end: u64) -> Step {
        let Some(first) = self.next_cycle().filter(|&cycle| cycle < end) else {
            return Step::Blocked;
        };
        let limit = end.min(first + QUANTUM);
        for unit in &mut self.units {
            // Units come and go.
            unit.channels.trace.set(self.accesses.is_some());
            unit.known = first + COMMAND_LATENCY + COHERENCE;
            unit.poll(limit);
        }
        let runs = |unit: &Unit| unit.state == State::Running && unit.cycle() < limit;
        let several = self.units.iter().filter(|unit| runs(unit)).count() > 1;
        match &self.pool {
            Some(pool) if several => {
                let (before, start) = (self.instructions(), Instant::now());
                let share = self.balance.share();
                if share {
                    pool.run(&mut self.units, runs, limit);
                } else {
                    run_alone(&mut self.units, runs, limit);
                }
                let instructions = self.instructions() - before;
                self.balance.record(share, instructions, start.elapsed());
            }
            _ => run_alone(&mut self.units, runs, limit),
        }
        Machine {
            units: &mut self.units,
            windows: &self.windows,
            memory,
            bus: &mut self.bus,
            buffer: &mut self.buffer,
        }
        .carry_out(end);
        self.tell_reservations(memory);
        self.note_accesses();
        Step::Ran
    }

    fn note_accesses(&mut self) {
        let Some(accesses) = &mut self.accesses else {
            return;
        };
        let begin = accesses.len();
        for (spu, unit) in self.units.iter_mut().enumerate() {
            accesses.extend(unit.channels.trace.take(spu));
        }
        accesses[begin..].sort_by_key(|access| access.cycle);
    }

    /// Begins or ends to keep what the SPUs do with their channels.
    pub fn trace(&mut self, on: bool) {
        match on {
            true => _ = self.accesses.get_or_insert_default(),
            false => self.accesses = None,
        }
    }

    /// What the SPUs have done with their channels since the last call: quantum by quantum, by
    /// the cycle.
    pub fn take_accesses(&mut self) -> Vec<ChannelAccess> {
        self.accesses
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// The cycle at which the first SPU goes on, or something on the bus does: none when
    /// nothing happens by itself.
    pub fn next_cycle(&mut self) -> Option<u64> {
        let units = self.units.iter_mut();
        let first = units.filter_map(|unit| unit.next_cycle()).min();
        [first, self.bus.next()].into_iter().flatten().min()
    }

    fn tell_reservations(&mut self, memory: &mut dyn Storage) {
        let lines = self.units.iter().map(|u| u.channels.mfc.reservation);
        if !lines.clone().flatten().eq(self.reserved.iter().copied()) {
            self.reserved = lines.flatten().collect();
            memory.reserved(&self.reserved);
        }
    }

    /// Steps until nothing can run, or until the clock has gone on by `cycles`.
    pub fn run(&mut self, memory: &mut dyn Storage, cycles: u64) -> Step {
        let end = self.cycle().saturating_add(cycles);
        while self.cycle() < end {
            if self.step(memory) == Step::Blocked {
                return Step::Blocked;
            }
        }
        Step::Ran
    }

    /// Instructions that the SPUs have executed, all together.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.units.iter().map(|u| u.statistics.instructions).sum()
    }

    /// The clock: cycles since the beginning, of the SPU that is furthest.
    #[must_use]
    pub fn cycle(&self) -> u64 {
        self.units
            .iter()
            .map(|unit| unit.cycle())
            .max()
            .unwrap_or(0)
    }

    /// The clock in nanoseconds.
    #[must_use]
    pub fn time_ns(&self) -> u64 {
        nanoseconds(self.cycle())
    }

    /// An SPU's counters.
    #[must_use]
    pub fn statistics(&self, spu: usize) -> Statistics {
        self.units[spu].statistics()
    }

    /// A number that stands for registers, local stores and clocks: equal runs have equal
    /// numbers.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for unit in &self.units {
            unit.registers.hash(&mut hasher);
            unit.pc.hash(&mut hasher);
            unit.fpscr.hash(&mut hasher);
            unit.cycle().hash(&mut hasher);
            unit.store.all().hash(&mut hasher);
        }
        hasher.finish()
    }
}
