//! Vertices and triangles in pixels.

use alloc::vec::Vec;

use crate::scene::Colour;

/// A corner of a triangle, as the vertex program gets it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vertex {
    /// Pixels from the left edge of the frame buffer.
    pub x: f32,
    /// Pixels from its upper edge.
    pub y: f32,
    /// Column in the atlas, in texels.
    pub u: i16,
    /// Row in the atlas, in texels.
    pub v: i16,
    /// Red, green, blue and opacity; the first three multiplied by the last, or
    /// more than that for light which adds to what is behind.
    pub colour: [u8; 4],
}

/// A colour of the scene at some opacity, on its way to a vertex: premultiplied
/// and rounded once, at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    colour: Colour,
    alpha: f32,
    light: bool,
}

impl Paint {
    /// The colour, its opacity multiplied by `alpha` (0–1).
    pub fn new(colour: Colour, alpha: f32) -> Paint {
        Paint {
            colour,
            alpha,
            light: false,
        }
    }

    /// The colour as light: it brightens what is behind and covers nothing.
    pub fn light(colour: Colour, alpha: f32) -> Paint {
        Paint {
            light: true,
            ..Paint::new(colour, alpha)
        }
    }

    /// The paint with its opacity multiplied by `alpha` (0–1).
    pub fn faded(self, alpha: f32) -> Paint {
        Paint {
            alpha: self.alpha * alpha,
            ..self
        }
    }

    /// What a vertex takes.
    pub fn premultiplied(self) -> [u8; 4] {
        let opacity = (f32::from(self.colour.a) / 255.0 * self.alpha).clamp(0.0, 1.0);
        let part = |c: u8| (f32::from(c) * opacity + 0.5) as u8;
        let covered = if self.light { 0.0 } else { opacity };
        [
            part(self.colour.r),
            part(self.colour.g),
            part(self.colour.b),
            (covered * 255.0 + 0.5) as u8,
        ]
    }

    /// Whether it leaves no trace.
    pub fn is_invisible(self) -> bool {
        let [r, g, b, a] = self.premultiplied();
        r == 0 && g == 0 && b == 0 && a == 0
    }
}

/// Triangles over shared vertices.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// The corners.
    pub vertices: Vec<Vertex>,
    /// Three to a triangle.
    pub indices: Vec<u16>,
}

/// The most vertices of a frame; an index has 16 bits.
pub const MAX_VERTICES: usize = 1 << 15;

/// The most indices of a frame.
pub const MAX_INDICES: usize = 1 << 17;

impl Mesh {
    /// Forgets all triangles and keeps the memory.
    pub fn clear(&mut self) {
        self.vertices.clear();
        self.indices.clear();
    }

    /// Adds a corner without a texture and returns its index. When the mesh is
    /// full, triangles that need the corner vanish.
    pub fn corner(&mut self, x: f32, y: f32, paint: Paint) -> Option<u16> {
        self.vertex(Vertex {
            x,
            y,
            u: 0,
            v: 0,
            colour: paint.premultiplied(),
        })
    }

    /// Adds any corner.
    pub fn vertex(&mut self, vertex: Vertex) -> Option<u16> {
        if self.vertices.len() >= MAX_VERTICES {
            return None;
        }
        self.vertices.push(vertex);
        Some((self.vertices.len() - 1) as u16)
    }

    /// Adds a triangle between corners that were added before, unless the mesh
    /// is full.
    pub fn triangle(&mut self, corners: [Option<u16>; 3]) {
        if let [Some(a), Some(b), Some(c)] = corners
            && self.indices.len() + 3 <= MAX_INDICES
        {
            self.indices.extend([a, b, c]);
        }
    }

    /// Adds a quadrilateral, its corners in order around it.
    pub fn quad(&mut self, [a, b, c, d]: [Option<u16>; 4]) {
        self.triangle([a, b, c]);
        self.triangle([a, c, d]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paint_is_premultiplied_once() {
        let half = Paint::new(Colour::rgba(255, 100, 0, 128), 1.0);
        assert_eq!(half.premultiplied(), [128, 50, 0, 128]);
        let light = Paint::light(Colour::rgba(255, 100, 0, 128), 1.0);
        assert_eq!(light.premultiplied(), [128, 50, 0, 0]);
        assert!(half.faded(0.0).is_invisible() && !half.is_invisible());
    }

    #[test]
    fn a_full_mesh_drops_triangles_whole() {
        let mut mesh = Mesh::default();
        let paint = Paint::new(Colour::WHITE, 1.0);
        for i in 0..MAX_VERTICES + 5 {
            let a = mesh.corner(0.0, 0.0, paint);
            assert_eq!(a.is_some(), i < MAX_VERTICES);
            mesh.triangle([Some(0), Some(0), a]);
        }
        assert_eq!(mesh.indices.len(), MAX_VERTICES * 3);
    }
}
