//! The default model of StoryCell and the programs that made it.
//!
//! Without the feature `train` this crate is nothing but the bytes of the
//! model and of its tokenizer, in the file formats of llama2.c, and the form
//! of the conversations that it was taught. The model's card, `README.md` in
//! this folder, says what it can do and how to make it again.
//!
//! With the feature there are the generator of the text that the model
//! learns from (`corpus`), the tokenizer's trainer (`vocabulary`), the model's
//! (`train`) and its measure (`perplexity`); the program `models-train` runs
//! them.
#![no_std]

#[cfg(any(test, feature = "train"))]
extern crate std;

#[cfg(any(test, feature = "train"))]
pub mod corpus;
#[cfg(any(test, feature = "train"))]
pub mod perplexity;
#[cfg(any(test, feature = "train"))]
pub mod random;
#[cfg(test)]
mod shipped;
#[cfg(any(test, feature = "train"))]
pub mod train;
#[cfg(any(test, feature = "train"))]
pub mod vocabulary;

/// The model's name, for people.
pub const NAME: &str = "Little Stories";

/// Bytes that begin at an address that a DMA likes.
#[repr(C, align(128))]
struct Aligned<T: ?Sized>(T);

static ALIGNED_CHECKPOINT: &Aligned<[u8]> = &Aligned(*include_bytes!("../data/model.bin"));

/// The model: a llama2.c checkpoint of version 0 (little-endian fp32, shared
/// classifier), aligned to 128 bytes.
pub static CHECKPOINT: &[u8] = &ALIGNED_CHECKPOINT.0;

/// The tokenizer: a `tokenizer.bin` of llama2.c with as many tokens as the
/// model's vocabulary.
pub static TOKENIZER: &[u8] = include_bytes!("../data/tokenizer.bin");

/// What precedes the user's words in a conversation. A conversation is one
/// text, tokenised as a whole after BOS: for each exchange the user's prefix,
/// words and suffix, then the model's prefix, answer and suffix.
pub const CHAT_USER_PREFIX: &str = "User: ";
/// What follows the user's words.
pub const CHAT_USER_SUFFIX: &str = "\n";
/// What precedes the model's answer. The answer itself begins with a space.
pub const CHAT_MODEL_PREFIX: &str = "Friend:";
/// What follows the model's answer.
pub const CHAT_MODEL_SUFFIX: &str = "\n";
/// What the model writes where its answer ends; it is no part of the answer.
/// BOS (token 1) ends an answer, too, and ends a story.
pub const CHAT_STOPS: &[&str] = &["\n"];

/// Beginnings of stories to offer to somebody who has none.
pub const PROMPTS: &[&str] = &[
    "Once upon a time",
    "A little robot",
    "The cat",
    "One day, Tom",
    "Lily wanted",
];
