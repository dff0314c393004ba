//! What SPUs ask of the kernel: by words in their outbound interrupt mailboxes, and by
//! `stop` with a type that is a call (PS3 developer wiki, "SPU thread system calls"; tried
//! as far as `psl1ght-rs` uses them).

use super::group::{GroupState, THREAD_EVENT};
use super::{Cause, thread_number};
use crate::lv2::errno::Errno;
use crate::lv2::machine::{Machine, Outcome};
use crate::lv2::object::Event;
use crate::spu::{FaultKind, MAX_SPUS, Refusal, Status};

/// Types of `stop` that are calls.
const STOP_YIELD: u16 = 0x100;
const STOP_GROUP_EXIT: u16 = 0x101;
const STOP_THREAD_EXIT: u16 = 0x102;
const STOP_RECEIVE_EVENT: u16 = 0x110;
const STOP_TRY_RECEIVE_EVENT: u16 = 0x111;
/// All types that are or could be calls.
const CALLS: std::ops::Range<u16> = 0x100..0x200;

/// First bytes of words in the interrupt mailbox: an event by the port in the low bits,
/// with and without an answer, and a bit of an event flag, the same.
const SEND: std::ops::Range<u32> = 0..0x40;
const THROW: std::ops::Range<u32> = 0x40..0x80;
const SET_BIT: u32 = 0x80;
const SET_BIT_IMPATIENT: u32 = 0xc0;
const PORT: u32 = 0x3f;

impl Machine {
    /// Does what SPUs ask for, and gives SPUs to the groups that should have them.
    pub(in crate::lv2) fn serve_spus(&mut self) -> Option<Outcome> {
        for spu in 0..MAX_SPUS {
            let owner = self.spus.owners[spu];
            let Some((group, index)) = owner.filter(|_| self.spus.cluster.unit(spu).calls()) else {
                continue;
            };
            let thread = thread_number(group, index);
            let served = if self.spus.cluster.has_interrupt(spu) {
                self.serve_interrupt(thread)
            } else {
                Ok(())
            };
            let served = served.and_then(|()| match self.spus.cluster.status(spu) {
                Status::Stopped(code) => self.serve_stop(group, thread, code),
                _ => Ok(()),
            });
            if let Err(refusal) = served
                && let Ok(unit) = self.spus.unit_mut(thread)
            {
                unit.refuse(refusal);
            }
            if self.spus.owners[spu] == owner
                && let Status::Faulted(fault) = self.spus.cluster.status(spu)
                && let Err(outcome) = self.spu_exception(group, thread, fault)
            {
                return Some(outcome);
            }
            self.schedule_spus(self.cycles());
        }
        self.serve_raw_spus();
        if let Some((thread, fault)) = self.faulted_raw_spu() {
            return Some(Outcome::SpuFault { thread, fault });
        }
        self.serve_receivers();
        self.schedule_spus(self.cycles());
        None
    }

    /// Takes the word that a thread left for the kernel; without one it broke the rules.
    fn word_of(&mut self, thread: u32, call: &str) -> Result<u32, Refusal> {
        let now = self.cycles();
        let word = self.spus.unit_mut(thread).ok();
        let word = word.and_then(|unit| unit.read_mailbox(now));
        word.ok_or_else(|| {
            FaultKind::Call.because(format!("{call} without a word in the outbound mailbox"))
        })
    }

    fn serve_interrupt(&mut self, thread: u32) -> Result<(), Refusal> {
        let now = self.cycles();
        let word = self.spus.unit_mut(thread).ok();
        let Some(word) = word.and_then(|unit| unit.read_interrupt_mailbox(now)) else {
            return Ok(());
        };
        let (code, data0) = (word >> 24, word & 0xff_ffff);
        let answers = SEND.contains(&code) || code == SET_BIT;
        let is_bit = code == SET_BIT || code == SET_BIT_IMPATIENT;
        if !SEND.contains(&code) && !THROW.contains(&code) && !is_bit {
            let reason = format!("interrupt mailbox {word:#010x}: no call of the kernel");
            return Err(FaultKind::Call.because(reason));
        }
        let data1 = self.word_of(thread, "a word in the interrupt mailbox")?;
        let mail = self.spus.unit_mut(thread).map(|unit| unit.mailbox_count());
        // The answer needs the inbound mailbox.
        let result = if answers && mail != Ok(0) {
            Err(Errno::EBUSY)
        } else if is_bit {
            let bit = 1_u64.checked_shl(data0).ok_or(Errno::EINVAL);
            bit.and_then(|bit| self.set_event_flag(data1, bit))
        } else {
            self.send_from_spu(thread, (code & PORT) as u8, [data0, data1])
        };
        if answers {
            self.mail(thread, &[result.err().map_or(0, |error| error.0)]);
        }
        Ok(())
    }

    fn send_from_spu(&mut self, thread: u32, port: u8, data: [u32; 2]) -> Result<(), Errno> {
        let queue = self.spus.groups.thread(thread)?.ports.get(&port).copied();
        let queue = queue.ok_or(Errno::ENOTCONN)?;
        let [first, second] = data.map(u64::from);
        let event = Event {
            source: THREAD_EVENT,
            data: [thread.into(), u64::from(port) << 32 | first, second],
        };
        self.send_event(queue, event).map_err(|error| match error {
            // A queue that is gone is a port that is not connected.
            Errno::ESRCH => Errno::ENOTCONN,
            error => error,
        })
    }

