//! The command FIFO: packets, the ring they are written to, and waiting.

mod context;
pub mod packet;
mod ring;
mod sync;

pub use context::{Context, FifoError, Window};
pub use ring::{Ring, RingError};

#[cfg(test)]
mod tests;
