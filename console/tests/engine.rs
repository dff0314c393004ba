//! The whole engine on simulated SPUs, against the reference engine on models of all shapes and
//! against llama2.c's own output.

use std::io::Write;
use std::path::PathBuf;

use console::spu::ThreadGroup;
use llama::reference::Reference;
use llama::sampler::argmax;
use llama::{Checkpoint, Config, Engine, synthetic};
use spu::driver::{Event, SpuEngine, SpuSystem, SystemError};
use spu::engine::parameters::{Block, CommandWord};

fn load(checkpoint: &Checkpoint, spus: usize) -> SpuEngine<ThreadGroup> {
    SpuEngine::load(ThreadGroup::new(spus), checkpoint, spus, &mut |_, _| {})
        .unwrap_or_else(|error| panic!("{:?} on {spus} SPUs: {error}", checkpoint.config()))
}

/// The largest difference of two vectors of logits, relative to the largest logit.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0f32, |scale, x| scale.max(x.abs()));
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f32::max) / scale
}

/// Shapes that exercise every rounding up and every split.
fn shapes() -> Vec<(Config, bool)> {
    let shape = |numbers: [usize; 7], shared| {
        let [
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        ] = numbers;
        let config = Config {
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        };
        (config, shared)
    };
    vec![
        // stories260K's own shape.
        shape([64, 172, 5, 8, 4, 512, 48], true),
        // A separate classifier, and a vocabulary that is no multiple of anything.
        shape([64, 172, 2, 8, 4, 97, 24], false),
        // Heads of 2, 6 and 12: rounded up.
        shape([16, 24, 2, 8, 8, 40, 16], true),
        shape([18, 10, 1, 3, 3, 33, 16], true),
        shape([24, 50, 2, 2, 1, 64, 16], false),
        // One head for six SPUs, one layer, one row of everything.
        shape([2, 1, 1, 1, 1, 1, 4], true),
        shape([48, 100, 1, 1, 1, 259, 40], true),
        // All query heads on one key and value head.
        shape([96, 256, 2, 12, 1, 300, 20], true),
    ]
}

#[test]
fn logits_are_the_references() {
    for (seed, (config, shared)) in (1..).zip(shapes()) {
        let bytes = synthetic::checkpoint(&config, shared, seed).expect("a synthetic model");
        let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
        for spus in [1, 2, 3, 6] {
            let mut reference = Reference::new(&checkpoint);
            let mut engine = load(&checkpoint, spus);
            let mut random = llama::sampler::Xorshift::new(seed);
            for position in 0..config.seq_len {
                let token = random.next_u32() % config.vocab_size as u32;
                let expected = reference.forward(token, position).expect("reference");
                let found = engine.forward(token, position).expect("engine");
                let off = difference(found, expected);
                // Truncation instead of rounding, in some ten thousand operations in a row.
                assert!(
                    off < 1e-4,
                    "{config:?} on {spus} SPUs, position {position}: off by {off:e}"
                );
            }
        }
    }
}

#[test]
fn any_number_of_spus_gives_the_same_bits() {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 7).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let mut engines: Vec<_> = (1..=6).map(|spus| load(&checkpoint, spus)).collect();
    for (position, token) in [1u32, 500, 20, 20, 333].into_iter().enumerate() {
        let logits: Vec<Vec<u32>> = engines
            .iter_mut()
            .map(|engine| {
                let logits = engine.forward(token, position).expect("engine");
                logits.iter().map(|x| x.to_bits()).collect()
            })
            .collect();
        for (spus, others) in (2..).zip(&logits[1..]) {
            assert!(*others == logits[0], "{spus} SPUs at position {position}");
        }
    }
}

#[test]
fn prompt_tokens_and_greedy_tokens_need_no_logits_in_memory() {
    let (config, shared) = shapes()[1];
    let bytes = synthetic::checkpoint(&config, shared, 3).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    for spus in [1, 4, 6] {
        let mut with_logits = load(&checkpoint, spus);
        let mut without = load(&checkpoint, spus);
        let prompt = [1, 60, 96, 0, 33];
        for (position, token) in prompt.into_iter().enumerate() {
            with_logits.forward(token, position).expect("engine");
            without.prefill(token, position).expect("engine");
        }
        let mut token = 5;
        for position in prompt.len()..config.seq_len {
            let logits = with_logits.forward(token, position).expect("engine");
            let best = argmax(logits);
            let found = without.forward_greedy(token, position).expect("engine");
            assert_eq!(found, best, "{spus} SPUs, position {position}");
            token = best;
        }
    }
}

#[test]
fn going_back_computes_anew() {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let mut engine = load(&checkpoint, 6);
    let mut fresh = load(&checkpoint, 6);
    for (position, token) in [1, 2, 3, 4, 5].into_iter().enumerate() {
        engine.forward(token, position).expect("engine");
    }
    for (position, token) in [1, 2].into_iter().enumerate() {
        fresh.forward(token, position).expect("engine");
    }
    let again = engine.forward(77, 2).expect("engine").to_vec();
    assert_eq!(fresh.forward(77, 2).expect("engine"), again);
}

#[test]
fn bad_tokens_and_positions_are_refused_and_do_no_harm() {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let mut engine = load(&checkpoint, 2);
    assert!(engine.forward(config.vocab_size as u32, 0).is_err());
    assert!(engine.forward(0, 1).is_err());
    assert!(engine.forward(0, config.seq_len).is_err());
    assert!(engine.forward(0, 0).is_ok());
    assert!(engine.shut_down().is_ok());
}

