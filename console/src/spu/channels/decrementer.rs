//! The decrementer: channels 7 and 8.

use crate::spu::timing::CYCLES_PER_TICK;

/// Cycles of all values.
pub(super) const PERIOD: u64 = (1 << 32) * CYCLES_PER_TICK;

/// Counts down with the timebase. It runs from the first write on, and until its event is
/// acknowledged while masked off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Decrementer {
    value: u32,
    /// The cycle at which it had that value, if it runs.
    since: Option<u64>,
}

impl Decrementer {
    /// The value at a cycle.
    pub(crate) fn value(self, now: u64) -> u32 {
        let Some(since) = self.since else {
            return self.value;
        };
        let ticks = now / CYCLES_PER_TICK - since / CYCLES_PER_TICK;
        self.value.wrapping_sub(ticks as u32)
    }

    /// Sets the value; the cycle at which it goes below zero.
    pub(crate) fn start(&mut self, value: u32, now: u64) -> u64 {
        *self = Self {
            value,
            since: Some(now),
        };
        (now / CYCLES_PER_TICK + u64::from(value) + 1) * CYCLES_PER_TICK
    }

    /// Keeps the value.
    pub(crate) fn stop(&mut self, now: u64) {
        *self = Self {
            value: self.value(now),
            since: None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_timebase() {
        let mut decrementer = Decrementer::default();
        assert_eq!(decrementer.value(1_000_000), 0);
        let underflow = decrementer.start(2, 75);
        assert_eq!(decrementer.value(79), 2);
        assert_eq!(decrementer.value(80), 1);
        assert_eq!(decrementer.value(underflow - 1), 0);
        assert_eq!(decrementer.value(underflow), u32::MAX);
        decrementer.stop(underflow);
        assert_eq!(decrementer.value(underflow + 4000), u32::MAX);
    }
}
