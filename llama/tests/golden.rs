//! Everything that llama2.c itself put out: encodings, stories and logits of the 260K model.
//!
//! The files lie outside of the repository. Where they are missing the tests say so and pass.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use llama::generation::{End, Generation, Step};
use llama::reference::Reference;
use llama::sampler::{Sampler, argmax};
use llama::text::TextAssembler;
use llama::tokenizer::{BOS, Tokenizer};
use llama::{Checkpoint, Engine};
use serde_json::Value;

/// A file, or `None` with a line on standard error that says so.
fn shared(path: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            // Not by a macro, whose output the test harness keeps for failures.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn tokens(value: &Value) -> Vec<u32> {
    let tokens = value.as_array().unwrap().iter();
    tokens.map(|t| t.as_u64().unwrap() as u32).collect()
}

fn encodings(tokenizer: &str, golden: &str) {
    let (Some(tokenizer), Some(golden)) = (shared(tokenizer), shared(golden)) else {
        return;
    };
    let tokenizer = Tokenizer::parse(&tokenizer).unwrap();
    let cases = lines(&golden);
    assert!(!cases.is_empty());
    for case in cases {
        let text = case["text"].as_str().unwrap();
        let expected = tokens(&case["tokens"]);
        assert_eq!(tokenizer.encode(text, true, false), expected, "{text:?}");

        let (mut decoded, mut assembler) = (String::new(), TextAssembler::new());
        for pair in expected.windows(2) {
            assembler.push(tokenizer.decode(pair[0], pair[1]), &mut decoded);
        }
        assembler.finish(&mut decoded);
        assert_eq!(decoded, text, "decoded again");
    }
}

#[test]
fn encodings_with_512_tokens() {
    encodings("models/tok512.bin", "golden/tok512.encode.jsonl");
}

#[test]
fn encodings_with_32000_tokens() {
    encodings("models/tokenizer.bin", "golden/tokenizer.encode.jsonl");
}

#[test]
fn stories_of_the_260k_model() {
    let (Some(model), Some(tokenizer), Some(golden)) = (
        shared("models/stories260K.bin"),
        shared("models/tok512.bin"),
        shared("golden/stories260K.generate.jsonl"),
    ) else {
        return;
    };
    let checkpoint = Checkpoint::parse(&model).unwrap();
    let tokenizer = Tokenizer::parse(&tokenizer).unwrap();
    tokenizer.check_vocabulary(checkpoint.config()).unwrap();
    let cases = lines(&golden);
    assert!(!cases.is_empty());
    for case in cases {
        let prompt = case["prompt"].as_str().unwrap();
        let number = |name: &str| case[name].as_f64().unwrap() as f32;
        let mut engine = Reference::new(&checkpoint);
        let mut sampler = Sampler::new(
            number("temperature"),
            number("top_p"),
            case["seed"].as_u64().unwrap(),
        );
        let steps = case["steps"].as_u64().unwrap() as usize;
        let mut generation = Generation::new(&tokenizer, checkpoint.config(), prompt, steps);
        let (mut text, mut assembler) = (String::new(), TextAssembler::new());
        let mut pieces = vec![BOS];
        let end = loop {
            let step = generation.step(&mut engine, &mut sampler, &tokenizer);
            match step.unwrap() {
                Step::Token { token, piece, .. } => {
                    pieces.push(token);
                    assembler.push(piece, &mut text);
                }
                Step::End(end) => break end,
            }
        };
        assembler.finish(&mut text);
        let expected = tokens(&case["tokens"]);
        assert_eq!(pieces, expected, "{prompt:?}");
        assert_eq!(generation.tokens(), expected, "{prompt:?}");
        // llama2.c ends its output with a line feed of its own.
        let expected_text = case["text"].as_str().unwrap();
        assert_eq!(
            text.trim_end_matches('\n'),
            expected_text.trim_end_matches('\n')
        );
        let full = expected.len() == steps + 1;
        assert_eq!(end, if full { End::Length } else { End::Bos });
    }
}

/// The logits of 32 greedy steps from BOS on, 512 at each, all bits of them.
#[test]
fn logits_of_the_260k_model() {
    let (Some(model), Some(golden)) = (
        shared("models/stories260K.bin"),
        shared("golden/stories260K.logits.f32le"),
    ) else {
        return;
    };
    let checkpoint = Checkpoint::parse(&model).unwrap();
    let golden: Vec<u32> = golden
        .as_chunks()
        .0
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes))
        .collect();
    let steps = golden.chunks_exact(checkpoint.config().vocab_size);
    assert_eq!(steps.len(), 32);
    let mut engine = Reference::new(&checkpoint);
    let mut token = BOS;
    for (position, expected) in steps.enumerate() {
        let logits = engine.forward(token, position).unwrap();
        let bits: Vec<u32> = logits.iter().map(|logit| logit.to_bits()).collect();
        assert_eq!(bits, expected, "position {position}");
        token = argmax(logits);
    }
}
