//! An RSX for tests: it reads the FIFO as a console does and writes down what arrives, but draws nothing.

use crate::device::{Control, Stopped};
use crate::fifo::packet::Command;
use crate::fifo::{Context, Ring};
use crate::flip::{Display, DisplayBuffer};
use crate::memory::{Address, Location, Memory, OutOfRange, check_range};
use crate::methods::fields::swap_label_bytes;
use crate::methods::{Method, channel, d3};
use alloc::vec;
use alloc::vec::Vec;

/// Where the ring of [`context`] lies.
pub const RING_BASE: u32 = 0x1_0000;

/// The least segments that a ring can have.
pub const SEGMENT: u32 = Ring::SMALLEST_SEGMENT;

/// See the module.
#[derive(Debug)]
pub struct Reader {
    local: Vec<u8>,
    main: Vec<u8>,
    ring: Ring,
    get: u32,
    put: u32,
    /// Arguments of the packet that is being read: where the next goes, how many are left.
    packet: Option<(Method, u32, bool)>,
    reference: u32,
    label_offset: u32,
    labels: [u32; 256],
    /// Words that may be read in each turn of a waiting loop.
    pub words_per_turn: u32,
    /// Every argument, in the order of arrival.
    pub arrived: Vec<(Method, u32)>,
    /// Jumps that were taken.
    pub jumps: u32,
    /// Writes into the ring that crossed the end of a segment, or put something but a jump into its last word.
    pub violations: u32,
    /// The flip status.
    pub pending: bool,
}

impl Reader {
    /// With 1 MB of each memory, about to fetch offset 0.
    pub fn new(ring: Ring) -> Self {
        Self {
            local: vec![0; 1 << 20],
            main: vec![0; 1 << 20],
            ring,
            get: 0,
            put: 0,
            packet: None,
            reference: 0,
            label_offset: 0,
            labels: [0; 256],
            words_per_turn: u32::MAX,
            arrived: Vec::new(),
            jumps: 0,
            violations: 0,
            pending: false,
        }
    }

    /// Reads at most `words` words.
    pub fn run(&mut self, words: u32) {
        for _ in 0..words {
            if self.get == self.put {
                return;
            }
            let word = self
                .read_word(Address::main(self.get))
                .expect("fetching inside of the memory");
            self.get += 4;
            match self.packet {
                Some((method, left, incrementing)) => {
                    self.arrive(method, word);
                    let next = if incrementing { method.plus(1) } else { method };
                    self.packet = (left > 1).then_some((next, left - 1, incrementing));
                }
                None => match Command::decode(word).expect("a command") {
                    Command::Nop => {}
                    Command::Jump { offset } => {
                        self.jumps += 1;
                        self.get = offset;
                    }
                    Command::Packet {
                        method,
                        count,
                        incrementing,
                    } => {
                        self.packet = Some((method, count, incrementing));
                    }
                },
            }
        }
    }

    fn arrive(&mut self, method: Method, argument: u32) {
        self.arrived.push((method, argument));
        match method {
            channel::SET_REFERENCE => self.reference = argument,
            d3::SET_SEMAPHORE_OFFSET => self.label_offset = argument,
            d3::BACK_END_WRITE_SEMAPHORE_RELEASE => {
                if let Some(label) = self.labels.get_mut(self.label_offset as usize / 16) {
                    *label = swap_label_bytes(argument);
                }
            }
            _ => {}
        }
    }
}

impl Memory for Reader {
    fn size(&self, location: Location) -> u32 {
        match location {
            Location::Local => self.local.len() as u32,
            Location::Main => self.main.len() as u32,
        }
    }

    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), OutOfRange> {
        let range = check_range(at, bytes.len(), self.size(at.location))?;
        if at.location == Location::Main && self.ring.contains(at.offset) {
            let from = (at.offset - RING_BASE) % SEGMENT;
            let to = from as usize + bytes.len();
            let jump = bytes.first().is_some_and(|byte| byte & 0xe0 == 0x20);
            if to > SEGMENT as usize || to == SEGMENT as usize && !jump {
                self.violations += 1;
            }
        }
        let memory = match at.location {
            Location::Local => &mut self.local,
            Location::Main => &mut self.main,
        };
        memory[range].copy_from_slice(bytes);
        Ok(())
    }

    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        let range = check_range(at, bytes.len(), self.size(at.location))?;
        let memory = match at.location {
            Location::Local => &self.local,
            Location::Main => &self.main,
        };
        bytes.copy_from_slice(&memory[range]);
        Ok(())
    }
}

impl Control for Reader {
    fn put(&mut self, offset: u32) {
        self.put = offset;
    }

    fn get(&mut self) -> u32 {
        self.get
    }

    fn reference(&mut self) -> u32 {
        self.reference
    }

    fn label(&mut self, index: u8) -> u32 {
        self.labels[usize::from(index)]
    }

    fn wait(&mut self) -> Result<(), Stopped> {
        if self.get == self.put && !self.pending {
            return Err(Stopped);
        }
        self.pending = false;
        self.run(self.words_per_turn);
        Ok(())
    }
}

impl Display for Reader {
    fn set_display_buffer(&mut self, _: u8, _: &DisplayBuffer) -> Result<(), crate::ArgumentError> {
        Ok(())
    }

    fn flip_pending(&mut self) -> bool {
        self.pending
    }

    fn reset_flip_status(&mut self) {
        self.pending = true;
    }
}

/// A context with a reader and a ring of `segments`.
pub fn context(segments: u32) -> Context<Reader> {
    let ring = Ring::new(RING_BASE, SEGMENT, segments).expect("a ring");
    Context::new(Reader::new(ring), ring, 0).expect("a ring in main memory")
}

/// What arrives when `send` has sent its commands: the bits of each method and its argument.
pub fn sent(send: impl FnOnce(&mut Context<Reader>)) -> Vec<(u16, u32)> {
    let mut context = context(4);
    send(&mut context);
    context.flush();
    let reader = context.device_mut();
    reader.run(u32::MAX);
    reader
        .arrived
        .iter()
        .map(|&(method, argument)| (method.bits(), argument))
        .collect()
}

/// What is expected of [`sent`]: the first method and its arguments, which go to the methods after it.
pub fn packet(method: u16, arguments: &[u32]) -> Vec<(u16, u32)> {
    (method..)
        .step_by(4)
        .zip(arguments.iter().copied())
        .collect()
}
