//! The event facility: channels 0, 1, 2 and 11.

use super::Ready;

/// The events, as bits of status, mask and acknowledgement.
pub(crate) mod event {
    /// Multisource synchronisation is done.
    pub(crate) const MULTISOURCE_SYNC: u32 = 0x1000;
    /// The reservation of a line was lost.
    pub(crate) const LOST_RESERVATION: u32 = 0x400;
    /// Signal register 1 has become full.
    pub(crate) const SIGNAL_1: u32 = 0x200;
    /// Signal register 2 has become full.
    pub(crate) const SIGNAL_2: u32 = 0x100;
    /// The outbound mailbox has become empty.
    pub(crate) const OUTBOUND: u32 = 0x80;
    /// The outbound interrupt mailbox has become empty.
    pub(crate) const INTERRUPT: u32 = 0x40;
    /// The decrementer went below zero.
    pub(crate) const DECREMENTER: u32 = 0x20;
    /// The inbound mailbox is no longer empty.
    pub(crate) const INBOUND: u32 = 0x10;
    /// The command queue is no longer full.
    pub(crate) const QUEUE: u32 = 0x8;
    /// A list stalled.
    pub(crate) const LIST_STALL: u32 = 0x2;
    /// The tag status asked for is there.
    pub(crate) const TAG_STATUS: u32 = 0x1;
}

use event::DECREMENTER;

use super::decrementer::PERIOD;

/// Events of one SPU: those that happened, and those that will at known cycles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    pending: u32,
    mask: u32,
    /// The count of the status channel.
    count: bool,
    /// Cycles at which events will happen, in no order.
    scheduled: Vec<(u64, u32)>,
}

impl Events {
    /// Lets an event happen at a cycle.
    ///
    /// Of one event the earliest and the latest occurrence are kept: those between change
    /// nothing that a program could see but through an acknowledgement, after which the
    /// latest still comes. So the list stays short for programs that never look at it.
    pub(crate) fn schedule(&mut self, cycle: u64, event: u32) {
        let mut same = self.scheduled.iter_mut().filter(|(_, e)| *e == event);
        match (same.next(), same.next()) {
            (Some(first), Some(second)) => {
                let latest = first.0.max(second.0).max(cycle);
                first.0 = first.0.min(second.0).min(cycle);
                second.0 = latest;
            }
            _ => self.scheduled.push((cycle, event)),
        }
    }

    /// Takes back an event that has not happened yet.
    pub(crate) fn cancel(&mut self, event: u32) {
        self.scheduled.retain(|&(_, scheduled)| scheduled != event);
    }

    /// Lets everything happen that happens until `now`.
    fn advance(&mut self, now: u64) {
        let mut at = 0;
        while at < self.scheduled.len() {
            let (cycle, events) = self.scheduled[at];
            if cycle > now {
                at += 1;
                continue;
            }
            if events == DECREMENTER {
                // It runs on and comes by again.
                self.scheduled[at].0 += PERIOD;
            } else {
                self.scheduled.swap_remove(at);
            }
            self.pending |= events;
            self.count |= events & self.mask != 0;
        }
    }

    /// When the status can be read.
    pub(crate) fn ready(&mut self, now: u64) -> Ready {
        if !self.scheduled.is_empty() {
            self.advance(now);
        }
        if self.count {
            return Ready::Now;
        }
        self.next().map_or(Ready::Unknown, Ready::At)
    }

    /// The cycle of the next event that the mask lets through.
    pub(crate) fn next(&self) -> Option<u64> {
        let enabled = self.scheduled.iter().filter(|(_, e)| e & self.mask != 0);
        enabled.map(|&(cycle, _)| cycle).min()
    }

    /// Reads the status.
    pub(crate) fn read(&mut self) -> u32 {
        self.count = false;
        self.pending & self.mask
    }

    pub(crate) fn mask(&self) -> u32 {
        self.mask
    }

    pub(crate) fn set_mask(&mut self, mask: u32, now: u64) {
        self.advance(now);
        self.mask = mask;
        self.count = self.pending & mask != 0;
    }

    pub(crate) fn acknowledge(&mut self, events: u32, now: u64) {
        self.advance(now);
        self.pending &= !events;
        self.count = self.pending & self.mask != 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_once_until_acknowledged_or_masked_anew() {
        let mut events = Events::default();
        events.schedule(10, event::SIGNAL_1);
        assert_eq!(events.ready(5), Ready::Unknown); // masked off
        events.set_mask(event::SIGNAL_1 | event::INBOUND, 5);
        assert_eq!(events.ready(5), Ready::At(10));
        assert_eq!(events.ready(10), Ready::Now);
        assert_eq!(events.read(), event::SIGNAL_1);
        assert_eq!(events.ready(11), Ready::Unknown);
        events.schedule(12, event::INBOUND);
        assert_eq!(events.ready(12), Ready::Now);
        assert_eq!(events.read(), event::SIGNAL_1 | event::INBOUND);
        // What is not acknowledged shows again.
        events.acknowledge(event::INBOUND, 13);
        assert_eq!(events.ready(13), Ready::Now);
        events.acknowledge(event::SIGNAL_1, 13);
        assert_eq!(events.ready(13), Ready::Unknown);
    }
}
