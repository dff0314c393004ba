//! The kernel's half of a lightweight mutex: who sleeps. Who owns it stands in the
//! program's memory.

use super::{Protocol, WaitQueue};
use crate::lv2::thread::Threads;

/// What an unlock without a sleeper leaves for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Signal {
    /// The lock.
    Owned,
    /// That it should try again.
    Retry,
}

/// The sleepers of a lightweight mutex.
#[derive(Debug)]
pub(in crate::lv2) struct LightMutex {
    pub protocol: Protocol,
    signal: Option<Signal>,
    /// Those who wait; some came from a condition of this number.
    pub waiters: WaitQueue<Option<u32>>,
    /// Threads that wait for one of its conditions, or come from one.
    pub in_conditions: usize,
    /// Who wants to destroy it and waits until nobody is in its conditions.
    pub destroyer: Option<u64>,
}

impl LightMutex {
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            signal: None,
            waiters: WaitQueue::default(),
            in_conditions: 0,
            destroyer: None,
        }
    }

    /// Takes the signal that an unlock left.
    pub fn take_signal(&mut self) -> Option<Signal> {
        self.signal.take()
    }

    /// Takes the lock if an unlock left it.
    pub fn try_lock(&mut self) -> bool {
        let there = self.signal == Some(Signal::Owned);
        if there {
            self.signal = None;
        }
        there
    }

    /// Unlocks: the sleeper that has to be woken, and the condition that it came from.
    pub fn unlock(&mut self, signal: Signal, threads: &Threads) -> Option<(u64, Option<u32>)> {
        let next = self.waiters.pop(self.protocol, threads);
        if next.is_none() && self.signal != Some(Signal::Owned) {
            self.signal = Some(signal);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlock_wakes_or_is_kept_once() {
        let threads = Threads::default();
        let mut mutex = LightMutex::new(Protocol::Fifo);
        assert_eq!(mutex.unlock(Signal::Retry, &threads), None);
        assert!(!mutex.try_lock());
        assert_eq!(mutex.unlock(Signal::Owned, &threads), None);
        assert_eq!(mutex.unlock(Signal::Retry, &threads), None);
        assert!(mutex.try_lock() && !mutex.try_lock());
        mutex.waiters.push(5, Some(9));
        assert_eq!(mutex.unlock(Signal::Owned, &threads), Some((5, Some(9))));
        assert_eq!(mutex.take_signal(), None);
    }
}
