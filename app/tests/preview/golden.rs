//! What llama2.c tells, told by both engines.
//!
//! The files lie outside of the repository. Where they are missing the test says so and passes.

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Folder, succeed};

fn golden_texts(engine: &str) {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let [stories, model, tokenizer] = [
        "golden/stories260K.generate.jsonl",
        "models/stories260K.bin",
        "models/tok512.bin",
    ]
    .map(|name| shared.join(name));
    for file in [&stories, &model, &tokenizer] {
        if let Err(error) = std::fs::metadata(file) {
            // Not by a macro, whose output the test harness keeps for failures.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {}: {error}", file.display());
            return;
        }
    }
    let folder = Folder::new(engine);
    let [model, tokenizer] = [&model, &tokenizer].map(|path| path.to_str().expect("a plain path"));
    let stories = std::fs::read_to_string(stories).unwrap();
    assert!(!stories.is_empty());
    for story in stories.lines() {
        let story: Value = serde_json::from_str(story).unwrap();
        let number = |name: &str| story[name].to_string();
        let told = succeed(
            &folder,
            &[
                "generate",
                story["prompt"].as_str().unwrap(),
                "--model",
                model,
                "--tokenizer",
                tokenizer,
                "--engine",
                engine,
                "--temperature",
                &number("temperature"),
                "--top-p",
                &number("top_p"),
                "--seed",
                &number("seed"),
                "--steps",
                &number("steps"),
            ],
        );
        let expected = story["text"].as_str().unwrap().trim_end_matches('\n');
        // The SPUs' arithmetic differs in the last bits, which may turn a draw; greedy text may
        // not differ.
        if engine == "reference" || story["temperature"] == 0.0 {
            assert_eq!(told.trim_end_matches('\n'), expected);
        } else {
            let prompt = story["prompt"].as_str().unwrap();
            assert!(
                told.starts_with(prompt) && told.len() > prompt.len() + 20,
                "{told}"
            );
        }
    }
}

#[test]
fn the_reference_engine_tells_what_llama2_c_tells() {
    golden_texts("reference");
}

#[test]
fn the_spus_tell_what_llama2_c_tells() {
    golden_texts("spu");
}
