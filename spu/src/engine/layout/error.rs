//! What can be too large.

use crate::engine::map::DoesNotFit;
use crate::kernels::exchange::MAX_SPUS;

/// Why a model cannot be laid out for the SPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// A group has 1 to 6 SPUs.
    SpuCount {
        /// SPUs asked for.
        found: usize,
    },
    /// The vectors do not fit into local store.
    LocalStore(DoesNotFit),
    /// Something that has to be moved by one DMA command is larger than one can move.
    Transfer {
        /// What it is.
        what: &'static str,
        /// Its bytes.
        bytes: usize,
        /// The most that it may have.
        most: usize,
    },
    /// The context is longer than the kernels can count.
    Context {
        /// Its length in tokens.
        found: usize,
        /// The greatest length.
        most: usize,
    },
    /// Beside the weights, which can be streamed, there is too much for the memory that is free.
    Budget {
        /// Bytes that it needs at the least.
        needed: usize,
        /// Bytes that there are.
        budget: usize,
    },
    /// The model does not fit into 32 bits of effective address.
    Memory {
        /// Bytes that it needs.
        bytes: u64,
    },
}

impl core::fmt::Display for LayoutError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::SpuCount { found } => {
                write!(f, "{found} SPUs were asked for, expected 1 to {MAX_SPUS}")
            }
            Self::LocalStore(DoesNotFit { needed, available }) => write!(
                f,
                "the model's vectors take {needed} bytes of local store, which has {available} for them"
            ),
            Self::Transfer { what, bytes, most } => {
                write!(f, "{what} takes {bytes} bytes, expected at most {most}")
            }
            Self::Context { found, most } => {
                write!(f, "seq_len is {found}, expected at most {most}")
            }
            Self::Budget { needed, budget } => write!(
                f,
                "the model takes at least {} MB of memory, of which {} MB are free for it",
                needed.div_ceil(1 << 20),
                budget >> 20
            ),
            Self::Memory { bytes } => {
                write!(
                    f,
                    "the model takes {bytes} bytes, more than 32 bits address"
                )
            }
        }
    }
}

impl core::error::Error for LayoutError {}
