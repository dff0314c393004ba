//! Which branches are predicted.

use super::table::{HISTORIES, HISTORY_BITS, RETURNS};

/// The tables that branches are predicted by.
#[derive(Clone, Debug)]
pub(super) struct Predictor {
    /// Counters of two bits: 2 and 3 say "taken".
    counters: Vec<u8>,
    /// The outcomes of the latest conditional branches, the latest in the lowest bit.
    history: usize,
    /// Return addresses, the latest last.
    returns: Vec<u64>,
}

impl Predictor {
    pub(super) fn new() -> Self {
        Self {
            // Weakly not taken.
            counters: vec![1; HISTORIES],
            history: 0,
            returns: Vec::with_capacity(RETURNS),
        }
    }

    /// Whether the outcome of a conditional branch was foreseen. A hint in the branch overrides
    /// the tables, which learn nothing then.
    pub(super) fn condition(&mut self, pc: u64, taken: bool, hint: Option<bool>) -> bool {
        if let Some(hint) = hint {
            return hint == taken;
        }
        let at = ((pc >> 2) as usize ^ self.history << (12 - HISTORY_BITS)) % HISTORIES;
        let counter = &mut self.counters[at];
        let foreseen = (*counter >= 2) == taken;
        *counter = if taken {
            (*counter + 1).min(3)
        } else {
            counter.saturating_sub(1)
        };
        self.history = (self.history << 1 | usize::from(taken)) & ((1 << HISTORY_BITS) - 1);
        foreseen
    }

    /// A branch that sets the link register: where it comes back to.
    pub(super) fn call(&mut self, to: u64) {
        if self.returns.len() == RETURNS {
            self.returns.remove(0);
        }
        self.returns.push(to);
    }

    /// Whether a branch to the link register goes where it was foreseen to go.
    pub(super) fn comes_back(&mut self, to: u64) -> bool {
        self.returns.pop() == Some(to)
    }
}
