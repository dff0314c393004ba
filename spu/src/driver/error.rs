//! What can go wrong while a model is loaded.

use core::fmt;

use llama::stored::WeightsError;

use super::SystemError;
use super::weights::MoveError;
use crate::asm::AssembleError;
use crate::engine::layout::LayoutError;

/// Why an engine did not start.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The model is too large for the SPUs.
    Layout(LayoutError),
    /// Its weights are not to be had.
    Weights(WeightsError),
    /// The machine has no memory or no SPUs for it.
    System(SystemError),
    /// The program did not assemble: a fault in this crate.
    Program(AssembleError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(error) => error.fmt(f),
            Self::Weights(error) => error.fmt(f),
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

impl From<WeightsError> for LoadError {
    fn from(error: WeightsError) -> Self {
        Self::Weights(error)
    }
}

impl From<MoveError> for LoadError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Weights(error) => Self::Weights(error),
            MoveError::System(error) => Self::System(error),
        }
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
