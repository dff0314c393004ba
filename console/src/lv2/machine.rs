//! One process on the machine: its threads' turns, their calls, and how it ends.

use std::collections::VecDeque;
use std::ops::Range;

use super::call::{
    Answer, Callee, Caller, Check, Heaps, Modules, Network, Operation, Pictures, Random, Record,
};
use super::errno::Errno;
use super::files::{FileSystem, Mount, MountError};
use super::graphics::Graphics;
use super::guest::GuestCall;
use super::input::Input;
use super::mapper::Mapper;
use super::memory::{USER_MEMORY, UserMemory};
use super::monitor::Symbols;
use super::object::{Objects, WordWaiters};
use super::page_fault::PageFaults;
use super::pause::Pause;
use super::program::{ProcessParameters, Tls};
use super::sound::{Mixer, SoundBlock};
use super::spu::Spus;
use super::start::stub_of;
use super::system::{Dialog, System, TextDialog};
use super::thread::{HARDWARE_THREADS, State, Threads, Wait};
use crate::ppu::{Cause, Exit, Registers, Report, Timing};
use crate::rsx::{self, Executed};
use crate::spu::ChannelAccess;

/// Cycles that threads run side by side before the next are chosen.
const SPAN: u64 = 4096;
/// Calls that are kept for a report.
const REMEMBERED: usize = 48;

/// Who watches a program.
pub trait Observer {
    /// The program wrote to a channel of its terminal.
    fn tty(&mut self, channel: u32, text: &[u8]);
    /// The program reads from a channel of its terminal: how many bytes it gets.
    fn tty_input(&mut self, channel: u32, into: &mut [u8]) -> usize {
        let _ = (channel, into);
        0
    }
    /// The program called something that there is not; it got an error.
    fn unknown(&mut self, call: &Record);
    /// The program had the system show a dialog.
    fn dialog(&mut self, dialog: &Dialog) {
        let _ = dialog;
    }
    /// The program had the system show the on-screen keyboard.
    fn text_dialog(&mut self, dialog: &TextDialog) {
        let _ = dialog;
    }
    /// Whether [`Self::rsx`] is to be called.
    fn traces_rsx(&self) -> bool {
        false
    }
    /// The RSX executed a method.
    fn rsx(&mut self, executed: &Executed) {
        let _ = executed;
    }
    /// Whether [`Self::spu`] is to be called.
    fn traces_spus(&self) -> bool {
        false
    }
    /// An SPU read or wrote a channel.
    fn spu(&mut self, access: &ChannelAccess) {
        let _ = access;
    }
    /// The mixer has played a block of sound.
    fn sound(&mut self, block: &SoundBlock) {
        let _ = block;
    }
    /// The program called something, or something unknown.
    fn call(&mut self, call: &Record) {
        let _ = call;
    }
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The process ended with a status.
    Exited(i32),
    /// An instruction could not be executed, or was a trap.
    Fault {
        /// The thread.
        thread: u64,
        /// What happened.
        report: Report,
    },
    /// A thread called the hypervisor, which programs cannot.
    Hypervisor {
        /// The thread.
        thread: u64,
    },
    /// An SPU thread did what it may not, and nobody was to hear of it.
    SpuFault {
        /// The SPU thread.
        thread: u32,
        /// What it did.
        fault: crate::spu::Fault,
    },
    /// The RSX was told something that it cannot do.
    Rsx(rsx::Report),
    /// All threads wait for one another.
    Deadlock,
    /// The last thread ended, and the process did not.
    NoThreads,
    /// As many instructions as asked for were executed.
    Limit,
    /// It was asked to [pause](Machine::pause_at) here; the next run goes on.
    Paused,
}

