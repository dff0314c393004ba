//! What a token costs on the PPU alone, in cycles of the PPE's pipelines and caches: the loop of
//! llama2.c, and the vector unit. `cargo bench -p pkg-build --bench ppu_engines`
//!
//! The program is built for the PPU and runs on the virtual PS3; the weights are seeded random
//! ones, which take as long as others. The rows go to `target/bench/engine.json`, where those of
//! other engines stay as they are.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use console::lv2::{Machine, Mount, Observer, Outcome, Program, Record};
use llama::{Config, synthetic};
use pkg_build::program::{self, Request, Target, image};
use serde_json::{Value, json};

/// Position of the measured token.
const POSITION: usize = 128;
/// Core cycles in a tick of the time base, and in a second.
const CYCLES_PER_TICK: u64 = 40;
const CYCLES_PER_SECOND: f64 = 3.192e9;
/// Bytes a second that memory gives at most.
const MEMORY: f64 = 25.6e9;
/// Cycles between looks whether the program is ready: a part of the time that it sleeps then.
const LOOK: u64 = 4_000_000;

/// What a run gave.
struct Measured {
    token: u64,
    prefill: u64,
    stalls: f64,
}

#[derive(Default)]
struct Text(String);

impl Observer for Text {
    fn tty(&mut self, _: u32, text: &[u8]) {
        self.0 += &String::from_utf8_lossy(text);
    }

    fn unknown(&mut self, call: &Record) {
        eprintln!("not implemented: {call}");
    }
}

impl Text {
    /// The number behind a word.
    fn number(&self, word: &str) -> Option<u64> {
        let mut lines = self.0.lines();
        lines.find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let target = target_dir();
    let request = Request {
        workspace: program::workspace()?,
        target_dir: target.clone(),
        package: "app".into(),
        target: Target::Example("ppu_engines".into()),
        features: vec!["ps3".into()],
        default_features: false,
        budget: image::BUDGET,
    };
    let built = program::build(&request, &mut |line| eprintln!("{line}"))?;
    let elf = fs::read(built.elf)?;

    let folder = tempfile::tempdir()?;
    let shapes = [
        ("260K", [64, 172, 5, 8, 4, 512, 512]),
        ("15M", [288, 768, 6, 6, 6, 32000, 256]),
    ];
    println!(
        "{:6} {:12} {:>16} {:>10} {:>10} {:>8}",
        "model", "engine", "cycles a token", "tokens/s", "prefill/s", "stalls"
    );
    let mut rows = Vec::new();
    for (model, shape) in shapes {
        let config = config(shape);
        let bytes = synthetic::checkpoint(&config, true, 1)?;
        fs::write(folder.path().join("model.bin"), bytes)?;
        for (engine, argument) in [("ppu-scalar", "scalar"), ("ppu-altivec", "vector")] {
            let measured = run(&elf, folder.path(), argument)?;
            let per_second = |cycles: u64| CYCLES_PER_SECOND / cycles as f64;
            let speed = per_second(measured.token);
            let bytes = bytes_per_token(&config);
            let limit = MEMORY / bytes as f64;
            println!(
                "{model:6} {engine:12} {:>16} {speed:>10.1} {:>10.1} {:>7.1}%",
                measured.token,
                per_second(measured.prefill),
                100.0 * measured.stalls
            );
            rows.push(json!({
                "model": model,
                "format": "fp32",
                "engine": engine,
                "spus": 0,
                "cycles_per_token": measured.token,
                "tokens_per_second": speed,
                "bytes_per_token": bytes,
                "limit_tokens_per_second": limit,
                "ratio": speed / limit,
                "prefill_tokens_per_second": per_second(measured.prefill),
                "barrier_share": 0.0,
                "stall_share": measured.stalls,
            }));
        }
    }
    let path = target.join("bench/engine.json");
    keep(&path, rows)?;
    println!("{}", path.display());
    Ok(())
}

/// The folder that builds go to.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    )
}

fn config(shape: [usize; 7]) -> Config {
    let [
        dim,
        hidden_dim,
        n_layers,
        n_heads,
        n_kv_heads,
        vocab_size,
        seq_len,
    ] = shape;
    Config {
        dim,
        hidden_dim,
        n_layers,
        n_heads,
        n_kv_heads,
        vocab_size,
        seq_len,
    }
}

/// Weights, and keys and values of the positions, in fp32. The embedding is the classifier.
fn bytes_per_token(config: &Config) -> usize {
    let (dim, kv_dim) = (config.dim, config.kv_dim());
    let layer = 2 * dim * dim + 2 * dim * kv_dim + 3 * dim * config.hidden_dim + 2 * dim;
    let cache = 2 * kv_dim * (POSITION + 1);
    4 * (config.n_layers * (layer + cache) + config.vocab_size * dim + dim)
}

fn run(elf: &[u8], folder: &Path, engine: &str) -> Result<Measured, Box<dyn Error>> {
    let position = POSITION.to_string();
    let arguments = ["/app_home/a", "/dev_usb000/model.bin", engine, &position];
    let arguments = arguments.map(str::as_bytes);
    let mut machine = Machine::start(&Program::read(elf)?, &arguments)?;
    machine.mount(&Mount::folder("/dev_usb000", folder))?;
    let mut text = Text::default();
    // Loading the model is not timed.
    for look in 1.. {
        if text.0.contains("ready\n") {
            break;
        }
        machine.pause_at(Some(look * LOOK));
        match machine.run(u64::MAX, &mut text) {
            Outcome::Paused => {}
            outcome => return Err(format!("{}{}", text.0, machine.report(&outcome)).into()),
        }
    }
    machine.pause_at(None);
    machine.time_ppu();
    let outcome = machine.run(u64::MAX, &mut text);
    let found = text.number("token ").zip(text.number("prefill "));
    let (Outcome::Exited(0), Some((token, prefill))) = (&outcome, found) else {
        return Err(format!("{}{}", text.0, machine.report(&outcome)).into());
    };
    let timing = machine.ppu_timing().expect("the PPU is timed");
    let busy = timing.issued() - timing.pairs();
    let waits = timing.stalls().total();
    Ok(Measured {
        token: token * CYCLES_PER_TICK,
        prefill: prefill * CYCLES_PER_TICK,
        stalls: waits as f64 / (busy + waits) as f64,
    })
}

/// Puts rows in place of those of the same engines.
fn keep(path: &Path, rows: Vec<Value>) -> Result<(), Box<dyn Error>> {
    let old = fs::read(path).ok();
    let old = old.and_then(|bytes| serde_json::from_slice::<Vec<Value>>(&bytes).ok());
    let mut all = old.unwrap_or_default();
    all.retain(|row| rows.iter().all(|new| new["engine"] != row["engine"]));
    all.extend(rows);
    fs::create_dir_all(path.parent().expect("a folder"))?;
    fs::write(path, format!("{:#}\n", Value::Array(all)))?;
    Ok(())
}
