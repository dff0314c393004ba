//! Time on the inference thread.

use core::time::Duration;

/// A clock for engines that have none of their own.
pub trait Clock {
    /// Time since any fixed moment; never runs backwards.
    fn now(&self) -> Duration;
}

impl<F: Fn() -> Duration> Clock for F {
    fn now(&self) -> Duration {
        self()
    }
}
