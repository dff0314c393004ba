//! Where the cycles of the resident SPU program go: by label and by instruction, with what
//! was waited for.
//!
//! `cargo run --release -p console --example spu_profile -- --format q8 --summary` profiles one
//! token of a synthetic model of the shape of 15M on six SPUs, with `--prompt` a batch of a
//! prompt's tokens; `--model FILE` takes a checkpoint of llama2.c.

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use console::spu::{CYCLES_PER_SECOND, Listing, ThreadGroup};
use llama::checkpoint::{Format, write};
use llama::{Checkpoint, Config, Engine, synthetic};
use spu::driver::SpuEngine;
use spu::engine::program;

/// Profiles a token on the simulated SPUs.
#[derive(Parser)]
struct Arguments {
    /// A checkpoint of llama2.c, in place of the synthetic 15M
    #[arg(long)]
    model: Option<PathBuf>,
    /// The weights' format
    #[arg(long, value_enum, default_value = "fp32")]
    format: Weights,
    /// SPUs that work
    #[arg(long, default_value_t = 6)]
    spus: usize,
    /// The SPU that is profiled
    #[arg(long, default_value_t = 0)]
    spu: usize,
    /// The position of the token
    #[arg(long, default_value_t = 128)]
    position: usize,
    /// Profiles a batch of a prompt's tokens instead, which begins at the position
    #[arg(long)]
    prompt: bool,
    /// Totals and labels, without a line for each instruction
    #[arg(long)]
    summary: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Weights {
    Fp32,
    Q8,
    Q4,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.spu >= arguments.spus {
        return Err("there is no SPU of that number".into());
    }
    let bytes = match &arguments.model {
        Some(file) => std::fs::read(file).map_err(|why| format!("{}: {why}", file.display()))?,
        None => {
            let config = Config {
                dim: 288,
                hidden_dim: 768,
                n_layers: 6,
                n_heads: 6,
                n_kv_heads: 6,
                vocab_size: 32000,
                seq_len: 256,
            };
            synthetic::checkpoint(&config, true, 1)?
        }
    };
    let source = Checkpoint::parse(&bytes)?;
    let format = match arguments.format {
        Weights::Fp32 => Format::Fp32,
        Weights::Q8 => Format::Q8,
        Weights::Q4 => Format::Q4,
    };
    let tensors = write::tensors(&source, format)?;
    let shared = source.shares_classifier();
    let checkpoint = Checkpoint::from_tensors(*source.config(), format, shared, &tensors)?;
    let group = ThreadGroup::new(arguments.spus);
    let mut engine = SpuEngine::load(group, &checkpoint, arguments.spus, &mut |_, _| {})?;
    // The program starts with the first token.
    engine.prefill(1, 0)?;
    // How long a token takes does not depend on what the cache holds.
    engine.assume_computed(arguments.position);
    let cluster = engine.system_mut().cluster_mut();
    cluster.watch(arguments.spu, 0);
    if arguments.prompt {
        let batch = engine.layout().map.batch;
        engine.prefill_all(&vec![1; batch], arguments.position)?;
    } else {
        engine.forward_greedy(1, arguments.position)?;
    }
    let cluster = engine.system_mut().cluster_mut();
    let profile = cluster.profile(arguments.spu).ok_or("it was not watched")?;
    let store = engine.system().cluster().local_store(arguments.spu);
    let program = program::assemble(engine.layout().shape.format)?;
    let labels = program.blocks().map(|block| (block.address, block.name));
    let mut listing = Listing::new(&profile, store).with_labels(labels);
    if arguments.summary {
        listing = listing.summary();
    }
    let seconds = engine.device_time().unwrap_or_default().as_secs_f64();
    let cycles = seconds * CYCLES_PER_SECOND as f64;
    println!("{cycles:.0} cycles from the command to the answer");
    print!("{listing}");
    Ok(())
}
