//! The channels of an SPU: what it can read, write and count.
//!
//! Source: "Cell Broadband Engine Architecture", version 1.02, sections 8 and 9. Time
//! here is the SPU's own: what arrives from outside carries the cycle of its arrival, and
//! an SPU that waits for it goes on at that cycle.

mod decrementer;
mod events;
mod mailbox;
mod signal;
mod trace;

use ::spu::isa::channel::Channel;

pub(crate) use decrementer::Decrementer;
pub(crate) use events::{Events, event};
pub(crate) use mailbox::{Inbound, Outbound};
pub(crate) use signal::Signal;
pub use trace::ChannelAccess;
pub(crate) use trace::{Trace, describe};

use super::fault::{FaultKind, Refusal};
use super::mfc::Mfc;

/// When a channel can be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// At once.
    Now,
    /// From that cycle on.
    At(u64),
    /// Only when something comes from outside.
    Unknown,
    /// Never: the channel does not exist or has the other direction.
    Invalid,
}

impl Ready {
    /// Ready at `cycle`, seen from `now`.
    pub(crate) fn from(cycle: u64, now: u64) -> Self {
        if cycle <= now {
            Self::Now
        } else {
            Self::At(cycle)
        }
    }
}

/// All channels of one SPU but those of its MFC.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channels {
    pub(crate) events: Events,
    pub(crate) decrementer: Decrementer,
    /// Signal registers 1 and 2.
    pub(crate) signals: [Signal; 2],
    pub(crate) inbound: Inbound,
    pub(crate) outbound: Outbound,
    pub(crate) interrupt: Outbound,
    pub(crate) mfc: Mfc,
    /// Whether an event interrupts the program.
    pub(crate) interrupts_enabled: bool,
    pub(crate) srr0: u32,
    pub(crate) trace: Trace,
}

impl Channels {
    /// When a channel can be read.
    pub(crate) fn readable(&mut self, channel: Channel, now: u64) -> Ready {
        match channel {
            Channel::RD_EVENT_STAT => self.events.ready(now),
            Channel::RD_SIG_NOTIFY_1 => self.signals[0].ready(now),
            Channel::RD_SIG_NOTIFY_2 => self.signals[1].ready(now),
            Channel::RD_IN_MBOX => self.inbound.ready(now),
            Channel::RD_TAG_STAT => self.mfc.tags.ready(now),
            Channel::RD_LIST_STALL_STAT => self.mfc.stall_ready(now),
            Channel::RD_ATOMIC_STAT => self.mfc.atomic_ready(now),
            Channel::RD_DEC
            | Channel::RD_EVENT_MASK
            | Channel::RD_TAG_MASK
            | Channel::RD_MACH_STAT
            | Channel::RD_SRR0 => Ready::Now,
            _ => Ready::Invalid,
        }
    }

    /// Reads a channel that is ready.
    pub(crate) fn read(&mut self, channel: Channel, now: u64) -> u32 {
        let value = self.take(channel, now);
        self.trace.note(channel, false, value, now, None);
        value
    }

    fn take(&mut self, channel: Channel, now: u64) -> u32 {
        match channel {
            Channel::RD_EVENT_STAT => self.events.read(),
            Channel::RD_SIG_NOTIFY_1 => self.signals[0].take(),
            Channel::RD_SIG_NOTIFY_2 => self.signals[1].take(),
            Channel::RD_IN_MBOX => self.inbound.take(),
            Channel::RD_TAG_STAT => self.mfc.tags.take(now),
            Channel::RD_LIST_STALL_STAT => self.mfc.take_stalls(),
            Channel::RD_ATOMIC_STAT => self.mfc.take_atomic_status(),
            Channel::RD_DEC => self.decrementer.value(now),
            Channel::RD_EVENT_MASK => self.events.mask(),
            Channel::RD_TAG_MASK => self.mfc.tags.mask(),
            Channel::RD_MACH_STAT => u32::from(self.interrupts_enabled),
            Channel::RD_SRR0 => self.srr0,
            _ => 0,
        }
    }

