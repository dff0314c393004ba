//! Threads that wait in a library until a word of the program's memory changes, which the
//! library itself does.

use std::collections::BTreeMap;
use std::collections::VecDeque;

/// Those who wait, by the address of the word, in the order in which they came.
#[derive(Debug, Default)]
pub(in crate::lv2) struct WordWaiters {
    waiters: BTreeMap<u64, VecDeque<u64>>,
}

impl WordWaiters {
    pub fn push(&mut self, address: u64, thread: u64) {
        self.waiters.entry(address).or_default().push_back(thread);
    }

    /// Takes the one who waits for longest.
    pub fn pop(&mut self, address: u64) -> Option<u64> {
        let waiters = self.waiters.get_mut(&address)?;
        let next = waiters.pop_front();
        if waiters.is_empty() {
            self.waiters.remove(&address);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_has_its_own() {
        let mut waiters = WordWaiters::default();
        waiters.push(4, 1);
        waiters.push(8, 2);
        waiters.push(4, 3);
        assert_eq!(waiters.pop(4), Some(1));
        assert_eq!(waiters.pop(4), Some(3));
        assert_eq!(waiters.pop(4), None);
        assert_eq!(waiters.pop(8), Some(2));
    }
}
