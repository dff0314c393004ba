//! Checks of the model that is shipped.

use crate::corpus::{HELD_OUT, document, grammar::Grammar};
use crate::train::loss;
use crate::{
    CHAT_MODEL_PREFIX, CHAT_STOPS, CHAT_USER_PREFIX, CHAT_USER_SUFFIX, CHECKPOINT, PROMPTS,
    TOKENIZER,
};
use llama::reference::Reference;
use llama::sampler::argmax;
use llama::tokenizer::BOS;
use llama::{Checkpoint, Engine, Tokenizer};
use std::string::{String, ToString};

fn load() -> (Checkpoint<'static>, Tokenizer) {
    let checkpoint = Checkpoint::parse(CHECKPOINT).unwrap();
    let tokenizer = Tokenizer::parse(TOKENIZER).unwrap();
    tokenizer.check_vocabulary(checkpoint.config()).unwrap();
    (checkpoint, tokenizer)
}

/// The most likely text after a prompt up to BOS or one of the stops, and
/// whether it ended there.
fn greedy(prompt: &str, stops: &[&str]) -> (String, bool) {
    let (checkpoint, tokenizer) = load();
    let mut engine = Reference::new(&checkpoint);
    let mut tokens = tokenizer.encode(prompt, true, false);
    let given = tokens.len();
    let mut text = std::vec::Vec::new();
    for position in 0..checkpoint.config().seq_len {
        let logits = engine.forward(tokens[position], position).unwrap();
        if position + 1 < given {
            continue;
        }
        let next = argmax(logits);
        let written = String::from_utf8_lossy(&text).to_string();
        if next == BOS || stops.iter().any(|stop| written.ends_with(stop)) {
            return (written, true);
        }
        text.extend_from_slice(tokenizer.decode(tokens[position], next));
        tokens.push(next);
    }
    (String::from_utf8_lossy(&text).to_string(), false)
}

#[test]
fn the_files_are_small_aligned_and_fit_each_other() {
    let (checkpoint, _) = load();
    assert!(CHECKPOINT.len() <= 3_000_000);
    assert_eq!(CHECKPOINT.as_ptr() as usize % 128, 0);
    assert!(checkpoint.shares_classifier());
}

#[test]
fn text_that_it_has_not_seen_is_hardly_a_surprise() {
    let (checkpoint, tokenizer) = load();
    let grammar = Grammar::load().unwrap();
    let mut engine = Reference::new(&checkpoint);
    let (mut nats, mut tokens) = (0.0, 0);
    for index in 0..24 {
        let text = document(&grammar, HELD_OUT, index);
        let mut row = tokenizer.encode(&text, true, false);
        row.push(BOS);
        row.truncate(checkpoint.config().seq_len + 1);
        nats += loss(&mut engine, &row).unwrap();
        tokens += row.len() - 1;
    }
    let perplexity = (nats / tokens as f64).exp();
    assert!(perplexity < 1.75, "perplexity {perplexity}");
}

#[test]
fn stories_end_and_are_long_enough() {
    for prompt in PROMPTS {
        let (text, ended) = greedy(prompt, &[]);
        assert!(ended, "{prompt}: {text}");
        let words = text.split_whitespace().count();
        assert!((60..220).contains(&words), "{words} words: {text}");
        assert!(text.trim_end_matches('"').ends_with(['.', '!', '?']));
    }
}

#[test]
fn a_question_is_answered_in_one_turn() {
    for question in ["Hello!", "Tell me a story about a cat.", "How are you?"] {
        let prompt = [
            CHAT_USER_PREFIX,
            question,
            CHAT_USER_SUFFIX,
            CHAT_MODEL_PREFIX,
        ]
        .concat();
        let (answer, ended) = greedy(&prompt, CHAT_STOPS);
        assert!(ended, "{question}: {answer}");
        assert!(answer.starts_with(' ') && answer.len() > 4, "{answer:?}");
    }
}
