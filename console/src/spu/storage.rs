//! Main storage as memory flow controllers reach it.

use std::fmt;

/// Main storage: what lies at effective addresses outside of the windows of SPUs.
///
/// Who else writes it must tell the [`Cluster`](super::Cluster) of lines that SPUs have
/// reserved: see [`Cluster::lose_reservations`](super::Cluster::lose_reservations).
pub trait Storage {
    /// Copies bytes from an effective address.
    ///
    /// # Errors
    /// Where one of them is no storage that can be read.
    fn read(&self, address: u64, into: &mut [u8]) -> Result<(), StorageFault>;

    /// Copies bytes to an effective address.
    ///
    /// # Errors
    /// Where one of them is no storage that can be written; nothing is written then.
    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), StorageFault>;

    /// Learns which lines (addresses of 128 bytes each) SPUs have reserved now.
    fn reserved(&mut self, lines: &[u64]) {
        let _ = lines;
    }
}

/// An access to main storage that is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFault {
    /// Nothing is there: a segment or page fault.
    Nothing,
    /// It is there and may not be accessed so.
    Protected,
}

impl fmt::Display for StorageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "no storage that the SPU reaches",
            Self::Protected => "storage that may not be accessed so",
        })
    }
}

impl std::error::Error for StorageFault {}
