//! What goes wrong with an access or a mapping.

use std::fmt;

/// What a program was about to do with memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// A load, or a cache instruction that counts as one.
    Load,
    /// A store, or `dcbz`.
    Store,
    /// An instruction fetch.
    Fetch,
}

/// An access that the hardware interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessFault {
    /// The first byte that could not be accessed.
    pub address: u64,
    /// What was to be done there.
    pub kind: AccessKind,
    /// Why it could not.
    pub cause: AccessCause,
}

/// Why an access is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCause {
    /// Nothing is mapped there.
    Unmapped,
    /// The mapping does not allow it.
    Protected,
    /// The instruction needs an aligned address.
    Misaligned,
}

impl AccessFault {
    pub(in super::super) const fn unmapped(address: u64, kind: AccessKind) -> Self {
        Self {
            address,
            kind,
            cause: AccessCause::Unmapped,
        }
    }

    pub(super) const fn protected(address: u64, kind: AccessKind) -> Self {
        Self {
            address,
            kind,
            cause: AccessCause::Protected,
        }
    }

    pub(in super::super) const fn misaligned(address: u64, kind: AccessKind) -> Self {
        Self {
            address,
            kind,
            cause: AccessCause::Misaligned,
        }
    }
}

impl fmt::Display for AccessFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            AccessKind::Load => "load from",
            AccessKind::Store => "store to",
            AccessKind::Fetch => "instruction fetch from",
        };
        let cause = match self.cause {
            AccessCause::Unmapped => "unmapped",
            AccessCause::Protected => "protected",
            AccessCause::Misaligned => "misaligned",
        };
        write!(to, "{kind} {cause} address {:#010x}", self.address)
    }
}

impl std::error::Error for AccessFault {}

/// A mapping that cannot be made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapError {
    /// The range is not of whole 64 KB granules.
    Misaligned {
        /// Where the range starts.
        address: u64,
        /// Its bytes.
        size: u64,
    },
    /// The range leaves the 4 GB address space.
    OutOfRange {
        /// Where the range starts.
        address: u64,
        /// Its bytes.
        size: u64,
    },
    /// This granule is mapped already.
    Overlap(u64),
    /// This granule is not mapped.
    Unmapped(u64),
}

impl fmt::Display for MapError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misaligned { address, size } => write!(
                to,
                "{size:#x} bytes at {address:#x} are not whole 64 KB granules"
            ),
            Self::OutOfRange { address, size } => {
                write!(to, "{size:#x} bytes at {address:#x} leave the 4 GB")
            }
            Self::Overlap(at) => write!(to, "{at:#x} is mapped already"),
            Self::Unmapped(at) => write!(to, "{at:#x} is not mapped"),
        }
    }
}

impl std::error::Error for MapError {}
