//! The RSX as a part of the machine with times of its own: commands, flips, interrupts.
//!
//! Programs write `put` with plain stores, so the machine looks there before each span of the
//! threads; commands are executed in pieces of a span, each when the simulated RSX has come to
//! it (see [`crate::rsx::time`] for what commands cost). What the device cannot do, or no
//! console would, ends the run with a report.

use super::super::device;
use super::super::machine::{Machine, Observer, Outcome};
use super::super::memory::UserMemory;
use super::super::thread::{State as ThreadState, Wait};
use super::interrupt::HEAD;
use super::mapping::offset_of;
use super::{FlipMode, Interrupt, Rsx, area, driver};
use crate::ppu::BLOCK;
use crate::rsx::memory::Place;
use crate::rsx::{Event, Memory, Pause};

/// Cycles between two pieces of work.
const PIECE: u64 = 4096;
/// Ticks of the device's clock in a number of cycles: 4 GHz over 3.192 GHz.
const TICKS: u64 = 500;
const CYCLES: u64 = 399;

/// Commands, flips and vertical blanks.
pub const RSX: device::Device = device::Device {
    next_event: |machine| machine.next_graphics_event(),
    advance: Machine::advance_graphics,
};

/// Where the FIFO is.
#[derive(Default)]
pub struct State {
    /// Why it paused.
    pause: Option<Pause>,
    /// The word at `get`, where it jumps in a circle.
    jump: Option<u32>,
    /// When its next piece of work may begin, in cycles.
    next: u64,
    /// When the flip happens that the commands have asked for.
    flip_at: Option<u64>,
    /// The next vertical blank that functions of the program wait for.
    blank_at: Option<u64>,
}

fn ticks(cycles: u64) -> u64 {
    scale(cycles, TICKS, CYCLES)
}

