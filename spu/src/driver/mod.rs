//! The driver on the PPU: owns the SPU thread group and feeds it tokens.

pub mod system;

pub use system::{Event, SpuSystem, SystemError};
