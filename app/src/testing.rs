//! A model for tests that costs nothing to compute and does as it is told.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use llama::tokenizer::BOS;
use llama::{Config, Engine, EngineError, Tokenizer, synthetic};

use crate::chat::ChatFormat;
use crate::inference::{EngineFactory, Failure, LoadedModel, Loading, ModelChoice, ModelFacts};

/// Tokens of the vocabulary: the marks, all bytes, the printable ASCII
/// characters. So each character is a token.
const VOCABULARY: usize = 3 + 256 + 95;

/// What the model writes after a text; `None` ends the text.
pub type Rule = fn(&str) -> Option<char>;

/// An engine whose next token follows from all the text before it by a rule. It
/// keeps the tokens of each position as a real one keeps keys and values, so
/// that a position computed with the wrong past gives another text.
pub struct RuleEngine {
    config: Config,
    tokenizer: Tokenizer,
    rule: Rule,
    held: Vec<u32>,
    logits: Vec<f32>,
    /// The number of passes after which the engine fails.
    fails_after: Option<u32>,
    passes: u32,
    /// Tokens of the last call.
    last: u32,
}

impl Engine for RuleEngine {
    fn config(&self) -> &Config {
        &self.config
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        EngineError::check(&self.config, token, position, self.held.len())?;
        if self.fails_after == Some(self.passes) {
            self.fails_after = None;
            return Err(EngineError::Device("SPU 3 stopped at 0x1234".into()));
        }
        self.passes += 1;
        self.last = 1;
        self.held.truncate(position);
        self.held.push(token);
        let mut bytes = Vec::new();
        for pair in self.held.windows(2) {
            bytes.extend_from_slice(self.tokenizer.decode(pair[0], pair[1]));
        }
        let next = match (self.rule)(&String::from_utf8_lossy(&bytes)) {
            Some(character) => {
                let encoded = self
                    .tokenizer
                    .encode(&String::from(character), false, false);
                encoded[encoded.len() - 1]
            }
            None => BOS,
        };
        self.logits.fill(0.0);
        self.logits[next as usize] = 100.0;
        Ok(&self.logits)
    }

    fn prefill_all(&mut self, tokens: &[u32], position: usize) -> Result<(), EngineError> {
        for (position, &token) in (position..).zip(tokens) {
            self.forward(token, position)?;
        }
        self.last = tokens.len() as u32;
        Ok(())
    }

    /// A hundredth of a second a token.
    fn device_time(&self) -> Option<Duration> {
        Some(Duration::from_millis(10) * self.last)
    }
}

/// Makes engines with this rule.
#[derive(Clone, Debug)]
pub struct RuleFactory {
    pub rule: Rule,
    pub seq_len: usize,
    pub chat: ChatFormat,
    pub fails_after: Option<u32>,
    /// Bytes that are said to be read from a disk for each token.
    pub streamed: u64,
    /// How often loading fails before it succeeds.
    pub failures: u32,
    /// The names of the models; the first is loaded unless another is chosen.
    pub models: Vec<&'static str>,
}

impl RuleFactory {
    pub fn new(rule: Rule) -> RuleFactory {
        RuleFactory {
            rule,
            seq_len: 256,
            chat: ChatFormat {
                user_prefix: "U:".into(),
                user_suffix: "\n".into(),
                model_prefix: "M:".into(),
                model_suffix: "\n".into(),
                stops: vec!["\n".into()],
            },
            fails_after: None,
            streamed: 0,
            failures: 0,
            models: vec!["Rules", "More rules"],
        }
    }
}

impl<'a> EngineFactory<'a> for RuleFactory {
    fn models(&mut self) -> Vec<ModelChoice> {
        let choice = |name: &&str| ModelChoice {
            source: format!("/models/{name}"),
            title: (*name).into(),
            detail: format!("{} letters", name.len()),
        };
        self.models.iter().map(choice).collect()
    }

    fn load(
        &mut self,
        chosen: Option<&str>,
        report: &mut dyn FnMut(Loading),
    ) -> Result<LoadedModel<'a>, Failure> {
        report(Loading {
            stage: "Reading the model".into(),
            fraction: Some(0.5),
        });
        if let Some(left) = self.failures.checked_sub(1) {
            self.failures = left;
            return Err(Failure {
                what: "dim is 0, expected 1 to 2147483647".into(),
                file: Some("/models/stories.bin".into()),
            });
        }
        let models = self.models();
        let mut models = models.iter();
        let model = match chosen {
            None => models.next(),
            Some(source) => models.find(|model| model.source == source),
        };
        let model = model.ok_or_else(|| Failure {
            what: "there is no such file".into(),
            file: chosen.map(Into::into),
        })?;
        let config = Config {
            dim: 2,
            hidden_dim: 2,
            n_layers: 1,
            n_heads: 1,
            n_kv_heads: 1,
            vocab_size: VOCABULARY,
            seq_len: self.seq_len,
        };
        let tokenizer =
            Tokenizer::parse(&synthetic::tokenizer(VOCABULARY)).expect("a valid tokenizer");
        Ok(LoadedModel {
            engine: Box::new(RuleEngine {
                config,
                tokenizer: tokenizer.clone(),
                rule: self.rule,
                held: Vec::new(),
                logits: vec![0.0; VOCABULARY],
                fails_after: self.fails_after,
                passes: 0,
                last: 0,
            }),
            tokenizer,
            chat: self.chat.clone(),
            facts: ModelFacts {
                name: model.title.clone(),
                source: model.source.clone(),
                config,
                parameters: 12,
                format: "fp32".into(),
                engine: "a rule".into(),
                streamed: self.streamed,
                chat: true,
                prompts: Vec::new(),
            },
        })
    }
}

/// Counts upwards from the last digit of the text until 9, with a full stop.
pub fn counting(text: &str) -> Option<char> {
    let last = text.chars().next_back()?;
    match last.to_digit(10) {
        Some(9) => Some('.'),
        Some(digit) => char::from_digit(digit + 1, 10),
        None if last == '.' => None,
        None => Some('0'),
    }
}
