//! The perplexity of a model on texts: e to the power of the mean loss of a token.

use std::boxed::Box;
use std::error::Error;
use std::fmt;
use std::vec::Vec;

use llama::tokenizer::BOS;
use llama::{Engine, EngineError, Tokenizer};

use crate::corpus::{HELD_OUT, document, grammar::Grammar};
use crate::train::loss;

/// Texts as tokens, each from BOS on.
pub struct Texts(Vec<Vec<u32>>);

/// A line that has no list of tokens.
#[derive(Debug)]
pub struct BrokenLine(usize);

impl fmt::Display for BrokenLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} has no list of tokens", self.0)
    }
}

impl Error for BrokenLine {}

impl Texts {
    /// The first documents of the corpus that no model has learnt from, each up to the BOS that
    /// begins another one.
    pub fn held_out(tokenizer: &Tokenizer, count: usize) -> Result<Self, Box<dyn Error>> {
        let grammar = Grammar::load()?;
        let documents = 0..count as u64;
        let texts = documents.map(|index| document(&grammar, HELD_OUT, index));
        Ok(Self(
            texts.map(|text| tokens_of(tokenizer, &text)).collect(),
        ))
    }

    /// The lists of numbers after `tokens` in each line.
    pub fn listed(text: &str) -> Result<Self, BrokenLine> {
        let mut rows = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let list = text
                .split_once("\"tokens\":[")
                .and_then(|(_, rest)| rest.split_once(']'))
                .map(|(list, _)| list.split(',').map(|number| number.trim().parse()))
                .and_then(|numbers| numbers.collect::<Result<_, _>>().ok());
            rows.push(list.ok_or(BrokenLine(line))?);
        }
        Ok(Self(rows))
    }

    /// What a model with so many positions can read of them, and at most so many tokens of each.
    #[must_use]
    pub fn cut(mut self, positions: usize) -> Self {
        for row in &mut self.0 {
            row.truncate(positions.saturating_add(1));
        }
        self
    }

    /// How many texts there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How many tokens are predicted.
    pub fn tokens(&self) -> usize {
        self.0.iter().map(|row| row.len().saturating_sub(1)).sum()
    }

    /// The perplexity of an engine.
    ///
    /// # Errors
    /// What the engine says.
    pub fn perplexity(&self, engine: &mut dyn Engine) -> Result<f64, EngineError> {
        let mut nats = 0.0;
        for row in &self.0 {
            nats += loss(engine, row)?;
        }
        Ok((nats / self.tokens() as f64).exp())
    }
}

/// A document's tokens, from BOS to the BOS that begins another one.
pub fn tokens_of(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    let mut row = tokenizer.encode(text, true, false);
    row.push(BOS);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn lists_are_read_and_broken_lines_named() {
        let texts = Texts::listed("{\"a\":1,\"tokens\":[1, 2,3]}\n{\"tokens\":[4]}\n").unwrap();
        assert_eq!(texts.0, [vec![1, 2, 3], vec![4]]);
        assert_eq!((texts.count(), texts.tokens()), (2, 2));
        assert_eq!(texts.cut(1).0, [vec![1, 2], vec![4]]);
        for broken in [
            "{\"tokens\":[1]}\nnone",
            "\n",
            "{\"tokens\":[1,x]}",
            "{\"tokens\":[1",
        ] {
            let error = Texts::listed(broken).err().expect(broken);
            assert!(error.to_string().starts_with("line "), "{error}");
        }
    }
}
