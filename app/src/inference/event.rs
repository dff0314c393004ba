//! What the inference thread tells the interface.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{ModelChoice, ModelFacts};

/// An event from the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The model is being loaded.
    Loading(Loading),
    /// The model is ready.
    Loaded(Box<ModelFacts>),
    /// There is no model.
    LoadFailed(Failure),
    /// The models that were found.
    Models(Vec<ModelChoice>),
    /// The prompt is encoded, and the first token is about to be computed.
    Started {
        /// Of which request.
        id: u32,
        /// Tokens of the prompt, or of the whole conversation.
        prompt_tokens: u32,
    },
    /// The oldest turns of the chat were given up to make room.
    ChatTrimmed {
        /// Of which request.
        id: u32,
        /// How many turns, of the user and of the model together.
        turns: u32,
    },
    /// More text.
    Piece(Piece),
    /// The end of a generation.
    Done {
        /// Of which request.
        id: u32,
        /// Why.
        reason: DoneReason,
        /// How much and how fast.
        stats: Stats,
    },
    /// A generation that failed.
    Failed {
        /// Of which request.
        id: u32,
        /// What happened.
        failure: Failure,
        /// Whether the engine failed, so that loading the model anew may help.
        engine: bool,
    },
}

/// How far loading has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Loading {
    /// What is being done, such as "Reading the model".
    pub stage: String,
    /// How much of it is done, 0–1, where that is known.
    pub fraction: Option<f32>,
}

/// Something that went wrong, in words for the player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong and what was expected instead.
    pub what: String,
    /// The file that it is about, if it is about one.
    pub file: Option<String>,
}

/// A piece of generated text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Of which request.
    pub id: u32,
    /// The text's bytes. A character may be spread over several pieces.
    pub bytes: PieceBytes,
    /// Where the generation stands after this piece.
    pub stats: Stats,
}

/// The bytes of a piece, held in place so that no memory changes hands between
/// the threads. Longer pieces are sent in several parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PieceBytes {
    length: u8,
    bytes: [u8; Self::CAPACITY],
}

impl PieceBytes {
    /// The greatest number of bytes in one piece.
    pub const CAPACITY: usize = 31;

    /// The first bytes of `bytes`, as many as fit, and the rest.
    pub fn split(bytes: &[u8]) -> (PieceBytes, &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(Self::CAPACITY));
        let mut piece = PieceBytes {
            length: head.len() as u8,
            bytes: [0; Self::CAPACITY],
        };
        piece.bytes[..head.len()].copy_from_slice(head);
        (piece, rest)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl core::fmt::Debug for PieceBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.as_bytes().escape_ascii())
    }
}

/// Why a generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneReason {
    /// The model ended the text.
    EndOfText,
    /// The wanted length is reached.
    Length,
    /// The model's own length is reached: there is no going on.
    ModelLength,
    /// [`super::Command::Stop`], or another request, came in between.
    Stopped,
}

/// How much was computed, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Tokens that the model has read or written since the generation was
    /// started: one pass through the model each. Those kept from an earlier
    /// generation are not counted.
    pub passes: u32,
    /// Tokens written by the model.
    pub generated: u32,
    /// Time spent computing them: on the engine's own clock where it has one (an
    /// engine on simulated hardware), else on the worker's [`super::Clock`].
    pub elapsed: Duration,
}

impl Stats {
    /// Passes a second, or `None` before there is anything to measure.
    pub fn tokens_per_second(&self) -> Option<f32> {
        let seconds = self.elapsed.as_secs_f32();
        (self.passes > 0 && seconds > 0.0).then(|| self.passes as f32 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pieces_are_split_and_nothing_is_lost() {
        let long: Vec<u8> = (0..100).collect();
        let mut rest = &long[..];
        let mut back = Vec::new();
        while !rest.is_empty() {
            let (piece, after) = PieceBytes::split(rest);
            back.extend_from_slice(piece.as_bytes());
            rest = after;
        }
        assert_eq!(back, long);
        assert_eq!(PieceBytes::split(b"").0.as_bytes(), b"");
    }

    #[test]
    fn the_rate_is_passes_over_time() {
        let stats = Stats {
            passes: 30,
            generated: 25,
            elapsed: Duration::from_millis(1500),
        };
        assert_eq!(stats.tokens_per_second(), Some(20.0));
        assert_eq!(Stats::default().tokens_per_second(), None);
    }
}
