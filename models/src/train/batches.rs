//! Rows of tokens to learn from.

use crate::corpus::{document, grammar::Grammar};
use llama::Tokenizer;
use std::vec::Vec;

/// An endless supply of rows: each begins with a document, its BOS first, and
/// is filled with the documents that follow. No document comes twice.
pub struct Rows<'a> {
    grammar: &'a Grammar,
    tokenizer: &'a Tokenizer,
    stream: u64,
    next: u64,
    len: usize,
}

impl<'a> Rows<'a> {
    /// Rows of `len` + 1 tokens from a stream of the corpus.
    pub fn new(grammar: &'a Grammar, tokenizer: &'a Tokenizer, stream: u64, len: usize) -> Self {
        Self {
            grammar,
            tokenizer,
            stream,
            next: 0,
            len,
        }
    }

    /// The number of the next document.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Goes on from a document's number.
    pub fn seek(&mut self, position: u64) {
        self.next = position;
    }

    /// The next row: tokens `..len` are what is read, `1..` what follows each.
    pub fn row(&mut self) -> Vec<u32> {
        let mut row = Vec::new();
        while row.len() <= self.len {
            let text = document(self.grammar, self.stream, self.next);
            self.next += 1;
            row.extend(self.tokenizer.encode(&text, true, false));
        }
        row.truncate(self.len + 1);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::TRAINING;
    use llama::tokenizer::BOS;

    #[test]
    fn rows_begin_with_documents_and_go_on_where_they_are_told() {
        let grammar = Grammar::load().unwrap();
        let tokenizer = Tokenizer::parse(crate::TOKENIZER).unwrap();
        let mut rows = Rows::new(&grammar, &tokenizer, TRAINING, 256);
        let first = rows.row();
        let position = rows.position();
        let second = rows.row();
        for row in [&first, &second] {
            assert_eq!((row.len(), row[0]), (257, BOS));
        }
        assert_ne!(first, second);
        rows.seek(position);
        assert_eq!(rows.row(), second);
    }
}
