//! Event queues: what timers, ports and SPU threads tell.

use std::collections::VecDeque;

use super::{Protocol, WaitQueue};
use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// What a queue holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who sent it.
    pub source: u64,
    /// What it says; the meaning is the source's.
    pub data: [u64; 3],
}

/// Who receives from a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum QueueKind {
    /// PPU threads.
    Ppu,
    /// SPU threads.
    Spu,
}

/// An event queue.
#[derive(Debug)]
pub(in crate::lv2) struct EventQueue {
    protocol: Protocol,
    pub kind: QueueKind,
    size: usize,
    events: VecDeque<Event>,
    pub waiters: WaitQueue<()>,
}

impl EventQueue {
    pub fn new(protocol: Protocol, kind: QueueKind, size: usize) -> Self {
        Self {
            protocol,
            kind,
            size,
            events: VecDeque::new(),
            waiters: WaitQueue::default(),
        }
    }

    /// Takes an event, or names the waiting thread that has to get it.
    ///
    /// # Errors
    ///
    /// `EBUSY` where the queue is full.
    pub fn send(&mut self, event: Event, threads: &Threads) -> Result<Option<u64>, Errno> {
        if let Some((thread, ())) = self.waiters.pop(self.protocol, threads) {
            return Ok(Some(thread));
        }
        if self.events.len() >= self.size {
            return Err(Errno::EBUSY);
        }
        self.events.push_back(event);
        Ok(None)
    }

    /// The oldest event.
    pub fn take(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Drops all events.
    pub fn clear(&mut self) {
        self.events.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_to_who_waits_or_are_kept_in_order() {
        let threads = Threads::default();
        let mut queue = EventQueue::new(Protocol::Fifo, QueueKind::Ppu, 2);
        let event = |source| Event {
            source,
            data: [1, 2, 3],
        };
        queue.waiters.push(9, ());
        assert_eq!(queue.send(event(0), &threads), Ok(Some(9)));
        assert_eq!(queue.send(event(1), &threads), Ok(None));
        assert_eq!(queue.send(event(2), &threads), Ok(None));
        assert_eq!(queue.send(event(3), &threads), Err(Errno::EBUSY));
        assert_eq!(queue.take(), Some(event(1)));
        assert_eq!(queue.take(), Some(event(2)));
        assert_eq!(queue.take(), None);
    }
}
