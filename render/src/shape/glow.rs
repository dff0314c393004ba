//! Soft light around a rectangle.

use super::panel::row;
use super::{Scale, fan, ring};
use crate::list::{Mesh, Paint};
use crate::scene::Glow;

/// Rings over which the light falls off; more than the eye can tell apart.
const RINGS: usize = 10;

/// How strong the light is at a distance of 0–1 of its reach: smooth at both
/// ends, so that no ring shows.
fn strength(distance: f32) -> f32 {
    let left = 1.0 - distance;
    left * left * (1.0 + 2.0 * distance) * (0.35 + 0.65 * left)
}

/// Adds a glow.
pub(crate) fn glow(mesh: &mut Mesh, scale: Scale, glow: &Glow, alpha: f32) {
    let paint = Paint::new(glow.colour, alpha);
    let shape = scale.snapped(&glow.rect, glow.radius);
    if paint.is_invisible() || shape.right <= shape.left || shape.bottom <= shape.top {
        return;
    }
    let (reach_x, reach_y) = (glow.spread * scale.x, glow.spread * scale.y);
    // As many pieces as the largest ring needs.
    let pieces = shape.outset(reach_x, reach_y).pieces();
    let mut inner = fan(mesh, &shape.outline(pieces), shape.centre(), &|_| paint);
    for step in 1..=RINGS {
        let distance = step as f32 / RINGS as f32;
        let edges = shape
            .outset(reach_x * distance, reach_y * distance)
            .outline(pieces);
        let faded = paint.faded(strength(distance));
        let outer = row(mesh, &edges, 0.0, &|_| faded);
        ring(mesh, &inner, &outer);
        inner = outer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_falls_steadily_to_nothing() {
        assert_eq!(strength(0.0), 1.0);
        assert_eq!(strength(1.0), 0.0);
        for i in 0..100 {
            assert!(strength(i as f32 / 100.0) > strength((i + 1) as f32 / 100.0));
        }
    }
}
