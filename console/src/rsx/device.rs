//! The device: fetches commands, executes them, shows pictures. It owns no memory.

use std::fmt;

use rsx_gcm::methods::{Method, d3};

use super::copy::Copy;
use super::display::{Buffer, Display, Driver, Frame};
use super::engine::{Effect, Engine};
use super::fifo::{Command, Fifo};
use super::memory::{Location, Memory, OutsideMemory};
use super::report::{self, Place, Problem, Report, Reports};
use super::scale::Scale;
use super::shade::Counts;
use super::time;
use super::transfer::Transfer;

/// Why execution paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Everything up to `put` was executed.
    Idle,
    /// The commands wait for a label: of a flip until the vertical blank, else until somebody writes it.
    Label {
        /// Number of the label.
        label: u8,
        /// Awaited value.
        value: u32,
    },
    /// As much as was allowed was executed and more is there.
    Budget,
    /// The FIFO jumps in a circle: it goes nowhere until somebody changes a jump of it, or `put`.
    Loop,
    /// The FIFO is broken, see the reports; nothing is fetched any more.
    Faulted,
}

/// What the driver of a console hears of by an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A display buffer was queued for a flip of a head.
    Queued {
        /// The head.
        head: u8,
        /// The buffer's number, as the command says it.
        buffer: u32,
    },
    /// A flip has happened.
    Flipped(u8),
    /// The commands had a word for the program.
    User(u32),
}

/// A method that was executed, for traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The method.
    pub method: Method,
    /// Its argument.
    pub argument: u32,
    /// Where in main memory the argument lies.
    pub fifo_offset: u32,
}

impl fmt::Display for Executed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            argument,
            fifo_offset,
        } = self;
        write!(to, "RSX at {fifo_offset:#x}: ")?;
        match report::method_name(*method) {
            Some((name, 0)) => write!(to, "{name}")?,
            Some((name, element)) => write!(to, "{name}+{element}")?,
            None => write!(to, "method {:#x}", method.offset())?,
        }
        if method.subchannel() != 0 {
            write!(to, " (subchannel {})", method.subchannel())?;
        }
        write!(to, " {argument:#x}")
    }
}

/// Arguments of the packet that is being executed.
#[derive(Clone, Copy)]
struct Packet {
    method: Method,
    left: u32,
    increment: bool,
}

/// The device, with `get` and `put` at 0.
#[derive(Default)]
pub struct Device {
    fifo: Fifo,
    packet: Option<Packet>,
    /// The label that the FIFO waits for, and its value.
    waiting: Option<(u8, u32)>,
    looped: bool,
    engine: Engine,
    transfer: Transfer,
    copy: Copy,
    scale: Scale,
    display: Display,
    reports: Reports,
    events: Vec<Event>,
    trace: Option<Vec<Executed>>,
    words: u64,
    /// Simulated time in ticks, see [`time`].
    now: u64,
}

impl Device {
    /// Allows fetching up to this offset of main memory; nothing is executed yet.
    pub fn set_put(&mut self, offset: u32) {
        self.fifo.set_put(offset);
    }

    /// Fetching stops here.
    #[must_use]
    pub fn put(&self) -> u32 {
        self.fifo.put
    }

