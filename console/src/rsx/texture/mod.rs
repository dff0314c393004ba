//! Textures: what a unit's registers say, and reading texels with filters.

mod sampler;
mod swizzle;
mod texel;

pub use sampler::{Registers, Sampler};
