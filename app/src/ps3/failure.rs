//! What ends the program before its time.

use alloc::format;
use alloc::string::String;
use core::fmt::{self, Display, Write};

use app::PlatformError;
use psl1ght_rs::alarm;
use psl1ght_rs::tty::{STDERR, Tty};

/// Why the program cannot go on, in words.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// `what` could not be done, for the reason `why`.
    pub fn of(what: &str, why: impl Display) -> Failure {
        Failure(format!("{what}: {why}"))
    }

    /// Tells whoever can be told, and waits until it was read.
    pub fn tell(&self) {
        let _ = writeln!(Tty(STDERR), "storycell: {self}");
        alarm::show(format_args!("{self}"));
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<PlatformError> for Failure {
    fn from(error: PlatformError) -> Failure {
        Failure(error.what)
    }
}

impl From<Failure> for PlatformError {
    fn from(failure: Failure) -> PlatformError {
        PlatformError { what: failure.0 }
    }
}
