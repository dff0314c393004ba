//! Signed distances to simple shapes: negative inside, in the units of the
//! coordinates.

/// A place or a direction.
pub(super) type Vec2 = (f32, f32);

/// The length of a vector.
pub(super) fn length(v: Vec2) -> f32 {
    libm::sqrtf(v.0 * v.0 + v.1 * v.1)
}

/// A disc.
pub(super) fn disc(p: Vec2, centre: Vec2, radius: f32) -> f32 {
    length((p.0 - centre.0, p.1 - centre.1)) - radius
}

/// A rectangle with round corners.
pub(super) fn rounded(p: Vec2, centre: Vec2, half: Vec2, radius: f32) -> f32 {
    let x = (p.0 - centre.0).abs() - half.0 + radius;
    let y = (p.1 - centre.1).abs() - half.1 + radius;
    length((x.max(0.0), y.max(0.0))) + x.max(y).min(0.0) - radius
}

/// The distance to a line between two points, never negative.
pub(super) fn segment(p: Vec2, a: Vec2, b: Vec2) -> f32 {
    libm::sqrtf(squared(p, a, b))
}

/// Its square. Where the nearest of several lines counts, one root is enough: the PPU takes its
/// time for each.
fn squared(p: Vec2, a: Vec2, b: Vec2) -> f32 {
    let (px, py) = (p.0 - a.0, p.1 - a.1);
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let t = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (x, y) = (px - dx * t, py - dy * t);
    x * x + y * y
}

/// The distance to a line through several points, never negative.
pub(super) fn polyline(p: Vec2, points: &[Vec2]) -> f32 {
    let squares = points.windows(2).map(|ends| squared(p, ends[0], ends[1]));
    libm::sqrtf(squares.fold(f32::MAX, f32::min))
}

/// The distance to part of a circle, never negative: what lies within `half`
/// of a turn's angle (radians) around the direction `towards`.
pub(super) fn arc(p: Vec2, centre: Vec2, radius: f32, towards: f32, half: f32) -> f32 {
    let (x, y) = (p.0 - centre.0, p.1 - centre.1);
    let (sin, cos) = libm::sincosf(towards);
    // In a frame where the arc is symmetric about the positive x axis.
    let (x, y) = (x * cos + y * sin, (y * cos - x * sin).abs());
    if libm::atan2f(y, x) <= half {
        (length((x, y)) - radius).abs()
    } else {
        let (sin, cos) = libm::sincosf(half);
        length((x - radius * cos, y - radius * sin))
    }
}

/// A filled polygon.
pub(super) fn polygon(p: Vec2, points: &[Vec2]) -> f32 {
    let mut inside = false;
    let mut nearest = f32::MAX;
    for (i, &a) in points.iter().enumerate() {
        let b = points[(i + 1) % points.len()];
        nearest = nearest.min(squared(p, a, b));
        // A ray to the right crosses this side.
        if (a.1 > p.1) != (b.1 > p.1) && p.0 < a.0 + (p.1 - a.1) / (b.1 - a.1) * (b.0 - a.0) {
            inside = !inside;
        }
    }
    let nearest = libm::sqrtf(nearest);
    if inside { -nearest } else { nearest }
}

/// The outline of a shape, a stroke of half that width to each side.
pub(super) fn outline(distance: f32, half: f32) -> f32 {
    distance.abs() - half
}

/// Both shapes.
pub(super) fn union(a: f32, b: f32) -> f32 {
    a.min(b)
}

/// The first shape without the second.
pub(super) fn without(a: f32, b: f32) -> f32 {
    a.max(-b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f32, b: f32) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }

    #[test]
    fn distances_are_signed_and_exact() {
        near(disc((3.0, 4.0), (0.0, 0.0), 2.0), 3.0);
        near(rounded((0.0, 0.0), (0.0, 0.0), (2.0, 1.0), 0.2), -1.0);
        near(rounded((4.0, 0.5), (0.0, 0.0), (2.0, 1.0), 0.2), 2.0);
        near(segment((1.0, 1.0), (0.0, 0.0), (2.0, 0.0)), 1.0);
        near(segment((5.0, 4.0), (0.0, 0.0), (2.0, 0.0)), 5.0);
        let square = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        near(polygon((0.0, 0.25), &square), -0.75);
        near(polygon((3.0, 0.0), &square), 2.0);
        // The right half of a circle.
        let quarter = core::f32::consts::FRAC_PI_2;
        near(arc((3.0, 0.0), (0.0, 0.0), 1.0, 0.0, quarter), 2.0);
        near(arc((-1.0, 1.0), (0.0, 0.0), 1.0, 0.0, quarter), 1.0);
    }
}
