//! Text to tokens.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{BOS, EOS, FIRST_BYTE, Tokenizer, UNKNOWN};

/// Scores have to be above this for a merge, as in llama2.c.
const LOWEST_SCORE: f32 = -1e10;

impl Tokenizer {
    /// The tokens of a text, after [`BOS`] and before [`EOS`] where they are wanted.
    ///
    /// As in llama2.c a text that is not empty gets a space in front; each character is its token
    /// or else the tokens of its bytes; then the neighbours whose merged piece has the highest
    /// score are merged, the first of them where several have it, until none are left. A byte
    /// that a small vocabulary has no token for becomes token 0, the unknown.
    ///
    /// The time grows with n log n.
    pub fn encode(&self, text: &str, bos: bool, eos: bool) -> Vec<u32> {
        let mut tokens = Vec::new();
        if bos {
            tokens.push(BOS);
        }
        if !text.is_empty() {
            self.push_character(&mut tokens, ' ');
        }
        for character in text.chars() {
            self.push_character(&mut tokens, character);
        }
        Merger::new(self, tokens).run(eos)
    }

    fn push_character(&self, tokens: &mut Vec<u32>, character: char) {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        match self.lookup(bytes) {
            Some(token) => tokens.push(token),
            None => tokens.extend(bytes.iter().map(|&byte| self.byte_token(byte))),
        }
    }

    fn byte_token(&self, byte: u8) -> u32 {
        let token = FIRST_BYTE + u32::from(byte);
        if (token as usize) < self.vocab_size() {
            token
        } else {
            UNKNOWN
        }
    }
}

/// No neighbour on this side.
const NONE: usize = usize::MAX;

/// Merges neighbours in the order of their scores. llama2.c looks at every pair again for each
/// merge; here each pair waits in a heap, and the tokens are a list linked both ways. A merged
/// token stays at its left half's place, so places keep their order.
struct Merger<'a> {
    tokenizer: &'a Tokenizer,
    tokens: Vec<u32>,
    next: Vec<usize>,
    previous: Vec<usize>,
    heap: BinaryHeap<Candidate>,
    /// The piece of a pair.
    joined: Vec<u8>,
}

/// A pair that can be merged, if both tokens are still there.
struct Candidate {
    score: f32,
    place: usize,
    left: u32,
    right: u32,
    merged: u32,
}

impl<'a> Merger<'a> {
    fn new(tokenizer: &'a Tokenizer, tokens: Vec<u32>) -> Self {
        let len = tokens.len();
        let link = |place: usize| if place < len { place } else { NONE };
        Merger {
            tokenizer,
            next: (0..len).map(|place| link(place + 1)).collect(),
            previous: (0..len).map(|place| link(place.wrapping_sub(1))).collect(),
            tokens,
            heap: BinaryHeap::new(),
            joined: Vec::new(),
        }
    }

    fn run(mut self, eos: bool) -> Vec<u32> {
        for place in 0..self.tokens.len() {
            self.offer(place);
        }
        while let Some(candidate) = self.heap.pop() {
            if self.is_current(&candidate) {
                self.merge(&candidate);
            }
        }
        let mut out = Vec::new();
        let mut place = if self.tokens.is_empty() { NONE } else { 0 };
        while place != NONE {
            out.push(self.tokens[place]);
            place = self.next[place];
        }
        if eos {
            out.push(EOS);
        }
        out
    }

    /// Puts the pair that begins at `place` on the heap, if there is one and it can be merged.
    fn offer(&mut self, place: usize) {
        if place == NONE || self.next[place] == NONE {
            return;
        }
        let left = self.tokens[place];
        let right = self.tokens[self.next[place]];
        self.joined.clear();
        self.joined.extend_from_slice(self.tokenizer.piece(left));
        self.joined.extend_from_slice(self.tokenizer.piece(right));
        if let Some(merged) = self.tokenizer.lookup(&self.joined) {
            let score = self.tokenizer.score(merged);
            if score > LOWEST_SCORE {
                self.heap.push(Candidate {
                    score,
                    place,
                    left,
                    right,
                    merged,
                });
            }
        }
    }

    fn is_current(&self, candidate: &Candidate) -> bool {
        let next = self.next[candidate.place];
        self.tokens[candidate.place] == candidate.left
            && next != NONE
            && self.tokens[next] == candidate.right
    }

    fn merge(&mut self, candidate: &Candidate) {
        let place = candidate.place;
        let gone = self.next[place];
        let after = self.next[gone];
        self.tokens[place] = candidate.merged;
        self.next[place] = after;
        // Nothing that still waits on the heap may find a pair here.
        self.next[gone] = NONE;
        if after != NONE {
            self.previous[after] = place;
        }
        self.offer(self.previous[place]);
        self.offer(place);
    }
}

impl Ord for Candidate {
    /// The greatest is merged first: the highest score, then the first place.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then(other.place.cmp(&self.place))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}
