//! The driver on the PPU: owns the SPU thread group and feeds it tokens.
//!
//! [`SpuEngine`] is a [`llama::Engine`] over any [`SpuSystem`].

mod engine;
mod error;
pub mod system;
mod weights;
mod windows;

pub use engine::SpuEngine;
pub use error::LoadError;
pub use system::{Event, SpuSystem, SystemError};
pub use weights::{Progress, block_format};
pub use windows::Watch;
