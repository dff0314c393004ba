//! Sound: the system's mixer, which takes a block of samples of every port that plays at a time.
//!
//! The layout of ports and blocks: PSL1GHT's `audio/audio.h`.

mod mix;
mod port;

use mix::add;
pub(super) use port::{Port, Shape, Status};

use super::clock::CYCLES_PER_SECOND;
use super::device::Device;
use super::machine::{Machine, Observer};
use super::memory::SOUND;
use super::object::{Event, EventQueue};
use crate::ppu::{Access, AccessFault, GRANULE};

/// Samples a second, of each channel.
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples of a block, of each channel.
pub const SAMPLES: usize = 256;
/// What comes out: left and right of each sample of a block.
pub type SoundBlock = [[f32; 2]; SAMPLES];

/// Cycles from block to block: 256/48000 of a second are a whole number of them.
const PERIOD: u64 = CYCLES_PER_SECOND * SAMPLES as u64 / SAMPLE_RATE as u64;
/// Ports that there are.
pub(super) const PORTS: usize = 8;
/// Bytes for the blocks of a port: 32 blocks of 8 channels.
const PORT_BYTES: u64 = 32 * 8 * 4 * SAMPLES as u64;
/// Bytes for the number of the block that a port plays.
const INDEX_BYTES: u64 = 16;
/// Event queues that can be told of blocks.
pub(super) const MOST_QUEUES: usize = 64;

/// A queue that hears of each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listener {
    /// The queue's key.
    pub key: u64,
    /// What its events are from.
    pub source: u64,
}

/// The mixer.
#[derive(Default)]
pub(super) struct Mixer {
    /// The cycle of the next block, while the program uses the library.
    next: Option<u64>,
    /// Whether the memory for the blocks is there.
    mapped: bool,
    pub ports: [Port; PORTS],
    pub listeners: Vec<Listener>,
    /// Listeners that there were.
    pub heard: u64,
    /// Blocks that were played.
    pub played: u64,
}

/// The device that takes the blocks.
pub(super) const MIXER: Device = Device {
    next_event: |machine| {
        let mixer = &machine.mixer;
        // Without ports and listeners nobody notices that time goes on.
        let plays = mixer.ports.iter().any(|port| port.status == Status::Plays);
        mixer.next.filter(|_| plays || !mixer.listeners.is_empty())
    },
    advance: |machine, observer| {
        machine.play_block(observer);
        None
    },
};

impl Mixer {
    /// Whether the program uses the library.
    pub fn is_on(&self) -> bool {
        self.next.is_some()
    }

    /// The cycle of the last block, or the one at which there could have been one.
    pub fn last_block(&self) -> u64 {
        self.next.map_or(0, |next| next - PERIOD)
    }

    /// The program does not use it any more; what listens goes on listening.
    pub fn stop(&mut self) {
        self.next = None;
    }
}

/// Where a port's number of the block that it plays is: a doubleword.
pub(super) fn index_address(port: usize) -> u64 {
    SOUND + INDEX_BYTES * port as u64
}

/// Where a port's blocks are.
pub(super) fn blocks_address(port: usize) -> u64 {
    SOUND + GRANULE + PORT_BYTES * port as u64
}

impl Machine {
    /// The program begins to use sound: silence in all ports, which are closed.
    pub(super) fn start_sound(&mut self, now: u64) {
        let size = GRANULE + PORT_BYTES * PORTS as u64;
        let space = &mut self.memory.space;
        if !self.mixer.mapped {
            // Nothing else lies there.
            self.mixer.mapped = space.map(SOUND, size, Access::READ_WRITE).is_ok();
        }
        let _ = space.write(SOUND, &vec![0; size as usize]);
        self.mixer.ports = Default::default();
        self.mixer.next = Some((now / PERIOD + 1) * PERIOD);
    }

    /// Plays a block of each port, and tells who listens.
    fn play_block(&mut self, observer: &mut dyn Observer) {
        let now = self.cycles();
        // A mixer that nobody noticed for a while goes on where it would be.
        self.mixer.next = Some((now / PERIOD + 1) * PERIOD);
        self.mixer.played += 1;
        let mut block = [[0.0; 2]; SAMPLES];
        for number in 0..PORTS {
            if self.mixer.ports[number].status == Status::Plays {
                // The memory is the system's and always there.
                let _ = self.play_port(number, &mut block);
            }
        }
        observer.sound(&block);
        for listener in self.mixer.listeners.clone() {
            if let Some(queue) = self.objects.with_key::<EventQueue>(listener.key) {
                let event = Event {
                    source: listener.source,
                    data: [0; 3],
                };
                // A queue that is full hears of the next block.
                let _ = self.send_event(queue, event);
            }
        }
    }

    /// Adds a port's block to what comes out, clears it, and goes on to the next.
    fn play_port(&mut self, number: usize, block: &mut SoundBlock) -> Result<(), AccessFault> {
        let played = self.mixer.played;
        let port = &mut self.mixer.ports[number];
        let address = blocks_address(number) + port.shape.block_bytes() * port.block;
        let mut bytes = vec![0; port.shape.block_bytes() as usize];
        let space = &mut self.memory.space;
        space.read(address, &mut bytes)?;
        add(&mix::samples(&bytes), port, block);
        space.write(address, &vec![0; bytes.len()])?;
        port.block = (port.block + 1) % port.shape.blocks.max(1);
        port.played = played;
        space.write(index_address(number), &port.block.to_be_bytes())
    }
}
