//! From clip space to the window, with what lies behind the eye or too far outside cut off.

use super::Vertex;
use super::edges::Point;

/// Scale and offset that positions get after the division by w, and the depth range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Factors of x, y, z.
    pub scale: [f32; 3],
    /// Added to x, y, z.
    pub offset: [f32; 3],
    /// Least and greatest depth, where what lies outside is cut off.
    pub depth: Option<[f32; 2]>,
}

/// A vertex in the window.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Position, in units of 1/256 pixel.
    pub point: Point,
    /// Depth.
    pub z: f32,
    /// 1 / w.
    pub reciprocal_w: f32,
}

/// Window coordinates stay within this many pixels of the origin, so that all that follows is exact.
const GUARD: f32 = 16_384.0;

/// Smallest w that is drawn.
const NEAR: f32 = 1.0 / 65_536.0;

/// Cuts polygons at the planes that a viewport implies.
#[derive(Clone, Debug)]
pub struct Clipper {
    viewport: Viewport,
}

impl Clipper {
    /// A clipper for `viewport`.
    #[must_use]
    pub fn new(viewport: Viewport) -> Self {
        Self { viewport }
    }

    /// Signed distances from the planes, those of points inside not negative.
    fn distances(&self, vertex: &Vertex) -> [f64; 7] {
        let [x, y, z, w] = vertex.position().map(f64::from);
        let Viewport {
            scale,
            offset,
            depth,
        } = self.viewport;
        let window = |v: f64, axis: usize| v * f64::from(scale[axis]) + f64::from(offset[axis]) * w;
        let (x, y, z) = (window(x, 0), window(y, 1), window(z, 2));
        let guard = f64::from(GUARD) * w;
        let [near, far] = match depth {
            Some([near, far]) => [z - f64::from(near) * w, f64::from(far) * w - z],
            None => [0.0, 0.0],
        };
        [
            w - f64::from(NEAR),
            guard - x,
            guard + x,
            guard - y,
            guard + y,
            near,
            far,
        ]
    }

    /// Whether no plane cuts the vertex off; with anything but finite numbers the answer is no.
    #[must_use]
    pub fn is_inside(&self, vertex: &Vertex) -> bool {
        self.distances(vertex).iter().all(|&d| d >= 0.0)
    }

    /// The part of a convex polygon that no plane cuts off: fewer than three vertices where there is none.
    #[must_use]
    pub fn clip(&self, polygon: &[Vertex]) -> Vec<Vertex> {
        let mut polygon = polygon.to_vec();
        for plane in 0..7 {
            let distances: Vec<f64> = polygon.iter().map(|v| self.distances(v)[plane]).collect();
            if distances.iter().any(|d| !d.is_finite()) {
                return Vec::new();
            }
            let mut cut = Vec::with_capacity(polygon.len() + 1);
            for (i, vertex) in polygon.iter().enumerate() {
                let next = (i + 1) % polygon.len();
                let (here, there) = (distances[i], distances[next]);
                if here >= 0.0 {
                    cut.push(vertex.clone());
                }
                if (here >= 0.0) != (there >= 0.0) {
                    cut.push(between(vertex, &polygon[next], here / (here - there)));
                }
            }
            polygon = cut;
            if polygon.len() < 3 {
                return Vec::new();
            }
        }
        polygon
    }

    /// The part of a line that no plane cuts off.
    #[must_use]
    pub fn clip_line(&self, ends: [&Vertex; 2]) -> Option<[Vertex; 2]> {
        let [mut a, mut b] = ends.map(Vertex::clone);
        for plane in 0..7 {
            let (here, there) = (self.distances(&a)[plane], self.distances(&b)[plane]);
            if !here.is_finite() || !there.is_finite() || here < 0.0 && there < 0.0 {
                return None;
            }
            if here < 0.0 {
                a = between(&a, &b, here / (here - there));
            } else if there < 0.0 {
                b = between(&a, &b, here / (here - there));
            }
        }
        Some([a, b])
    }

    /// Where a vertex that is inside lies in the window.
    #[must_use]
    pub fn place(&self, vertex: &Vertex) -> Placed {
        let [x, y, z, w] = vertex.position();
        let Viewport { scale, offset, .. } = self.viewport;
        let reciprocal_w = 1.0 / w;
        // A cut vertex may miss its plane by a rounding.
        let fixed = |v: f32, axis: usize| {
            let pixels = v * reciprocal_w * scale[axis] + offset[axis];
            (f64::from(pixels.clamp(-GUARD, GUARD)) * 256.0).round_ties_even() as i32
        };
        Placed {
            point: Point {
                x: fixed(x, 0),
                y: fixed(y, 1),
            },
            z: z * reciprocal_w * scale[2] + offset[2],
            reciprocal_w,
        }
    }
}

/// The vertex at `t` (0 to 1) of the way from `a` to `b`.
fn between(a: &Vertex, b: &Vertex, t: f64) -> Vertex {
    let mix = |a: f32, b: f32| (f64::from(a) + (f64::from(b) - f64::from(a)) * t) as f32;
    let mix4 = |a: [f32; 4], b: [f32; 4]| [0, 1, 2, 3].map(|c| mix(a[c], b[c]));
    let mut outputs = a.outputs;
    for (output, other) in outputs.iter_mut().zip(&b.outputs) {
        *output = mix4(*output, *other);
    }
    Vertex { outputs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(position: [f32; 4]) -> Vertex {
        Vertex {
            outputs: [position; 16],
        }
    }

    fn clipper() -> Clipper {
        Clipper::new(Viewport {
            scale: [100.0, -50.0, 0.5],
            offset: [100.0, 50.0, 0.5],
            depth: None,
        })
    }

    #[test]
    fn positions_are_placed() {
        let placed = clipper().place(&vertex([1.0, 1.0, 0.0, 2.0]));
        assert_eq!(
            placed.point,
            Point {
                x: 150 * 256,
                y: 25 * 256
            }
        );
        assert_eq!((placed.z, placed.reciprocal_w), (0.5, 0.5));
    }

    #[test]
    fn what_is_behind_the_eye_is_cut_off() {
        let clipper = clipper();
        let triangle = [
            vertex([0.0, 0.0, 0.0, 1.0]),
            vertex([0.0, 1.0, 0.0, 1.0]),
            vertex([1.0, 0.0, 0.0, -1.0]),
        ];
        let cut = clipper.clip(&triangle);
        assert_eq!(cut.len(), 4);
        for vertex in &cut {
            let w = f64::from(vertex.position()[3]);
            assert!(w > 0.0);
            // Outputs were cut along with the position.
            assert_eq!(vertex.outputs[7], vertex.position());
            let x = f64::from(vertex.position()[0]) * 100.0 / w + 100.0;
            assert!(x.abs() <= f64::from(GUARD) * 1.001, "{x}");
        }
        assert!(
            clipper
                .clip(&triangle.map(|v| vertex([v.position()[0], 0.0, 0.0, -1.0])))
                .is_empty()
        );
        assert!(
            clipper
                .clip(&[0.0, 1.0, f32::NAN].map(|x| vertex([x, x * x, 0.0, 1.0])))
                .is_empty()
        );
    }
}
