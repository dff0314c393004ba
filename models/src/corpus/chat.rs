//! Conversations between a user and the model, in the textual form that the
//! crate's `CHAT_` constants describe.

use super::finish::finish;
use super::grammar::Grammar;
use super::story::Teller;
use crate::random::Random;
use crate::{CHAT_MODEL_PREFIX, CHAT_MODEL_SUFFIX, CHAT_USER_PREFIX, CHAT_USER_SUFFIX};
use std::string::String;

/// The conversation of a seed.
pub fn chat(grammar: &Grammar, seed: u64) -> String {
    let mut teller = Teller::new(grammar, Random::new(seed));
    let mut text = String::new();
    let (mut named, mut told) = (false, false);
    let turns = 2 + teller.random.below(4);
    for turn in 0..turns {
        let kind = teller.random.below(100);
        let rule = match kind {
            _ if turn == 0 && kind < 50 => "chat-hello",
            0..25 if named => "chat-named",
            0..35 if told => "chat-after",
            ..50 => "chat-story",
            50..92 => "chat-talk",
            _ => "chat-bye",
        };
        if rule == "chat-story" || !told {
            // A new story has new characters; what the user said remains.
            teller.begin_again(&["K"]);
        } else {
            teller.forget_things(&["K"]);
        }
        let exchange = teller.rule(rule);
        let Some((user, answer)) = exchange.split_once(" ~ ") else {
            panic!("an exchange of {rule} without an answer: {exchange}");
        };
        named |= teller.remembers("K");
        told |= rule == "chat-story";
        text += &prompt(&as_typed(user, &mut teller.random));
        text += " ";
        text += &finish(answer);
        text += CHAT_MODEL_SUFFIX;
        if rule == "chat-bye" {
            break;
        }
    }
    text
}

/// A user's turn and the beginning of the model's.
fn prompt(user: &str) -> String {
    [CHAT_USER_PREFIX, user, CHAT_USER_SUFFIX, CHAT_MODEL_PREFIX].concat()
}

/// People who type with a gamepad leave out capitals and full stops.
fn as_typed(user: &str, random: &mut Random) -> String {
    let proper = finish(user);
    match random.below(10) {
        0..2 => proper.to_lowercase(),
        2..4 => proper
            .to_lowercase()
            .trim_end_matches(['.', '!', '?'])
            .into(),
        4 => proper.trim_end_matches(['.', '!', '?']).into(),
        5..8 if !proper.ends_with(['.', '!', '?']) => proper + ".",
        _ => proper,
    }
}
