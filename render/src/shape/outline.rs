//! The outline of a rounded rectangle as points and normals.

use alloc::vec::Vec;

/// A rectangle in pixels with elliptic corners: pixels need not be square, so a
/// round corner may be wider than high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rounded {
    /// The left edge.
    pub left: f32,
    /// The upper edge.
    pub top: f32,
    /// The right edge.
    pub right: f32,
    /// The lower edge.
    pub bottom: f32,
    /// The corners' radius along x.
    pub radius_x: f32,
    /// The corners' radius along y.
    pub radius_y: f32,
}

impl Rounded {
    /// The same rectangle with its edges moved outwards.
    pub(crate) fn outset(&self, x: f32, y: f32) -> Rounded {
        let (x, y) = (
            x.max((self.left - self.right) * 0.5),
            y.max((self.top - self.bottom) * 0.5),
        );
        Rounded {
            left: self.left - x,
            top: self.top - y,
            right: self.right + x,
            bottom: self.bottom + y,
            radius_x: (self.radius_x + x).max(0.0),
            radius_y: (self.radius_y + y).max(0.0),
        }
    }

    /// The middle.
    pub(crate) fn centre(&self) -> (f32, f32) {
        (
            (self.left + self.right) * 0.5,
            (self.top + self.bottom) * 0.5,
        )
    }

    /// How many pieces make a corner look round.
    pub(crate) fn pieces(&self) -> usize {
        let radius = self.radius_x.max(self.radius_y);
        if radius < 0.5 {
            return 1;
        }
        (libm::ceilf(libm::sqrtf(radius) * 1.5) as usize).clamp(2, 24)
    }

    /// The outline, clockwise from the left end of the upper left corner, with
    /// `pieces` to each corner: always `4 * (pieces + 1)` points, so that
    /// outlines of different sizes pair up point by point.
    pub(crate) fn outline(&self, pieces: usize) -> Vec<Edge> {
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        let rx = self.radius_x.clamp(0.0, (width * 0.5).max(0.0));
        let ry = self.radius_y.clamp(0.0, (height * 0.5).max(0.0));
        let centres = [
            (self.left + rx, self.top + ry),
            (self.right - rx, self.top + ry),
            (self.right - rx, self.bottom - ry),
            (self.left + rx, self.bottom - ry),
        ];
        let mut edges = Vec::with_capacity(4 * (pieces + 1));
        for (corner, (cx, cy)) in centres.into_iter().enumerate() {
            for piece in 0..=pieces {
                let turn = corner as f32 + piece as f32 / pieces as f32;
                let angle = core::f32::consts::PI + turn * core::f32::consts::FRAC_PI_2;
                let (sin, cos) = libm::sincosf(angle);
                let normal = if rx < 0.5 || ry < 0.5 {
                    // A sharp corner: out along both axes at once.
                    let sign = |negative| if negative { -1.0 } else { 1.0 };
                    (sign(corner == 0 || corner == 3), sign(corner < 2))
                } else {
                    let (nx, ny) = (cos / rx, sin / ry);
                    let length = libm::sqrtf(nx * nx + ny * ny);
                    (nx / length, ny / length)
                };
                edges.push(Edge {
                    x: cx + cos * rx,
                    y: cy + sin * ry,
                    normal,
                });
            }
        }
        edges
    }
}

/// A point of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    /// Its place, in pixels.
    pub x: f32,
    /// Its place, in pixels.
    pub y: f32,
    /// One pixel outwards.
    pub normal: (f32, f32),
}

impl Edge {
    /// The point moved outwards by some pixels.
    pub(crate) fn moved(&self, by: f32) -> (f32, f32) {
        (self.x + self.normal.0 * by, self.y + self.normal.1 * by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rounded = Rounded {
        left: 10.0,
        top: 20.0,
        right: 110.0,
        bottom: 60.0,
        radius_x: 12.0,
        radius_y: 10.0,
    };

    #[test]
    fn the_outline_stays_on_the_rectangle() {
        for e in BOX.outline(BOX.pieces()) {
            assert!(e.x >= 10.0 - 1e-3 && e.x <= 110.001 && e.y >= 19.999 && e.y <= 60.001);
            let (x, y) = e.moved(1.0);
            let (cx, cy) = BOX.centre();
            assert!((x - cx).abs() + (y - cy).abs() > (e.x - cx).abs() + (e.y - cy).abs());
        }
    }

    #[test]
    fn sharp_corners_are_exact() {
        let sharp = Rounded {
            radius_x: 0.0,
            radius_y: 0.0,
            ..BOX
        };
        let points: Vec<_> = sharp.outline(1).iter().map(|e| e.moved(0.5)).collect();
        assert!(points.contains(&(9.5, 19.5)) && points.contains(&(110.5, 60.5)));
    }

    #[test]
    fn a_rectangle_never_turns_inside_out() {
        let nothing = BOX.outset(-500.0, -500.0);
        assert!(nothing.right >= nothing.left && nothing.bottom >= nothing.top);
    }
}
