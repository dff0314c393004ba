//! From shaded vertices to runs of pixels: primitives, clipping, fill rule, interpolation.

mod clip;
mod edges;
mod interpolate;
mod primitive;

pub use clip::{Clipper, Placed, Viewport};
pub use edges::{Point, Triangle};
pub use interpolate::{Frame, Plane};
pub use primitive::{Assembler, Shape};

use super::vertex::{Registers, Vec4};

/// A vertex after the vertex program.
#[derive(Clone, Debug, PartialEq)]
pub struct Vertex {
    /// All outputs; the first is the position in clip space.
    pub outputs: Registers,
}

impl Vertex {
    /// Position in clip space.
    #[must_use]
    pub fn position(&self) -> Vec4 {
        self.outputs[0]
    }
}
