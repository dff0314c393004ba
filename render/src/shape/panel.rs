//! Filled and bordered rectangles.

use alloc::vec::Vec;

use super::outline::{Edge, Rounded};
use super::{Scale, fan, ring};
use crate::geometry::Rect;
use crate::list::{Mesh, Paint};
use crate::scene::{Border, Colour, Panel};

/// Adds a panel, its edges snapped to whole pixels.
pub(crate) fn panel(mesh: &mut Mesh, scale: Scale, panel: &Panel, alpha: f32) {
    let shape = scale.snapped(&panel.rect, panel.radius);
    fill(mesh, &shape, panel.top, panel.bottom, alpha);
    if let Some(border) = panel.border {
        frame(mesh, scale, &shape, border, alpha);
    }
}

/// Adds a rectangle of one colour with round ends.
pub(crate) fn pill(mesh: &mut Mesh, scale: Scale, rect: &Rect, colour: Colour, alpha: f32) {
    let radius = rect.height.min(rect.width) * 0.5;
    fill(mesh, &scale.snapped(rect, radius), colour, colour, alpha);
}

/// Fills a shape with a vertical gradient.
fn fill(mesh: &mut Mesh, shape: &Rounded, top: Colour, bottom: Colour, alpha: f32) {
    let height = shape.bottom - shape.top;
    if height <= 0.0 || shape.right <= shape.left {
        return;
    }
    let paint = |y: f32| Paint::new(top.mixed(bottom, (y - shape.top) / height), alpha);
    if paint(shape.top).is_invisible() && paint(shape.bottom).is_invisible() {
        return;
    }
    let edges = shape.outline(shape.pieces());
    let inner = fan(mesh, &edges, shape.centre(), &paint);
    let outer = row(mesh, &edges, 0.5, &|y| paint(y).faded(0.0));
    ring(mesh, &inner, &outer);
}

/// Draws a border inside of the shape's edge. One that is thinner than a pixel
/// becomes a pixel wide and as much fainter.
fn frame(mesh: &mut Mesh, scale: Scale, shape: &Rounded, border: Border, alpha: f32) {
    let (wide, high) = (border.width * scale.x, border.width * scale.y);
    let thin = wide.min(high).clamp(0.0, 1.0);
    let paint = Paint::new(border.colour, alpha * thin);
    if paint.is_invisible() {
        return;
    }
    let hole = shape.outset(-wide.max(1.0), -high.max(1.0));
    let pieces = shape.pieces();
    let (outside, inside) = (shape.outline(pieces), hole.outline(pieces));
    let clear = paint.faded(0.0);
    let rows = [
        row(mesh, &outside, 0.5, &|_| clear),
        row(mesh, &outside, -0.5, &|_| paint),
        row(mesh, &inside, 0.5, &|_| paint),
        row(mesh, &inside, -0.5, &|_| clear),
    ];
    for pair in rows.windows(2) {
        ring(mesh, &pair[1], &pair[0]);
    }
}

/// A closed row of corners at some distance outwards of an outline.
pub(super) fn row(
    mesh: &mut Mesh,
    edges: &[Edge],
    by: f32,
    paint: &dyn Fn(f32) -> Paint,
) -> Vec<Option<u16>> {
    edges
        .iter()
        .map(|e| {
            let (x, y) = e.moved(by);
            mesh.corner(x, y, paint(e.y))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::rect;

    const SCALE: Scale = Scale { x: 0.375, y: 0.5 };

    #[test]
    fn corners_reach_half_a_pixel_beyond_the_snapped_edge() {
        let mut mesh = Mesh::default();
        panel(
            &mut mesh,
            SCALE,
            &Panel::plain(rect(101.0, 99.0, 333.0, 77.0), 16.0, Colour::WHITE),
            1.0,
        );
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for v in &mesh.vertices {
            left = left.min(v.x);
            right = right.max(v.x);
        }
        assert_eq!(left, 38.0 - 0.5);
        assert_eq!(right, 163.0 + 0.5);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let mut mesh = Mesh::default();
        let empty = Panel::plain(rect(10.0, 10.0, 0.0, 50.0), 4.0, Colour::WHITE);
        panel(&mut mesh, SCALE, &empty, 1.0);
        let clear = Panel::plain(rect(10.0, 10.0, 50.0, 50.0), 4.0, Colour::CLEAR);
        panel(&mut mesh, SCALE, &clear, 1.0);
        let faded = Panel::plain(rect(10.0, 10.0, 50.0, 50.0), 4.0, Colour::WHITE);
        panel(&mut mesh, SCALE, &faded, 0.0);
        assert!(mesh.indices.is_empty());
    }
}
