//! Event flags: 64 bits to wait for.

use super::{Protocol, WaitQueue};
use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// What happens to the bits when a wait succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clear {
    Nothing,
    Waited,
    All,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) struct Pattern {
    bits: u64,
    all: bool,
    clear: Clear,
    /// Where the bits go that were seen, if not 0.
    pub result: u64,
}

impl Pattern {
    /// From the arguments of a wait: `SYS_EVENT_FLAG_WAIT_AND` 1, `_OR` 2, `_CLEAR` 0x10,
    /// `_CLEAR_ALL` 0x20.
    ///
    /// # Errors
    ///
    /// `EINVAL` for other modes.
    pub fn read(bits: u64, mode: u32, result: u64) -> Result<Self, Errno> {
        let all = match mode & 0xf {
            1 => true,
            2 => false,
            _ => return Err(Errno::EINVAL),
        };
        let clear = match mode & !0xf {
            0 => Clear::Nothing,
            0x10 => Clear::Waited,
            0x20 => Clear::All,
            _ => return Err(Errno::EINVAL),
        };
        Ok(Self {
            bits,
            all,
            clear,
            result,
        })
    }

    fn holds(&self, bits: u64) -> bool {
        if self.all {
            bits & self.bits == self.bits
        } else {
            bits & self.bits != 0
        }
    }
}

/// An event flag.
#[derive(Debug)]
pub(in crate::lv2) struct EventFlag {
    protocol: Protocol,
    /// Whether more than one thread may wait.
    pub many: bool,
    pub bits: u64,
    pub waiters: WaitQueue<Pattern>,
}

impl EventFlag {
    pub fn new(protocol: Protocol, many: bool, bits: u64) -> Self {
        Self {
            protocol,
            many,
            bits,
            waiters: WaitQueue::default(),
        }
    }

    /// Ends a wait if its bits are there: the bits that it sees.
    pub fn try_wait(&mut self, pattern: &Pattern) -> Option<u64> {
        check(&mut self.bits, pattern)
    }

    /// Sets bits; each waiter whose wait ends, and the bits that it sees.
    pub fn set(&mut self, bits: u64, threads: &Threads) -> Vec<(u64, Pattern, u64)> {
        let mut now = self.bits | bits;
        let mut seen = Vec::new();
        let woken = self.waiters.take_if(self.protocol, threads, |pattern| {
            let found = check(&mut now, pattern);
            seen.extend(found);
            found.is_some()
        });
        self.bits = now;
        woken
            .into_iter()
            .zip(seen)
            .map(|((thread, pattern), seen)| (thread, pattern, seen))
            .collect()
    }

    /// Takes all waiters away, in the order in which they came.
    pub fn cancel(&mut self, threads: &Threads) -> Vec<(u64, Pattern)> {
        self.waiters.drain(Protocol::Fifo, threads)
    }
}

fn check(bits: &mut u64, pattern: &Pattern) -> Option<u64> {
    if !pattern.holds(*bits) {
        return None;
    }
    let seen = *bits;
    match pattern.clear {
        Clear::Nothing => {}
        Clear::Waited => *bits &= !pattern.bits,
        Clear::All => *bits = 0,
    }
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_say_which_bits_and_what_is_cleared() {
        for mode in [0, 3, 4, 0x31, 0x41, 0x8000_0001] {
            assert_eq!(Pattern::read(1, mode, 0), Err(Errno::EINVAL), "{mode:#x}");
        }
        for (mode, bits, expected, left) in [
            (1, 6, None, 6),
            (1, 7, Some(7), 7),
            (2, 4, Some(4), 4),
            (2, 8, None, 8),
            (0x11, 15, Some(15), 8),
            (0x22, 9, Some(9), 0),
        ] {
            let mut flag = EventFlag::new(Protocol::Fifo, true, bits);
            let pattern = Pattern::read(7, mode, 0).unwrap();
            assert_eq!(flag.try_wait(&pattern), expected, "{mode:#x} {bits}");
            assert_eq!(flag.bits, left);
        }
    }

    #[test]
    fn a_waiter_that_clears_leaves_nothing_to_the_next() {
        let mut threads = Threads::default();
        let ids: Vec<_> = [9, 3, 5]
            .map(|priority| threads.add(priority, false, String::new(), 0))
            .into();
        let mut flag = EventFlag::new(Protocol::Priority, true, 2);
        for (id, mode) in ids.iter().zip([2, 0x12, 2]) {
            flag.waiters.push(*id, Pattern::read(1, mode, 0).unwrap());
        }
        let woken: Vec<_> = flag
            .set(5, &threads)
            .iter()
            .map(|(thread, _, seen)| (*thread, *seen))
            .collect();
        assert_eq!(woken, [(ids[1], 7)]);
        assert_eq!(flag.bits, 6);
        let rest: Vec<_> = flag.cancel(&threads).iter().map(|entry| entry.0).collect();
        assert_eq!(rest, [ids[0], ids[2]]);
    }
}
