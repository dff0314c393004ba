//! The mailboxes: channels 28, 29 and 30.

use std::collections::VecDeque;

use super::Ready;

/// Words that the inbound mailbox holds.
const INBOUND_DEPTH: usize = 4;

/// The inbound mailbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inbound {
    words: VecDeque<(u32, u64)>,
}

impl Inbound {
    /// A word comes at a cycle; when the mailbox is full it replaces the newest. Whether
    /// the mailbox was empty.
    pub(crate) fn put(&mut self, value: u32, cycle: u64) -> bool {
        let was_empty = self.words.is_empty();
        if self.words.len() == INBOUND_DEPTH {
            self.words.pop_back();
        }
        self.words.push_back((value, cycle));
        was_empty
    }

    pub(crate) fn ready(&self, now: u64) -> Ready {
        self.words
            .front()
            .map_or(Ready::Unknown, |&(_, cycle)| Ready::from(cycle, now))
    }

    pub(crate) fn count(&self, now: u64) -> u32 {
        self.words.iter().filter(|(_, cycle)| *cycle <= now).count() as u32
    }

    /// The oldest word.
    pub(crate) fn take(&mut self) -> u32 {
        self.words.pop_front().map_or(0, |(value, _)| value)
    }
}

/// The outbound mailbox or the outbound interrupt mailbox: one word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outbound {
    word: Option<(u32, u64)>,
    /// The cycle at which it became empty.
    free_at: u64,
}

impl Outbound {
    pub(crate) fn ready(&self, now: u64) -> Ready {
        match self.word {
            Some(_) => Ready::Unknown,
            None => Ready::from(self.free_at, now),
        }
    }

    pub(crate) fn put(&mut self, value: u32, now: u64) {
        self.word = Some((value, now));
    }

    /// Empties the mailbox from outside at a cycle: the word.
    pub(crate) fn take(&mut self, cycle: u64) -> Option<u32> {
        let (word, written) = self.word.take()?;
        self.free_at = cycle.max(written);
        Some(word)
    }

    /// The word, left where it is.
    pub(crate) fn peek(&self) -> Option<u32> {
        self.word.map(|(word, _)| word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_word_is_replaced_when_full() {
        let mut inbound = Inbound::default();
        assert!(inbound.put(1, 0));
        for word in 2..=6 {
            assert!(!inbound.put(word, 100));
        }
        assert_eq!((inbound.count(0), inbound.count(100)), (1, 4));
        let words: Vec<u32> = (0..4).map(|_| inbound.take()).collect();
        assert_eq!(words, [1, 2, 3, 6]);
        assert_eq!(inbound.ready(100), Ready::Unknown);
    }
}
