//! Language models in the file formats of llama2.c: checkpoints, tokenizer, sampler, the scalar
//! reference engine, and the loop that turns a prompt into a story.
//!
//! Everything here is `no_std` with `alloc`, reads its files as little-endian bytes whatever the
//! host's byte order, and answers bad input with a typed error.
//!
//! The path of a token: [`tokenizer::Tokenizer::encode`] makes tokens of a prompt,
//! [`generation::Generation`] feeds them one at a time to an [`engine::Engine`], a
//! [`sampler::Sampler`] picks the next token of the engine's logits, and the tokenizer gives its
//! bytes back.
//!
//! ```
//! use llama::generation::Step;
//! use llama::reference::Reference;
//! use llama::{Checkpoint, Config, Generation, Sampler, Tokenizer, synthetic};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config {
//!     dim: 16, hidden_dim: 24, n_layers: 2, n_heads: 4, n_kv_heads: 2, vocab_size: 400, seq_len: 32,
//! };
//! let (model, vocabulary) = (synthetic::checkpoint(&config, true, 1)?, synthetic::tokenizer(400));
//!
//! let checkpoint = Checkpoint::parse(&model)?;
//! let tokenizer = Tokenizer::parse(&vocabulary)?;
//! tokenizer.check_vocabulary(checkpoint.config())?;
//! let mut engine = Reference::new(&checkpoint);
//! let mut sampler = Sampler::new(1.0, 0.9, 42);
//! let mut story = Generation::new(&tokenizer, checkpoint.config(), "Once", 20);
//! let mut bytes = Vec::new();
//! while let Step::Token { piece, .. } = story.step(&mut engine, &mut sampler, &tokenizer)? {
//!     bytes.extend_from_slice(piece);
//! }
//! assert!(bytes.starts_with(b"Once"));
//! # Ok(())
//! # }
//! ```
//!
//! The formats and the arithmetic are those of <https://github.com/karpathy/llama2.c>
//! (`export.py`, `tokenizer.py`, `run.c`, `runq.c`).
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod bundle;
pub mod checkpoint;
pub mod config;
pub mod engine;
pub mod generation;
mod math;
pub mod native;
pub mod quantise;
pub mod reference;
pub mod rope;
pub mod sampler;
pub mod stored;
pub mod synthetic;
pub mod text;
pub mod tokenizer;

pub use bundle::Bundle;
pub use checkpoint::Checkpoint;
pub use config::Config;
pub use engine::{Engine, EngineError};
pub use generation::Generation;
pub use sampler::Sampler;
pub use tokenizer::Tokenizer;
