//! The perplexity of a model as the SPUs compute it, next to the reference engine's, on the same text.
//!
//! `cargo run --release -p console --example spu_perplexity` measures the default model in all
//! formats, on documents that it has not learnt from; `--model FILE --tokens FILE` takes another
//! model, and its text as `models-train perplexity` does.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use console::spu::ThreadGroup;
use llama::checkpoint::{Format, write};
use llama::reference::Reference;
use llama::{Checkpoint, Tokenizer};
use models::perplexity::Texts;
use spu::driver::SpuEngine;

/// Measures perplexities on simulated SPUs.
#[derive(Parser)]
struct Arguments {
    /// A checkpoint of llama2.c, in place of the default model
    #[arg(long, requires = "tokens")]
    model: Option<PathBuf>,
    /// Its text: a JSON object a line with a list `tokens`
    #[arg(long, requires = "model")]
    tokens: Option<PathBuf>,
    /// The weights' format [default: all]
    #[arg(long, value_enum)]
    format: Option<Weights>,
    /// SPUs that work
    #[arg(long, default_value_t = 6)]
    spus: usize,
    /// Documents of the default model's text
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// Tokens of each text, at most
    #[arg(long, default_value_t = usize::MAX)]
    length: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Weights {
    Fp32,
    Q8,
    Q4,
}

impl Weights {
    fn format(self) -> Format {
        match self {
            Self::Fp32 => Format::Fp32,
            Self::Q8 => Format::Q8,
            Self::Q4 => Format::Q4,
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spu_perplexity: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let read =
        |file: &PathBuf| std::fs::read(file).map_err(|why| format!("{}: {why}", file.display()));
    let (model, texts) = match (&arguments.model, &arguments.tokens) {
        (Some(model), Some(tokens)) => {
            let text = String::from_utf8(read(tokens)?)?;
            let texts = Texts::listed(&text);
            let texts = texts.map_err(|why| format!("{}: {why}", tokens.display()))?;
            (read(model)?, texts)
        }
        _ => {
            let tokenizer = Tokenizer::parse(models::TOKENIZER)?;
            let texts = Texts::held_out(&tokenizer, arguments.count)?;
            (models::CHECKPOINT.to_vec(), texts)
        }
    };
    let source = Checkpoint::parse(&model)?;
    let config = *source.config();
    let texts = texts.cut(config.seq_len.min(arguments.length));
    println!("{} texts, {} tokens", texts.count(), texts.tokens());
    println!(
        "{:24} {:>10} {:>10} {:>10}",
        "format", "reference", "SPUs", "ratio"
    );
    let formats = match arguments.format {
        Some(format) => vec![format],
        None => vec![Weights::Fp32, Weights::Q8, Weights::Q4],
    };
    for format in formats {
        let format = format.format();
        let tensors = write::tensors(&source, format)?;
        let shared = source.shares_classifier();
        let checkpoint = Checkpoint::from_tensors(config, format, shared, &tensors)?;
        let reference = texts.perplexity(&mut Reference::new(&checkpoint))?;
        let group = ThreadGroup::new(arguments.spus);
        let mut engine = SpuEngine::load(group, &checkpoint, arguments.spus, &mut |_, _| {})?;
        let found = texts.perplexity(&mut engine)?;
        let ratio = found / reference;
        println!("{format:24} {reference:>10.4} {found:>10.4} {ratio:>10.6}");
    }
    Ok(())
}
