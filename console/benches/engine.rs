//! Whole tokens on six simulated SPUs: what the program executes and moves for each, and how
//! fast the host simulates it. `cargo bench -p console --bench engine`.
//!
//! The counts are exact and repeatable; tokens a second are the host's.

use std::time::Instant;

use console::spu::{Statistics, ThreadGroup};
use llama::{Checkpoint, Config, Engine, synthetic};
use spu::driver::SpuEngine;

/// Position of the first token that is measured.
const START: usize = 120;
/// Tokens measured.
const TOKENS: usize = 8;

fn main() {
    println!(
        "{:6} {:>4} {:>14} {:>14} {:>14} {:>10}",
        "model", "SPUs", "instructions", "DMA bytes in", "M instr/s", "tokens/s"
    );
    let shapes = [
        ("260K", [64, 172, 5, 8, 4, 512, 512]),
        ("15M", [288, 768, 6, 6, 6, 32000, 256]),
    ];
    for (
        name,
        [
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        ],
    ) in shapes
    {
        let config = Config {
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        };
        let bytes = synthetic::checkpoint(&config, true, 1).expect("a synthetic model");
        let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
        for spus in [1, 6] {
            measure(name, &checkpoint, spus);
        }
    }
}

fn measure(name: &str, checkpoint: &Checkpoint, spus: usize) {
    let mut engine = SpuEngine::load(ThreadGroup::new(spus), checkpoint, spus, &mut |_, _| {})
        .expect("the model fits");
    for position in 0..START {
        engine.prefill(1, position).expect("a token of the prompt");
    }
    let before = total(&engine, spus);
    let begun = Instant::now();
    let mut token = 1;
    for position in START..START + TOKENS {
        token = engine.forward_greedy(token, position).expect("a token");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let after = total(&engine, spus);
    let instructions = after.0 - before.0;
    println!(
        "{name:6} {spus:>4} {:>14} {:>14} {:>14.0} {:>10.1}",
        instructions / TOKENS as u64,
        (after.1 - before.1) / TOKENS as u64,
        instructions as f64 / seconds / 1e6,
        TOKENS as f64 / seconds,
    );
}

/// Instructions and bytes from main storage of all SPUs.
fn total(engine: &SpuEngine<ThreadGroup>, spus: usize) -> (u64, u64) {
    let statistics = (0..spus).map(|spu| engine.system().statistics(spu));
    statistics.fold((0, 0), |(instructions, bytes), s: Statistics| {
        (instructions + s.instructions, bytes + s.bytes_from_memory)
    })
}
