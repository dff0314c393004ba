//! What went wrong, in one line.

use std::fmt;
use std::path::{Path, PathBuf};

/// An error, and the file that it is about.
pub struct Failure {
    file: PathBuf,
    problem: String,
}

impl Failure {
    /// Says which file an error is about.
    pub fn about<E: fmt::Display>(file: impl AsRef<Path>) -> impl FnOnce(E) -> Self {
        move |problem| Self {
            file: file.as_ref().to_owned(),
            // Names out of a file could break the line.
            problem: problem.to_string().replace(['\n', '\r'], " "),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.problem)
    }
}
