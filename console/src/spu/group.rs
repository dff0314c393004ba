//! An SPU thread group as LV2 has it, on a [`Cluster`]: what the driver needs of the
//! machine.

use std::collections::VecDeque;
use std::thread;

use ::spu::driver::{Event, SpuSystem, SystemError};
use ::spu::elf::Image;

use super::cluster::{Cluster, MAX_SPUS, Status, Step};
use super::memory::MainStorage;
use super::quad::Quad;
use super::statistics::Statistics;
use super::timing::CYCLES_PER_SECOND;

/// Type of the `stop` that ends the whole group.
const STOP_GROUP_EXIT: u16 = 0x101;
/// Type of the `stop` that ends the thread.
const STOP_THREAD_EXIT: u16 = 0x102;
/// The stack pointer that a thread starts with.
const INITIAL_STACK: u32 = 0x3_fff0;
/// Simulated seconds without an event after which waiting is given up.
const PATIENCE_SECONDS: u64 = 10;

/// How a thread ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `stop 0x102`, with the status in its outbound mailbox.
    Thread(u32),
    /// Some thread executed `stop 0x101`, with the status in that one's outbound mailbox.
    Group(u32),
}

/// One SPU thread group on simulated SPUs with main storage, without a PPU.
///
/// Nothing here blocks for ever: SPUs that all wait, or that compute for ten simulated
/// seconds without an event, end as [`SystemError::Deadlock`].
pub struct ThreadGroup {
    cluster: Cluster,
    memory: MainStorage,
    /// Threads of the group that was started.
    threads: usize,
    exits: [Option<Exit>; MAX_SPUS],
    events: VecDeque<Event>,
    patience: u64,
}

impl ThreadGroup {
    /// A machine that gives a group up to `spus` SPUs (1 to 6), run on as many host
    /// threads as the host has, at most one for each SPU.
    #[must_use]
    pub fn new(spus: usize) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self::on(Cluster::new(spus).with_threads(threads))
    }

    /// A machine on a cluster made elsewhere.
    #[must_use]
    pub fn on(cluster: Cluster) -> Self {
        Self {
            cluster,
            memory: MainStorage::default(),
            threads: 0,
            exits: [None; MAX_SPUS],
            events: VecDeque::new(),
            patience: PATIENCE_SECONDS * CYCLES_PER_SECOND,
        }
    }

    /// The SPUs.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The SPUs, to set what LV2 sets by other calls.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// An SPU's counters.
    ///
    /// # Panics
    /// When there is no SPU of that number.
    #[must_use]
    pub fn statistics(&self, spu: usize) -> Statistics {
        self.cluster.statistics(spu)
    }

    /// How a thread of the group ended, once it did.
    #[must_use]
    pub fn exit(&self, spu: usize) -> Option<Exit> {
        self.exits.get(spu).copied().flatten()
    }

    /// How many cycles may go by without an event before waiting is given up.
    pub fn set_patience(&mut self, cycles: u64) {
        self.patience = cycles;
    }

    /// The kernel's part: what the SPUs' interrupt mailboxes and stops ask for.
    fn serve(&mut self) -> Result<(), SystemError> {
        for spu in 0..self.threads {
            if self.cluster.has_interrupt(spu) {
                self.serve_interrupt(spu)?;
            }
            match self.cluster.status(spu) {
                Status::Stopped(_) if self.exits[spu].is_some() => {}
                Status::Stopped(STOP_THREAD_EXIT) => {
                    let status = self.exit_status(spu)?;
                    self.exits[spu] = Some(Exit::Thread(status));
                }
                Status::Stopped(STOP_GROUP_EXIT) => {
                    let status = self.exit_status(spu)?;
                    for thread in 0..self.threads {
                        self.exits[thread].get_or_insert(Exit::Group(status));
                        self.cluster.stop(thread, STOP_GROUP_EXIT);
                    }
                }
                Status::Stopped(code) => {
                    return Err(self.fault(
                        spu,
                        &format!("stop {code:#x} is none that the system knows"),
                    ));
                }
                Status::Faulted(fault) => {
                    return Err(SystemError::Fault {
                        spu,
                        report: fault.to_string(),
                    });
                }
                Status::Idle | Status::Running | Status::Waiting(_) => {}
            }
        }
        Ok(())
    }

    fn exit_status(&mut self, spu: usize) -> Result<u32, SystemError> {
        self.cluster
            .read_mailbox(spu)
            .ok_or_else(|| self.fault(spu, "exit without a status in the outbound mailbox"))
    }

    /// A word in the interrupt mailbox: an event, with its data in the other mailbox.
    fn serve_interrupt(&mut self, spu: usize) -> Result<(), SystemError> {
        let Some(word) = self.cluster.read_interrupt_mailbox(spu) else {
            return Ok(());
        };
        if word >> 31 == 1 {
            return Err(self.fault(
                spu,
                &format!("interrupt mailbox {word:#010x}: neither send nor throw an event"),
            ));
        }
        let Some(data1) = self.cluster.read_mailbox(spu) else {
            return Err(self.fault(spu, "event without data in the outbound mailbox"));
        };
        self.events.push_back(Event {
            spu,
            port: (word >> 24) as u8 & 0x3f,
            data0: word & 0xff_ffff,
            data1,
        });
        if word & 0x4000_0000 == 0 {
            // The SPU waits for an answer: 0, the event was sent.
            self.cluster.write_mailbox(spu, 0);
        }
        Ok(())
    }

    fn fault(&self, spu: usize, reason: &str) -> SystemError {
        SystemError::Fault {
            spu,
            report: format!("before {:#07x}: {reason}", self.cluster.pc(spu)),
        }
    }

    fn running(&self) -> bool {
        (0..self.threads).any(|spu| self.exits[spu].is_none())
    }

    /// What each SPU waits for.
    fn report(&self, reason: &str) -> SystemError {
        let mut report = String::from(reason);
        for spu in 0..self.threads {
            let pc = self.cluster.pc(spu);
            let state = match self.cluster.status(spu) {
                Status::Idle => "idle".into(),
                Status::Running => format!("runs at {pc:#07x}"),
                Status::Waiting(channel) => format!("waits for {channel} at {pc:#07x}"),
                Status::Stopped(code) => format!("stopped ({code:#x})"),
                Status::Faulted(fault) => fault.to_string(),
            };
            report += &format!("; SPU {spu} {state}");
        }
        SystemError::Deadlock { report }
    }

    /// Runs until `done` says so after the kernel's part; there is nothing to wait for once
    /// all threads have ended.
    fn run_until(&mut self, done: impl Fn(&Self) -> bool) -> Result<(), SystemError> {
        let end = self.cluster.cycle().saturating_add(self.patience);
        loop {
            let served = self.serve();
            if done(self) {
                return Ok(());
            }
            served?;
            if !self.running() {
                return Err(refused("wait: every thread of the group has ended"));
            }
            if self.cluster.step(&mut self.memory) == Step::Blocked {
                return Err(self.report("nobody can go on"));
            }
            if self.cluster.cycle() > end {
                self.serve()?;
                if done(self) {
                    return Ok(());
                }
                return Err(self.report("no end in sight"));
            }
        }
    }
}

