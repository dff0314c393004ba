//! A volume at a path, and how much fits on it.

use std::fmt;
use std::path::PathBuf;

use super::path::Path;
use super::volume::{File, Status, Volume};
use crate::lv2::errno::Errno;

/// Bytes of a device of which nothing else is said: the smallest hard disk that the console
/// was sold with has 20 GB.
const DEFAULT_CAPACITY: u64 = 20_000_000_000;

/// A device for the programs of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where programs see it: `/dev_hdd0`, `/dev_usb000`, `/app_home` or any other path.
    pub path: String,
    /// The folder of the host that has its files; in memory if there is none.
    pub folder: Option<PathBuf>,
    /// Whether programs can only read.
    pub read_only: bool,
    /// Bytes that its files can have in all.
    pub capacity: u64,
}

impl Mount {
    /// A folder of the host, which programs may change.
    pub fn folder(path: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
            ..Self::memory(path)
        }
    }

    /// An empty device in memory, which programs may change.
    pub fn memory(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            folder: None,
            read_only: false,
            capacity: DEFAULT_CAPACITY,
        }
    }
}

/// Why something cannot be mounted.
#[derive(Debug)]
pub enum MountError {
    /// The path is not absolute, is the root, or has something mounted already.
    Guest {
        /// The path.
        path: String,
    },
    /// The host's folder cannot be used.
    Host {
        /// The folder.
        folder: PathBuf,
        /// Why.
        why: std::io::Error,
    },
}

impl fmt::Display for MountError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest { path } => write!(
                to,
                "nothing can be mounted at {path:?}: expected an absolute path that is free"
            ),
            Self::Host { folder, why } => write!(to, "{}: {why}", folder.display()),
        }
    }
}

impl std::error::Error for MountError {}

/// What holds for all files of a mount.
pub(super) struct State {
    pub read_only: bool,
    pub capacity: u64,
    /// Bytes of all files, once that has mattered.
    used: Option<u64>,
}

impl State {
    pub fn new(read_only: bool, capacity: u64) -> Self {
        Self {
            read_only,
            capacity,
            used: None,
        }
    }

    /// Notes that a file has another size.
    pub fn grown(&mut self, from: u64, to: u64) {
        if let Some(used) = &mut self.used {
            *used = used.saturating_sub(from).saturating_add(to);
        }
    }

    /// A status as programs see it.
    pub fn status(&self, status: Status) -> Status {
        Status {
            writable: !self.read_only,
            ..status
        }
    }
}

/// A volume at a path.
pub(super) struct Mounted {
    pub path: Path,
    pub volume: Box<dyn Volume>,
    pub state: State,
}

impl Mounted {
    /// Bytes that are free.
    pub fn free(&mut self) -> Result<u64, Errno> {
        let used = match self.state.used {
            Some(used) => used,
            None => self.volume.used()?,
        };
        self.state.used = Some(used);
        Ok(self.state.capacity.saturating_sub(used))
    }

    /// Bytes that can be written at a position of a file.
    pub fn room(&mut self, size: u64, position: u64) -> Result<u64, Errno> {
        let most = size.saturating_add(self.free()?);
        Ok(most.saturating_sub(position))
    }

    /// Changes the size of a file.
    pub fn resize(&mut self, file: &mut dyn File, size: u64) -> Result<(), Errno> {
        let old = file.size()?;
        if size > old && size - old > self.free()? {
            return Err(Errno::ENOSPC);
        }
        file.resize(size)?;
        self.state.grown(old, size);
        Ok(())
    }
}
