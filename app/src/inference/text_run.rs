//! A text that the worker is computing: a story or an answer.

use alloc::string::String;
use alloc::vec::Vec;

use llama::generation::{End, Generation, Source, Step};
use llama::{Config, EngineError, Sampler};

use super::{Clock, LoadedModel, SamplingChoice, Stats};
use crate::chat::StopMatcher;

/// A text in the making.
pub(super) struct TextRun {
    /// Of which request.
    pub id: u32,
    pub stats: Stats,
    generation: Generation,
    sampler: Sampler,
    pub answer: Option<Answer>,
}

/// What an answer has beyond a story.
pub(super) struct Answer {
    stops: StopMatcher,
    /// All that the model wrote, the end of its turn included.
    pub written: Vec<u8>,
    /// What of it is shown.
    pub shown: Vec<u8>,
    /// The greatest number of tokens.
    length: u32,
}

/// What a step brought.
pub(super) struct Progress {
    /// Text to show.
    pub shown: Vec<u8>,
    /// Whether the text is over.
    pub end: Option<RunEnd>,
}

/// Why a text is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// The model ended it.
    Model,
    /// It has the wanted length.
    Length,
    /// The model can take no more tokens.
    Full,
}

impl TextRun {
    /// A story of at most `length` tokens that begins with `tokens`.
    pub fn story(
        id: u32,
        config: &Config,
        tokens: Vec<u32>,
        sampling: SamplingChoice,
        length: u32,
    ) -> TextRun {
        TextRun {
            id,
            stats: Stats::default(),
            generation: Generation::from_tokens(config, tokens, length as usize),
            sampler: sampler(sampling),
            answer: None,
        }
    }

    /// An answer of at most `length` tokens in a conversation that so far is
    /// `tokens`, and ends where one of `stops` is written.
    pub fn answer(
        id: u32,
        config: &Config,
        tokens: Vec<u32>,
        sampling: SamplingChoice,
        length: u32,
        stops: &[String],
    ) -> TextRun {
        let answer = Answer {
            stops: StopMatcher::new(stops.iter().map(String::as_str)),
            written: Vec::new(),
            shown: Vec::new(),
            length: length.max(1),
        };
        let mut run = TextRun {
            id,
            stats: Stats::default(),
            generation: Generation::from_tokens(config, Vec::new(), 0),
            sampler: sampler(sampling),
            answer: Some(answer),
        };
        run.replace_tokens(config, tokens);
        run
    }

    /// Goes on from `tokens` instead of the tokens so far: the same text with a
    /// shorter beginning.
    pub fn replace_tokens(&mut self, config: &Config, tokens: Vec<u32>) {
        let left = self.answer.as_ref().map_or(0, |answer| {
            answer.length.saturating_sub(self.stats.generated) as usize
        });
        let limit = tokens.len().saturating_sub(1).saturating_add(left);
        self.generation = Generation::from_tokens(config, tokens, limit);
        self.generation.set_stops_at_eos(true);
    }

    /// Makes room for `more` tokens beyond those that are there, under another
    /// identity.
    pub fn go_on(&mut self, id: u32, config: &Config, more: u32) {
        self.id = id;
        let limit = self
            .generation
            .position()
            .saturating_add(more as usize)
            .max(1);
        self.generation.set_limit(config, limit);
    }

    /// Takes over what the engine holds, `computed`, as far as it is this text.
    pub fn resume(&mut self, computed: &[u32]) {
        let tokens = self.generation.tokens();
        let same = tokens
            .iter()
            .zip(computed)
            .take_while(|(a, b)| a == b)
            .count();
        self.generation.resume_at(same);
    }

    /// How many tokens of the text are given or written.
    pub fn tokens(&self) -> usize {
        self.generation.tokens().len()
    }

    /// Computes one token; `computed` is kept to what the engine holds then.
    pub fn step(
        &mut self,
        model: &mut LoadedModel<'_>,
        clock: &impl Clock,
        computed: &mut Vec<u32>,
    ) -> Result<Progress, EngineError> {
        let (position, seq_len) = (self.generation.position(), model.engine.config().seq_len);
        if position >= self.generation.limit() {
            let end = if position < seq_len {
                RunEnd::Length
            } else {
                RunEnd::Full
            };
            return Ok(Progress {
                shown: Vec::new(),
                end: Some(end),
            });
        }
        // If the engine fails there is no telling what it holds.
        let mut held = core::mem::take(computed);
        let begun = clock.now();
        let step = self
            .generation
            .step(&mut *model.engine, &mut self.sampler, &model.tokenizer);
        let step = match step {
            Err(EngineError::Interrupted) => {
                held.truncate(position);
                *computed = held;
                return Err(EngineError::Interrupted);
            }
            step => step?,
        };
        let taken = clock.now().saturating_sub(begun);
        // A step that only reports what an earlier one computed has no time of the engine's.
        let device = model.engine.device_time();
        self.stats.elapsed += device
            .filter(|_| self.generation.has_computed())
            .unwrap_or(taken);
        self.stats.passes += 1;
        held.truncate(position);
        held.push(self.generation.tokens()[position]);
        *computed = held;
        Ok(match step {
            Step::Token {
                source: Source::Prompt,
                ..
            } => Progress {
                shown: Vec::new(),
                end: None,
            },
            Step::Token {
                piece,
                source: Source::Model,
                ..
            } => {
                self.stats.generated += 1;
                match &mut self.answer {
                    None => Progress {
                        shown: piece.into(),
                        end: None,
                    },
                    Some(answer) => answer.push(piece),
                }
            }
            Step::End(End::Bos | End::Eos) => Progress {
                shown: Vec::new(),
                end: Some(RunEnd::Model),
            },
            Step::End(End::Length) => Progress {
                shown: Vec::new(),
                end: Some(RunEnd::Length),
            },
        })
    }

    /// What is still to be shown of a text that ends here.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        if let Some(answer) = &mut self.answer {
            answer.stops.finish(&mut rest);
            answer.shown.extend_from_slice(&rest);
        }
        rest
    }
}

impl Answer {
    fn push(&mut self, piece: &[u8]) -> Progress {
        self.written.extend_from_slice(piece);
        let mut shown = Vec::new();
        let over = self.stops.push(piece, &mut shown);
        self.shown.extend_from_slice(&shown);
        Progress {
            shown,
            end: over.then_some(RunEnd::Model),
        }
    }

    /// Whether the answer has the greatest number of tokens.
    pub fn is_long(&self, stats: &Stats) -> bool {
        stats.generated >= self.length
    }
}

fn sampler(choice: SamplingChoice) -> Sampler {
    Sampler::new(choice.temperature, choice.top_p, choice.seed)
}
