//! Functions of the program that run when the RSX interrupts.
//!
//! The library has a thread of its own for them. It runs a stub of the library in a loop; the
//! stub's function has the program's functions called, one after the other, and waits when
//! there is nothing to do.

use std::collections::VecDeque;

use super::super::guest::GuestCall;
use super::super::machine::Machine;
use super::super::thread::{State, Wait};

/// Why the program's function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// A picture is shown.
    Flip,
    /// A vertical blank.
    Blank,
    /// A vertical blank, for the second function.
    SecondBlank,
    /// A flip is queued.
    Queue,
    /// The commands had a word for the program.
    User,
    /// The RSX cannot go on. The machine ends then, so the function is never called.
    Graphics,
}

/// Number of reasons.
const REASONS: usize = 6;
/// The head that shows pictures: what functions get for flips and blanks (RPCS3 calls them so).
pub const HEAD: u32 = 1;

/// The program's functions, and calls of them that are due.
#[derive(Default)]
pub struct Interrupts {
    /// The thread that calls them.
    pub thread: Option<u64>,
    /// Descriptors; 0 is none.
    functions: [u32; REASONS],
    due: VecDeque<(Interrupt, u32)>,
}

impl Interrupts {
    /// Has a function called from now on; none with descriptor 0.
    pub fn set(&mut self, interrupt: Interrupt, descriptor: u32) {
        self.functions[interrupt as usize] = descriptor;
    }

    /// Whether the program wants to hear of it.
    pub fn wants(&self, interrupt: Interrupt) -> bool {
        self.functions[interrupt as usize] != 0
    }

    /// The next call.
    pub fn next(&mut self) -> Option<GuestCall> {
        loop {
            let (interrupt, argument) = self.due.pop_front()?;
            let descriptor = self.functions[interrupt as usize];
            // The function may have been taken away since.
            if descriptor != 0 {
                return Some(GuestCall {
                    descriptor,
                    arguments: std::array::from_fn(|at| if at == 0 { argument.into() } else { 0 }),
                });
            }
        }
    }
}

impl Machine {
    /// Has the program's function for an interrupt called, where it has one.
    pub(in crate::lv2) fn interrupt(&mut self, interrupt: Interrupt, argument: u32) {
        let interrupts = &mut self.graphics.interrupts;
        if !interrupts.wants(interrupt) {
            return;
        }
        // A function that takes longer than from one blank to the next misses some.
        let blank = matches!(interrupt, Interrupt::Blank | Interrupt::SecondBlank);
        if !blank || !interrupts.due.contains(&(interrupt, argument)) {
            interrupts.due.push_back((interrupt, argument));
        }
        if let Some(id) = interrupts.thread
            && let Some(thread) = self.threads.all.get(&id)
            && thread.state == State::Waits(Wait::Interrupt)
        {
            self.threads.wake(id, 0);
        }
    }
}
