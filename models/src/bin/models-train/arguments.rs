//! The command line.

use lexopt::prelude::*;
use std::path::PathBuf;

/// How the program is used.
pub const USAGE: &str = "\
Makes the default model of StoryCell.

usage: models-train COMMAND [OPTIONS]

commands:
  make       trains tokenizer and model, writes them to the folder of --out,
             and resumes a run that was interrupted
  corpus     prints documents of the corpus
  evaluate   measures the loss of the model in --out on held-out text
  perplexity the same in every format that weights can be stored in; given
             --model and --tokens, of another model on text of its own
  sample     prints what the model in --out writes after each PROMPT

options:
  --out DIR          folder of tokenizer.bin and model.bin [models/data]
  --steps N          steps of training [default of the shipped model]
  --decay N          steps over which the learning rate falls at the end
  --state FILE       where a run is kept for resuming
                     [training.state in the folder of --out]
  --model FILE       a checkpoint of llama2.c, for perplexity
  --tokens FILE      its text: a JSON object a line with a list tokens
  --count N          documents to print or to evaluate on [10]
  --first N          number of the first document [0]
  --held-out         print held-out documents, not those of the training
  --temperature T    for sample [0]
  --top-p P          for sample [0.9]
  --seed N           for sample [1]
";

/// What is to be done.
pub struct Arguments {
    pub command: String,
    pub out: PathBuf,
    pub steps: usize,
    pub decay: usize,
    pub state: Option<PathBuf>,
    pub model: Option<PathBuf>,
    pub tokens: Option<PathBuf>,
    pub count: usize,
    pub first: u64,
    pub held_out: bool,
    pub temperature: f32,
    pub top_p: f32,
    pub seed: u64,
    pub prompts: Vec<String>,
}

/// Reads the command line.
pub fn parse() -> Result<Arguments, lexopt::Error> {
    let mut arguments = Arguments {
        command: String::new(),
        out: PathBuf::from("models/data"),
        steps: super::STEPS,
        decay: super::DECAY,
        state: None,
        model: None,
        tokens: None,
        count: 10,
        first: 0,
        held_out: false,
        temperature: 0.0,
        top_p: 0.9,
        seed: 1,
        prompts: Vec::new(),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("out") => arguments.out = parser.value()?.into(),
            Long("steps") => arguments.steps = parser.value()?.parse()?,
            Long("decay") => arguments.decay = parser.value()?.parse()?,
            Long("state") => arguments.state = Some(parser.value()?.into()),
            Long("model") => arguments.model = Some(parser.value()?.into()),
            Long("tokens") => arguments.tokens = Some(parser.value()?.into()),
            Long("count") => arguments.count = parser.value()?.parse()?,
            Long("first") => arguments.first = parser.value()?.parse()?,
            Long("held-out") => arguments.held_out = true,
            Long("temperature") => arguments.temperature = parser.value()?.parse()?,
            Long("top-p") => arguments.top_p = parser.value()?.parse()?,
            Long("seed") => arguments.seed = parser.value()?.parse()?,
            Value(word) if arguments.command.is_empty() => arguments.command = word.string()?,
            Value(word) if arguments.command == "sample" => arguments.prompts.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}
