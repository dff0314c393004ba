//! Interrupts of raw SPUs: which there are, and the threads that serve them.
//!
//! A class has a mask and states; a bit that is in both interrupts the PPU until the program
//! takes it away (Cell Broadband Engine Architecture, "SPE interrupts"). An interrupt that has
//! a tag with a thread lets that thread run its function; one that comes while it runs, or
//! before there is such a thread, waits.

use super::raw::{MOST, place};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{InterruptService, InterruptTag};
use crate::lv2::thread::{State, Wait};
use crate::spu::{Fault, FaultKind, Status};

/// Bits of class 0.
const DMA_ALIGNMENT: u64 = 1;
const DMA_COMMAND: u64 = 2;
const ERROR: u64 = 4;
/// Bits of class 2: a word in the outbound interrupt mailbox, a `stop`, a halt, a group of
/// tags that is complete, and a place that became free in the inbound mailbox.
const MAILBOX: u64 = 1;
const STOP: u64 = 2;
const HALT: u64 = 4;
const TAGS: u64 = 8;
const ROOM: u64 = 0x10;

/// Where a fault is to be heard of: the place of the class, and the bit.
fn interrupt(fault: &Fault) -> Option<(usize, u64)> {
    match fault.kind {
        FaultKind::DmaAlignment => Some((0, DMA_ALIGNMENT)),
        FaultKind::DmaCommand => Some((0, DMA_COMMAND)),
        FaultKind::Spu => Some((0, ERROR)),
        FaultKind::Halt => Some((1, HALT)),
        FaultKind::Segment(_) | FaultKind::Storage(_) | FaultKind::Call | FaultKind::Stop(_) => {
            None
        }
    }
}

impl Machine {
    /// The states of the interrupt classes 0 and 2, as far as they are not taken away.
    ///
    /// # Errors
    ///
    /// As [`Machine::raw_spu`].
    pub(in crate::lv2) fn raw_state(&mut self, number: u32) -> Result<&mut [u64; 2], Errno> {
        self.raw_spu(number)?;
        let unit = self.spus.cluster.unit(place(number as usize));
        let (mail, words) = (unit.has_interrupt(), unit.mailbox_count());
        let stopped = match unit.status() {
            Status::Stopped(_) => Some((1, STOP)),
            Status::Faulted(fault) => interrupt(&fault),
            _ => None,
        };
        let raw = self.raw_spu(number)?;
        if mail {
            raw.states[1] |= MAILBOX;
        }
        if std::mem::take(&mut raw.tags_complete) {
            raw.states[1] |= TAGS;
        }
        // The threshold of the inbound mailbox is noted for who waits for it alone.
        if std::mem::replace(&mut raw.words, words) > words && raw.masks[1] & ROOM != 0 {
            raw.states[1] |= ROOM;
        }
        if let Some((class, bit)) = stopped
            && !std::mem::replace(&mut raw.stop_noted, true)
        {
            raw.states[class] |= bit;
        }
        Ok(&mut raw.states)
    }

    /// Lets the threads of interrupts run that are there and not masked.
    pub(super) fn serve_raw_spus(&mut self) {
        for number in 0..MOST as u32 {
            let Ok(raw) = self.raw_spu(number) else {
                continue;
            };
            let (tags, masks) = (raw.tags, raw.masks);
            if tags == [None; 2] {
                continue;
            }
            let Ok(states) = self.raw_state(number).copied() else {
                continue;
            };
            for class in 0..2 {
                if masks[class] & states[class] != 0
                    && let Some(tag) = tags[class]
                {
                    self.interrupt_for(tag);
                }
            }
        }
    }

    /// Lets the thread of a tag run its function, if it waits for that.
    fn interrupt_for(&mut self, tag: u32) {
        let service = self.objects.get::<InterruptTag>(tag);
        let service = service.ok().and_then(|tag| tag.service);
        let service =
            service.and_then(|service| self.objects.get::<InterruptService>(service).ok());
        let Some((id, arguments)) = service.map(|service| (service.thread, service.arguments))
        else {
            return;
        };
        if let Some(thread) = self.threads.all.get_mut(&id)
            && thread.state == State::Waits(Wait::Interrupt)
            && let Some(handler) = thread.handler
        {
            let registers = &mut thread.ppu.registers;
            registers.pc = handler.pc;
            registers.gpr[1] = handler.stack;
            registers.gpr[2] = handler.toc;
            registers.gpr[4] = arguments[1];
            self.threads.wake(id, arguments[0]);
        }
    }

    /// The first raw SPU that did what it may not, where no thread hears of it.
    pub(super) fn faulted_raw_spu(&self) -> Option<(u32, Fault)> {
        (0..).zip(&self.spus.raw).find_map(|(number, raw)| {
            let raw = raw.as_ref()?;
            let Status::Faulted(fault) = self.spus.cluster.status(place(number as usize)) else {
                return None;
            };
            let heard = interrupt(&fault).is_some_and(|(class, bit)| {
                raw.masks[class] & bit != 0 && raw.tags[class].is_some()
            });
            (!heard).then_some((number, fault))
        })
    }

    /// Takes a tag away with what is established on it, as its SPU goes.
    pub(super) fn drop_interrupt_tag(&mut self, number: u32) {
        let tag = self.objects.get::<InterruptTag>(number);
        if let Some(service) = tag.ok().and_then(|tag| tag.service) {
            self.end_interrupt_service(service);
        }
        // The number is that of a tag.
        let _ = self.objects.remove::<InterruptTag>(number);
    }

    /// Takes a thread away from its tag, and ends it; its r13.
    pub(in crate::lv2) fn end_interrupt_service(&mut self, number: u32) -> u64 {
        let Ok(service) = self.objects.get::<InterruptService>(number) else {
            return 0;
        };
        let (tag, id) = (service.tag, service.thread);
        if let Ok(tag) = self.objects.get_mut::<InterruptTag>(tag) {
            tag.service = None;
        }
        // The number is that of a service.
        let _ = self.objects.remove::<InterruptService>(number);
        let thread = self.threads.all.get(&id);
        let local = thread.map_or(0, |thread| thread.ppu.registers.gpr[13]);
        self.drop_thread(id);
        local
    }
}