fn scale(value: u64, by: u64, over: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(by) / u128::from(over);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

fn word(memory: &UserMemory, address: u64) -> u32 {
    memory.word(address).unwrap_or(0)
}

/// Tells the address space of what the RSX has written.
fn note(memory: &mut UserMemory, written: Vec<Place>) {
    for place in written {
        let (block, bytes) = place.in_block();
        let start = block as u64 * BLOCK + bytes.start as u64;
        memory.space.note_written(start, bytes.len() as u64);
    }
}

impl Rsx {
    /// Starts the device's clock where the machine's stands.
    pub fn start(&mut self, now: u64) {
        let mut nothing = [];
        let mut memory = Memory::new(&mut nothing, &self.layout);
        self.device.run_until(&mut memory, ticks(now));
        self.state.next = now;
    }

    /// Whether there is work that can be done, and from when on.
    fn next_work(&self, memory: &UserMemory) -> Option<u64> {
        let put = word(memory, area::CONTROL);
        let can = match self.state.pause {
            None | Some(Pause::Budget) => true,
            Some(Pause::Faulted) => false,
            Some(Pause::Idle) => put != self.device.put(),
            Some(Pause::Label { label, value }) => {
                word(memory, area::LABELS + 16 * u64::from(label)) == value
            }
            Some(Pause::Loop) => {
                put != self.device.put() || self.jump_word(memory) != self.state.jump
            }
        };
        let due = scale(self.device.now(), CYCLES, TICKS);
        can.then(|| due.max(self.state.next))
    }

    fn jump_word(&self, memory: &UserMemory) -> Option<u32> {
        let address = super::mapping::address_of(&self.layout.io, self.device.get())?;
        memory.word(address.into()).ok()
    }

    /// Executes what is due.
    fn work(&mut self, memory: &mut UserMemory, now: u64) {
        let put = word(memory, area::CONTROL);
        if put != self.device.put() {
            self.device.set_put(put);
        }
        let mut view = Memory::new(memory.space.blocks_mut(), &self.layout);
        let pause = self.device.run_until(&mut view, ticks(now));
        if self.flip_mode == FlipMode::AtOnce {
            self.device.flip(&mut view);
        }
        let written = view.into_written();
        note(memory, written);
        self.state.pause = Some(pause);
        self.state.next = now + PIECE;
        self.state.jump = self.jump_word(memory);
        let registers = [self.device.get(), self.device.reference()];
        for (at, value) in [4, 8].into_iter().zip(registers) {
            if word(memory, area::CONTROL + at) != value {
                // Mapped as long as the RSX is there.
                let _ = memory.space.write(area::CONTROL + at, &value.to_be_bytes());
            }
        }
    }
}

impl Machine {
    fn next_graphics_event(&self) -> Option<u64> {
        let rsx = self.graphics.rsx.as_ref()?;
        let work = rsx.next_work(&self.memory);
        let state = &rsx.state;
        let events = [work, state.flip_at, state.blank_at];
        events.into_iter().flatten().min()
    }

    /// Notes when a flip happens that was asked for without a command.
    pub(in crate::lv2) fn expect_flip(&mut self) {
        let now = self.cycles();
        let next = match self.graphics.rsx.as_ref().map(|rsx| rsx.flip_mode) {
            Some(FlipMode::Blank) => self.graphics.blanks.next(now),
            _ => now,
        };
        if let Some(rsx) = &mut self.graphics.rsx
            && rsx.device.display().flip_is_due()
        {
            rsx.state.flip_at.get_or_insert(next);
        }
    }

    /// Notes anew when the next vertical blank is that functions of the program wait for.
    pub(in crate::lv2) fn expect_blanks(&mut self) {
        let now = self.cycles();
        let graphics = &mut self.graphics;
        let interrupts = &graphics.interrupts;
        let wanted = interrupts.wants(Interrupt::Blank) || interrupts.wants(Interrupt::SecondBlank);
        if let Some(rsx) = &mut graphics.rsx {
            rsx.state.blank_at = wanted.then(|| graphics.blanks.next(now));
        }
    }

    fn advance_graphics(&mut self, observer: &mut dyn Observer) -> Option<Outcome> {
        let now = self.cycles();
        let rsx = self.graphics.rsx.as_mut()?;
        rsx.device.set_trace(observer.traces_rsx());
        if rsx.state.flip_at.is_some_and(|cycle| cycle <= now) {
            rsx.state.flip_at = None;
            let mut memory = Memory::new(self.memory.space.blocks_mut(), &rsx.layout);
            rsx.device.flip(&mut memory);
            let written = memory.into_written();
            note(&mut self.memory, written);
        }
        let blank = rsx.state.blank_at.is_some_and(|cycle| cycle <= now);
        if rsx
            .next_work(&self.memory)
            .is_some_and(|cycle| cycle <= now)
        {
            rsx.work(&mut self.memory, now);
        }
        for executed in rsx.device.take_trace() {
            observer.rsx(&executed);
        }
        if rsx.device.display().flip_is_due() {
            let next = self.graphics.blanks.next(now);
            rsx.state.flip_at.get_or_insert(next);
        }
        if let Some(report) = rsx.device.take_reports().into_iter().next() {
            return Some(Outcome::Rsx(report));
        }
        if blank {
            self.interrupt(Interrupt::Blank, HEAD);
            self.interrupt(Interrupt::SecondBlank, HEAD);
            self.expect_blanks();
        }
        self.end_fifo_waits();
        self.tell_events();
        None
    }

    /// What the device has interrupted for.
    fn tell_events(&mut self) {
        let now = self.cycles();
        let Some(rsx) = &mut self.graphics.rsx else {
            return;
        };
        for event in rsx.device.take_events() {
            match event {
                Event::Queued { head, buffer } => {
                    driver::note_queued(&mut self.memory, head, buffer);
                    self.interrupt(Interrupt::Queue, HEAD);
                }
                Event::User(cause) => self.interrupt(Interrupt::User, cause),
                Event::Flipped(buffer) => {
                    driver::note_flipped(&mut self.memory, buffer, now);
                    if let Some(rsx) = &mut self.graphics.rsx {
                        rsx.last_flip = now;
                    }
                    self.note_frame();
                    self.interrupt(Interrupt::Flip, HEAD);
                }
            }
        }
    }

    /// Whether the RSX fetches outside of a part of memory.
    pub(in crate::lv2) fn fetches_outside(&self, begin: u32, end: u32) -> bool {
        let Some(rsx) = &self.graphics.rsx else {
            return true;
        };
        let offset = |address| offset_of(&self.memory, address);
        let (Some(begin), Some(end)) = (offset(begin), offset(end)) else {
            return true;
        };
        !(begin..=end).contains(&rsx.device.get())
    }

    fn end_fifo_waits(&mut self) {
        let waits = self.threads.all.iter();
        let over: Vec<u64> = waits
            .filter_map(|(id, thread)| match thread.state {
                ThreadState::Waits(Wait::Fifo { begin, end }) => {
                    self.fetches_outside(begin, end).then_some(*id)
                }
                _ => None,
            })
            .collect();
        for id in over {
            self.threads.wake(id, 0);
        }
    }
}
