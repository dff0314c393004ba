//! Straight lines.

use super::Scale;
use crate::list::{Mesh, Paint};
use crate::scene::Line;

/// Adds a line. Level and upright lines are snapped to whole pixels, so that
/// they are never two faint rows instead of one.
pub(crate) fn line(mesh: &mut Mesh, scale: Scale, line: &Line, alpha: f32) {
    let from = (line.from.x * scale.x, line.from.y * scale.y);
    let to = (line.to.x * scale.x, line.to.y * scale.y);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::sqrtf(dx * dx + dy * dy);
    if !length.is_finite() || length <= 0.0 {
        return;
    }
    let normal = (-dy / length, dx / length);
    // The thickness in pixels across this direction.
    let (wide, high) = (normal.0 * scale.x, normal.1 * scale.y);
    let across = line.width * libm::sqrtf(wide * wide + high * high);
    let level = dx == 0.0 || dy == 0.0;
    let thickness = if level { libm::roundf(across) } else { across }.max(1.0);
    let paint = Paint::new(line.colour, alpha * across.min(1.0));
    if paint.is_invisible() {
        return;
    }
    // Moves the middle so that the edges fall between pixels.
    let snap = |at: f32| libm::roundf(at - thickness * 0.5) + thickness * 0.5;
    let middle = |t: f32| {
        let (x, y) = (from.0 + dx * t, from.1 + dy * t);
        match level {
            true if dx == 0.0 => (snap(x), y),
            true => (x, snap(y)),
            false => (x, y),
        }
    };
    let fade = line.fade.clamp(0.0, 0.5);
    let stops = match fade > 0.0 {
        true => [(0.0, 0.0), (fade, 1.0), (1.0 - fade, 1.0), (1.0, 0.0)],
        false => [(0.0, 1.0), (0.0, 1.0), (1.0, 1.0), (1.0, 1.0)],
    };
    let half = thickness * 0.5;
    let rows = [
        (-half - 0.5, 0.0),
        (-half + 0.5, 1.0),
        (half - 0.5, 1.0),
        (half + 0.5, 0.0),
    ];
    let mut before: Option<[Option<u16>; 4]> = None;
    for (t, along) in stops {
        let (x, y) = middle(t);
        let here = rows.map(|(offset, cover)| {
            mesh.corner(
                x + normal.0 * offset,
                y + normal.1 * offset,
                paint.faded(along * cover),
            )
        });
        if let Some(before) = before {
            for i in 0..3 {
                mesh.quad([before[i], here[i], here[i + 1], before[i + 1]]);
            }
        }
        before = Some(here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::point;
    use crate::scene::Colour;

    fn drawn(from: (f32, f32), to: (f32, f32), width: f32) -> Mesh {
        let mut mesh = Mesh::default();
        let item = Line {
            from: point(from.0, from.1),
            to: point(to.0, to.1),
            width,
            colour: Colour::WHITE,
            fade: 0.0,
        };
        line(&mut mesh, Scale { x: 1.0, y: 1.0 }, &item, 1.0);
        mesh
    }

    #[test]
    fn a_level_line_covers_whole_rows() {
        let mesh = drawn((10.0, 20.3), (90.0, 20.3), 2.0);
        for v in &mesh.vertices {
            assert_eq!((v.y - 0.5).fract(), 0.0, "{v:?}");
        }
    }

    #[test]
    fn a_hair_line_is_a_faint_pixel() {
        let mesh = drawn((10.0, 20.0), (90.0, 20.0), 0.25);
        let most = mesh.vertices.iter().map(|v| v.colour[3]).max();
        assert_eq!(most, Some(64));
    }

    #[test]
    fn no_length_no_line() {
        assert!(drawn((5.0, 5.0), (5.0, 5.0), 3.0).indices.is_empty());
        assert!(drawn((5.0, f32::NAN), (5.0, 5.0), 3.0).indices.is_empty());
    }
}
