//! The conversation as the screen shows it.

use alloc::string::String;
use alloc::vec::Vec;

use super::Speaker;
use crate::inference::{DoneReason, Event, Stats};
use crate::text::Utf8Stream;
use crate::transcript::{Entry, Transcript};

/// A turn on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedTurn {
    pub speaker: Speaker,
    pub text: String,
    /// Whether the model does not remember it any more.
    pub forgotten: bool,
}

/// All turns since the conversation began, and the state of the last answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChatLog {
    turns: Vec<LoggedTurn>,
    answering: Option<u32>,
    stream: Utf8Stream,
    stats: Stats,
    ended: Option<DoneReason>,
}

impl ChatLog {
    pub fn turns(&self) -> &[LoggedTurn] {
        &self.turns
    }

    /// Whether the model is answering.
    pub fn is_answering(&self) -> bool {
        self.answering.is_some()
    }

    /// How much and how fast the last answer was.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Why the last answer ended, if it did.
    pub fn ended(&self) -> Option<DoneReason> {
        self.ended
    }

    /// Notes what the user says; the events of the answer will carry `id`.
    pub fn user_says(&mut self, id: u32, text: &str, transcript: &mut Transcript) {
        for speaker in [Speaker::User, Speaker::Model] {
            let text = if speaker == Speaker::User { text } else { "" };
            self.turns.push(LoggedTurn {
                speaker,
                text: text.into(),
                forgotten: false,
            });
        }
        self.answering = Some(id);
        self.stream = Utf8Stream::default();
        self.stats = Stats::default();
        self.ended = None;
        transcript.add(Entry::User(text.into()));
        transcript.add(Entry::Model);
    }

    /// Notes an event, if it is about this conversation. Gives back what the
    /// user said if that could not be answered.
    pub fn take(&mut self, event: &Event, transcript: &mut Transcript) -> Option<String> {
        let answering = self.answering?;
        match event {
            Event::ChatTrimmed { id, turns } if *id == answering => {
                let remembered = self.turns.iter_mut().filter(|turn| !turn.forgotten);
                for turn in remembered.take(*turns as usize) {
                    turn.forgotten = true;
                }
            }
            Event::Piece(piece) if piece.id == answering => {
                self.stats = piece.stats;
                let mut text = String::new();
                self.stream.push(piece.bytes.as_bytes(), &mut text);
                self.answer(text, transcript);
            }
            Event::Done { id, reason, stats } if *id == answering => {
                let mut text = String::new();
                self.stream.finish(&mut text);
                self.answer(text, transcript);
                self.stats = *stats;
                self.ended = Some(*reason);
                self.answering = None;
                transcript.add(Entry::End {
                    reason: *reason,
                    stats: *stats,
                });
            }
            Event::Failed { id, .. } if *id == answering => return self.unanswered(),
            Event::LoadFailed(_) => return self.unanswered(),
            _ => {}
        }
        None
    }

    fn answer(&mut self, text: String, transcript: &mut Transcript) {
        if let Some(turn) = self.turns.last_mut() {
            // The space that separates words is none at the beginning.
            let text = if turn.text.is_empty() {
                text.trim_start()
            } else {
                &text
            };
            turn.text.push_str(text);
            transcript.add(Entry::Text(text.into()));
        }
    }

    /// Takes the last question and the beginning of its answer back.
    fn unanswered(&mut self) -> Option<String> {
        self.answering = None;
        self.turns.pop();
        self.turns.pop().map(|turn| turn.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::{Failure, Piece, PieceBytes};

    fn piece(id: u32, text: &str) -> Event {
        let bytes = PieceBytes::split(text.as_bytes()).0;
        Event::Piece(Piece {
            id,
            bytes,
            stats: Stats::default(),
        })
    }

    fn done(id: u32) -> Event {
        Event::Done {
            id,
            reason: DoneReason::EndOfText,
            stats: Stats::default(),
        }
    }

    #[test]
    fn an_answer_grows_and_ends() {
        let (mut log, mut transcript) = (ChatLog::default(), Transcript::default());
        log.user_says(1, "hi", &mut transcript);
        for event in [
            piece(1, " Hel"),
            piece(9, "stale"),
            piece(1, "lo "),
            piece(1, " you"),
        ] {
            assert_eq!(log.take(&event, &mut transcript), None);
        }
        assert!(log.is_answering());
        log.take(&done(1), &mut transcript);
        assert!(!log.is_answering());
        assert_eq!(log.turns()[1].text, "Hello  you");
    }

    #[test]
    fn what_cannot_be_answered_comes_back() {
        let (mut log, mut transcript) = (ChatLog::default(), Transcript::default());
        log.user_says(1, "hi", &mut transcript);
        log.take(&done(1), &mut transcript);
        log.user_says(2, "and now?", &mut transcript);
        let failure = Failure {
            what: "broken".into(),
            file: None,
        };
        let back = log.take(
            &Event::Failed {
                id: 2,
                failure,
                engine: false,
            },
            &mut transcript,
        );
        assert_eq!(back.as_deref(), Some("and now?"));
        assert_eq!(log.turns().len(), 2);
    }

    #[test]
    fn forgotten_turns_are_marked_from_the_oldest() {
        let (mut log, mut transcript) = (ChatLog::default(), Transcript::default());
        for id in 1..4 {
            log.user_says(id, "hi", &mut transcript);
            if id > 1 {
                log.take(&Event::ChatTrimmed { id, turns: 2 }, &mut transcript);
            }
            log.take(&done(id), &mut transcript);
        }
        let forgotten: Vec<bool> = log.turns().iter().map(|turn| turn.forgotten).collect();
        assert_eq!(forgotten, [true, true, true, true, false, false]);
    }
}