#[test]
fn a_model_that_does_not_fit_is_refused() {
    let config = Config {
        dim: 4096,
        hidden_dim: 11008,
        n_layers: 1,
        n_heads: 32,
        n_kv_heads: 32,
        vocab_size: 8,
        seq_len: 4,
    };
    let bytes = synthetic::checkpoint(&config, true, 1).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let loaded = SpuEngine::load(ThreadGroup::new(1), &checkpoint, 1, &mut |_, _| {});
    let Err(error) = loaded else {
        panic!("it was laid out");
    };
    assert!(error.to_string().contains("local store"), "{error}");
    let loaded = SpuEngine::load(ThreadGroup::new(6), &checkpoint, 7, &mut |_, _| {});
    assert!(loaded.is_err_and(|error| error.to_string().contains("1 to 6")));
}

/// A machine on which something goes wrong with every command.
struct Sabotaged {
    group: ThreadGroup,
    /// What is done to the command block.
    spoil: fn(&mut Vec<u8>),
    /// Whether the word that announces it is lost.
    loses_mail: bool,
}

impl SpuSystem for Sabotaged {
    fn available(&self) -> usize {
        self.group.available()
    }

    fn allocate(&mut self, size: usize, align: usize) -> Result<u32, SystemError> {
        self.group.allocate(size, align)
    }

    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), SystemError> {
        let mut bytes = bytes.to_vec();
        if bytes.len() == Block::command().bytes().len() {
            (self.spoil)(&mut bytes);
        }
        self.group.write(address, &bytes)
    }

    fn read(&mut self, address: u32, out: &mut [u8]) -> Result<(), SystemError> {
        self.group.read(address, out)
    }

    fn start(&mut self, image: &[u8], arguments: &[[u64; 4]]) -> Result<(), SystemError> {
        self.group.start(image, arguments)
    }

    fn write_mailbox(&mut self, spu: usize, value: u32) -> Result<(), SystemError> {
        if self.loses_mail {
            return Ok(());
        }
        self.group.write_mailbox(spu, value)
    }

    fn wait_event(&mut self) -> Result<Event, SystemError> {
        self.group.wait_event()
    }

    fn join(&mut self) -> Result<(), SystemError> {
        self.group.join()
    }

    fn time_ns(&mut self) -> u64 {
        self.group.time_ns()
    }
}

/// What the engine says of two tokens on a machine that is spoilt like this.
fn sabotage(spoil: fn(&mut Vec<u8>), loses_mail: bool) -> [String; 2] {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let group = ThreadGroup::new(6);
    let system = Sabotaged {
        group,
        spoil,
        loses_mail,
    };
    let mut engine =
        SpuEngine::load(system, &checkpoint, 6, &mut |_, _| {}).expect("loading goes well");
    [0, 0].map(|position| {
        let token = engine.forward(1, position).map(<[f32]>::to_vec);
        token.expect_err("the token cannot be computed").to_string()
    })
}

/// Adds to the word of a command block.
fn add(bytes: &mut [u8], word: CommandWord, distance: u32) {
    for bytes in bytes[word as usize * 16..][..16].as_chunks_mut::<4>().0 {
        *bytes = (u32::from_be_bytes(*bytes).wrapping_add(distance)).to_be_bytes();
    }
}

#[test]
fn a_fault_of_an_spu_becomes_an_error_that_stays() {
    let unaligned = sabotage(|bytes| add(bytes, CommandWord::Turns, 4), false);
    assert!(unaligned[0].contains("SPU"), "{}", unaligned[0]);
    assert!(unaligned[0].contains("MFC_Cmd"), "{}", unaligned[0]);
    assert_eq!(unaligned[0], unaligned[1]);
    let nowhere = sabotage(
        |bytes| add(bytes, CommandWord::Embedding, 0x8000_0000),
        false,
    );
    assert!(nowhere[0].contains("SPU"), "{}", nowhere[0]);
}

#[test]
fn spus_that_nobody_wakes_become_an_error() {
    let report = sabotage(|_| {}, true);
    assert!(report[0].contains("SPU_RdInMbox"), "{}", report[0]);
}

/// A file of llama2.c's, or `None` and a word about it where there is none.
fn shared_file(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        // Not by `eprintln`, which the test runner would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: the golden texts on SPUs, for want of {}",
            path.display()
        );
    }
    bytes
}

#[test]
fn greedy_text_is_llama2c_s_on_any_number_of_spus() {
    let (Some(model), Some(golden)) = (
        shared_file("models/stories260K.bin"),
        shared_file("golden/stories260K.generate.jsonl"),
    ) else {
        return;
    };
    let checkpoint = Checkpoint::parse(&model).expect("stories260K");
    let golden = String::from_utf8(golden).expect("UTF-8");
    let mut checked = 0;
    for line in golden.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if case["temperature"] != 0.0 {
            continue;
        }
        let tokens: Vec<u32> = case["tokens"]
            .as_array()
            .expect("tokens")
            .iter()
            .map(|token| token.as_u64().expect("a number") as u32)
            .collect();
        for spus in [1, 2, 3, 6] {
            let mut engine = load(&checkpoint, spus);
            // Every token but those of the prompt has to be the best one after its forerunners;
            // those of the prompt are told from the rest by the reference.
            let mut reference = Reference::new(&checkpoint);
            for (position, pair) in tokens.windows(2).enumerate() {
                let expected = reference
                    .forward_greedy(pair[0], position)
                    .expect("reference");
                let found = engine.forward_greedy(pair[0], position).expect("engine");
                assert_eq!(found, expected, "{spus} SPUs, position {position}");
            }
            checked += 1;
        }
    }
    assert!(checked >= 4, "the golden file has greedy texts");
}
