//! What the player chooses, and how it is kept.

mod file;
mod values;
mod words;

pub use file::{SettingsError, parse, write};
pub use values::{Hundredths, Seed, Setting, Settings};

/// The name under which settings are [stored](crate::Platform::store).
pub const STORAGE_KEY: &str = "settings";

/// The name under which the chosen model is stored: the
/// [source](crate::inference::ModelChoice::source) as text.
pub const MODEL_KEY: &str = "model";
