//! The signal registers: channels 3 and 4.

use super::Ready;

/// A signal register.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signal {
    value: u32,
    /// The cycle since which it is full.
    full_since: Option<u64>,
    /// Whether values are or-ed into the register instead of overwriting it.
    pub(crate) or_mode: bool,
}

impl Signal {
    /// A value comes at a cycle; whether the register was empty.
    pub(crate) fn put(&mut self, value: u32, cycle: u64) -> bool {
        let was_empty = self.full_since.is_none();
        self.value = if self.or_mode {
            self.value | value
        } else {
            value
        };
        self.full_since.get_or_insert(cycle);
        was_empty
    }

    pub(crate) fn ready(&self, now: u64) -> Ready {
        self.full_since
            .map_or(Ready::Unknown, |cycle| Ready::from(cycle, now))
    }

    /// Reads and clears.
    pub(crate) fn take(&mut self) -> u32 {
        self.full_since = None;
        std::mem::take(&mut self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overwrites_or_collects() {
        let mut signal = Signal::default();
        assert!(signal.put(1, 10));
        assert!(!signal.put(2, 20));
        assert_eq!(signal.ready(5), Ready::At(10));
        assert_eq!(signal.take(), 2);
        assert_eq!(signal.ready(50), Ready::Unknown);
        signal.or_mode = true;
        signal.put(1, 10);
        signal.put(2, 20);
        assert_eq!(signal.take(), 3);
    }
}
