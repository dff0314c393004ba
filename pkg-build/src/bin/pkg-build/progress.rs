//! A line for what takes long, where there is somebody to see it.

use std::cell::Cell;
use std::io::{IsTerminal, Write, stderr};

/// A line on standard error; nothing is written where that is not a terminal.
///
/// The usual crate for this, indicatif, would bring a package called `console` into the
/// workspace, which has one of that name.
pub struct Progress {
    what: &'static str,
    is_terminal: bool,
    /// Per cent that stand in the line.
    shown: Cell<Option<u64>>,
}

impl Progress {
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            is_terminal: stderr().is_terminal(),
            shown: Cell::new(None),
        }
    }

    /// So many bytes of so many.
    pub fn set(&self, done: u64, total: u64) {
        let percent = (done.min(total) * 100).checked_div(total).unwrap_or(100);
        if self.is_terminal && self.shown.replace(Some(percent)) != Some(percent) {
            // Where the line cannot be written, the work is done all the same.
            let _ = write!(stderr(), "\r{} {percent} %", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.get().is_some() && self.is_terminal {
            // Back to the beginning of the line, and clear it (ECMA-48, CR and EL).
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
