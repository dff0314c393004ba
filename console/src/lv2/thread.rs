//! PPU threads, and which of them run.

use std::collections::BTreeMap;

use super::call::{Answer, Caller};
use super::errno::Errno;
use super::guest::GuestFrame;
use super::machine::Machine;
use crate::ppu::Ppu;

/// Hardware threads of the PPU: so many threads run at the same time.
pub(super) const HARDWARE_THREADS: usize = 2;
/// Deadlines from here on count as "never": centuries of simulated time.
const NEVER: u64 = u64::MAX / 2;

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A point in time, in cycles.
    Until(u64),
    /// What another thread does in a library; it says what.
    Other(&'static str),
    /// Something that a kernel object gives, or the end of the time for it.
    Object {
        /// The object's number.
        object: u32,
        /// The end of the time, in cycles; none for ever.
        until: Option<u64>,
    },
    /// The end of all threads of an SPU group.
    SpuGroup {
        /// The group.
        group: u32,
        /// Where cause and status go.
        results: [u64; 2],
    },
    /// The RSX fetches its commands elsewhere than from this part of memory.
    Fifo {
        /// The address of its first word.
        begin: u32,
        /// The address of its last word.
        end: u32,
    },
    /// An interrupt: a thread that runs functions of the program for it, a library's or one
    /// that the program has made for that.
    Interrupt,
    /// Somebody who looks after a fault of its own, at an address that it accessed.
    PageFault {
        /// The address.
        address: u64,
    },
    /// The end of another thread, whose value goes to an address if that is not 0.
    Join {
        /// The other thread.
        thread: u64,
        /// Where its value goes.
        value: u64,
    },
}

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, or would if a hardware thread were free.
    Ready,
    /// It waits.
    Waits(Wait),
    /// It has ended with a value, and nobody has joined it.
    Ended(u64),
}

/// What a library function does when the wait in it is over: it gets the wait's result and
/// what it has noted.
pub(super) type Continuation =
    fn(&mut Machine, &mut Caller<'_>, u64, [u64; 4]) -> Result<Answer, Errno>;

/// Where an interrupt thread starts, each time anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    pub pc: u64,
    pub toc: u64,
    pub stack: u64,
}

/// A PPU thread.
pub(super) struct Thread {
    pub ppu: Ppu,
    pub state: State,
    /// 0 is the highest.
    pub priority: u32,
    /// The priority of who waits for a mutex that this thread has.
    pub inherited: Option<u32>,
    pub joinable: bool,
    /// For an interrupt thread, what it runs for each interrupt.
    pub handler: Option<Handler>,
    /// Start of its stack block, and of its thread-local storage.
    pub stack: u64,
    pub local: Option<u64>,
    pub name: String,
    /// Library functions that wait for functions of the program, the innermost last.
    pub guest: Vec<GuestFrame>,
    /// What is left to do of a library function before the program goes on.
    pub then: Option<(Continuation, [u64; 4])>,
    /// Place among the threads of its priority.
    order: u64,
}

impl Thread {
    fn runs_with(&self) -> u32 {
        self.inherited
            .map_or(self.priority, |priority| priority.min(self.priority))
    }
}

/// The number of the first thread.
const FIRST: u64 = 0x0100_0000;

/// All threads by number.
#[derive(Default)]
pub(super) struct Threads {
    pub all: BTreeMap<u64, Thread>,
    /// Whether some may have inherited a priority.
    pub inherit: bool,
    /// Whether any has become ready since that was last asked.
    woken: bool,
    made: u64,
    orders: u64,
}

impl Threads {
    /// Adds a thread that is ready; `ppu` has its own number for reservations.
    pub fn add(&mut self, priority: u32, joinable: bool, name: String, stack: u64) -> u64 {
        let id = FIRST + self.made;
        self.made += 1;
        let order = self.next_order();
        let thread = Thread {
            // As many threads as would wrap the number around cannot be made in a lifetime.
            ppu: Ppu::new(id as u32),
            state: State::Ready,
            priority,
            inherited: None,
            joinable,
            handler: None,
            stack,
            local: None,
            name,
            guest: Vec::new(),
            then: None,
            order,
        };
        self.all.insert(id, thread);
        self.woken = true;
        id
    }