    /// The offset that is fetched next.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.fifo.get
    }

    /// Goes on fetching from there; only before the first command.
    pub fn set_get(&mut self, offset: u32) {
        self.fifo.get = offset;
    }

    /// The reference word.
    #[must_use]
    pub fn reference(&self) -> u32 {
        self.fifo.reference
    }

    /// Sets the reference word, as the driver does when it starts the RSX.
    pub fn set_reference(&mut self, value: u32) {
        self.fifo.reference = value;
    }

    /// Display buffers, flips and vertical blanks.
    #[must_use]
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Display buffers, flips and vertical blanks, to be changed.
    pub fn display_mut(&mut self) -> &mut Display {
        &mut self.display
    }

    /// Vertical blanks: a flip that was asked for happens at the first of them.
    pub fn vertical_blanks(&mut self, memory: &mut Memory, count: u64) {
        if count == 0 {
            return;
        }
        self.display.count_blanks(count);
        self.flip(memory);
    }

    /// A flip that was asked for happens now.
    pub fn flip(&mut self, memory: &mut Memory) {
        if let Some(id) = self.display.flip(memory) {
            self.events.push(Event::Flipped(id));
        }
    }

    /// Copies what is on the screen to `frame`, whose memory is used again; `false` before
    /// the first flip, and where the buffer lies outside of memory, which is reported.
    #[must_use]
    pub fn copy_frame(&mut self, memory: &Memory, frame: &mut Frame) -> bool {
        match self.display.copy(memory, frame) {
            Ok(shown) => shown,
            Err(bytes) => {
                self.reports.place = Place::default();
                self.reports.add(Problem::OutsideMemory {
                    what: "display buffer",
                    bytes,
                });
                false
            }
        }
    }

    /// Says what display buffer `id` (0 to 7) is; `false` where there is no such number.
    #[must_use]
    pub fn set_display_buffer(&mut self, id: u8, buffer: Buffer) -> bool {
        self.display.set_buffer(id, buffer)
    }

    /// What was drawn so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.engine.counts()
    }

    /// What went wrong so far, since it was last taken.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        self.reports.list()
    }

    /// Takes the reports.
    pub fn take_reports(&mut self) -> Vec<Report> {
        self.reports.take()
    }

    /// Reports that were not kept because there were too many different ones.
    #[must_use]
    pub fn dropped_reports(&self) -> u64 {
        self.reports.dropped()
    }

    /// Takes what has happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Reports from now on where memory has changed that a console's caches may hold.
    pub fn watch_caches(&mut self) {
        self.engine.watch_caches();
    }

    /// Keeps from now on what is executed, or no longer.
    pub fn set_trace(&mut self, on: bool) {
        self.trace = on.then(|| self.trace.take().unwrap_or_default());
    }

    /// Takes what was executed since the last call.
    pub fn take_trace(&mut self) -> Vec<Executed> {
        self.trace.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The device's clock in ticks, see [`time`].
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Executes up to `put`, or until something holds the FIFO, or at most `words` words.
    pub fn run_words(&mut self, memory: &mut Memory, words: u64) -> Pause {
        let last = self.words.saturating_add(words);
        self.run(memory, last, u64::MAX)
    }

    /// Executes commands until the clock stands at `now` or later; what holds the FIFO holds
    /// it until then.
    pub fn run_until(&mut self, memory: &mut Memory, now: u64) -> Pause {
        let pause = self.run(memory, u64::MAX, now);
        self.now = self.now.max(now);
        pause
    }

    fn run(&mut self, memory: &mut Memory, last_word: u64, end: u64) -> Pause {
        loop {
            if self.fifo.faulted {
                return Pause::Faulted;
            }
            if let Some((label, value)) = self.waiting {
                if memory.label(label) != value {
                    return Pause::Label { label, value };
                }
                self.waiting = None;
            }
            if self.fifo.get == self.fifo.put {
                return Pause::Idle;
            }
            if self.words >= last_word || self.now >= end {
                return Pause::Budget;
            }
            let (words, before) = (self.words, self.work());
            self.step(memory, last_word - words);
            self.now += self.work() - before;
            if std::mem::take(&mut self.looped) {
                self.fifo.forget_jumps();
                return Pause::Loop;
            }
        }
    }

    fn work(&self) -> u64 {
        time::ticks(self.words, self.engine.counts())
    }

    /// Stops the FIFO because of what it does.
    pub(super) fn stop(&mut self, problem: Problem) {
        self.reports.place.fifo_offset = self.fifo.get;
        self.fault(problem);
    }

    /// Executes one word, or more of a packet that allows it.
    fn step(&mut self, memory: &mut Memory, words: u64) {
        let at = self.fifo.get;
        let word = match memory.read_u32(Location::Main, at) {
            Ok(word) if at.is_multiple_of(4) => word,
            _ => {
                self.reports.place = Place {
                    method: None,
                    argument: 0,
                    fifo_offset: at,
                };
                self.words += 1;
                self.fault(Problem::FifoOutsideMemory);
                return;
            }
        };
        let Some(packet) = self.packet else {
            self.words += 1;
            self.command(word, at);
            return;
        };
        self.reports.place = Place {
            method: Some(packet.method),
            argument: word,
            fifo_offset: at,
        };
        if packet.method == d3::INLINE_ARRAY && !packet.increment {
            self.inline(memory, packet, at, words);
            return;
        }
        self.advance(packet, 1);
        if let Some(trace) = &mut self.trace {
            trace.push(Executed {
                method: packet.method,
                argument: word,
                fifo_offset: at,
            });
        }
        if let Err(problem) = self.method(packet.method, word, memory) {
            self.reports.add(problem);
        }
    }

    /// Goes on by `words` arguments of a packet.
    fn advance(&mut self, packet: Packet, words: u32) {
        self.words += u64::from(words);
        self.fifo.get = self.fifo.get.wrapping_add(4 * words);
        let method = if packet.increment {
            packet.method.plus(1)
        } else {
            packet.method
        };
        self.packet = (packet.left > words).then_some(Packet {
            method,
            left: packet.left - words,
            increment: packet.increment,
        });
    }

    /// Inline vertices come in great numbers: takes as many words as are there at once.
    fn inline(&mut self, memory: &Memory, packet: Packet, at: u32, words: u64) {
        // Up to put where it lies ahead.
        let until_put = match self.fifo.put.checked_sub(at) {
            Some(bytes) => u64::from(bytes / 4).max(1),
            None => u64::MAX,
        };
        let most = u64::from(packet.left).min(until_put).min(words);
        // Where they do not lie in a row, one at a time: the first was found.
        let all = memory.slice(Location::Main, at, 4 * most);
        let Ok(bytes) = all.or_else(|_| memory.slice(Location::Main, at, 4)) else {
            return;
        };
        let words = bytes.as_chunks::<4>().0;
        let inline = words.iter().map(|word| u32::from_be_bytes(*word));
        if let Some(trace) = &mut self.trace {
            let offsets = (at..).step_by(4);
            trace.extend(
                inline
                    .clone()
                    .zip(offsets)
                    .map(|(argument, fifo_offset)| Executed {
                        method: packet.method,
                        argument,
                        fifo_offset,
                    }),
            );
        }
        if let Err(problem) = self.engine.inline(inline) {
            self.reports.add(problem);
        }
        self.advance(packet, words.len() as u32);
    }

    /// Executes a word that is no argument.
    fn command(&mut self, word: u32, at: u32) {
        self.reports.place = Place {
            method: None,
            argument: word,
            fifo_offset: at,
        };
        match Command::decode(word) {
            None => self.fault(Problem::UnknownCommand),
            Some(Command::Methods {
                method,
                count,
                increment,
            }) => {
                self.fifo.get = at.wrapping_add(4);
                self.packet = (count > 0).then_some(Packet {
                    method,
                    left: count,
                    increment,
                });
            }
            Some(flow) => match self.fifo.go(flow) {
                Ok(()) => {}
                Err(Problem::EndlessLoop) => self.looped = true,
                Err(problem) => self.fault(problem),
            },
        }
    }

    fn fault(&mut self, problem: Problem) {
        self.reports.add(problem);
        self.fifo.faulted = true;
    }

    fn method(
        &mut self,
        method: Method,
        argument: u32,
        memory: &mut Memory,
    ) -> Result<(), Problem> {
        match method.subchannel() {
            0 => match self.engine.method(method.offset(), argument, memory)? {
                Effect::None => {}
                Effect::Reference(value) => self.fifo.reference = value,
                Effect::Wait { label, value } => self.waiting = Some((label, value)),
                Effect::Report {
                    location,
                    offset,
                    value,
                } => self
                    .write_report(memory, location, offset, value)
                    .map_err(|bytes| Problem::OutsideMemory {
                        what: "report",
                        bytes,
                    })?,
            },
            1 => self.copy.method(method, argument, memory)?,
            3 => self.transfer.surface(method, argument)?,
            4 => self.scale.swizzled(method, argument)?,
            5 => self.transfer.image(method, argument, memory)?,
            6 => self.scale.image(method, argument, &self.transfer, memory)?,
            7 => match self.display.method(method, argument)? {
                Driver::Nothing => {}
                Driver::Queued { head, buffer } => {
                    self.events.push(Event::Queued { head, buffer });
                }
                Driver::Flip => self.engine.reset_by_flip(),
                Driver::User(cause) => self.events.push(Event::User(cause)),
            },
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }

    /// A report: time in nanoseconds, the value, 0.
    fn write_report(
        &self,
        memory: &mut Memory,
        location: Location,
        offset: u32,
        value: u32,
    ) -> Result<(), OutsideMemory> {
        let mut report = [0; 16];
        report[..8].copy_from_slice(&time::nanoseconds(self.now).to_be_bytes());
        report[8..12].copy_from_slice(&value.to_be_bytes());
        match location {
            Location::Local => memory.write_report(offset as usize, &report),
            Location::Main => memory
                .slice_mut(location, offset, report.len() as u64)?
                .copy_from_slice(&report),
        }
        Ok(())
    }
}
