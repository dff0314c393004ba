//! Makes the default model: text, tokenizer, training, and what is needed to
//! judge the result.

mod arguments;
mod perplexity;

use arguments::Arguments;
use llama::{Checkpoint, Engine, Sampler, Tokenizer};
use models::corpus::{HELD_OUT, TRAINING, document, grammar::Grammar};
use models::train::batches::Rows;
use models::train::optimiser::Schedule;
use models::train::parameters::Shape;
use models::train::{export, run::Run};
use models::vocabulary;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// The shipped model.
const SHAPE: Shape = Shape {
    dim: 96,
    hidden_dim: 256,
    n_layers: 5,
    n_heads: 6,
    vocab_size: 1024,
    seq_len: 256,
};
const STEPS: usize = 6000;
const DECAY: usize = 2750;
const WARMUP: usize = 200;
const RATE: f32 = 3e-3;
/// Rows of `seq_len` tokens in a batch.
const BATCH: usize = 8;
/// Seed of the first parameters.
const SEED: u64 = 2026;
/// Documents that the tokenizer is trained on.
const TOKENIZER_TEXTS: u64 = 8000;
/// Steps between two states that are written.
const STATE_EVERY: usize = 250;

fn main() -> ExitCode {
    let arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("models-train: {error}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let result = match arguments.command.as_str() {
        "make" => make(&arguments),
        "corpus" => corpus(&arguments),
        "evaluate" => evaluate(&arguments),
        "perplexity" => perplexity::run(&arguments),
        "sample" => sample(&arguments),
        _ => {
            eprintln!("{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("models-train: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A file's content, or an error that names the file.
fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let part = path.with_extension("part");
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

fn make(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let grammar = Grammar::load()?;
    fs::create_dir_all(&arguments.out)?;
    let texts: Vec<String> = (0..TOKENIZER_TEXTS)
        .map(|i| document(&grammar, TRAINING, i))
        .collect();
    let file = vocabulary::train(texts.iter().map(String::as_str), SHAPE.vocab_size);
    write(&arguments.out.join("tokenizer.bin"), &file)?;
    let tokenizer = Tokenizer::parse(&file)?;
    if tokenizer.vocab_size() != SHAPE.vocab_size {
        return Err(format!("the text gives only {} tokens", tokenizer.vocab_size()).into());
    }

    let mut rows = Rows::new(&grammar, &tokenizer, HELD_OUT, SHAPE.seq_len);
    let held_out: Vec<Vec<u32>> = (0..32).map(|_| rows.row()).collect();
    let mut rows = Rows::new(&grammar, &tokenizer, TRAINING, SHAPE.seq_len);
    let mut run = Run::new(SHAPE, SEED);
    let state = arguments
        .state
        .clone()
        .unwrap_or_else(|| arguments.out.join("training.state"));
    if state.exists() {
        let position = run.resume(&read(&state)?);
        rows.seek(position.ok_or_else(|| format!("{}: another model's", state.display()))?);
        eprintln!("resumed after step {}", run.step);
    }
    let schedule = Schedule {
        peak: RATE,
        warmup: WARMUP,
        decay: arguments.decay,
        total: arguments.steps,
    };
    let (start, mut clock, mut sum) = (run.step, Instant::now(), 0.0);
    let started = Instant::now();
    while run.step < arguments.steps {
        sum += run.learn(&Run::batch(&mut rows, BATCH), &schedule);
        let (step, last) = (run.step, run.step == arguments.steps);
        if step.is_multiple_of(50) {
            let speed = (50 * BATCH * SHAPE.seq_len) as f64 / clock.elapsed().as_secs_f64();
            eprintln!(
                "step {step:5}  loss {:.4}  {speed:6.0} tokens/s",
                sum / 50.0
            );
            (clock, sum) = (Instant::now(), 0.0);
        }
        if step.is_multiple_of(STATE_EVERY) || last {
            let loss = run.evaluate(&held_out);
            eprintln!(
                "step {step:5}  held-out loss {loss:.4}  perplexity {:.3}",
                loss.exp()
            );
            write(&state, &run.state(rows.position()))?;
            let file = export::checkpoint(&SHAPE, &run.parameters)?;
            write(&arguments.out.join("model.bin"), &file)?;
        }
    }
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    eprintln!("{} steps in {minutes:.1} minutes", run.step - start);
    Ok(())
}

fn corpus(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let grammar = Grammar::load()?;
    let stream = if arguments.held_out {
        HELD_OUT
    } else {
        TRAINING
    };
    for index in arguments.first..arguments.first + arguments.count as u64 {
        println!("{}\n", document(&grammar, stream, index).trim_end());
    }
    Ok(())
}

/// Loss of the reference engine on whole documents.
fn evaluate(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let grammar = Grammar::load()?;
    let model = read(&arguments.out.join("model.bin"))?;
    let checkpoint = Checkpoint::parse(&model)?;
    let tokenizer = Tokenizer::parse(&read(&arguments.out.join("tokenizer.bin"))?)?;
    tokenizer.check_vocabulary(checkpoint.config())?;
    let mut engine = llama::reference::Reference::new(&checkpoint);
    let (mut nats, mut tokens, mut bytes, mut too_long) = (0.0, 0, 0, 0);
    for index in 0..arguments.count as u64 {
        let text = document(&grammar, HELD_OUT, index);
        let mut row = models::perplexity::tokens_of(&tokenizer, &text);
        too_long += usize::from(row.len() > checkpoint.config().seq_len + 1);
        row.truncate(checkpoint.config().seq_len + 1);
        nats += models::train::loss(&mut engine, &row)?;
        tokens += row.len() - 1;
        bytes += text.len();
    }
    let loss = nats / tokens as f64;
    println!(
        "{} held-out documents, {tokens} tokens, {bytes} bytes",
        arguments.count
    );
    println!("{too_long} of them cut, because the model has no positions for their end");
    println!("loss {loss:.4} nats a token, perplexity {:.3}", loss.exp());
    Ok(())
}

fn sample(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let model = read(&arguments.out.join("model.bin"))?;
    let checkpoint = Checkpoint::parse(&model)?;
    let tokenizer = Tokenizer::parse(&read(&arguments.out.join("tokenizer.bin"))?)?;
    tokenizer.check_vocabulary(checkpoint.config())?;
    for prompt in &arguments.prompts {
        let mut engine = llama::reference::Reference::new(&checkpoint);
        let mut sampler = Sampler::new(arguments.temperature, arguments.top_p, arguments.seed);
        let mut tokens = tokenizer.encode(&prompt.replace("\\n", "\n"), true, false);
        let mut position = 0;
        while position + 1 < checkpoint.config().seq_len {
            let logits = engine.forward(tokens[position], position)?;
            position += 1;
            if position == tokens.len() {
                let next = sampler.sample(logits);
                if next == llama::tokenizer::BOS {
                    break;
                }
                tokens.push(next);
            }
        }
        let text: Vec<u8> = tokens
            .windows(2)
            .flat_map(|t| tokenizer.decode(t[0], t[1]).to_vec())
            .collect();
        println!("{}\n", String::from_utf8_lossy(&text));
    }
    Ok(())
}
