//! Mutexes of the kernel.

use super::{Protocol, WaitQueue};
use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// What a thread that waits for a mutex gets with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::lv2) struct Locker {
    /// How often it holds the mutex beyond the first time.
    pub depth: u32,
    /// What its call returns.
    pub result: u64,
}

/// A mutex.
#[derive(Debug)]
pub(in crate::lv2) struct Mutex {
    pub protocol: Protocol,
    recursive: bool,
    owner: Option<u64>,
    /// How often the owner has locked it again.
    depth: u32,
    pub waiters: WaitQueue<Locker>,
    /// Condition variables that use it.
    pub conditions: usize,
}

impl Mutex {
    pub fn new(protocol: Protocol, recursive: bool) -> Self {
        Self {
            protocol,
            recursive,
            owner: None,
            depth: 0,
            waiters: WaitQueue::default(),
            conditions: 0,
        }
    }

    pub fn owner(&self) -> Option<u64> {
        self.owner
    }

    /// Locks it for a thread.
    ///
    /// # Errors
    ///
    /// `EBUSY` where another thread has it, and what a second lock by the same may give.
    pub fn try_lock(&mut self, thread: u64) -> Result<(), Errno> {
        match self.owner {
            None => {
                self.owner = Some(thread);
                Ok(())
            }
            Some(owner) if owner != thread => Err(Errno::EBUSY),
            Some(_) if !self.recursive => Err(Errno::EDEADLK),
            Some(_) => {
                self.depth = self.depth.checked_add(1).ok_or(Errno::EKRESOURCE)?;
                Ok(())
            }
        }
    }

    /// Locks it for a thread that has waited elsewhere, or lets it wait here.
    pub fn lock_or_wait(&mut self, thread: u64, locker: Locker) -> bool {
        if self.owner.is_some() {
            self.waiters.push(thread, locker);
            return false;
        }
        self.owner = Some(thread);
        self.depth = locker.depth;
        true
    }

    /// Unlocks it once; the next owner has to be woken.
    ///
    /// # Errors
    ///
    /// `EPERM` where the thread does not have it.
    pub fn unlock(
        &mut self,
        thread: u64,
        threads: &Threads,
    ) -> Result<Option<(u64, Locker)>, Errno> {
        if self.owner != Some(thread) {
            return Err(Errno::EPERM);
        }
        if self.depth > 0 {
            self.depth -= 1;
            return Ok(None);
        }
        Ok(self.hand_over(threads))
    }

    /// Unlocks it altogether: how often it was locked again, and the next owner.
    pub fn release(
        &mut self,
        thread: u64,
        threads: &Threads,
    ) -> Result<(u32, Option<(u64, Locker)>), Errno> {
        if self.owner != Some(thread) {
            return Err(Errno::EPERM);
        }
        Ok((self.depth, self.hand_over(threads)))
    }

    fn hand_over(&mut self, threads: &Threads) -> Option<(u64, Locker)> {
        let next = self.waiters.pop(self.protocol, threads);
        self.owner = next.map(|(thread, _)| thread);
        self.depth = next.map_or(0, |(_, locker)| locker.depth);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_hands_it_to_the_next() {
        let threads = Threads::default();
        let mut mutex = Mutex::new(Protocol::Fifo, false);
        assert_eq!(mutex.try_lock(1), Ok(()));
        assert_eq!(mutex.try_lock(1), Err(Errno::EDEADLK));
        assert_eq!(mutex.try_lock(2), Err(Errno::EBUSY));
        assert_eq!(mutex.unlock(2, &threads), Err(Errno::EPERM));
        let locker = Locker {
            depth: 3,
            result: 9,
        };
        assert!(!mutex.lock_or_wait(2, locker));
        assert_eq!(mutex.unlock(1, &threads), Ok(Some((2, locker))));
        assert_eq!(mutex.owner(), Some(2));
        assert_eq!(mutex.release(2, &threads), Ok((3, None)));
        assert_eq!(mutex.owner(), None);
        assert!(mutex.lock_or_wait(2, Locker::default()));
    }

    #[test]
    fn a_recursive_one_counts() {
        let threads = Threads::default();
        let mut mutex = Mutex::new(Protocol::Priority, true);
        for _ in 0..3 {
            assert_eq!(mutex.try_lock(1), Ok(()));
        }
        for _ in 0..3 {
            assert_eq!(mutex.owner(), Some(1));
            assert_eq!(mutex.unlock(1, &threads), Ok(None));
        }
        assert_eq!(mutex.owner(), None);
    }
}
