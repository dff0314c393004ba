//! Shapes as triangles with smooth edges.
//!
//! An edge is a strip one pixel wide, centred on the true edge, over which the
//! opacity falls to nothing: sampled at pixel centres, that is the part of the
//! pixel that the shape covers, and no multisampling is needed. Edges that
//! fall between pixels are exact where the shape is snapped to the grid.

mod glow;
mod line;
mod outline;
mod panel;
mod wave;

pub(crate) use glow::glow;
pub(crate) use line::line;
pub(crate) use panel::{panel, pill};
pub(crate) use wave::{ground, ribbons};

use crate::geometry::Rect;
use crate::list::{Mesh, Paint};
use outline::{Edge, Rounded};

/// From logical units to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Pixels in a unit along x.
    pub x: f32,
    /// Pixels in a unit along y.
    pub y: f32,
}

impl Scale {
    /// The rectangle in pixels, its edges on the pixel grid, with round corners.
    fn snapped(&self, rect: &Rect, radius: f32) -> Rounded {
        let left = libm::roundf(rect.x * self.x);
        let top = libm::roundf(rect.y * self.y);
        Rounded {
            left,
            top,
            right: libm::roundf(rect.right() * self.x).max(left),
            bottom: libm::roundf(rect.bottom() * self.y).max(top),
            radius_x: radius * self.x,
            radius_y: radius * self.y,
        }
    }
}

/// Fills a closed outline seen whole from `centre`, up to half a pixel inside
/// of it, and returns the corners on that inner edge.
fn fan(
    mesh: &mut Mesh,
    edges: &[Edge],
    centre: (f32, f32),
    paint: &dyn Fn(f32) -> Paint,
) -> alloc::vec::Vec<Option<u16>> {
    let middle = mesh.corner(centre.0, centre.1, paint(centre.1));
    let inner: alloc::vec::Vec<_> = edges
        .iter()
        .map(|e| {
            let (x, y) = e.moved(-0.5);
            mesh.corner(x, y, paint(e.y))
        })
        .collect();
    for (i, &corner) in inner.iter().enumerate() {
        mesh.triangle([middle, corner, inner[(i + 1) % inner.len()]]);
    }
    inner
}

/// Joins two closed rows of corners by a ring of quadrilaterals.
fn ring(mesh: &mut Mesh, inner: &[Option<u16>], outer: &[Option<u16>]) {
    let next = |i: usize| (i + 1) % inner.len();
    for i in 0..inner.len() {
        mesh.quad([inner[i], outer[i], outer[next(i)], inner[next(i)]]);
    }
}
