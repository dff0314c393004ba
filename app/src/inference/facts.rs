//! What is known about the loaded model.

use alloc::string::String;
use alloc::vec::Vec;

use llama::Config;

/// What the screens say about the model and its engine.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFacts {
    /// The model's name.
    pub name: String,
    /// Where it was read from: a file's path, or "built in".
    pub source: String,
    /// Its shape.
    pub config: Config,
    /// How many parameters it has.
    pub parameters: u64,
    /// How the weights are stored, such as "fp32" or "Q8_0".
    pub format: String,
    /// What computes it, such as "6 SPUs".
    pub engine: String,
    /// Bytes that are read from the disk for each token of a story: what of the
    /// weights has no place in memory. 0 where all of it has.
    pub streamed: u64,
    /// Whether it can hold a conversation.
    pub chat: bool,
    /// Beginnings of stories that suit it; none means that the app offers some
    /// of its own.
    pub prompts: Vec<String>,
}