/// A process, from its start to its end.
pub struct Machine {
    pub(super) memory: UserMemory,
    pub(super) mapper: Mapper,
    pub(super) page_faults: PageFaults,
    pub(super) heaps: Heaps,
    pub(super) network: Network,
    pub(super) pictures: Pictures,
    pub(super) random: Random,
    /// The check of a content that is under way.
    pub(super) game: Option<Check>,
    /// What is done with save data, and the memory for it.
    pub(super) save: Option<Operation>,
    pub(super) save_block: Option<u64>,
    /// The program's path, where it was started with one.
    pub(super) program: Option<String>,
    pub(super) threads: Threads,
    pub(super) objects: Objects,
    pub(super) spus: Spus,
    pub(super) files: FileSystem,
    pub(super) word_waiters: WordWaiters,
    /// What the program says of itself.
    pub(super) process: ProcessParameters,
    /// The template of thread-local storage, once the program has told it.
    pub(super) local: Option<Tls>,
    pub(super) system: System,
    pub(super) input: Input,
    pub(super) graphics: Graphics,
    pub(super) modules: Modules,
    pub(super) mixer: Mixer,
    pub(super) imports: Vec<Callee>,
    pub(super) pause: Pause,
    pub(super) symbols: Symbols,
    /// How long instructions take, where each is not one cycle.
    timing: Option<Box<Timing>>,
    clock: u64,
    /// When the thread that ran last gave way to one that it had woken.
    preempted: Option<u64>,
    recent: VecDeque<Record>,
    ran_last: u64,
}

/// Whether a thread goes on after a call.
enum Next {
    Same,
    Other,
    End(Outcome),
}

impl Machine {
    pub(super) fn new(memory: UserMemory, threads: Threads, imports: Vec<Callee>) -> Self {
        Self {
            memory,
            mapper: Mapper::default(),
            page_faults: PageFaults::default(),
            heaps: Heaps::default(),
            network: Network::default(),
            pictures: Pictures::default(),
            random: Random::default(),
            game: None,
            save: None,
            save_block: None,
            program: None,
            threads,
            objects: Objects::default(),
            spus: Spus::default(),
            files: FileSystem::default(),
            word_waiters: WordWaiters::default(),
            process: ProcessParameters::default(),
            local: None,
            system: System::default(),
            input: Input::default(),
            graphics: Graphics::default(),
            modules: Modules::default(),
            mixer: Mixer::default(),
            imports,
            pause: Pause::default(),
            symbols: Symbols::default(),
            timing: None,
            clock: 0,
            preempted: None,
            recent: VecDeque::new(),
            ran_last: 0,
        }
    }

    /// Lets the program have `bytes` of memory in all, as if something else had the rest of the
    /// [`USER_MEMORY`]; nothing where its image has as much already.
    pub fn limit_memory(&mut self, bytes: u64) {
        let used = USER_MEMORY - self.memory.available();
        let rest = USER_MEMORY.saturating_sub(bytes.max(used));
        self.memory.charge(rest);
    }

    /// Gives the program a device.
    ///
    /// # Errors
    ///
    /// The path cannot be used, or the host's folder.
    pub fn mount(&mut self, mount: &Mount) -> Result<(), MountError> {
        self.files.mount(mount)
    }

