//! What storing the weights in fewer bits costs: the perplexity of a model in each format.

use std::error::Error;

use llama::checkpoint::{Format, write};
use llama::reference::Reference;
use llama::{Checkpoint, Tokenizer};
use models::perplexity::Texts;

use crate::arguments::Arguments;
use crate::read;

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (model, texts) = match (&arguments.model, &arguments.tokens) {
        (Some(model), Some(tokens)) => {
            let text = String::from_utf8(read(tokens)?)?;
            let texts = Texts::listed(&text);
            let texts = texts.map_err(|why| format!("{}: {why}", tokens.display()))?;
            (read(model)?, texts)
        }
        (None, None) => {
            let model = read(&arguments.out.join("model.bin"))?;
            let tokenizer = Tokenizer::parse(&read(&arguments.out.join("tokenizer.bin"))?)?;
            (model, Texts::held_out(&tokenizer, arguments.count)?)
        }
        _ => return Err("--model and --tokens belong together".into()),
    };
    let checkpoint = Checkpoint::parse(&model)?;
    let config = *checkpoint.config();
    let texts = texts.cut(config.seq_len);
    println!("{} texts, {} tokens", texts.count(), texts.tokens());
    println!(
        "{:24} {:>12} {:>10} {:>10}",
        "format", "bytes", "perplexity", "of fp32"
    );
    let mut of_fp32 = None;
    for format in [Format::Fp32, Format::Q8, Format::Q4] {
        let bytes = write::tensors(&checkpoint, format)?;
        let shared = checkpoint.shares_classifier();
        let stored = Checkpoint::from_tensors(config, format, shared, &bytes)?;
        let perplexity = texts.perplexity(&mut Reference::new(&stored))?;
        let ratio = perplexity / *of_fp32.get_or_insert(perplexity);
        println!(
            "{format:24} {:>12} {perplexity:>10.4} {ratio:>10.4}",
            bytes.len()
        );
    }
    Ok(())
}
