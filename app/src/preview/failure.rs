//! What went wrong, in one line.

use std::fmt;
use std::io;
use std::path::Path;

use app::PlatformError;
use render::picture::PictureError;

/// Why the work failed: one line that says what, and which file if it is about one.
#[derive(Clone, Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure that no file has to do with.
    pub fn new(what: impl fmt::Display) -> Failure {
        Failure(what.to_string())
    }

    /// A failure with a file.
    pub fn file(path: &Path, what: impl fmt::Display) -> Failure {
        Failure(format!("{}: {what}", path.display()))
    }

    /// A failure of standard output.
    pub fn output(error: io::Error) -> Failure {
        Failure(format!("standard output: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('\n', " "))
    }
}

impl std::error::Error for Failure {}

impl From<PlatformError> for Failure {
    fn from(error: PlatformError) -> Failure {
        Failure(error.what)
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Failure {
        Failure::new(error)
    }
}

impl From<Failure> for PlatformError {
    fn from(failure: Failure) -> PlatformError {
        PlatformError { what: failure.0 }
    }
}
