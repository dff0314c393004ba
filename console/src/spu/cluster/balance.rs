//! Whether to share a quantum among host threads.
//!
//! Sharing pays when the host has idle cores, and costs when it has not: then the caller
//! waits for a thread that the host does not run. Which of the two is the case changes
//! with what else the host does, so both ways are timed now and then, and the faster one
//! is taken. Results do not depend on it.

use std::time::Duration;

/// Of this many quanta a few are run the other way.
const PERIOD: u32 = 128;
/// That many. The first one is not timed: threads may have to wake up.
const TRIALS: u32 = 4;
/// A quantum with fewer instructions than this, all SPUs together, is followed by one on
/// the caller's thread alone: it would cost more to hand it over.
const WORTH_SHARING: u64 = 3000;

/// The choice, and what it is made from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Balance {
    /// Nanoseconds for an instruction, smoothed: alone and shared. 0 until timed.
    cost: [f64; 2],
    quanta: u32,
    /// Instructions of the last quantum.
    last: Option<u64>,
}

impl Balance {
    /// Whether to share the next quantum.
    pub(super) fn share(&self) -> bool {
        let worth = self.last.is_none_or(|work| work >= WORTH_SHARING);
        let [alone, shared] = self.cost;
        let trial = self.quanta % PERIOD < TRIALS;
        worth && (shared <= alone) != trial
    }

    /// A quantum is over.
    pub(super) fn record(&mut self, shared: bool, instructions: u64, took: Duration) {
        self.last = Some(instructions);
        if instructions < WORTH_SHARING {
            return;
        }
        self.quanta = self.quanta.wrapping_add(1);
        if self.quanta % PERIOD == 1 {
            return;
        }
        let cost = took.as_nanos() as f64 / instructions as f64;
        let smoothed = &mut self.cost[usize::from(shared)];
        if *smoothed == 0.0 {
            *smoothed = cost;
        } else {
            *smoothed += (cost - *smoothed) / 4.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of many quanta are shared when they cost that many nanoseconds.
    fn shared(alone: u64, together: u64, instructions: u64) -> usize {
        let mut balance = Balance::default();
        let run = |_| {
            let share = balance.share();
            let took = Duration::from_nanos(if share { together } else { alone });
            balance.record(share, instructions, took);
            share
        };
        (0..1280).map(run).filter(|&share| share).count()
    }

    #[test]
    fn the_faster_way_is_taken_mostly() {
        assert!(shared(50_000, 30_000, 10_000) > 1200);
        assert!((20..60).contains(&shared(50_000, 300_000, 10_000)));
        // Small quanta are not handed over at all, but for the first.
        assert!(shared(1000, 1000, 100) <= 1);
    }

    #[test]
    fn a_change_is_noticed() {
        let mut balance = Balance::default();
        for round in 0..3 {
            let [alone, together] = if round % 2 == 0 { [50, 30] } else { [50, 300] };
            let mut last = false;
            for _ in 0..1280 {
                last = balance.share();
                let took = Duration::from_micros(if last { together } else { alone });
                balance.record(last, 10_000, took);
            }
            assert_eq!(last, round % 2 == 0);
        }
    }
}
