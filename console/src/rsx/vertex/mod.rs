//! Vertices: attributes, and the vertex program that turns them into outputs.

mod attribute;
mod microcode;
mod program;
#[cfg(test)]
mod tests;

pub use attribute::Array;
pub use microcode::SLOTS;
pub use program::{Registers, Unit, Vec4};
