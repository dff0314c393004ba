//! The RSX of the virtual PS3: executes the command FIFO and draws.
//!
//! Method names and argument layouts are those of [`rsx_gcm::methods`], which
//! the encoder uses, too; what they do is written from public documents
//! (envytools, Mesa's nouveau headers, the OpenGL extensions of the
//! generation, RPCS3 for facts that were seen on consoles), so that encoder and
//! device check each other.
//!
//! A word flows like this: [`fifo`] fetches it, [`engine`] executes it against
//! [`registers`], a draw takes its [`state`], [`vertex`] shades vertices,
//! [`raster`] turns them into runs of pixels, [`shade`] runs [`fragment`]
//! programs over batches of them with [`texture`]s, and [`blend`] writes the
//! pixels. What the device cannot do is collected as [`Report`]s, never passed
//! over in silence.
//!
//! The same commands give the same pixels on every host: all arithmetic is
//! integers and single IEEE operations, see [`maths`].
//!
//! Not modelled: depth and stencil, swizzled and multisampled targets,
//! mipmaps, fog, user clip planes, flow control in fragment programs,
//! denormals being flushed by the shader units, and time.

pub mod adapter;
pub mod blend;
pub mod display;
pub mod draw;
pub mod engine;
pub mod fifo;
pub mod fragment;
pub mod half;
pub mod maths;
pub mod memory;
pub mod raster;
pub mod registers;
pub mod report;
pub mod shade;
pub mod state;
pub mod target;
pub mod texture;
pub mod transfer;
pub mod vertex;
mod wide;

use rsx_gcm::methods::{Method, d3};

pub use display::{Buffer, Frame};
pub use memory::{Location, Memory};
pub use report::{Problem, Report};
pub use shade::Counts;

use display::Display;
use engine::{Effect, Engine};
use fifo::{Command, Fifo};
use report::{Place, Reports};
use transfer::Transfer;

/// Why execution paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Everything up to `put` was executed.
    Idle,
    /// The commands wait for a label: of a flip until [`Rsx::vertical_blank`], else until somebody writes it.
    Label {
        /// Number of the label.
        label: u8,
        /// Awaited value.
        value: u32,
    },
    /// The allowed number of words was executed and more are there.
    Budget,
    /// The FIFO is broken, see the reports; nothing is fetched any more.
    Faulted,
}

/// Arguments of the packet that is being executed.
#[derive(Clone, Copy)]
struct Packet {
    method: Method,
    left: u32,
    increment: bool,
}

/// The device.
pub struct Rsx {
    memory: Memory,
    fifo: Fifo,
    packet: Option<Packet>,
    /// The label that the FIFO waits for, and its value.
    waiting: Option<(u8, u32)>,
    engine: Engine,
    transfer: Transfer,
    display: Display,
    reports: Reports,
}

impl Rsx {
    /// A device with zeroed memories of these sizes in bytes, `get` and `put` at 0.
    #[must_use]
    pub fn new(local_bytes: usize, main_bytes: usize) -> Self {
        Self {
            memory: Memory::new(local_bytes, main_bytes),
            fifo: Fifo::default(),
            packet: None,
            waiting: None,
            engine: Engine::default(),
            transfer: Transfer::default(),
            display: Display::default(),
            reports: Reports::default(),
        }
    }

    /// Its memory.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Its memory, to be changed.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Allows fetching up to this offset of main memory; nothing is executed yet.
    pub fn set_put(&mut self, offset: u32) {
        self.fifo.set_put(offset);
    }

