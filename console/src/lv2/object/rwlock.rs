//! Locks for many readers or one writer. Writers that wait keep new readers out.

use super::{Protocol, WaitQueue};
use crate::lv2::errno::Errno;
use crate::lv2::thread::Threads;

/// A lock for readers and writers.
#[derive(Debug)]
pub(in crate::lv2) struct RwLock {
    protocol: Protocol,
    writer: Option<u64>,
    readers: usize,
    pub waiting_readers: WaitQueue<()>,
    pub waiting_writers: WaitQueue<()>,
}

impl RwLock {
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            writer: None,
            readers: 0,
            waiting_readers: WaitQueue::default(),
            waiting_writers: WaitQueue::default(),
        }
    }

    /// Whether somebody has it.
    pub fn is_locked(&self) -> bool {
        self.writer.is_some() || self.readers > 0
    }

    /// Locks it for reading if that is possible.
    pub fn try_read(&mut self) -> bool {
        let possible = self.writer.is_none() && self.waiting_writers.is_empty();
        self.readers += usize::from(possible);
        possible
    }

    /// Locks it for writing.
    ///
    /// # Errors
    ///
    /// `EBUSY` where others have it, `EDEADLK` where the thread itself has it for writing.
    pub fn try_write(&mut self, thread: u64) -> Result<(), Errno> {
        match self.writer {
            Some(writer) if writer == thread => Err(Errno::EDEADLK),
            None if self.readers == 0 => {
                self.writer = Some(thread);
                Ok(())
            }
            _ => Err(Errno::EBUSY),
        }
    }

    /// Ends a reader's turn; who is returned has the lock now and has to be woken.
    ///
    /// # Errors
    ///
    /// `EPERM` where there is no reader.
    pub fn end_read(&mut self, threads: &Threads) -> Result<Vec<u64>, Errno> {
        self.readers = self.readers.checked_sub(1).ok_or(Errno::EPERM)?;
        Ok(self.next(threads))
    }

    /// Ends the writer's turn; who is returned has the lock now and has to be woken.
    ///
    /// # Errors
    ///
    /// `EPERM` where the thread is not the writer.
    pub fn end_write(&mut self, thread: u64, threads: &Threads) -> Result<Vec<u64>, Errno> {
        if self.writer != Some(thread) {
            return Err(Errno::EPERM);
        }
        self.writer = None;
        Ok(self.next(threads))
    }

    /// Takes a thread that waits away; who is returned need not wait any more.
    pub fn give_up(&mut self, thread: u64, threads: &Threads) -> Vec<u64> {
        self.waiting_readers.remove(thread);
        self.waiting_writers.remove(thread);
        self.next(threads)
    }

    /// Gives the lock to those who can have it: the next writer, or all readers if none
    /// waits.
    fn next(&mut self, threads: &Threads) -> Vec<u64> {
        if self.writer.is_some() {
            return Vec::new();
        }
        if !self.waiting_writers.is_empty() {
            if self.readers == 0 {
                let next = self.waiting_writers.pop(self.protocol, threads);
                self.writer = next.map(|(thread, ())| thread);
            }
            return self.writer.into_iter().collect();
        }
        let readers = self.waiting_readers.drain(self.protocol, threads);
        self.readers += readers.len();
        readers.into_iter().map(|(thread, ())| thread).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_writer_comes_before_new_readers() {
        let threads = Threads::default();
        let mut lock = RwLock::new(Protocol::Fifo);
        assert_eq!(lock.end_read(&threads), Err(Errno::EPERM));
        assert!(lock.try_read() && lock.try_read());
        assert_eq!(lock.try_write(1), Err(Errno::EBUSY));
        lock.waiting_writers.push(1, ());
        assert!(!lock.try_read());
        lock.waiting_readers.push(2, ());
        lock.waiting_readers.push(3, ());
        assert_eq!(lock.end_read(&threads), Ok(vec![]));
        assert_eq!(lock.end_read(&threads), Ok(vec![1]));
        assert_eq!(lock.try_write(1), Err(Errno::EDEADLK));
        assert_eq!(lock.end_write(2, &threads), Err(Errno::EPERM));
        assert_eq!(lock.end_write(1, &threads), Ok(vec![2, 3]));
        assert!(lock.is_locked() && lock.try_read());
    }

    #[test]
    fn readers_go_on_when_the_last_writer_gives_up() {
        let threads = Threads::default();
        let mut lock = RwLock::new(Protocol::Fifo);
        assert!(lock.try_read());
        lock.waiting_writers.push(1, ());
        lock.waiting_writers.push(2, ());
        lock.waiting_readers.push(3, ());
        assert!(lock.give_up(1, &threads).is_empty());
        assert_eq!(lock.give_up(2, &threads), [3]);
        for _ in 0..2 {
            assert!(lock.is_locked());
            assert_eq!(lock.end_read(&threads), Ok(vec![]));
        }
        assert!(!lock.is_locked());
    }
}