fn refused(reason: impl Into<String>) -> SystemError {
    SystemError::Refused {
        reason: reason.into(),
    }
}

impl SpuSystem for ThreadGroup {
    fn available(&self) -> usize {
        self.cluster.spus()
    }

    fn allocate(&mut self, size: usize, align: usize) -> Result<u32, SystemError> {
        if !align.is_power_of_two() {
            return Err(refused(format!("allocate: {align} is no power of two")));
        }
        self.memory
            .allocate(size, align)
            .ok_or(SystemError::OutOfMemory { size })
    }

    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), SystemError> {
        let address = u64::from(address);
        let Some(target) = self.memory.bytes_mut(address, bytes.len()) else {
            return Err(refused(format!(
                "write: {} bytes at {address:#x} are not allocated",
                bytes.len()
            )));
        };
        target.copy_from_slice(bytes);
        let now = self.cluster.cycle();
        self.cluster.lose_reservations(address, bytes.len(), now);
        Ok(())
    }

    fn read(&mut self, address: u32, out: &mut [u8]) -> Result<(), SystemError> {
        let bytes = self.memory.bytes(address.into(), out.len());
        let Some(bytes) = bytes else {
            return Err(refused(format!(
                "read: {} bytes at {address:#x} are not allocated",
                out.len()
            )));
        };
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn start(&mut self, image: &[u8], arguments: &[[u64; 4]]) -> Result<(), SystemError> {
        if self.running() {
            return Err(refused("start: the group runs already"));
        }
        if arguments.is_empty() || arguments.len() > self.cluster.spus() {
            return Err(refused(format!(
                "start: a group has 1 to {} threads, not {}",
                self.cluster.spus(),
                arguments.len()
            )));
        }
        let image = Image::parse(image).map_err(|error| refused(format!("start: {error}")))?;
        self.threads = arguments.len();
        self.exits = [None; MAX_SPUS];
        self.events.clear();
        for spu in 0..self.cluster.spus() {
            self.cluster.reset(spu);
        }
        for (spu, arguments) in arguments.iter().enumerate() {
            image
                .load(self.cluster.local_store_mut(spu))
                .map_err(|error| refused(format!("start: {error}")))?;
            self.cluster
                .set_register(spu, 1, Quad::preferred(INITIAL_STACK));
            for (register, &argument) in (3..).zip(arguments) {
                let value = Quad::from_doublewords([argument, 0]);
                self.cluster.set_register(spu, register, value);
            }
            self.cluster.set_signal_or(spu, 0, true);
            self.cluster.start(spu, image.entry);
        }
        Ok(())
    }

    fn write_mailbox(&mut self, spu: usize, value: u32) -> Result<(), SystemError> {
        if spu >= self.threads {
            return Err(refused(format!(
                "write_mailbox: the group has {} threads, not thread {spu}",
                self.threads
            )));
        }
        self.cluster.write_mailbox(spu, value);
        Ok(())
    }

    fn wait_event(&mut self) -> Result<Event, SystemError> {
        if self.events.is_empty() {
            self.run_until(|group| !group.events.is_empty())?;
        }
        let event = self.events.pop_front();
        event.ok_or_else(|| refused("wait: no event"))
    }

    fn join(&mut self) -> Result<(), SystemError> {
        self.run_until(|group| !group.running())
    }

    fn time_ns(&mut self) -> u64 {
        self.cluster.time_ns()
    }
}
