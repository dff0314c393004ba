//! What can go wrong between sources and a checked image.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::image::ImageError;

/// Why no program came out.
#[derive(Debug)]
pub enum BuildError {
    /// No compiler with the library source that belongs to it was found, and none could be fetched.
    NoToolchain {
        /// One line for each way that was tried, and why it did not work.
        tried: Vec<String>,
    },
    /// The current folder belongs to no cargo workspace.
    NoWorkspace,
    /// Neither `rust-lld` nor `ld.lld` is there.
    NoLinker {
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// A file or folder could not be read or written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was to be done with it.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A command could not be started.
    Start {
        /// The program's name.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A command ended with an error; what it had to say stands on standard error.
    Failed {
        /// The command, as one would type it.
        command: String,
        /// What it was for.
        purpose: &'static str,
    },
    /// What the linker made is not an image that LV2 can start.
    Image {
        /// The linked file.
        path: PathBuf,
        /// What is wrong with it.
        source: ImageError,
    },
}

impl BuildError {
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToolchain { tried } => {
                write!(f, "no Rust compiler with its library source: ")?;
                for line in tried {
                    write!(f, "{line}; ")?;
                }
                write!(
                    f,
                    "run `rustup component add rust-src`, or on Debian install \
                     rustc-web, cargo-web and rust-web-src"
                )
            }
            Self::NoWorkspace => {
                write!(
                    f,
                    "no Cargo.toml here or above: run this in the folder of the sources"
                )
            }
            Self::NoLinker { looked } => {
                write!(f, "no linker: neither rust-lld nor ld.lld in ")?;
                for (i, path) in looked.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, path.display())?;
                }
                write!(
                    f,
                    "; rustup's toolchains have rust-lld, Debian's package lld has ld.lld"
                )
            }
            Self::Io {
                path,
                action,
                source,
            } => {
                write!(f, "cannot {action} {}: {source}", path.display())
            }
            Self::Start { program, source } => write!(f, "cannot start {program}: {source}"),
            Self::Failed { command, purpose } => write!(f, "{purpose} failed: {command}"),
            Self::Image { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Start { source, .. } => Some(source),
            Self::Image { source, .. } => Some(source),
            _ => None,
        }
    }
}
