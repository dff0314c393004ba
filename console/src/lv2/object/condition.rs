//! Condition variables of the kernel.

use super::WaitQueue;

/// A condition variable.
#[derive(Debug)]
pub(in crate::lv2) struct Condition {
    /// The mutex's number.
    pub mutex: u32,
    /// Those who wait, each with how often it had locked the mutex again.
    pub waiters: WaitQueue<u32>,
}

impl Condition {
    pub fn new(mutex: u32) -> Self {
        Self {
            mutex,
            waiters: WaitQueue::default(),
        }
    }
}
