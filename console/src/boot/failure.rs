//! Why something failed.

use std::fmt;
use std::path::Path;

/// A failure: a line that names file and fault, and for a program that went wrong what a
/// person wants to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    line: String,
    report: String,
}

impl Failure {
    /// A failure that is about a file.
    pub fn file(path: &Path, what: impl fmt::Display) -> Self {
        Self::new(format!("{}: {what}", path.display()))
    }

    /// A failure that no file has to do with.
    pub fn new(what: impl fmt::Display) -> Self {
        Self {
            // Others' errors may go over lines.
            line: what.to_string().trim_end().replace('\n', " "),
            report: String::new(),
        }
    }

    /// The same with more to read about it, in lines.
    #[must_use]
    pub fn with_report(mut self, report: &str) -> Self {
        self.report.push_str(report);
        self
    }

    /// More to read about it, in lines; empty where there is no more.
    #[must_use]
    pub fn report(&self) -> &str {
        &self.report
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.line)
    }
}

impl std::error::Error for Failure {}
