//! The kernel's half of a lightweight condition variable.

use super::{Protocol, WaitQueue};

/// A lightweight condition variable.
#[derive(Debug)]
pub(in crate::lv2) struct LightCondition {
    pub protocol: Protocol,
    /// Those who wait, each with the number of the lightweight mutex that it gave up.
    pub waiters: WaitQueue<u32>,
    /// Threads that wait, or wait for the mutex after they were signalled.
    pub inside: usize,
    /// Who wants to destroy it and waits until nobody is inside.
    pub destroyer: Option<u64>,
}

impl LightCondition {
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            waiters: WaitQueue::default(),
            inside: 0,
            destroyer: None,
        }
    }
}
