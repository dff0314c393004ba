//! What computes the forward pass: the trait, and the error that all engines share.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::config::Config;
use crate::sampler::{Sampler, argmax};

/// Computes the model's forward pass, one token at a time, and keeps the key and value cache.
///
/// Positions count from 0. A caller may go on at the next position, or go back to any earlier
/// one: what the cache holds from there on is then overwritten. It may not skip a position, since
/// attention would read what was never computed.
pub trait Engine {
    /// The shape of the model.
    fn config(&self) -> &Config;

    /// Computes `token` at `position`: the logits of the token that follows, `vocab_size` of
    /// them.
    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError>;

    /// Computes `token` at `position` and gives the most likely next token: the first of the
    /// largest logits. An engine that can find it without handing all logits over does so.
    fn forward_greedy(&mut self, token: u32, position: usize) -> Result<u32, EngineError> {
        self.forward(token, position).map(argmax)
    }

    /// Computes `token` at `position` and gives the next token that `sampler` picks, which draws
    /// one random number for it, or none where it is greedy. An engine that can sample by itself
    /// does so.
    fn sample(
        &mut self,
        token: u32,
        position: usize,
        sampler: &mut Sampler,
    ) -> Result<u32, EngineError> {
        if sampler.is_greedy() {
            return self.forward_greedy(token, position);
        }
        let logits = self.forward(token, position)?;
        Ok(sampler.sample(logits))
    }

    /// Computes `token` at `position` for its keys and values alone: what a token of the prompt
    /// needs, whose successor is known. An engine that can leave the classifier out does so.
    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.forward(token, position).map(drop)
    }

    /// Does that for `tokens` at `position` and the ones after it. An engine that can read its
    /// weights once for several tokens does so.
    fn prefill_all(&mut self, tokens: &[u32], position: usize) -> Result<(), EngineError> {
        for (position, &token) in (position..).zip(tokens) {
            self.prefill(token, position)?;
        }
        Ok(())
    }

    /// The time that the last call took on the engine's own clock, where it has one that is not
    /// the host's: an engine on simulated hardware. `None` elsewhere.
    fn device_time(&self) -> Option<Duration> {
        None
    }
}

impl<E: Engine + ?Sized> Engine for Box<E> {
    fn config(&self) -> &Config {
        (**self).config()
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        (**self).forward(token, position)
    }

    fn forward_greedy(&mut self, token: u32, position: usize) -> Result<u32, EngineError> {
        (**self).forward_greedy(token, position)
    }

    fn sample(
        &mut self,
        token: u32,
        position: usize,
        sampler: &mut Sampler,
    ) -> Result<u32, EngineError> {
        (**self).sample(token, position, sampler)
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        (**self).prefill(token, position)
    }

    fn prefill_all(&mut self, tokens: &[u32], position: usize) -> Result<(), EngineError> {
        (**self).prefill_all(tokens, position)
    }

    fn device_time(&self) -> Option<Duration> {
        (**self).device_time()
    }
}

/// Why an engine did not compute a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// The token is not in the vocabulary.
    Token {
        /// The token asked for.
        token: u32,
        /// The model's vocabulary size.
        vocab_size: usize,
    },
    /// The position is beyond the longest context of the model.
    Position {
        /// The position asked for.
        position: usize,
        /// The model's longest context.
        seq_len: usize,
    },
    /// The position skips some that were not computed yet.
    Skipped {
        /// The position asked for.
        position: usize,
        /// The first position that was not computed yet.
        computed: usize,
    },
    /// There is no memory for the key and value cache.
    OutOfMemory {
        /// How many bytes were asked for.
        bytes: usize,
    },
    /// The token was given up, as it was not wanted any more.
    Interrupted,
    /// The hardware, or what simulates it, failed; the text says where and how.
    Device(String),
}

impl EngineError {
    /// The checks that every engine makes before it computes: `token` is in the vocabulary,
    /// `position` within the model's length and at most `computed`, the number of positions
    /// computed so far.
    pub fn check(
        config: &Config,
        token: u32,
        position: usize,
        computed: usize,
    ) -> Result<(), EngineError> {
        if token as usize >= config.vocab_size {
            return Err(EngineError::Token {
                token,
                vocab_size: config.vocab_size,
            });
        }
        if position >= config.seq_len {
            return Err(EngineError::Position {
                position,
                seq_len: config.seq_len,
            });
        }
        if position > computed {
            return Err(EngineError::Skipped { position, computed });
        }
        Ok(())
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::Token { token, vocab_size } => write!(
                f,
                "token {token} is not in the vocabulary of {vocab_size} tokens"
            ),
            EngineError::Position { position, seq_len } => write!(
                f,
                "position {position} is beyond the model's length of {seq_len} tokens"
            ),
            EngineError::Skipped { position, computed } => write!(
                f,
                "position {position} was asked for when only {computed} were computed"
            ),
            EngineError::OutOfMemory { bytes } => {
                write!(f, "no memory for {bytes} bytes of keys and values")
            }
            EngineError::Interrupted => f.write_str("the token was given up"),
            EngineError::Device(report) => f.write_str(report),
        }
    }
}

impl core::error::Error for EngineError {}
