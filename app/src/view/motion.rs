//! Movement from one value to another.

use core::time::Duration;

/// How long a movement takes.
const DURATION: Duration = Duration::from_millis(220);

/// A value that moves smoothly to where it is sent: fast at first, then slower.
/// A function of time alone, whatever the frame rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glide {
    from: f32,
    to: f32,
    begun: Duration,
}

impl Glide {
    /// A value at rest.
    pub const fn at(value: f32) -> Glide {
        Glide {
            from: value,
            to: value,
            begun: Duration::ZERO,
        }
    }

    /// Sends the value to `to`, from wherever it is.
    pub fn go(&mut self, to: f32, now: Duration) {
        if to != self.to {
            *self = Glide {
                from: self.value(now),
                to,
                begun: now,
            };
        }
    }

    /// Where the value is going.
    pub const fn target(&self) -> f32 {
        self.to
    }

    /// Where the value is.
    pub fn value(&self, now: Duration) -> f32 {
        let passed = now.saturating_sub(self.begun).as_secs_f32() / DURATION.as_secs_f32();
        if passed >= 1.0 {
            return self.to;
        }
        let rest = 1.0 - passed;
        self.to + (self.from - self.to) * rest * rest * rest
    }

    /// Whether the value has arrived.
    pub fn is_at_rest(&self, now: Duration) -> bool {
        self.value(now) == self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_value_moves_without_a_jump_and_arrives() {
        let mut glide = Glide::at(1.0);
        assert!(glide.is_at_rest(ms(0)));
        glide.go(2.0, ms(100));
        let values: alloc::vec::Vec<f32> = (100..=320).map(|t| glide.value(ms(t))).collect();
        assert_eq!((values[0], values[220]), (1.0, 2.0));
        assert!(
            values
                .windows(2)
                .all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] < 0.02)
        );
        assert!(glide.is_at_rest(ms(320)));
    }

    #[test]
    fn a_moving_value_that_is_sent_elsewhere_turns_where_it_is() {
        let mut glide = Glide::at(0.0);
        glide.go(1.0, ms(0));
        let before = glide.value(ms(50));
        glide.go(-1.0, ms(50));
        assert!((glide.value(ms(50)) - before).abs() < 1e-6);
        // Sent to where it goes already, it does not begin anew.
        glide.go(-1.0, ms(200));
        assert_eq!(glide.value(ms(270)), -1.0);
    }
}
