//! The text that the model learns from: little stories and conversations,
//! made from the grammar files in `models/grammar`. The same seed gives the
//! same text.

pub mod cast;
pub mod chat;
pub mod finish;
pub mod grammar;
pub mod story;
pub mod template;
#[cfg(test)]
mod tests;

use crate::random::Random;
use grammar::Grammar;
use std::string::String;

/// How many of the documents are conversations, in percent.
const CHATS: usize = 22;

/// The stream that the model learns from.
pub const TRAINING: u64 = 1;
/// The stream that it is judged by.
pub const HELD_OUT: u64 = 2;

/// A document of the corpus: a story or a conversation. `stream` tells
/// training text from held-out text, `index` counts within a stream.
pub fn document(grammar: &Grammar, stream: u64, index: u64) -> String {
    let mut random =
        Random::new(stream.wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b));
    let kind = random.below(100);
    let seed = random.bits();
    if kind < CHATS {
        chat::chat(grammar, seed)
    } else {
        story::story(grammar, seed)
    }
}