    /// When a channel can be written.
    pub(crate) fn writable(&self, channel: Channel, now: u64) -> Ready {
        match channel {
            Channel::WR_OUT_MBOX => self.outbound.ready(now),
            Channel::WR_OUT_INTR_MBOX => self.interrupt.ready(now),
            Channel::CMD => self.mfc.ready(now),
            Channel::WR_EVENT_MASK
            | Channel::WR_EVENT_ACK
            | Channel::WR_DEC
            | Channel::WR_MS_SYNC_REQ
            | Channel::WR_SRR0
            | Channel::LSA
            | Channel::EAH
            | Channel::EAL
            | Channel::SIZE
            | Channel::TAG_ID
            | Channel::WR_TAG_MASK
            | Channel::WR_TAG_UPDATE
            | Channel::WR_LIST_STALL_ACK => Ready::Now,
            _ => Ready::Invalid,
        }
    }

    /// Writes a channel that is ready; `pc` is the instruction's address.
    ///
    /// # Errors
    /// What is wrong with the value, where the channel does not take all values.
    pub(crate) fn write(
        &mut self,
        channel: Channel,
        value: u32,
        now: u64,
        pc: u32,
    ) -> Result<(), Refusal> {
        self.put(channel, value, now, pc)?;
        let command = match channel {
            Channel::CMD => self.mfc.pending.last(),
            _ => None,
        };
        self.trace.note(channel, true, value, now, command);
        Ok(())
    }

    fn put(&mut self, channel: Channel, value: u32, now: u64, pc: u32) -> Result<(), Refusal> {
        match channel {
            Channel::WR_OUT_MBOX => self.outbound.put(value, now),
            Channel::WR_OUT_INTR_MBOX => self.interrupt.put(value, now),
            Channel::CMD => return self.mfc.enqueue(value, now, pc),
            Channel::WR_EVENT_MASK => self.events.set_mask(value, now),
            Channel::WR_EVENT_ACK => {
                self.events.acknowledge(value, now);
                if value & event::DECREMENTER != 0 && self.events.mask() & event::DECREMENTER == 0 {
                    self.decrementer.stop(now);
                    self.events.cancel(event::DECREMENTER);
                }
            }
            Channel::WR_DEC => {
                let underflow = self.decrementer.start(value, now);
                self.events.cancel(event::DECREMENTER);
                self.events.schedule(underflow, event::DECREMENTER);
            }
            // All that was written before by others is done between two quanta.
            Channel::WR_MS_SYNC_REQ => self.events.schedule(now, event::MULTISOURCE_SYNC),
            Channel::WR_SRR0 => self.srr0 = value,
            Channel::LSA => self.mfc.parameters.lsa = value,
            Channel::EAH => self.mfc.parameters.eah = value,
            Channel::EAL => self.mfc.parameters.eal = value,
            Channel::SIZE => self.mfc.parameters.size = value,
            Channel::TAG_ID => self.mfc.parameters.tag = value,
            Channel::WR_TAG_MASK => self.mfc.tags.set_mask(value),
            Channel::WR_TAG_UPDATE => {
                let request = self.mfc.tags.request(value, now);
                let done = request.map_err(|reason| FaultKind::Spu.because(reason))?;
                if let Some(done) = done {
                    self.events.schedule(done, event::TAG_STATUS);
                }
            }
            Channel::WR_LIST_STALL_ACK => {
                let acknowledged = self.mfc.acknowledge_stall(value, now);
                return acknowledged.map_err(|reason| FaultKind::Spu.because(reason));
            }
            _ => {}
        }
        Ok(())
    }

    /// The count of a channel; 0 for those that do not exist.
    pub(crate) fn count(&mut self, channel: Channel, now: u64) -> u32 {
        match channel {
            Channel::RD_IN_MBOX => self.inbound.count(now),
            Channel::CMD => self.mfc.free_slots(now),
            _ => {
                let ready = match self.readable(channel, now) {
                    Ready::Invalid => self.writable(channel, now),
                    ready => ready,
                };
                u32::from(ready == Ready::Now)
            }
        }
    }

    /// Whether an event interrupts the program at this cycle.
    pub(crate) fn interrupt_due(&mut self, now: u64) -> bool {
        self.interrupts_enabled && self.events.ready(now) == Ready::Now
    }
}
