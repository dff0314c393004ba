//! What storing the weights in fewer bits costs: the perplexity of a model in each format.

use llama::checkpoint::{Format, write};
use llama::reference::Reference;
use llama::{Checkpoint, Tokenizer};
use models::corpus::{HELD_OUT, document, grammar::Grammar};
use std::error::Error;
use std::path::Path;

use crate::arguments::Arguments;
use crate::{read, tokens_of};

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (model, mut rows) = match (&arguments.model, &arguments.tokens) {
        (Some(model), Some(tokens)) => (read(model)?, rows_of(tokens)?),
        (None, None) => {
            let model = read(&arguments.out.join("model.bin"))?;
            let tokenizer = Tokenizer::parse(&read(&arguments.out.join("tokenizer.bin"))?)?;
            let grammar = Grammar::load()?;
            let documents = 0..arguments.count as u64;
            let texts = documents.map(|index| document(&grammar, HELD_OUT, index));
            let rows = texts.map(|text| tokens_of(&tokenizer, &text)).collect();
            (model, rows)
        }
        _ => return Err("--model and --tokens belong together".into()),
    };
    let checkpoint = Checkpoint::parse(&model)?;
    let config = *checkpoint.config();
    for row in &mut rows {
        row.truncate(config.seq_len + 1);
    }
    let tokens: usize = rows.iter().map(|row| row.len().saturating_sub(1)).sum();
    println!("{} texts, {tokens} tokens", rows.len());
    println!(
        "{:24} {:>12} {:>10} {:>10}",
        "format", "bytes", "perplexity", "of fp32"
    );
    let mut of_fp32 = None;
    for format in [Format::Fp32, Format::Q8, Format::Q4] {
        let bytes = write::tensors(&checkpoint, format)?;
        let shared = checkpoint.shares_classifier();
        let stored = Checkpoint::from_tensors(config, format, shared, &bytes)?;
        let mut engine = Reference::new(&stored);
        let mut nats = 0.0;
        for row in &rows {
            nats += models::train::loss(&mut engine, row)?;
        }
        let perplexity = (nats / tokens as f64).exp();
        let ratio = perplexity / *of_fp32.get_or_insert(perplexity);
        println!(
            "{format:24} {:>12} {perplexity:>10.4} {ratio:>10.4}",
            bytes.len()
        );
    }
    Ok(())
}

/// The lists of numbers after `tokens` in each line of a file.
fn rows_of(path: &Path) -> Result<Vec<Vec<u32>>, Box<dyn Error>> {
    let text = String::from_utf8(read(path)?)?;
    let broken = |line: usize| format!("{}: line {line} has no list of tokens", path.display());
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let (_, rest) = text
            .split_once("\"tokens\":[")
            .ok_or_else(|| broken(line))?;
        let (list, _) = rest.split_once(']').ok_or_else(|| broken(line))?;
        let numbers = list.split(',').map(|number| number.trim().parse());
        rows.push(
            numbers
                .collect::<Result<_, _>>()
                .map_err(|_| broken(line))?,
        );
    }
    Ok(rows)
}
