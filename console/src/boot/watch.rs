//! Where goes what a program says.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::sound::Recorder;
use crate::lv2::{Dialog, Observer, Record, SoundBlock, TextDialog};
use crate::rsx::Executed;
use crate::spu::ChannelAccess;

/// The channel of a program's text.
const TEXT: u32 = 0;
/// The channel on which a program says whether it is busy: `busy` or `idle`, a line for each
/// change.
const STATE: u32 = 3;

/// What is traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// System calls and library functions.
    pub calls: bool,
    /// Methods that the RSX executes.
    pub fifo: bool,
    /// What SPUs do with their channels, MFC commands included.
    pub spu: bool,
}

/// Watches a program: its text goes to one place, what only a programmer wants to know to
/// another.
pub struct Watch<'a> {
    text: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    /// Where what is traced goes, and what that is.
    trace: Option<&'a mut dyn Write>,
    traces: Traces,
    /// Where sound goes.
    sound: Option<&'a mut Recorder>,
    /// What was said of the state last, and the beginning of the next line.
    idle: Option<bool>,
    state: Vec<u8>,
    /// Whether the last line of the text, and of the notes, has not ended.
    text_open: bool,
    notes_open: bool,
    /// Unknown functions that were told.
    told: BTreeSet<String>,
    /// Why the text could not be written.
    broken: Option<io::Error>,
}

impl<'a> Watch<'a> {
    /// Text goes to `text`, all the rest to `notes`.
    pub fn new(text: &'a mut dyn Write, notes: &'a mut dyn Write) -> Self {
        Self {
            text,
            notes,
            trace: None,
            traces: Traces::default(),
            sound: None,
            idle: None,
            state: Vec::new(),
            text_open: false,
            notes_open: false,
            told: BTreeSet::new(),
            broken: None,
        }
    }

    /// Whether the program's text has a last line that has not ended.
    #[must_use]
    pub fn text_is_open(&self) -> bool {
        self.text_open
    }

    /// Ends the last line of the notes, if it has not ended.
    pub fn end_notes(&mut self) {
        if std::mem::take(&mut self.notes_open) {
            let _ = writeln!(self.notes);
        }
    }

    /// What is traced goes to `trace`, a line each.
    pub fn trace(&mut self, traces: Traces, trace: &'a mut dyn Write) {
        self.traces = traces;
        self.trace = Some(trace);
    }

    /// Sound goes to a file.
    pub fn record(&mut self, sound: &'a mut Recorder) {
        self.sound = Some(sound);
    }

    /// Whether the program has said that it waits for the user; none where it says nothing of
    /// the kind.
    #[must_use]
    pub fn idle(&self) -> Option<bool> {
        self.idle
    }

    /// Why the program's text could not be written, once it could not.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.broken.take()
    }

    /// Writes a line for the programmer.
    pub fn note(&mut self, line: &str) {
        self.end_notes();
        // Whoever closes standard error does not want to read.
        let _ = writeln!(self.notes, "{line}");
    }

    fn hear_state(&mut self, text: &[u8]) {
        self.state.extend(text);
        while let Some(end) = self.state.iter().position(|&byte| byte == b'\n') {
            match &self.state[..end] {
                b"idle" => self.idle = Some(true),
                b"busy" => self.idle = Some(false),
                other => {
                    let line = String::from_utf8_lossy(other).into_owned();
                    self.note(&format!("state: {line}"));
                }
            }
            self.state.drain(..=end);
        }
    }
}

impl Observer for Watch<'_> {
    fn tty(&mut self, channel: u32, text: &[u8]) {
        match channel {
            TEXT => {
                self.text_open = text.last().map_or(self.text_open, |last| *last != b'\n');
                let written = self.text.write_all(text).and_then(|()| self.text.flush());
                if let Err(error) = written {
                    self.broken.get_or_insert(error);
                }
            }
            STATE => self.hear_state(text),
            _ => {
                self.notes_open = text.last().map_or(self.notes_open, |last| *last != b'\n');
                let _ = self.notes.write_all(text);
            }
        }
    }

    fn unknown(&mut self, call: &Record) {
        // A program that makes one such call may make it in each frame.
        if self.told.insert(call.callee.to_string()) {
            self.note(&format!("not implemented: {call}"));
        }
    }

    fn sound(&mut self, block: &SoundBlock) {
        if let Some(recorder) = &mut self.sound {
            recorder.take(block);
        }
    }

    fn text_dialog(&mut self, dialog: &TextDialog) {
        self.note(&dialog.to_string());
    }

    fn dialog(&mut self, dialog: &Dialog) {
        self.note(&format!("dialog: {dialog}"));
    }

    fn call(&mut self, call: &Record) {
        if self.traces.calls
            && let Some(trace) = &mut self.trace
        {
            let _ = writeln!(trace, "{call}");
        }
    }

    fn traces_rsx(&self) -> bool {
        self.traces.fifo
    }

    fn traces_spus(&self) -> bool {
        self.traces.spu
    }

    fn spu(&mut self, access: &ChannelAccess) {
        if let Some(trace) = &mut self.trace {
            let _ = writeln!(trace, "{access}");
        }
    }

    fn rsx(&mut self, executed: &Executed) {
        if let Some(trace) = &mut self.trace {
            let _ = writeln!(trace, "{executed}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_go_where_they_belong() {
        let (mut text, mut notes) = (Vec::new(), Vec::new());
        let mut watch = Watch::new(&mut text, &mut notes);
        watch.tty(0, b"once");
        watch.tty(1, b"note");
        assert_eq!(watch.idle(), None);
        watch.tty(3, b"idle\nbu");
        assert_eq!(watch.idle(), Some(true));
        watch.tty(3, b"sy\nodd\n");
        assert_eq!(watch.idle(), Some(false));
        assert!(watch.take_failure().is_none());
        assert!(watch.text_is_open());
        watch.tty(0, b" upon\n");
        assert!(!watch.text_is_open());
        assert_eq!(text, b"once upon\n");
        assert_eq!(notes, b"note\nstate: odd\n");
    }

    #[test]
    fn text_that_cannot_be_written_is_a_failure() {
        let mut room = [0; 2];
        let mut text = &mut room[..];
        let mut notes = Vec::new();
        let mut watch = Watch::new(&mut text, &mut notes);
        watch.tty(0, b"once upon");
        assert!(watch.take_failure().is_some());
    }
}
