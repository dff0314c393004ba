//! What is wrong with a model, for the player.

use alloc::string::ToString;
use core::fmt::Display;

use app::inference::Failure;

/// Something that has to do with no file in particular.
pub fn general(what: impl Display) -> Failure {
    Failure {
        what: what.to_string(),
        file: None,
    }
}

/// Something about a file.
pub fn of_file(file: &str, what: impl Display) -> Failure {
    Failure {
        what: what.to_string(),
        file: Some(file.into()),
    }
}
