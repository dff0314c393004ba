//! The two ends of the queues between interface and inference thread.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use super::{Command, Event, Reading};

/// Commands in flight; the interface sends one for a press of a button.
const COMMANDS: usize = 16;
/// Events in flight. At 60 frames a second this is room for some ten thousand
/// tokens a second; a worker that finds no room waits with the next token.
const EVENTS: usize = 256;

/// Makes the two ends.
pub fn channel() -> (Link, Port) {
    let (command_in, command_out) = RingBuffer::new(COMMANDS);
    let (event_in, event_out) = RingBuffer::new(EVENTS);
    let busy = Arc::new(AtomicBool::new(false));
    let reading = Reading::default();
    let link = Link {
        commands: command_in,
        unsent: VecDeque::new(),
        events: event_out,
        busy: busy.clone(),
        reading: reading.clone(),
    };
    (
        link,
        Port {
            commands: command_out,
            events: event_in,
            busy,
            reading,
        },
    )
}

/// The interface's end.
#[derive(Debug)]
pub struct Link {
    commands: Producer<Command>,
    /// Commands that found the queue full.
    unsent: VecDeque<Command>,
    events: Consumer<Event>,
    busy: Arc<AtomicBool>,
    reading: Reading,
}

impl Link {
    /// Sends a command; never waits. Commands that find the queue full go with a
    /// later call of [`flush`](Link::flush).
    pub fn send(&mut self, command: Command) {
        let interrupts = command.interrupts();
        self.unsent.push_back(command);
        self.flush();
        if interrupts {
            // After the command, which the worker then finds where it stops.
            self.reading.interrupt();
        }
    }

    /// How much of the weights of the token at hand is read, 0–1, where the
    /// model is one whose weights are read for each token.
    pub fn reading(&self) -> f32 {
        self.reading.part()
    }

    /// Sends what found the queue full.
    pub fn flush(&mut self) {
        while let Some(command) = self.unsent.pop_front() {
            if let Err(rtrb::PushError::Full(command)) = self.commands.push(command) {
                self.unsent.push_front(command);
                return;
            }
        }
    }

    /// The next event, if there is one.
    pub fn receive(&mut self) -> Option<Event> {
        self.events.pop().ok()
    }

    /// Whether the worker has nothing to do, nor any command before it, and all
    /// its events have been received.
    pub fn is_idle(&self) -> bool {
        // In this order: the worker is busy before it takes a command, and has
        // sent its events before it is idle.
        self.unsent.is_empty()
            && self.commands.slots() == COMMANDS
            && !self.busy.load(Ordering::Acquire)
            && self.events.is_empty()
    }

    /// Whether the worker is gone: its thread has ended or never began.
    pub fn is_abandoned(&self) -> bool {
        self.events.is_abandoned()
    }
}

/// The worker's end.
#[derive(Debug)]
pub struct Port {
    commands: Consumer<Command>,
    events: Producer<Event>,
    busy: Arc<AtomicBool>,
    reading: Reading,
}

impl Port {
    /// What the engine tells of a token whose weights it reads from a disk.
    pub fn reading(&self) -> Reading {
        self.reading.clone()
    }

    /// The next command, if there is one.
    pub(super) fn receive(&mut self) -> Option<Command> {
        self.commands.pop().ok()
    }

    /// Sends an event, or gives it back if there is no room.
    pub(super) fn send(&mut self, event: Event) -> Result<(), Event> {
        self.events
            .push(event)
            .map_err(|rtrb::PushError::Full(event)| event)
    }

    /// Says whether the worker has something to do.
    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Release);
    }

    /// Whether the interface is gone.
    pub(super) fn is_abandoned(&self) -> bool {
        self.commands.is_abandoned() && self.commands.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_arrive_in_order_even_when_the_queue_was_full() {
        let (mut link, mut port) = channel();
        for id in 0..100 {
            link.send(Command::Continue { id, more: 0 });
        }
        let mut ids = alloc::vec::Vec::new();
        loop {
            while let Some(Command::Continue { id, .. }) = port.receive() {
                ids.push(id);
            }
            if ids.len() == 100 {
                break;
            }
            link.flush();
        }
        assert!(ids.into_iter().eq(0..100));
    }

    #[test]
    fn idle_means_nothing_left_anywhere() {
        let (mut link, mut port) = channel();
        assert!(link.is_idle());
        link.send(Command::Stop);
        assert!(!link.is_idle());
        port.set_busy(true);
        assert_eq!(port.receive(), Some(Command::Stop));
        assert!(!link.is_idle());
        assert_eq!(port.send(Event::ChatTrimmed { id: 1, turns: 2 }), Ok(()));
        port.set_busy(false);
        assert!(!link.is_idle());
        assert!(link.receive().is_some());
        assert!(link.is_idle());
    }

    #[test]
    fn each_end_notices_that_the_other_is_gone() {
        let (link, port) = channel();
        drop(port);
        assert!(link.is_abandoned());
        let (link, port) = channel();
        assert!(!port.is_abandoned());
        drop(link);
        assert!(port.is_abandoned());
    }
}
