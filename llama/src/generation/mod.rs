//! From a prompt to a text, one token a step.

use alloc::vec::Vec;

use crate::config::Config;
use crate::engine::{Engine, EngineError};
use crate::sampler::Sampler;
use crate::tokenizer::{BOS, EOS, Tokenizer};

/// The most tokens of a prompt that one step computes.
const PREFILL: usize = 16;

/// A text in the making: the tokens so far and how many of them were computed.
///
/// Engine, sampler and tokenizer are handed to each [`step`](Self::step), which computes one
/// token: whoever drives it can stop between any two. The text goes on after more tokens are
/// [pushed](Self::push), so that a dialogue is one running text.
#[derive(Clone, Debug)]
pub struct Generation {
    /// The tokens that were computed, then those that are waiting: the rest of a prompt, or the
    /// one sampled last.
    tokens: Vec<u32>,
    computed: usize,
    /// How many tokens the engine holds: of a prompt more than were reported.
    ahead: usize,
    limit: usize,
    stops_at_eos: bool,
    stopped: Option<End>,
    worked: bool,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// The text is one token longer.
    Token {
        /// The token.
        token: u32,
        /// Its bytes: part of a character, some characters, or none.
        piece: &'t [u8],
        /// Whose it is.
        source: Source,
    },
    /// Nothing was added; every further step says the same until there are tokens to compute.
    End(End),
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was given.
    Prompt,
    /// The model's logits and the sampler made it.
    Model,
}

/// Why a text is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The model began another text: it put out [`BOS`].
    Bos,
    /// The model ended its turn: it put out [`EOS`].
    Eos,
    /// So many tokens were computed as were asked for, or as the model's length allows.
    Length,
}

impl Generation {
    /// A text that begins with `prompt`, computed for `steps` tokens, those of the prompt among
    /// them; 0 or more than the model's length means that length.
    pub fn new(tokenizer: &Tokenizer, config: &Config, prompt: &str, steps: usize) -> Self {
        Self::from_tokens(config, tokenizer.encode(prompt, true, false), steps)
    }

    /// The same for a prompt in tokens, its [`BOS`] among them. No tokens at all are taken as
    /// [`BOS`] alone.
    pub fn from_tokens(config: &Config, mut tokens: Vec<u32>, steps: usize) -> Self {
        if tokens.is_empty() {
            tokens.push(BOS);
        }
        let mut generation = Generation {
            tokens,
            computed: 0,
            ahead: 0,
            limit: 0,
            stops_at_eos: false,
            stopped: None,
            worked: false,
        };
        generation.set_limit(config, steps);
        generation
    }

    /// Whether an [`EOS`] of the model ends the text, too. llama2.c's stories go on after it, so
    /// that is how it begins.
    pub fn set_stops_at_eos(&mut self, stops: bool) {
        self.stops_at_eos = stops;
    }

    /// Sets the position at which the text ends, counted from its beginning; 0 or more than the
    /// model's length means that length.
    pub fn set_limit(&mut self, config: &Config, steps: usize) {
        self.limit = match steps {
            0 => config.seq_len,
            _ => steps.min(config.seq_len),
        };
    }

    /// Adds tokens that are given, after those that are there; a text that had ended goes on.
    ///
    /// The [`BOS`] or [`EOS`] with which the model ended it is not among the tokens. Where it is
    /// to be part of the text, it is to be pushed.
    ///
    /// A step reports the token after the one that it computed. So the first token pushed after
    /// such an end is computed and never reported.
    pub fn push(&mut self, tokens: &[u32]) {
        self.tokens.extend_from_slice(tokens);
        if !tokens.is_empty() {
            self.stopped = None;
        }
    }

    /// Says that the engine holds the first `count` tokens of the text already, from this or from
    /// an earlier text that began with the same tokens: the next step computes the one after
    /// them. The last token is always computed, since what follows it depends on its logits.
    pub fn resume_at(&mut self, count: usize) {
        self.computed = count.min(self.tokens.len() - 1);
        self.ahead = self.computed;
        self.stopped = None;
    }

    /// All tokens of the text, computed or waiting.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many tokens were computed: the position of the next.
    pub fn position(&self) -> usize {
        self.computed
    }

    /// The position at which the text ends.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether the last step asked the engine for something, so that the engine's
    /// [`device_time`](Engine::device_time) is that step's.
    pub fn has_computed(&self) -> bool {
        self.worked
    }

    /// Computes the next tokens whose successors are given: all that there are, but not more than
    /// are soon done.
    fn prefill<E: Engine + ?Sized>(&mut self, engine: &mut E) -> Result<(), EngineError> {
        let given = (self.tokens.len() - 1).min(self.limit);
        let end = given.min(self.computed + PREFILL);
        engine.prefill_all(&self.tokens[self.computed..end], self.computed)?;
        self.ahead = end;
        Ok(())
    }

    /// Computes the next token of the text. What follows it is given if it stands in the prompt,
    /// and sampled otherwise; that is the token that the step reports. Of a prompt one step may
    /// compute several tokens, which the steps after it then only report.
    ///
    /// After an error text and sampler are as they were before the step.
    pub fn step<'t, E: Engine + ?Sized>(
        &mut self,
        engine: &mut E,
        sampler: &mut Sampler,
        tokenizer: &'t Tokenizer,
    ) -> Result<Step<'t>, EngineError> {
        self.worked = false;
        if let Some(end) = self.stopped {
            return Ok(Step::End(end));
        }
        if self.computed >= self.limit {
            return Ok(Step::End(End::Length));
        }
        let position = self.computed;
        self.worked = position >= self.ahead;
        let current = self.tokens[position];
        let (next, source) = match self.tokens.get(position + 1) {
            Some(&next) => {
                if self.worked {
                    self.prefill(engine)?;
                }
                (next, Source::Prompt)
            }
            None => {
                let random = sampler.random();
                let sampled = engine.sample(current, position, sampler);
                let next = sampled.inspect_err(|_| sampler.set_random(random))?;
                (next, Source::Model)
            }
        };
        self.computed += 1;
        self.ahead = self.ahead.max(self.computed);
        if source == Source::Model {
            self.stopped = match next {
                BOS => Some(End::Bos),
                EOS if self.stops_at_eos => Some(End::Eos),
                _ => None,
            };
            if let Some(end) = self.stopped {
                return Ok(Step::End(end));
            }
            self.tokens.push(next);
        }
        Ok(Step::Token {
            token: next,
            piece: tokenizer.decode(current, next),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
