//! Models to choose from.

use alloc::string::String;

/// A model that the platform knows of; whether it can be used shows when it is
/// loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChoice {
    /// What names it to the platform, and what [`super::ModelFacts::source`]
    /// says once it is loaded: a file's path, or "built in".
    pub source: String,
    /// Its name.
    pub title: String,
    /// What else there is to know, such as where it is and how large.
    pub detail: String,
}
