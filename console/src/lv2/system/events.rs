//! Events that the system tells a program, and the functions that the program gave it to call.

use std::collections::VecDeque;

use crate::lv2::guest::GuestCall;

/// What the system tells a program (PS3 developer wiki, "cellSysutil").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemEvent {
    /// The user has chosen to end the program.
    ExitRequest,
    /// The system begins to draw over the program's picture.
    DrawingBegins,
    /// It has ended that.
    DrawingEnds,
    /// The system's menu is open.
    MenuOpened,
    /// The menu is closed.
    MenuClosed,
}

impl SystemEvent {
    /// The number that programs get.
    #[must_use]
    pub const fn status(self) -> u64 {
        match self {
            Self::ExitRequest => 0x101,
            Self::DrawingBegins => 0x121,
            Self::DrawingEnds => 0x122,
            Self::MenuOpened => 0x131,
            Self::MenuClosed => 0x132,
        }
    }
}

/// Places for functions of the program.
pub const SLOTS: usize = 4;

/// A function of the program that wants to hear of events, with its own value.
#[derive(Clone, Copy)]
pub struct Listener {
    pub descriptor: u32,
    pub user: u64,
}

/// Events on their way to the program.
#[derive(Default)]
pub struct Events {
    pub listeners: [Option<Listener>; SLOTS],
    /// Events that the program has not asked for yet.
    waiting: VecDeque<SystemEvent>,
    /// Calls that are due, in order.
    due: VecDeque<GuestCall>,
}

impl Events {
    /// Keeps an event until the program asks.
    pub fn send(&mut self, event: SystemEvent) {
        self.waiting.push_back(event);
    }

    /// The next call for a program that asks; who registered after an event hears of it, too,
    /// as long as nobody has asked in between.
    pub fn next(&mut self) -> Option<GuestCall> {
        self.tell_waiting();
        self.due.pop_front()
    }

    fn tell_waiting(&mut self) {
        for event in self.waiting.drain(..) {
            let calls = self.listeners.iter().flatten().map(|listener| GuestCall {
                descriptor: listener.descriptor,
                arguments: [event.status(), 0, listener.user, 0],
            });
            self.due.extend(calls);
        }
    }
}
