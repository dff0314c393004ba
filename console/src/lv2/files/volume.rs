//! What a volume can do. Paths are the names within it; none is the volume's own folder.

use crate::lv2::errno::Errno;

/// What there is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Kind {
    File,
    Folder,
}

/// What is known of a file or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) struct Status {
    pub kind: Kind,
    /// Bytes of a file.
    pub size: u64,
    /// Seconds since 1970 of the last access, of the last change, of the last change of
    /// what is noted here.
    pub times: [i64; 3],
    /// Whether it may be changed.
    pub writable: bool,
}

impl Status {
    /// That of a folder of which nothing is known.
    pub fn root() -> Self {
        Self {
            kind: Kind::Folder,
            size: 0,
            times: [0; 3],
            writable: false,
        }
    }
}

/// How a volume opens a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct How {
    pub write: bool,
    pub create: bool,
    pub exclusive: bool,
}

/// An open file.
pub(super) trait File: Send {
    fn size(&mut self) -> Result<u64, Errno>;
    fn status(&mut self) -> Result<Status, Errno>;
    /// Reads at a position until the buffer is full or the file ends.
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<usize, Errno>;
    /// Writes at a position; what lies between the end and it becomes zeros.
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<usize, Errno>;
    fn resize(&mut self, size: u64) -> Result<(), Errno>;
}

/// Files and folders.
pub(super) trait Volume: Send {
    fn open(&mut self, names: &[String], how: How) -> Result<Box<dyn File>, Errno>;
    fn status(&self, names: &[String]) -> Result<Status, Errno>;
    /// The entries of a folder, in any order.
    fn list(&self, names: &[String]) -> Result<Vec<(String, Kind)>, Errno>;
    fn make_folder(&mut self, names: &[String]) -> Result<(), Errno>;
    fn remove_folder(&mut self, names: &[String]) -> Result<(), Errno>;
    fn remove_file(&mut self, names: &[String]) -> Result<(), Errno>;
    /// Gives something a name that nothing has.
    fn rename(&mut self, from: &[String], to: &[String]) -> Result<(), Errno>;
    fn set_times(&mut self, names: &[String], access: i64, change: i64) -> Result<(), Errno>;
    /// Bytes of all files.
    fn used(&self) -> Result<u64, Errno>;
}
