//! Threads that wait for an object, and which of them is next.

use std::collections::VecDeque;

use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// In which order waiting threads get what they wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Protocol {
    /// Those who came first.
    Fifo = 1,
    /// Those of the highest priority, in each those who came first.
    Priority = 2,
    /// As [`Protocol::Priority`]; the owner runs with the highest priority of those who wait.
    Inherit = 3,
    /// As [`Protocol::Priority`]; who wakes has to try again.
    Retry = 4,
}

impl Protocol {
    /// The protocol of an attribute, one of those that its object may have.
    pub fn read(word: u32, allowed: &[Self]) -> Result<Self, Errno> {
        let mut protocols = allowed.iter().copied();
        protocols
            .find(|protocol| *protocol as u32 == word)
            .ok_or(Errno::EINVAL)
    }
}

/// Waiting threads, in the order in which they came, each with what it wants.
#[derive(Debug)]
pub(in crate::lv2) struct WaitQueue<T> {
    waiters: VecDeque<(u64, T)>,
}

impl<T> Default for WaitQueue<T> {
    fn default() -> Self {
        Self {
            waiters: VecDeque::new(),
        }
    }
}

impl<T> WaitQueue<T> {
    pub fn push(&mut self, thread: u64, wish: T) {
        self.waiters.push_back((thread, wish));
    }

    pub fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    pub fn threads(&self) -> impl Iterator<Item = u64> {
        self.waiters.iter().map(|(thread, _)| *thread)
    }

    /// Takes a thread out of the queue.
    pub fn remove(&mut self, thread: u64) -> Option<T> {
        let at = self.waiters.iter().position(|(id, _)| *id == thread)?;
        self.waiters.remove(at).map(|(_, wish)| wish)
    }

    /// Takes the thread that is next.
    pub fn pop(&mut self, protocol: Protocol, threads: &Threads) -> Option<(u64, T)> {
        let at = match protocol {
            Protocol::Fifo => 0,
            _ => self.order(protocol, threads).first().copied()?,
        };
        self.waiters.remove(at)
    }

    /// Takes all threads, the next one first.
    pub fn drain(&mut self, protocol: Protocol, threads: &Threads) -> Vec<(u64, T)> {
        std::iter::from_fn(|| self.pop(protocol, threads)).collect()
    }

    /// Takes those for whom `wanted` is true; it is asked in the order of their turns.
    pub fn take_if(
        &mut self,
        protocol: Protocol,
        threads: &Threads,
        mut wanted: impl FnMut(&mut T) -> bool,
    ) -> Vec<(u64, T)> {
        let mut taken = Vec::new();
        for at in self.order(protocol, threads) {
            let (thread, wish) = &mut self.waiters[at];
            if wanted(wish) {
                taken.push(*thread);
            }
        }
        taken
            .into_iter()
            .filter_map(|thread| Some((thread, self.remove(thread)?)))
            .collect()
    }

    /// Places in the queue, in the order of their turns.
    fn order(&self, protocol: Protocol, threads: &Threads) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.waiters.len()).collect();
        if protocol != Protocol::Fifo {
            // The sort is stable: those of one priority stay in order.
            order.sort_by_key(|at| threads.priority(self.waiters[*at].0));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(threads: &mut Threads) -> (Vec<u64>, WaitQueue<char>) {
        let ids: Vec<_> = [9, 5, 7, 5]
            .map(|priority| threads.add(priority, false, String::new(), 0))
            .into();
        let mut queue = WaitQueue::default();
        for (id, wish) in ids.iter().zip("abcd".chars()) {
            queue.push(*id, wish);
        }
        (ids, queue)
    }

    #[test]
    fn the_protocol_says_who_is_next() {
        let mut threads = Threads::default();
        for (protocol, expected) in [(Protocol::Fifo, "abcd"), (Protocol::Priority, "bdca")] {
            let (_, mut queue) = queue(&mut threads);
            let order: String = queue
                .drain(protocol, &threads)
                .iter()
                .map(|waiter| waiter.1)
                .collect();
            assert_eq!(order, expected);
            assert!(queue.is_empty() && queue.pop(protocol, &threads).is_none());
        }
        assert_eq!(
            Protocol::read(3, &[Protocol::Fifo, Protocol::Priority]),
            Err(Errno::EINVAL)
        );
        assert_eq!(Protocol::read(1, &[Protocol::Fifo]), Ok(Protocol::Fifo));
    }

    #[test]
    fn a_choice_is_taken_and_the_others_stay_in_order() {
        let mut threads = Threads::default();
        let (ids, mut queue) = queue(&mut threads);
        let mut asked = String::new();
        let taken = queue.take_if(Protocol::Priority, &threads, |wish| {
            asked.push(*wish);
            "ad".contains(*wish)
        });
        assert_eq!(asked, "bdca");
        assert_eq!(taken, [(ids[3], 'd'), (ids[0], 'a')]);
        assert_eq!(queue.remove(ids[0]), None);
        assert_eq!(queue.remove(ids[2]), Some('c'));
        assert_eq!(queue.threads().collect::<Vec<_>>(), [ids[1]]);
    }
}