    /// Puts words into a thread's inbound mailbox instead of what is there.
    fn mail(&mut self, thread: u32, words: &[u32]) {
        let now = self.cycles();
        if let Ok(unit) = self.spus.unit_mut(thread) {
            unit.clear_mailbox();
            for word in words {
                unit.write_mailbox(*word, now);
            }
        }
    }

    fn serve_stop(&mut self, group: u32, thread: u32, code: u16) -> Result<(), Refusal> {
        match code {
            STOP_YIELD => {
                self.resume_spu(thread);
                self.yield_spu_group(group);
                Ok(())
            }
            STOP_GROUP_EXIT => {
                let status = self.word_of(thread, "the end of a group")?;
                self.end_spu_group(group, Cause::GroupExit, status);
                Ok(())
            }
            STOP_THREAD_EXIT => self.serve_exit(group, thread),
            STOP_RECEIVE_EVENT | STOP_TRY_RECEIVE_EVENT => {
                let number = self.word_of(thread, "the reception of an event")?;
                self.serve_receive(group, thread, number, code == STOP_RECEIVE_EVENT);
                Ok(())
            }
            _ => {
                let reason = format!("stop {code:#x} is none that the system knows");
                let kind = if CALLS.contains(&code) {
                    FaultKind::Call
                } else {
                    FaultKind::Stop(code)
                };
                Err(kind.because(reason))
            }
        }
    }

    /// Lets a thread go on behind its `stop`.
    fn resume_spu(&mut self, thread: u32) {
        let now = self.cycles();
        if let Ok(unit) = self.spus.unit_mut(thread) {
            unit.start(unit.pc(), now);
        }
    }

    /// Lets others of a group's priority run first.
    pub(in crate::lv2) fn yield_spu_group(&mut self, group: u32) {
        if self.spus.state(group) == Ok(GroupState::Running) {
            self.spus.step_back(group);
            self.schedule_spus(self.cycles());
        }
    }

    fn serve_exit(&mut self, group: u32, thread: u32) -> Result<(), Refusal> {
        let known = |machine: &Self| machine.spus.groups.thread(thread).map(|t| t.exit_status);
        if known(self) != Ok(None) {
            return Ok(());
        }
        let status = self.word_of(thread, "the end of a thread")?;
        if let Ok(thread) = self.spus.groups.thread_mut(thread) {
            thread.exit_status = Some(status);
        }
        let all = self.spus.groups.get(group).is_ok_and(|group| {
            let mut threads = group.threads.iter();
            threads.all(|thread| thread.exit_status.is_some())
        });
        if all {
            self.end_spu_group(group, Cause::AllThreadsExit, 0);
        }
        Ok(())
    }

    fn serve_receive(&mut self, group: u32, thread: u32, number: u32, wait: bool) {
        let queue = self.spus.groups.thread(thread).ok();
        let queue = queue.and_then(|thread| thread.queues.get(&number).copied());
        let mail = self.spus.unit_mut(thread).map(|unit| unit.mailbox_count());
        let event = match queue {
            _ if mail != Ok(0) => Err(Errno::EBUSY),
            Some(queue) => self.take_event(queue).map_err(|_| Errno::EINVAL),
            None => Err(Errno::EINVAL),
        };
        match event {
            Ok(None) if wait => {
                if let Ok(thread) = self.spus.groups.thread_mut(thread) {
                    thread.receives = queue;
                }
                // The group is there: one of its threads asks.
                let _ = self.spus.set_state(group, GroupState::Waiting);
            }
            Ok(Some(event)) => self.receive(thread, event),
            Ok(None) => {
                self.mail(thread, &[Errno::EBUSY.0]);
                self.resume_spu(thread);
            }
            Err(error) => {
                self.mail(thread, &[error.0]);
                self.resume_spu(thread);
            }
        }
    }

    fn receive(&mut self, thread: u32, event: Event) {
        let [first, second, third] = event.data.map(|word| word as u32);
        self.mail(thread, &[0, first, second, third]);
        self.resume_spu(thread);
    }

    /// Ends the waits of SPU threads whose event has come, or whose queue is gone.
    fn serve_receivers(&mut self) {
        let waiting = |state| matches!(state, GroupState::Waiting | GroupState::WaitingSuspended);
        let receivers: Vec<_> = self
            .spus
            .groups
            .iter()
            .filter(|(_, group)| waiting(group.state))
            .flat_map(|(number, group)| {
                let receives = move |(index, thread): (usize, &super::SpuThread)| {
                    Some((number, thread_number(number, index), thread.receives?))
                };
                group.threads.iter().enumerate().filter_map(receives)
            })
            .collect();
        for (group, thread, queue) in receivers {
            match self.take_event(queue) {
                Ok(None) => continue,
                Ok(Some(event)) => self.receive(thread, event),
                Err(_) => {
                    self.mail(thread, &[Errno::ECANCELED.0]);
                    self.resume_spu(thread);
                }
            }
            if let Ok(thread) = self.spus.groups.thread_mut(thread) {
                thread.receives = None;
            }
            let state = match self.spus.state(group) {
                Ok(GroupState::WaitingSuspended) => GroupState::Suspended,
                _ => GroupState::Ready,
            };
            // The group is there: one of its threads waits.
            let _ = self.spus.set_state(group, state);
        }
    }
}
