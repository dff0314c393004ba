//! Putting vertices together.

use rsx_gcm::methods::fields::Primitive;

/// Vertices that make a shape, by their places in the stream; `flat` is the one whose colour a flat shape has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A point.
    Point(usize),
    /// A line.
    Line([usize; 2]),
    /// A triangle, its corners in the order of its winding.
    Triangle {
        /// The corners.
        corners: [usize; 3],
        /// The vertex of the flat colour (OpenGL: the last one of the primitive).
        flat: usize,
    },
}

/// Takes the number of vertices so far and gives the shapes that the last one completes.
#[derive(Clone, Copy, Debug)]
pub struct Assembler(pub Primitive);

impl Assembler {
    /// Calls `f` with each shape that vertex `n` (counted from 0) completes.
    pub fn add(self, n: usize, mut f: impl FnMut(Shape)) {
        let mut triangle = |corners: [usize; 3], flat| f(Shape::Triangle { corners, flat });
        match self.0 {
            Primitive::Triangles if n % 3 == 2 => triangle([n - 2, n - 1, n], n),
            Primitive::TriangleStrip if n >= 2 => {
                // Every other triangle of a strip is wound the other way.
                if n.is_multiple_of(2) {
                    triangle([n - 2, n - 1, n], n);
                } else {
                    triangle([n - 1, n - 2, n], n);
                }
            }
            Primitive::TriangleFan if n >= 2 => triangle([0, n - 1, n], n),
            // OpenGL: a polygon has the colour of its first vertex.
            Primitive::Polygon if n >= 2 => triangle([0, n - 1, n], 0),
            Primitive::Quads if n % 4 == 3 => {
                triangle([n - 3, n - 2, n - 1], n);
                triangle([n - 3, n - 1, n], n);
            }
            Primitive::QuadStrip if n >= 3 && n % 2 == 1 => {
                triangle([n - 3, n - 2, n], n);
                triangle([n - 3, n, n - 1], n);
            }
            Primitive::Points => f(Shape::Point(n)),
            Primitive::Lines if n % 2 == 1 => f(Shape::Line([n - 1, n])),
            Primitive::LineStrip | Primitive::LineLoop if n >= 1 => f(Shape::Line([n - 1, n])),
            _ => {}
        }
    }

    /// Calls `f` with each shape that the end of `count` vertices completes.
    pub fn end(self, count: usize, mut f: impl FnMut(Shape)) {
        if self.0 == Primitive::LineLoop && count >= 2 {
            f(Shape::Line([count - 1, 0]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(primitive: Primitive, count: usize) -> Vec<[usize; 3]> {
        let mut all = Vec::new();
        for n in 0..count {
            Assembler(primitive).add(n, |shape| match shape {
                Shape::Triangle { corners, .. } => all.push(corners),
                _ => panic!("no triangle"),
            });
        }
        all
    }

    #[test]
    fn triangles_are_put_together() {
        assert_eq!(corners(Primitive::Triangles, 8), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(
            corners(Primitive::TriangleStrip, 5),
            [[0, 1, 2], [2, 1, 3], [2, 3, 4]]
        );
        assert_eq!(
            corners(Primitive::TriangleFan, 5),
            [[0, 1, 2], [0, 2, 3], [0, 3, 4]]
        );
        assert_eq!(corners(Primitive::Polygon, 4), [[0, 1, 2], [0, 2, 3]]);
        assert_eq!(corners(Primitive::Quads, 7), [[0, 1, 2], [0, 2, 3]]);
        assert_eq!(
            corners(Primitive::QuadStrip, 6),
            [[0, 1, 3], [0, 3, 2], [2, 3, 5], [2, 5, 4]]
        );
    }

    #[test]
    fn a_loop_is_closed() {
        let mut lines = Vec::new();
        let mut add = |shape| match shape {
            Shape::Line(line) => lines.push(line),
            _ => panic!("no line"),
        };
        for n in 0..3 {
            Assembler(Primitive::LineLoop).add(n, &mut add);
        }
        Assembler(Primitive::LineLoop).end(3, &mut add);
        assert_eq!(lines, [[0, 1], [1, 2], [2, 0]]);
    }
}
