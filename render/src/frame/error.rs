//! Why a frame could not be drawn.

use core::fmt;

use rsx_gcm::ArgumentError;
use rsx_gcm::fifo::FifoError;
use rsx_gcm::memory::{ArenaError, OutOfRange};

/// Why a frame could not be drawn, or drawing could not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// The RSX stopped, or refused a command.
    Fifo(FifoError),
    /// There is not enough memory; the text says what for.
    Memory(&'static str, ArenaError),
    /// The memory that was handed out does not exist.
    OutOfRange(OutOfRange),
    /// The display takes no buffer of this mode.
    Display(ArgumentError),
    /// A shader could not be assembled; the text says which.
    Shader(&'static str),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::Fifo(error) => error.fmt(f),
            RenderError::Memory(what, error) => write!(f, "{what}: {error}"),
            RenderError::OutOfRange(error) => error.fmt(f),
            RenderError::Display(error) => write!(f, "display buffer: {error}"),
            RenderError::Shader(which) => write!(f, "cannot assemble the {which} program"),
        }
    }
}

impl core::error::Error for RenderError {}

impl From<FifoError> for RenderError {
    fn from(error: FifoError) -> Self {
        RenderError::Fifo(error)
    }
}

impl From<OutOfRange> for RenderError {
    fn from(error: OutOfRange) -> Self {
        RenderError::OutOfRange(error)
    }
}
