//! What was said on the screen, as a stream of text for logs and checks.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::inference::{DoneReason, Failure, Stats};

/// Something that was said.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A story begins with this prompt.
    Story(String),
    /// The story that was stopped goes on.
    StoryGoesOn,
    /// The user says this in the chat.
    User(String),
    /// The model begins to answer.
    Model,
    /// More text of the story or of the answer.
    Text(String),
    /// The end of the story or of the answer.
    End {
        /// Why.
        reason: DoneReason,
        /// How much and how fast.
        stats: Stats,
    },
    /// What was shown as having gone wrong.
    Error(Failure),
}

/// The entries since they were last taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transcript {
    entries: Vec<Entry>,
}

impl Transcript {
    pub fn add(&mut self, entry: Entry) {
        match (self.entries.last_mut(), entry) {
            (Some(Entry::Text(before)), Entry::Text(more)) => before.push_str(&more),
            (_, Entry::Text(text)) if text.is_empty() => {}
            (_, entry) => self.entries.push(entry),
        }
    }

    pub fn take(&mut self) -> Vec<Entry> {
        core::mem::take(&mut self.entries)
    }
}

/// Writes entries as plain text: headings on lines of their own, and between
/// them the prompt directly followed by the story, as one text.
#[derive(Clone, Debug, Default)]
pub struct TranscriptWriter {
    /// Whether the last line has not been ended.
    within_line: bool,
}

impl TranscriptWriter {
    /// Writes an entry to `out`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&mut self, entry: &Entry, out: &mut impl Write) -> fmt::Result {
        match entry {
            Entry::Story(prompt) => {
                self.heading(out, format_args!("story"))?;
                self.text(out, prompt)
            }
            Entry::StoryGoesOn => self.heading(out, format_args!("goes on")),
            Entry::User(text) => {
                self.heading(out, format_args!("user"))?;
                self.text(out, text)
            }
            Entry::Model => self.heading(out, format_args!("model")),
            Entry::Text(text) => self.text(out, text),
            Entry::End { reason, stats } => {
                let why = match reason {
                    DoneReason::EndOfText => "end",
                    DoneReason::Length => "length reached",
                    DoneReason::ModelLength => "model's length reached",
                    DoneReason::Stopped => "stopped",
                };
                let tokens = stats.generated;
                match stats.tokens_per_second() {
                    Some(rate) => {
                        self.heading(out, format_args!("{why}: {tokens} tokens, {rate:.1}/s"))
                    }
                    None => self.heading(out, format_args!("{why}: {tokens} tokens")),
                }
            }
            Entry::Error(Failure { what, file }) => {
                self.heading(out, format_args!("error"))?;
                self.text(out, what)?;
                match file {
                    Some(file) => self.text(out, "\n").and_then(|()| self.text(out, file)),
                    None => Ok(()),
                }
            }
        }
    }

    /// Ends the last line, if that has not been done.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn finish(&mut self, out: &mut impl Write) -> fmt::Result {
        if core::mem::take(&mut self.within_line) {
            out.write_char('\n')
        } else {
            Ok(())
        }
    }

    fn heading(&mut self, out: &mut impl Write, heading: fmt::Arguments<'_>) -> fmt::Result {
        self.finish(out)?;
        writeln!(out, "--- {heading} ---")
    }

    fn text(&mut self, out: &mut impl Write, text: &str) -> fmt::Result {
        if let Some(last) = text.chars().next_back() {
            self.within_line = last != '\n';
        }
        out.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn prompt_and_story_are_one_text() {
        let mut transcript = Transcript::default();
        transcript.add(Entry::Story("Once".into()));
        transcript.add(Entry::Text(" upon".into()));
        transcript.add(Entry::Text(" a time.".into()));
        let stats = Stats {
            passes: 6,
            generated: 4,
            elapsed: Duration::from_millis(500),
        };
        transcript.add(Entry::End {
            reason: DoneReason::Length,
            stats,
        });
        transcript.add(Entry::User("Hi".into()));
        transcript.add(Entry::Model);
        transcript.add(Entry::Text("Hello\n".into()));
        transcript.add(Entry::Error(Failure {
            what: "broken".into(),
            file: Some("m.bin".into()),
        }));
        let entries = transcript.take();
        assert_eq!(entries.len(), 7);
        assert!(transcript.take().is_empty());
        let mut writer = TranscriptWriter::default();
        let mut text = String::new();
        for entry in &entries {
            writer.write(entry, &mut text).unwrap();
        }
        writer.finish(&mut text).unwrap();
        assert_eq!(
            text,
            "--- story ---\nOnce upon a time.\n--- length reached: 4 tokens, 12.0/s ---\n\
             --- user ---\nHi\n--- model ---\nHello\n--- error ---\nbroken\nm.bin\n"
        );
    }
}
