//! The settings in words.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Seed, Setting, Settings};

impl Setting {
    /// The name that is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Setting::Temperature => "Temperature",
            Setting::TopP => "Top-p",
            Setting::Seed => "Seed",
            Setting::Length => "Length",
        }
    }

    /// What it does, in one line.
    pub const fn help(self) -> &'static str {
        match self {
            Setting::Temperature => "How freely words are chosen; 0 always takes the likeliest",
            Setting::TopP => "How unlikely a word may be; 1 allows all",
            Setting::Seed => "Random, or a number that tells the same story again",
            Setting::Length => "The length of a story in tokens, prompt included",
        }
    }
}

impl Settings {
    /// A setting's value as it is shown.
    pub fn shown(&self, setting: Setting) -> String {
        match setting {
            Setting::Temperature => self.temperature().to_string(),
            Setting::TopP => self.top_p().to_string(),
            Setting::Seed => match self.seed() {
                Seed::Random => "Random".into(),
                Seed::Fixed(seed) => seed.to_string(),
            },
            Setting::Length => format!("{} tokens", self.length()),
        }
    }
}
