//! What can go wrong while a model is loaded.

use core::fmt;

use super::SystemError;
use crate::asm::AssembleError;
use crate::engine::layout::LayoutError;

/// Why an engine did not start.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The model is too large for the SPUs.
    Layout(LayoutError),
    /// The machine has no memory or no SPUs for it.
    System(SystemError),
    /// The program did not assemble: a fault in this crate.
    Program(AssembleError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(error) => error.fmt(f),
            Self::System(error) => error.fmt(f),
            Self::Program(error) => write!(f, "the SPU program: {error}"),
        }
    }
}

impl core::error::Error for LoadError {}

impl From<LayoutError> for LoadError {
    fn from(error: LayoutError) -> Self {
        Self::Layout(error)
    }
}

impl From<SystemError> for LoadError {
    fn from(error: SystemError) -> Self {
        Self::System(error)
    }
}

impl From<AssembleError> for LoadError {
    fn from(error: AssembleError) -> Self {
        Self::Program(error)
    }
}
