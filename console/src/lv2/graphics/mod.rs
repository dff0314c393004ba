//! The RSX and the display of the machine.
//!
//! ```text
//! mod         the state, and what can be seen from outside of the machine
//!   area        where the RSX's memory and the library's tables lie in the address space
//!   mapping     main memory that the RSX reaches
//!   fifo        commands, executed as the clock goes on; flips
//!   driver      what the driver tells programs in memory
//!   blank       vertical blanks on the clock
//!   interrupt   functions of the program that run when the RSX interrupts
//!   video       the display, and the mode that the program has set
//! ```
//!
//! Local memory is a part of the address space, so the PPU, the RSX and the display have one
//! and the same bytes; main memory is reached through a map of megabytes.

pub(super) mod area;
mod blank;
pub(super) mod driver;
mod fifo;
mod interrupt;
mod mapping;
mod video;

pub(super) use fifo::RSX;
pub(super) use interrupt::{Interrupt, Interrupts};
pub(super) use mapping::{Mapping, address_of};
pub(super) use video::{Configuration, Listener, VideoOut, number as mode_number};

use super::errno::Errno;
use super::machine::Machine;
use crate::display::Television;
use crate::rsx::{Device, Frame, Layout, Memory};
use blank::Blanks;
use fifo::State;

/// When a flip happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FlipMode {
    /// At the vertical blank.
    #[default]
    Blank,
    /// As soon as the RSX comes to it: the picture may tear.
    AtOnce,
}

/// The RSX and the display.
#[derive(Default)]
pub(super) struct Graphics {
    pub video: VideoOut,
    pub blanks: Blanks,
    pub interrupts: Interrupts,
    /// Main memory for the RSX; can be asked for before the RSX is started.
    pub mapping: Mapping,
    /// The RSX, once the program has started it.
    pub rsx: Option<Box<Rsx>>,
}

/// The RSX as the program has started it.
pub(super) struct Rsx {
    pub device: Device,
    pub layout: Layout,
    state: State,
    pub flip_mode: FlipMode,
    /// When the last flip was, in cycles.
    pub last_flip: u64,
    /// The address of the program's pointer to its context.
    pub context_pointer: u64,
    /// Address and bytes of the memory that the program gave at the start, and how much of it
    /// is for the library's own commands.
    pub io: (u32, u32),
    pub command_bytes: u32,
}

impl Rsx {
    pub fn new(device: Device, layout: Layout) -> Self {
        Self {
            device,
            layout,
            state: State::default(),
            flip_mode: FlipMode::default(),
            last_flip: 0,
            context_pointer: 0,
            io: (0, 0),
            command_bytes: 0,
        }
    }
}

impl Machine {
    /// The offset of an address in main memory that is mapped for the RSX.
    pub(super) fn offset(&self, address: u32) -> Result<u32, Errno> {
        mapping::offset_of(&self.memory, address).ok_or(mapping::FAILURE)
    }

    /// Plugs another television in; the program hears of it when it asks for events next. A
    /// mode that the program has set stays until it sets another.
    pub fn set_television(&mut self, television: Television) {
        if self.graphics.video.television == television {
            return;
        }
        for call in self.graphics.video.plug(television) {
            self.system.events.call(call);
        }
        let rate = self.graphics.video.rate();
        self.graphics.blanks.set_rate(rate, self.cycles());
    }

    /// The television.
    #[must_use]
    pub fn television(&self) -> Television {
        self.graphics.video.television
    }

    /// Copies what is on the screen to `frame`, whose memory is used again; `false` as long as
    /// nothing was shown.
    #[must_use]
    pub fn copy_frame(&mut self, frame: &mut Frame) -> bool {
        let Some(rsx) = &mut self.graphics.rsx else {
            return false;
        };
        let memory = Memory::new(self.memory.space.blocks_mut(), &rsx.layout);
        rsx.device.copy_frame(&memory, frame)
    }

    /// Vertical blanks so far.
    #[must_use]
    pub fn vertical_blanks(&self) -> u64 {
        self.graphics.blanks.count(self.cycles())
    }
}