    /// Whether any has become ready since this was asked last.
    pub fn take_woken(&mut self) -> bool {
        std::mem::take(&mut self.woken)
    }

    fn next_order(&mut self) -> u64 {
        self.orders += 1;
        self.orders
    }

    /// Puts a thread behind the others of its priority.
    pub fn step_back(&mut self, id: u64) {
        let order = self.next_order();
        if let Some(thread) = self.all.get_mut(&id) {
            thread.order = order;
        }
    }

    /// Ends a thread's wait with a result.
    pub fn wake(&mut self, id: u64, result: u64) {
        self.step_back(id);
        self.woken = true;
        if let Some(thread) = self.all.get_mut(&id) {
            thread.state = State::Ready;
            thread.ppu.registers.gpr[3] = result;
        }
    }

    /// The priority with which a thread runs; the lowest for one that is gone.
    pub fn priority(&self, id: u64) -> u32 {
        self.all.get(&id).map_or(u32::MAX, Thread::runs_with)
    }

    /// The next wait that ends by itself: its time and the thread.
    pub fn next_deadline(&self) -> Option<(u64, u64)> {
        self.all
            .iter()
            .filter_map(|(id, thread)| match thread.state {
                State::Waits(
                    Wait::Until(deadline)
                    | Wait::Object {
                        until: Some(deadline),
                        ..
                    },
                ) if deadline < NEVER => Some((deadline, *id)),
                _ => None,
            })
            .min()
    }

    /// The threads that run next: the highest priorities, in each the one that is ready for
    /// longest.
    pub fn choose(&self) -> Vec<u64> {
        let mut ready: Vec<_> = self
            .all
            .iter()
            .filter(|(_, thread)| thread.state == State::Ready)
            .map(|(id, thread)| (thread.runs_with(), thread.order, *id))
            .collect();
        ready.sort_unstable();
        ready.truncate(HARDWARE_THREADS);
        ready.into_iter().map(|(_, _, id)| id).collect()
    }

    /// Whether a thread is ready to run.
    pub fn is_ready(&self, id: u64) -> bool {
        self.all
            .get(&id)
            .is_some_and(|thread| thread.state == State::Ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_come_first_then_those_who_wait_longest() {
        let mut threads = Threads::default();
        let ids: Vec<_> = [5, 3, 5, 4]
            .map(|priority| threads.add(priority, false, String::new(), 0))
            .into();
        assert_eq!(threads.choose(), [ids[1], ids[3]]);
        threads.all.get_mut(&ids[1]).unwrap().state = State::Waits(Wait::Until(9));
        assert_eq!(threads.choose(), [ids[3], ids[0]]);
        threads.step_back(ids[0]);
        assert_eq!(threads.choose(), [ids[3], ids[2]]);
        assert_eq!(threads.next_deadline(), Some((9, ids[1])));
        threads.wake(ids[1], 0);
        assert_eq!(threads.choose(), [ids[1], ids[3]]);
        assert_eq!(threads.next_deadline(), None);
        let until = |until| State::Waits(Wait::Object { object: 1, until });
        threads.all.get_mut(&ids[1]).unwrap().state = until(None);
        threads.all.get_mut(&ids[3]).unwrap().state = until(Some(7));
        assert_eq!(threads.next_deadline(), Some((7, ids[3])));
    }

    #[test]
    fn who_is_waited_for_runs_with_the_higher_priority() {
        let mut threads = Threads::default();
        let ids: Vec<_> = [5, 3, 4]
            .map(|priority| threads.add(priority, false, String::new(), 0))
            .into();
        threads.all.get_mut(&ids[0]).unwrap().inherited = Some(1);
        threads.all.get_mut(&ids[1]).unwrap().inherited = Some(9);
        assert_eq!(threads.choose(), [ids[0], ids[1]]);
        assert_eq!(threads.priority(ids[1]), 3);
        assert_eq!(threads.priority(1), u32::MAX);
    }
}
