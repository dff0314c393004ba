//! The settings and their ranges.

use core::fmt;

/// A number with two decimals, kept whole so that stepping up and down comes
/// back to the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(pub u16);

impl Hundredths {
    /// The number itself.
    pub fn value(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The seed of the sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// Another one for each story.
    Random,
    /// Always this one: the same prompt gives the same story.
    Fixed(u32),
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seed::Random => f.write_str("random"),
            Seed::Fixed(seed) => write!(f, "{seed}"),
        }
    }
}

/// What the player chooses. Whatever is in here is within its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub(super) temperature: Hundredths,
    pub(super) top_p: Hundredths,
    pub(super) seed: Seed,
    pub(super) length: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            temperature: Hundredths(80),
            top_p: Hundredths(90),
            seed: Seed::Random,
            length: 256,
        }
    }
}

/// Names of the settings, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// How freely the model chooses.
    Temperature,
    /// How much of the probability it chooses from.
    TopP,
    /// The random generator's seed.
    Seed,
    /// The length of a story.
    Length,
}

impl Setting {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Setting; 4] = [
        Setting::Temperature,
        Setting::TopP,
        Setting::Seed,
        Setting::Length,
    ];
}

pub(super) const TEMPERATURES: core::ops::RangeInclusive<u16> = 0..=200;
pub(super) const TOP_PS: core::ops::RangeInclusive<u16> = 5..=100;
pub(super) const LENGTHS: core::ops::RangeInclusive<u16> = 16..=2048;

/// One step of temperature and top-p.
const HUNDREDTHS_STEP: u16 = 5;
/// One step of the length.
const LENGTH_STEP: u16 = 16;

impl Settings {
    /// How freely the model chooses: 0 always takes the most probable token.
    pub fn temperature(&self) -> Hundredths {
        self.temperature
    }

    /// The mass of probability that tokens are drawn from.
    pub fn top_p(&self) -> Hundredths {
        self.top_p
    }

    /// The sampler's seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Tokens of a story, prompt included.
    pub fn length(&self) -> u16 {
        self.length
    }

    /// Moves `setting` by `steps` steps, up to the ends of its range. Below a
    /// seed of 0 lies [`Seed::Random`]. Gives whether anything changed.
    ///
    /// `model_length` is the model's greatest number of tokens, where a model is
    /// loaded: the length does not go beyond.
    pub fn step(&mut self, setting: Setting, steps: i32, model_length: Option<usize>) -> bool {
        let before = *self;
        match setting {
            Setting::Temperature => {
                self.temperature.0 =
                    stepped(self.temperature.0, steps, HUNDREDTHS_STEP, &TEMPERATURES);
            }
            Setting::TopP => {
                self.top_p.0 = stepped(self.top_p.0, steps, HUNDREDTHS_STEP, &TOP_PS);
            }
            Setting::Seed => {
                let from = match self.seed {
                    Seed::Random => -1,
                    Seed::Fixed(seed) => i64::from(seed),
                };
                self.seed = match from + i64::from(steps) {
                    ..0 => Seed::Random,
                    seed => Seed::Fixed(u32::try_from(seed).unwrap_or(u32::MAX)),
                };
            }
            Setting::Length => {
                let most = model_length
                    .and_then(|most| u16::try_from(most).ok())
                    .unwrap_or(*LENGTHS.end())
                    .clamp(*LENGTHS.start(), *LENGTHS.end());
                let range = *LENGTHS.start()..=most;
                self.length = stepped(self.length.min(most), steps, LENGTH_STEP, &range);
            }
        }
        *self != before
    }
}

/// `value` moved by whole steps to multiples of `step`, within `range`.
fn stepped(value: u16, steps: i32, step: u16, range: &core::ops::RangeInclusive<u16>) -> u16 {
    let (value, step) = (i64::from(value), i64::from(step));
    // A value between two steps goes to the next one in the step's direction.
    let from = if steps < 0 {
        (value + step - 1).div_euclid(step)
    } else {
        value.div_euclid(step)
    };
    let to = (from + i64::from(steps)) * step;
    to.clamp(i64::from(*range.start()), i64::from(*range.end())) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn values_read_well() {
        assert_eq!(Hundredths(5).to_string(), "0.05");
        assert_eq!(Hundredths(100).to_string(), "1.00");
        assert_eq!(Seed::Random.to_string(), "random");
    }

    #[test]
    fn a_seed_below_zero_is_random() {
        let mut settings = Settings::default();
        assert!(!settings.step(Setting::Seed, -1, None));
        assert!(settings.step(Setting::Seed, 1, None));
        assert_eq!(settings.seed(), Seed::Fixed(0));
        assert!(settings.step(Setting::Seed, 100, None));
        assert_eq!(settings.seed(), Seed::Fixed(100));
        assert!(settings.step(Setting::Seed, -101, None));
        assert_eq!(settings.seed(), Seed::Random);
    }

    #[test]
    fn the_length_ends_at_the_model_s() {
        let mut settings = Settings::default();
        settings.step(Setting::Length, 100, Some(500));
        assert_eq!(settings.length(), 500);
        settings.step(Setting::Length, -1, Some(500));
        assert_eq!(settings.length(), 496);
        settings.step(Setting::Length, -1, Some(100));
        assert_eq!(settings.length(), 96);
    }

    proptest! {
        #[test]
        fn stepping_stays_in_range(steps in prop::collection::vec((0usize..4, -30i32..30), 0..60)) {
            let mut settings = Settings::default();
            for (index, by) in steps {
                let before = settings;
                let changed = settings.step(Setting::ALL[index], by, None);
                prop_assert_eq!(changed, before != settings);
                prop_assert!(TEMPERATURES.contains(&settings.temperature.0));
                prop_assert!(TOP_PS.contains(&settings.top_p.0));
                prop_assert!(LENGTHS.contains(&settings.length));
            }
        }
    }
}
