//! RSX bindings: FIFO, methods, NV40 programs, textures, surfaces and flip.
//!
//! The same code drives the RSX of a console and the simulated one of the
//! desktop preview: everything goes through the traits of [`device`] and
//! [`memory`]. A [`Context`](fifo::Context) holds a device and the ring that
//! its commands are written to; what can be sent are its methods, each in the
//! module of its subject.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod argument;
pub mod device;
pub mod draw;
pub mod fifo;
pub mod flip;
pub mod fp;
pub mod memory;
pub mod methods;
pub mod operand;
pub mod state;
pub mod surface;
pub mod swizzle;
pub mod texture;
pub mod transfer;
pub mod vertex;
pub mod vp;

pub use argument::ArgumentError;

#[cfg(test)]
mod testing;
