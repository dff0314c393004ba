//! Semaphores.

use super::{Protocol, WaitQueue};
use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// A semaphore.
#[derive(Debug)]
pub(in crate::lv2) struct Semaphore {
    protocol: Protocol,
    value: u32,
    most: u32,
    pub waiters: WaitQueue<()>,
}

impl Semaphore {
    pub fn new(protocol: Protocol, value: u32, most: u32) -> Self {
        Self {
            protocol,
            value,
            most,
            waiters: WaitQueue::default(),
        }
    }

    pub fn value(&self) -> u32 {
        self.value
    }

    /// Takes one if there is one.
    pub fn try_wait(&mut self) -> bool {
        let taken = self.value > 0;
        self.value -= u32::from(taken);
        taken
    }

    /// Adds some: those who wait take theirs first, and have to be woken.
    ///
    /// # Errors
    ///
    /// `EBUSY` where there would be too many; nothing is changed then.
    pub fn post(&mut self, count: u32, threads: &Threads) -> Result<Vec<u64>, Errno> {
        let wanted = self.waiters.threads().count() as u64;
        if u64::from(count) > u64::from(self.most - self.value) + wanted {
            return Err(Errno::EBUSY);
        }
        let mut woken = Vec::new();
        for _ in 0..count {
            match self.waiters.pop(self.protocol, threads) {
                Some((thread, ())) => woken.push(thread),
                None => self.value += 1,
            }
        }
        Ok(woken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_comes_before_the_count() {
        let threads = Threads::default();
        let mut semaphore = Semaphore::new(Protocol::Fifo, 1, 2);
        assert!(semaphore.try_wait() && !semaphore.try_wait());
        semaphore.waiters.push(7, ());
        semaphore.waiters.push(8, ());
        assert_eq!(semaphore.post(5, &threads), Err(Errno::EBUSY));
        assert_eq!(semaphore.post(3, &threads), Ok(vec![7, 8]));
        assert_eq!(semaphore.value(), 1);
        assert_eq!(semaphore.post(2, &threads), Err(Errno::EBUSY));
        assert_eq!(semaphore.post(1, &threads), Ok(vec![]));
        assert_eq!(semaphore.value(), 2);
    }
}
