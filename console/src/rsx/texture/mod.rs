//! Textures: what a unit's registers say, and reading texels with filters.

mod sampler;
#[cfg(test)]
mod tests;
mod texel;

pub use sampler::{Registers, Sampler};
