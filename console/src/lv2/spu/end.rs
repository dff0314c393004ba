//! How groups end, and SPUs that do what they may not.

use super::group::GroupState;
use super::{Cause, GroupEvent};
use crate::lv2::errno::Errno;
use crate::lv2::machine::{Machine, Outcome};
use crate::lv2::object::Event;
use crate::lv2::thread::{State, Wait};
use crate::spu::{Fault, FaultKind};

/// Type of the `stop` that ends a thread: what threads look like that were ended.
const STOP_THREAD_EXIT: u16 = 0x102;
/// Type of a `stopd`.
const STOP_BREAKPOINT: u16 = 0x3fff;

/// The cause of an exception (`SYS_SPU_EXCEPTION_…`), and the address that DMA wanted.
fn exception(kind: FaultKind) -> (u32, u64) {
    match kind {
        FaultKind::DmaAlignment => (0x1, 0),
        FaultKind::DmaCommand => (0x2, 0),
        FaultKind::Spu => (0x4, 0),
        FaultKind::Segment(address) => (0x10, address),
        FaultKind::Storage(address) => (0x20, address),
        FaultKind::Call => (0x100, 0),
        FaultKind::Stop(STOP_BREAKPOINT) => (0x200, 0),
        FaultKind::Halt => (0x400, 0),
        FaultKind::Stop(_) => (0x800, 0),
    }
}

impl Machine {
    /// Ends all threads of a group; who waits for that goes on.
    pub(in crate::lv2) fn end_spu_group(&mut self, number: u32, cause: Cause, status: u32) {
        let Ok(group) = self.spus.groups.get(number) else {
            return;
        };
        for index in 0..group.threads.len() {
            let thread = super::thread_number(number, index);
            if let Ok(unit) = self.spus.unit_mut(thread) {
                unit.stop(STOP_THREAD_EXIT);
                unit.clear_mailbox();
            }
            if let Ok(thread) = self.spus.groups.thread_mut(thread) {
                thread.receives = None;
            }
        }
        self.keep_profiles(number);
        if let Ok(group) = self.spus.groups.get_mut(number) {
            group.ended = Some((cause, status));
        }
        // The group is there.
        let _ = self.spus.set_state(number, GroupState::Initialized);
        self.schedule_spus(self.cycles());
        if let Some(joiner) = self.spu_joiner(number) {
            let result = self.give_end(number, joiner.1);
            let result = result.err().map_or(0, Errno::register);
            self.threads.wake(joiner.0, result);
        }
    }

    /// Who waits for a group's end, and where cause and status go.
    pub(in crate::lv2) fn spu_joiner(&self, number: u32) -> Option<(u64, [u64; 2])> {
        let mut threads = self.threads.all.iter();
        threads.find_map(|(id, thread)| match thread.state {
            State::Waits(Wait::SpuGroup { group, results }) if group == number => {
                Some((*id, results))
            }
            _ => None,
        })
    }

    /// Stores why a group ended, once; `EFAULT` where that is not possible.
    pub(in crate::lv2) fn give_end(&mut self, group: u32, to: [u64; 2]) -> Result<(), Errno> {
        let ended = self.spus.groups.get_mut(group)?.ended.take();
        let (cause, status) = ended.ok_or(Errno::ESTAT)?;
        self.memory.put(to[0], &(cause as u32).to_be_bytes())?;
        self.memory.put(to[1], &status.to_be_bytes())
    }

    /// A thread did what it may not: its group stops where somebody hears of it, else the
    /// run ends.
    pub(super) fn spu_exception(
        &mut self,
        group: u32,
        thread: u32,
        fault: Fault,
    ) -> Result<(), Outcome> {
        let queue = self.spus.groups.get(group);
        let queue = queue.map(|group| group.events.get(&GroupEvent::Exception).copied());
        let (cause, address) = exception(fault.kind);
        let next = fault.pc.wrapping_add(4);
        let event = Event {
            source: GroupEvent::Exception.source(),
            data: [
                u64::from(group) << 32 | u64::from(thread),
                u64::from(next) << 32 | u64::from(cause),
                address,
            ],
        };
        match queue {
            Ok(Some(queue)) if self.send_event(queue, event).is_ok() => {
                // The group is there: it has the queue.
                let _ = self.spus.set_state(group, GroupState::Stopped);
                Ok(())
            }
            _ => Err(Outcome::SpuFault { thread, fault }),
        }
    }
}
