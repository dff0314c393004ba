//! What a token costs on the PPU alone, in cycles of the PPE's pipelines and caches: the loop of
//! llama2.c, and the vector unit. `cargo bench -p pkg-build --bench ppu_engines`
//!
//! The program is built for the PPU and runs on the virtual PS3; the weights are seeded random
//! ones, which take as long as others. The rows go to `target/bench/engine.json`, where those of
//! other engines stay as they are.

#[path = "../../console/benches/engine/memory.rs"]
mod memory;
#[path = "../../console/benches/engine/report.rs"]
mod report;

use std::error::Error;
use std::fs;
use std::path::Path;

use console::lv2::{CYCLES_PER_SECOND, Machine, Mount, Observer, Outcome, Program, Record};
use console::ppu::CYCLES_PER_TICK;
use llama::{Config, synthetic};
use pkg_build::program::{self, Request, Target, image};
use spu::kernels::block::BlockFormat;

use report::{Report, Row};

/// Position of the measured token.
const POSITION: usize = 128;
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
    let request = Request {
        workspace: program::workspace()?,
        target_dir: report::target(),
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
    let mut report = Report::new();
    for (model, shape) in shapes {
        let config = Config::from(shape);
        let bytes = synthetic::checkpoint(&config, true, 1)?;
        fs::write(folder.path().join("model.bin"), bytes)?;
        for (engine, argument) in [("ppu-scalar", "scalar"), ("ppu-altivec", "vector")] {
            let measured = run(&elf, folder.path(), argument)?;
            let per_second = |cycles: u64| CYCLES_PER_SECOND as f64 / cycles as f64;
            let bytes = memory::bytes_per_token(&config, BlockFormat::Fp32, POSITION, false) as f64;
            report.add(Row {
                model,
                format: "fp32",
                engine,
                spus: 0,
                cycles_per_token: measured.token as f64,
                tokens_per_second: per_second(measured.token),
                bytes_per_token: bytes,
                limit_tokens_per_second: memory::BANDWIDTH / bytes,
                prefill_tokens_per_second: per_second(measured.prefill),
                barrier_share: 0.0,
                stall_share: measured.stalls,
            });
        }
    }
    println!("\n{}", report.write()?.display());
    Ok(())
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
