//! Why a program did not reach the console.

use std::{fmt, io};

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Opening the connection.
    Connect,
    /// Sending the program.
    Send,
    /// Waiting for the console to take the last bytes.
    Close,
}

/// Why a program was not sent.
#[derive(Debug)]
pub enum Error {
    /// The file is neither a SELF nor a zip archive.
    Program,
    /// The file has more bytes than 32 bits count.
    TooLong(usize),
    /// An argument has a zero byte.
    Argument(String),
    /// The arguments have this many bytes together.
    Arguments(usize),
    /// There is no such address.
    Address(String),
    /// The network failed.
    Network {
        /// While this was done.
        step: Step,
        /// In this way.
        error: io::Error,
    },
}

impl Error {
    pub(super) fn network(step: Step, error: io::Error) -> Self {
        Self::Network { step, error }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program => f.write_str("is neither a SELF nor a zip archive"),
            Self::TooLong(size) => write!(f, "has {size} bytes, a loader takes up to {}", u32::MAX),
            Self::Argument(argument) => write!(f, "the argument {argument:?} has a zero byte"),
            Self::Arguments(size) => write!(
                f,
                "the arguments have {size} bytes, a loader takes up to {}",
                super::LONGEST_ARGUMENTS
            ),
            Self::Address(address) => write!(
                f,
                "{address:?} is no address of a console, as 192.168.0.30 is one"
            ),
            Self::Network { step, error } => {
                let is_timeout = matches!(
                    error.kind(),
                    io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
                );
                match (step, is_timeout) {
                    (Step::Connect, true) => f.write_str("the console does not answer"),
                    (Step::Connect, false) => write!(
                        f,
                        "cannot connect: {error}; does a loader wait on the console?"
                    ),
                    (Step::Send, true) => f.write_str("the console stopped taking the program"),
                    (Step::Send, false) => write!(f, "the console gave up: {error}"),
                    (Step::Close, _) => write!(f, "the console refused the program: {error}"),
                }
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Network { error, .. } => Some(error),
            _ => None,
        }
    }
}
