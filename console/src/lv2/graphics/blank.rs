//! Vertical blanks: they come at a fixed rate of the clock, whoever looks.

use super::super::clock::CYCLES_PER_SECOND;

/// Vertical blanks a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rate {
    /// 60000 / 1001 Hz, of all modes but one.
    #[default]
    Hz59_94,
    /// 50 Hz, of 576 lines.
    Hz50,
}

impl Rate {
    /// Cycles from one to the next. Both are whole numbers.
    pub const fn period(self) -> u64 {
        match self {
            Self::Hz59_94 => CYCLES_PER_SECOND * 1001 / 60_000,
            Self::Hz50 => CYCLES_PER_SECOND / 50,
        }
    }
}

/// Vertical blanks since they have their rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blanks {
    rate: Rate,
    /// The cycle of a blank, and which it was.
    since: u64,
    count: u64,
}

impl Blanks {
    /// From the next on they come at this rate.
    pub fn set_rate(&mut self, rate: Rate, now: u64) {
        if rate == self.rate {
            return;
        }
        let last = self.last(now);
        self.count = self.count(now);
        self.since = last;
        self.rate = rate;
    }

    /// How many there were.
    pub fn count(&self, now: u64) -> u64 {
        self.count + now.saturating_sub(self.since) / self.rate.period()
    }

    /// The cycle of the last one; 0 before the first.
    pub fn last(&self, now: u64) -> u64 {
        let past = now.saturating_sub(self.since);
        self.since + past - past % self.rate.period()
    }

    /// The cycle of the next one.
    pub fn next(&self, now: u64) -> u64 {
        self.last(now).saturating_add(self.rate.period())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_at_the_rate_of_the_mode() {
        let mut blanks = Blanks::default();
        let period = Rate::Hz59_94.period();
        assert_eq!(period * 60_000, CYCLES_PER_SECOND * 1001, "exactly");
        assert_eq!((blanks.count(period - 1), blanks.next(0)), (0, period));
        assert_eq!((blanks.count(period), blanks.next(period)), (1, 2 * period));
        assert_eq!(blanks.count(1000 * period + 5), 1000);
        blanks.set_rate(Rate::Hz50, 10 * period + 5);
        assert_eq!(blanks.count(10 * period + 5), 10);
        let slow = Rate::Hz50.period();
        assert_eq!(blanks.next(10 * period + 5), 10 * period + slow);
        assert_eq!(blanks.count(10 * period + 3 * slow), 13);
        assert_eq!(
            blanks.last(10 * period + 3 * slow + 1),
            10 * period + 3 * slow
        );
        assert!(blanks.next(u64::MAX) >= u64::MAX - slow, "no overflow");
    }
}