    /// The offset that is fetched next.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.fifo.get
    }

    /// The reference word.
    #[must_use]
    pub fn reference(&self) -> u32 {
        self.fifo.reference
    }

    /// Says what display buffer `id` (0 to 7) is; `false` where there is no such number.
    #[must_use]
    pub fn set_display_buffer(&mut self, id: u8, buffer: Buffer) -> bool {
        self.display.set_buffer(id, buffer)
    }

    /// Whether a flip is still to come since the status was reset.
    #[must_use]
    pub fn flip_pending(&self) -> bool {
        self.display.is_waiting()
    }

    /// From now on [`Self::flip_pending`] until the next flip has happened.
    pub fn reset_flip_status(&mut self) {
        self.display.reset_status();
    }

    /// Flips that have happened.
    #[must_use]
    pub fn flips(&self) -> u64 {
        self.display.flips()
    }

    /// Vertical blanks that have happened.
    #[must_use]
    pub fn vertical_blanks(&self) -> u64 {
        self.display.blanks()
    }

    /// A vertical blank: 60 times a second, or as often as the one who runs the device likes.
    pub fn vertical_blank(&mut self) {
        self.display.blank(&mut self.memory);
    }

    /// What is on the screen; `None` before the first flip, and where the buffer lies outside of memory.
    #[must_use]
    pub fn frame(&mut self) -> Option<Frame> {
        let mut frame = Frame::default();
        self.copy_frame(&mut frame).then_some(frame)
    }

    /// Copies what is on the screen to `frame`, whose memory is used again; `false` where [`Self::frame`] gives `None`.
    #[must_use]
    pub fn copy_frame(&mut self, frame: &mut Frame) -> bool {
        match self.display.copy(&self.memory, frame) {
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

    /// Executes up to `put`, or until something holds the FIFO.
    pub fn run(&mut self) -> Pause {
        self.run_words(u64::MAX)
    }

    /// Executes at most `words` words.
    pub fn run_words(&mut self, mut words: u64) -> Pause {
        loop {
            if self.fifo.faulted {
                return Pause::Faulted;
            }
            if let Some((label, value)) = self.waiting {
                if self.memory.label(label) != value {
                    return Pause::Label { label, value };
                }
                self.waiting = None;
            }
            if self.fifo.get == self.fifo.put {
                return Pause::Idle;
            }
            if words == 0 {
                return Pause::Budget;
            }
            words -= self.step(words);
        }
    }

    /// Executes one word, or more of a packet that allows it; gives how many.
    fn step(&mut self, words: u64) -> u64 {
        let at = self.fifo.get;
        let word = match self.memory.read_u32(Location::Main, at) {
            Ok(word) if at.is_multiple_of(4) => word,
            _ => {
                self.reports.place = Place {
                    method: None,
                    argument: 0,
                    fifo_offset: at,
                };
                self.fault(Problem::FifoOutsideMemory);
                return 1;
            }
        };
        let Some(packet) = self.packet else {
            self.command(word, at);
            return 1;
        };
        self.reports.place = Place {
            method: Some(packet.method),
            argument: word,
            fifo_offset: at,
        };
        if packet.method == d3::INLINE_ARRAY && !packet.increment {
            return self.inline(packet, at, words);
        }
        self.advance(packet, 1);
        if let Err(problem) = self.method(packet.method, word) {
            self.reports.add(problem);
        }
        1
    }

    /// Goes on by `words` arguments of a packet.
    fn advance(&mut self, packet: Packet, words: u32) {
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
    fn inline(&mut self, packet: Packet, at: u32, words: u64) -> u64 {
        // Up to put where it lies ahead; read_u32 has found the first word.
        let until_put = match self.fifo.put.checked_sub(at) {
            Some(bytes) => u64::from(bytes / 4).max(1),
            None => u64::MAX,
        };
        let in_memory = (self.memory.bytes(Location::Main).len() as u64 - u64::from(at)) / 4;
        let count = u64::from(packet.left)
            .min(until_put)
            .min(in_memory)
            .min(words);
        if let Ok(bytes) = self.memory.slice(Location::Main, at, 4 * count) {
            let words = bytes.as_chunks::<4>().0;
            let inline = self
                .engine
                .inline(words.iter().map(|word| u32::from_be_bytes(*word)));
            if let Err(problem) = inline {
                self.reports.add(problem);
            }
        }
        self.advance(packet, count as u32);
        count
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
            Some(flow) => {
                if let Err(problem) = self.fifo.go(flow) {
                    self.fault(problem);
                }
            }
        }
    }

    fn fault(&mut self, problem: Problem) {
        self.reports.add(problem);
        self.fifo.faulted = true;
    }

    fn method(&mut self, method: Method, argument: u32) -> Result<(), Problem> {
        match method.subchannel() {
            0 => match self
                .engine
                .method(method.offset(), argument, &mut self.memory)?
            {
                Effect::None => {}
                Effect::Reference(value) => self.fifo.reference = value,
                Effect::Wait { label, value } => self.waiting = Some((label, value)),
            },
            3 => self.transfer.surface(method, argument)?,
            5 => self.transfer.image(method, argument, &mut self.memory)?,
            7 => {
                if self.display.method(method, argument)? {
                    self.engine.reset_by_flip();
                }
            }
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }
}
