//! Page faults that a program wants to hear of: its thread waits until another has done
//! something about it, and then tries again.
//!
//! Events: RPCS3 `Thread.cpp`, `sys_mmapper.h`. Of SPUs' page faults nobody hears.

use std::collections::BTreeMap;

use super::errno::Errno;
use super::machine::Machine;
use super::object::{Event, EventQueue};
use super::thread::{State, Wait};
use crate::ppu::{AccessCause, Cause, Report};

/// The source of the events (`SYS_MEMORY_PAGE_FAULT_EVENT_KEY`).
const SOURCE: u64 = 0xfffe_0000_0000_0000;
/// Why there is a fault: what is there may not be written, or nothing is there.
const READ_ONLY: u64 = 1;
const NOT_MAPPED: u64 = 2;

/// Who hears of which faults, and which threads wait.
#[derive(Default)]
pub(super) struct PageFaults {
    /// Event queues by the start of their region.
    queues: BTreeMap<u64, u32>,
    /// Events for which there was no room, with their queues, oldest first.
    unsent: Vec<(u32, Event)>,
}

impl PageFaults {
    /// Has a queue hear of the faults in a region.
    ///
    /// # Errors
    ///
    /// `EBUSY` where one does already.
    pub fn connect(&mut self, region: u64, queue: u32) -> Result<(), Errno> {
        if self.queues.contains_key(&region) {
            return Err(Errno::EBUSY);
        }
        self.queues.insert(region, queue);
        Ok(())
    }

    /// Nobody hears of faults in a region any more.
    pub fn disconnect(&mut self, region: u64) {
        self.queues.remove(&region);
    }
}

impl Machine {
    /// Tells who wants to hear of it that a thread's access found no memory, and lets the
    /// thread wait; `false` where nobody wants to.
    pub(super) fn tell_page_fault(&mut self, thread: u64, report: &Report) -> bool {
        let Cause::Access(fault) = report.cause else {
            return false;
        };
        let cause = match fault.cause {
            AccessCause::Unmapped => NOT_MAPPED,
            AccessCause::Protected => READ_ONLY,
            AccessCause::Misaligned => return false,
        };
        let region = self.mapper.region_start(fault.address);
        let queue = region.and_then(|region| self.page_faults.queues.get(&region).copied());
        let Some(queue) = queue.filter(|queue| self.objects.get::<EventQueue>(*queue).is_ok())
        else {
            return false;
        };
        if let Some(of) = self.threads.all.get_mut(&thread) {
            of.state = State::Waits(Wait::PageFault {
                address: fault.address,
            });
        }
        let event = Event {
            source: SOURCE,
            // A PPU thread's number has the type 0 in its upper half.
            data: [fault.address, thread, cause],
        };
        if self.send_event(queue, event).is_err() {
            self.page_faults.unsent.push((queue, event));
        }
        true
    }

    /// Sends the events for which there was no room, as far as there is now.
    pub(super) fn tell_page_faults_again(&mut self) {
        if self.page_faults.unsent.is_empty() {
            return;
        }
        for (queue, event) in std::mem::take(&mut self.page_faults.unsent) {
            if self.send_event(queue, event) == Err(Errno::EBUSY) {
                self.page_faults.unsent.push((queue, event));
            }
        }
    }

    /// The address where a thread waits because of a fault.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no such thread, `EINVAL` where it does not wait for that.
    pub(super) fn page_fault_of(&self, thread: u64) -> Result<u64, Errno> {
        let thread = self.threads.all.get(&thread).ok_or(Errno::ESRCH)?;
        match thread.state {
            State::Waits(Wait::PageFault { address }) => Ok(address),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Whether a thread waits because of a fault in a part of the address space.
    pub(super) fn faults_within(&self, part: &std::ops::Range<u64>) -> bool {
        let mut threads = self.threads.all.values();
        threads.any(|thread| {
            matches!(thread.state, State::Waits(Wait::PageFault { address })
                if part.contains(&address))
        })
    }
}
