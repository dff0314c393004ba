//! What goes to the TTY while the app runs.

use alloc::string::String;
use core::fmt::Write;

use app::transcript::{Entry, TranscriptWriter};
use psl1ght_rs::tty::{STDERR, STDOUT, Tty};

/// The channel on which the app says whether it is busy: a line `busy` or `idle` for each change.
const STATE: u32 = 3;

/// Says a line to the programmer.
pub fn note(text: core::fmt::Arguments<'_>) {
    let _ = writeln!(Tty(STDERR), "{text}");
}

/// The streams that follow the app.
#[derive(Default)]
pub struct Report {
    writer: TranscriptWriter,
    /// What was said of the state last.
    idle: Option<bool>,
}

impl Report {
    /// Says what was said in the app.
    pub fn transcript(&mut self, entries: &[Entry]) {
        let mut text = String::new();
        for entry in entries {
            // A string takes everything.
            let _ = self.writer.write(entry, &mut text);
        }
        send(&text);
    }

    /// Says whether the app waits for the user, if that has changed.
    pub fn state(&mut self, idle: bool) {
        if self.idle.replace(idle) != Some(idle) {
            let _ = Tty(STATE).write_str(if idle { "idle\n" } else { "busy\n" });
        }
    }

    /// Ends the last line.
    pub fn finish(&mut self) {
        let mut text = String::new();
        let _ = self.writer.finish(&mut text);
        send(&text);
    }
}

fn send(text: &str) {
    if !text.is_empty() {
        // Where nobody listens, nothing is lost.
        let _ = Tty(STDOUT).write_str(text);
    }
}
