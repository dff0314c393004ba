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
//! The formats and the arithmetic are those of <https://github.com/karpathy/llama2.c>
//! (`export.py`, `tokenizer.py`, `run.c`, `runq.c`).
#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod checkpoint;
pub mod config;
pub mod engine;
pub mod generation;
mod math;
mod quantise;
pub mod reference;
pub mod sampler;
pub mod synthetic;
pub mod text;
pub mod tokenizer;

pub use checkpoint::Checkpoint;
pub use config::Config;
pub use engine::{Engine, EngineError};
pub use generation::Generation;
pub use sampler::Sampler;
pub use tokenizer::Tokenizer;
