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
    /// The on-screen keyboard is there.
    TextLoaded,
    /// The text of the on-screen keyboard is entered, or given up.
    TextFinished,
    /// The on-screen keyboard is gone.
    TextUnloaded,
    /// A text is entered, and the on-screen keyboard stays.
    TextEntered,
    /// A text is given up, and the on-screen keyboard stays.
    TextCancelled,
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
            Self::TextLoaded => 0x502,
            Self::TextFinished => 0x503,
            Self::TextUnloaded => 0x504,
            Self::TextEntered => 0x505,
            Self::TextCancelled => 0x506,
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

/// What waits for the program to ask.
enum Waiting {
    /// Every listener is called.
    Event(SystemEvent),
    Call(GuestCall),
}

/// Events on their way to the program.
#[derive(Default)]
pub struct Events {
    pub listeners: [Option<Listener>; SLOTS],
    waiting: VecDeque<Waiting>,
    /// Calls for the event that is being told.
    due: VecDeque<GuestCall>,
}

impl Events {
    /// Keeps an event until the program asks.
    pub fn send(&mut self, event: SystemEvent) {
        self.waiting.push_back(Waiting::Event(event));
    }

    /// Has a function of the program called after what is waiting.
    pub fn call(&mut self, call: GuestCall) {
        self.waiting.push_back(Waiting::Call(call));
    }

    /// The next call for a program that asks. Who registered after an event hears of it, too,
    /// if nobody has asked in between.
    pub fn next(&mut self) -> Option<GuestCall> {
        loop {
            if let Some(call) = self.due.pop_front() {
                return Some(call);
            }
            match self.waiting.pop_front()? {
                Waiting::Call(call) => return Some(call),
                Waiting::Event(event) => {
                    let listeners = self.listeners.iter().flatten();
                    self.due.extend(listeners.map(|listener| GuestCall {
                        descriptor: listener.descriptor,
                        arguments: [event.status(), 0, listener.user, 0, 0, 0, 0, 0],
                    }));
                }
            }
        }
    }
}
