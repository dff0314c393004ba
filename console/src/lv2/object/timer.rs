//! Timers that send events. Times are in microseconds since the start.

/// When a timer fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) struct Run {
    /// The next time.
    pub next: u64,
    /// The time between; 0 for once.
    pub period: u64,
}

/// Where a timer's events go.
#[derive(Clone, Copy, Debug)]
pub(in crate::lv2) struct Target {
    /// The queue's number, which may be gone.
    pub queue: u32,
    pub source: u64,
    pub data: [u64; 2],
}

/// A timer.
#[derive(Debug, Default)]
pub(in crate::lv2) struct Timer {
    pub run: Option<Run>,
    pub target: Option<Target>,
}

impl Run {
    /// The first time of a timer that is started now.
    ///
    /// A period without a base counts from now; one with a base in the past fires at the
    /// base plus whole periods. None where the only time is over.
    pub fn start(now: u64, base: u64, period: u64) -> Option<Self> {
        let next = match (base, period) {
            (base, 0) => (base > now).then_some(base)?,
            (0, period) => now.saturating_add(period),
            (base, period) => {
                let first = base.saturating_add(period);
                let behind = now.saturating_sub(first).div_ceil(period);
                first.saturating_add(behind.saturating_mul(period))
            }
        };
        Some(Self { next, period })
    }

    /// The same with its next time after a time, as if it had fired until then.
    pub fn beyond(self, time: u64) -> Self {
        match (time.checked_sub(self.next), self.period) {
            (None, _) | (_, 0) => self,
            (Some(behind), period) => {
                let missed = (behind / period + 1).saturating_mul(period);
                Self {
                    next: self.next.saturating_add(missed),
                    ..self
                }
            }
        }
    }

    /// What follows after it has fired.
    pub fn after(self) -> Option<Self> {
        (self.period > 0).then(|| Self {
            next: self.next.saturating_add(self.period),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_time_follows_from_base_and_period() {
        for (now, base, period, first) in [
            (100, 150, 0, Some(150)),
            (100, 100, 0, None),
            (100, 0, 30, Some(130)),
            (100, 200, 30, Some(230)),
            (100, 5, 30, Some(125)),
            (100, 10, 30, Some(100)),
            (100, u64::MAX, 30, Some(u64::MAX)),
        ] {
            let run = Run::start(now, base, period);
            assert_eq!(run.map(|run| run.next), first, "{now} {base} {period}");
        }
        let run = Run::start(0, 0, 30).unwrap();
        assert_eq!(run.after().unwrap().next, 60);
        assert_eq!(Run::start(0, 5, 0).unwrap().after(), None);
        for (time, next) in [(29, 30), (30, 60), (59, 60), (60, 90), (6000, 6030)] {
            assert_eq!(run.beyond(time).next, next, "{time}");
        }
    }
}