    /// Simulated cycles since the start.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.clock
    }

    /// The clock goes on.
    pub(super) fn set_clock(&mut self, cycle: u64) {
        self.clock = cycle;
    }

    /// The last calls, oldest first.
    pub fn recent_calls(&self) -> impl Iterator<Item = &Record> {
        self.recent.iter()
    }

    /// All threads that there are: number, name, what they do, registers.
    pub fn threads(&self) -> impl Iterator<Item = (u64, &str, State, &Registers)> {
        self.threads.all.iter().map(|(id, thread)| {
            let registers = &thread.ppu.registers;
            (*id, thread.name.as_str(), thread.state, registers)
        })
    }

    /// The thread that ran last.
    #[must_use]
    pub fn last_thread(&self) -> u64 {
        self.ran_last
    }

    /// Reads the program's memory.
    ///
    /// # Errors
    ///
    /// Where a byte is not mapped.
    pub fn read(&self, address: u64, into: &mut [u8]) -> Result<(), crate::ppu::AccessFault> {
        self.memory.space.read(address, into)
    }

    /// From now on instructions of PPU threads take what they take in the PPE's pipelines and
    /// caches, instead of a cycle each.
    pub fn time_ppu(&mut self) {
        self.timing = Some(Box::default());
    }

    /// What the PPE's pipelines and caches counted, if they are simulated.
    #[must_use]
    pub fn ppu_timing(&self) -> Option<&Timing> {
        self.timing.as_deref()
    }

    /// Runs the program until it ends, or until its threads have executed `limit`
    /// instructions in all, those of SPUs too. Where the PPU is timed, its cycles count.
    pub fn run(&mut self, limit: u64, observer: &mut dyn Observer) -> Outcome {
        self.spus.cluster.trace(observer.traces_spus());
        let outcome = self.run_on(limit, observer);
        self.tell_accesses(observer);
        outcome
    }

    fn tell_accesses(&mut self, observer: &mut dyn Observer) {
        for access in self.spus.cluster.take_accesses() {
            observer.spu(&access);
        }
    }

    fn run_on(&mut self, limit: u64, observer: &mut dyn Observer) -> Outcome {
        let mut left = limit;
        loop {
            self.tell_accesses(observer);
            if let Some(outcome) = self.advance_devices(observer) {
                return outcome;
            }
            if self.pause.take(self.clock) {
                return Outcome::Paused;
            }
            self.tell_page_faults_again();
            // Calls and devices may have sent what SPUs wait for.
            if let Some(outcome) = self.serve_spus() {
                return outcome;
            }
            let event = self.next_event();
            let chosen = self.threads.choose();
            if chosen.is_empty() {
                if let Some(outcome) = self.pass_time(event, &mut left) {
                    return outcome;
                }
                continue;
            }
            let event = event.into_iter().chain(self.pause.cycle).min();
            let start = self.clock;
            let end = event.map_or(start + SPAN, |cycle| cycle.clamp(start + 1, start + SPAN));
            if let Some(outcome) = self.run_threads(&chosen, start..end, &mut left, observer) {
                return outcome;
            }
            if let Some(outcome) = self.run_spus(&mut left) {
                return outcome;
            }
        }
    }

    /// Lets threads run side by side, one after the other. Where the first wakes one that should
    /// run, all stop there and are chosen anew; where the second does, that one takes its place.
    fn run_threads(
        &mut self,
        chosen: &[u64],
        span: Range<u64>,
        left: &mut u64,
        observer: &mut dyn Observer,
    ) -> Option<Outcome> {
        let Range { start, mut end } = span;
        for (slot, id) in chosen.iter().enumerate() {
            // A call of the other thread may have changed what this one does.
            if !self.threads.is_ready(*id) {
                continue;
            }
            if let Some(outcome) = self.turn(*id, start..end, chosen, left, observer) {
                return Some(outcome);
            }
            let Some(cycle) = self.preempted.take() else {
                continue;
            };
            if slot + 1 < HARDWARE_THREADS {
                end = cycle;
                continue;
            }
            let mut ready = self.threads.choose().into_iter();
            if let Some(other) = ready.find(|other| !chosen.contains(other))
                && let Some(outcome) = self.turn(other, cycle..end, &[], left, observer)
            {
                return Some(outcome);
            }
        }
        None
    }

    /// Whether a thread should run that does not, of those that have become ready.
    fn should_change(&mut self, chosen: &[u64]) -> bool {
        if chosen.is_empty() || !self.threads.take_woken() {
            return false;
        }
        let mut now = self.threads.choose().into_iter();
        now.any(|id| !chosen.contains(&id))
    }

    /// What happens while no PPU thread can run: SPUs run, or the clock jumps to the next
    /// event.
    fn pass_time(&mut self, event: Option<u64>, left: &mut u64) -> Option<Outcome> {
        if *left == 0 {
            return Some(Outcome::Limit);
        }
        if self.everyone_ended() {
            return Some(Outcome::NoThreads);
        }
        let end = event.into_iter().chain(self.pause.cycle).min();
        if let Some(ran) = self.run_spus_alone(end, left) {
            return ran.err();
        }
        match (event, end) {
            (Some(_), Some(cycle)) => self.clock = self.clock.max(cycle),
            // Nothing comes but the pause, unless an SPU goes on after it.
            _ if self.spus.cluster.next_cycle().is_none() => return Some(Outcome::Deadlock),
            _ => self.clock = self.clock.max(end.unwrap_or(0)),
        }
        None
    }

    fn everyone_ended(&self) -> bool {
        let mut threads = self.threads.all.values();
        threads.all(|thread| {
            match thread.state {
                State::Ended(_) => true,
                // Threads of libraries end with the process.
                State::Waits(Wait::Interrupt) => thread.handler.is_none(),
                _ => false,
            }
        })
    }

    /// Lets a thread run over one span, or until it wakes one that should run instead of one of
    /// those that were chosen.
    fn turn(
        &mut self,
        id: u64,
        span: Range<u64>,
        chosen: &[u64],
        left: &mut u64,
        observer: &mut dyn Observer,
    ) -> Option<Outcome> {
        let Range {
            start: mut now,
            end,
        } = span;
        self.ran_last = id;
        match self.go_on(id, now, observer) {
            Next::Same => {}
            Next::Other => return None,
            Next::End(outcome) => return Some(outcome),
        }
        while now < end {
            if *left == 0 {
                return Some(Outcome::Limit);
            }
            let thread = self.threads.all.get_mut(&id)?;
            thread.ppu.cycles = now;
            let (ppu, space) = (&mut thread.ppu, &mut self.memory.space);
            let limit = (end - now).min(*left);
            let exit = match &mut self.timing {
                Some(timing) => ppu.run_timed(space, limit, timing),
                None => ppu.run(space, limit),
            };
            // The last instruction can end after the limit.
            *left = left.saturating_sub(thread.ppu.cycles - now);
            now = thread.ppu.cycles;
            self.clock = self.clock.max(now);
            match exit {
                Exit::Limit => {}
                Exit::Fault(report) if self.access_raw_spu(id, &report) => now += 1,
                Exit::Fault(report) if self.tell_page_fault(id, &report) => return None,
                Exit::Fault(report) | Exit::Trap(report) => {
                    return Some(Outcome::Fault { thread: id, report });
                }
                Exit::SystemCall { level: 0 } => match self.call(id, now, observer) {
                    Next::Same if self.should_change(chosen) => {
                        self.preempted = Some(now);
                        return None;
                    }
                    Next::Same => {}
                    Next::Other => return None,
                    Next::End(outcome) => return Some(outcome),
                },
                Exit::SystemCall { .. } => return Some(Outcome::Hypervisor { thread: id }),
            }
        }
        None
    }

    /// Does what is left of a library function whose wait is over.
    fn go_on(&mut self, id: u64, now: u64, observer: &mut dyn Observer) -> Next {
        let Some(thread) = self.threads.all.get_mut(&id) else {
            return Next::Other;
        };
        let Some((function, noted)) = thread.then.take() else {
            return Next::Same;
        };
        let registers = &thread.ppu.registers;
        let result = registers.gpr[3];
        let arguments = std::array::from_fn(|at| registers.gpr[3 + at]);
        let mut caller = Caller {
            thread: id,
            arguments,
            returned: None,
            now,
            observer,
        };
        let result = function(self, &mut caller, result, noted);
        let next = self.answer(id, result);
        self.leave_library(id);
        next
    }

    fn call(&mut self, id: u64, now: u64, observer: &mut dyn Observer) -> Next {
        let Some(thread) = self.threads.all.get(&id) else {
            return Next::Other;
        };
        let registers = &thread.ppu.registers;
        let stub = stub_of(registers.pc);
        let mut returned = None;
        let mut arguments = std::array::from_fn(|at| registers.gpr[3 + at]);
        let callee = match stub.and_then(|index| self.imports.get(index)) {
            Some(import) => import.clone(),
            None => Callee::SystemCall(registers.gpr[11]),
        };
        let callee = if stub == Some(self.imports.len())
            && let Some((frame, value)) = self.leave_guest(id)
        {
            returned = Some(value);
            arguments = frame.arguments;
            frame.callee
        } else {
            callee
        };
        let function = callee.find();
        let mut caller = Caller {
            thread: id,
            arguments,
            returned,
            now,
            observer,
        };
        let result = match function {
            Some(function) => (function.handler)(self, &mut caller),
            None => Err(Errno::ENOSYS),
        };
        let count = function.map_or(arguments.len(), |function| function.arguments);
        let record = Record {
            thread: id,
            callee,
            arguments: arguments[..count].to_vec(),
            result,
        };
        // A known function answers this for the uses of it that there are not.
        if record.result == Err(Errno::ENOSYS) {
            observer.unknown(&record);
        }
        observer.call(&record);
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        let callee = record.callee.clone();
        self.recent.push_back(record);
        if let Ok(Answer::Enter(call)) = result {
            return self.enter(id, callee, arguments, &call);
        }
        let next = self.answer(id, result);
        if stub.is_some() {
            self.leave_library(id);
        }
        next
    }

    fn enter(&mut self, id: u64, callee: Callee, arguments: [u64; 8], call: &GuestCall) -> Next {
        let Err(fault) = self.enter_guest(id, callee, arguments, call) else {
            return Next::Same;
        };
        let thread = self.threads.all.get(&id);
        let report = Report {
            // The stub's `sc`, not what follows it.
            pc: thread.map_or(0, |thread| thread.ppu.registers.pc.wrapping_sub(4)),
            word: None,
            cause: Cause::Access(fault),
        };
        Next::End(Outcome::Fault { thread: id, report })
    }

    /// Leaves what a library function does not keep as consoles do: condition register field
    /// 0 says how the result compares with zero (ps3autotests recorded it after
    /// `sys_lwmutex_unlock`).
    fn leave_library(&mut self, id: u64) {
        if let Some(thread) = self.threads.all.get_mut(&id) {
            let registers = &mut thread.ppu.registers;
            let result = registers.gpr[3];
            registers.compare(0, result as i64, 0);
        }
    }

    fn answer(&mut self, id: u64, result: Result<Answer, Errno>) -> Next {
        let (value, next) = match result {
            Ok(Answer::Return(value)) => (value, Next::Same),
            Ok(Answer::Enter(_)) => return Next::Same,
            Ok(Answer::Yield) => {
                self.threads.step_back(id);
                (0, Next::Other)
            }
            Ok(Answer::Wait(wait)) => {
                if let Some(thread) = self.threads.all.get_mut(&id) {
                    thread.state = State::Waits(wait);
                }
                return Next::Other;
            }
            Ok(Answer::ThreadEnds) => return Next::Other,
            Ok(Answer::ProcessEnds(status)) => return Next::End(Outcome::Exited(status)),
            Err(error) => (error.register(), Next::Same),
        };
        if let Some(thread) = self.threads.all.get_mut(&id) {
            thread.ppu.registers.gpr[3] = value;
        }
        next
    }

    /// Who waits for a thread's end, and where its value goes.
    pub(super) fn joiner(&self, id: u64) -> Option<(u64, u64)> {
        self.threads
            .all
            .iter()
            .find_map(|(joiner, thread)| match thread.state {
                State::Waits(Wait::Join { thread, value }) if thread == id => {
                    Some((*joiner, value))
                }
                _ => None,
            })
    }

    /// Ends a thread: its memory goes back, and who waits for it goes on.
    pub(super) fn end_thread(&mut self, id: u64, value: u64) {
        self.release(id);
        let Some(thread) = self.threads.all.get_mut(&id) else {
            return;
        };
        let joinable = thread.joinable;
        thread.state = State::Ended(value);
        if let Some((joiner, address)) = self.joiner(id) {
            // The address was good when the wait began; the memory may be gone since.
            let stored = match address {
                0 => Ok(()),
                address => self.memory.put(address, &value.to_be_bytes()),
            };
            let result = stored.err().map_or(0, Errno::register);
            self.threads.wake(joiner, result);
            self.threads.all.remove(&id);
        } else if !joinable {
            self.threads.all.remove(&id);
        }
    }

    /// Takes a thread away with all that it has.
    pub(super) fn drop_thread(&mut self, id: u64) {
        self.release(id);
        self.threads.all.remove(&id);
    }

    /// Gives a thread's stack and thread-local storage back, once.
    fn release(&mut self, id: u64) {
        let Some(thread) = self.threads.all.get_mut(&id) else {
            return;
        };
        let stack = (!matches!(thread.state, State::Ended(_))).then_some(thread.stack);
        for block in stack.into_iter().chain(thread.local.take()) {
            // Only threads have blocks in these areas, and each its own.
            let _ = self.memory.free(block);
        }
    }
}
