//! Which pixels a triangle covers.
//!
//! A pixel is covered where its centre lies inside. A centre on an edge
//! belongs to the triangle whose top or left edge it is, so that triangles
//! that share an edge neither overlap nor leave a gap (the top-left rule).
//! All is exact: positions are integers.

use crate::rsx::surface::Rectangle;

/// A position in the window in units of 1/256 pixel, y downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

const PIXEL: i64 = 256;
const CENTRE: i64 = 128;

/// Three corners that are not on one line.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    /// Clockwise as seen on the screen.
    corners: [Point; 3],
    /// The corners were given clockwise.
    clockwise: bool,
    /// Twice the area in units of 1/65536 pixel, positive.
    area: i64,
}

/// An edge as a function that is not negative at the centres that it lets in: `start + x * along + y * down`, in whole
/// pixels.
#[derive(Clone, Copy)]
struct Edge {
    start: i64,
    along: i64,
    down: i64,
}

impl Edge {
    #[inline(always)]
    fn new(from: Point, to: Point) -> Self {
        let (dx, dy) = (
            i64::from(to.x) - i64::from(from.x),
            i64::from(to.y) - i64::from(from.y),
        );
        // Clockwise with y downwards: the inside is to the right, where this is positive.
        let at_origin = dx * (CENTRE - i64::from(from.y)) - dy * (CENTRE - i64::from(from.x));
        // Left edges go up; top edges go right.
        let lets_in = dy < 0 || dy == 0 && dx > 0;
        Self {
            start: at_origin - i64::from(!lets_in),
            along: -dy * PIXEL,
            down: dx * PIXEL,
        }
    }

    /// Limits `left..right` to the pixels of row `y` that the edge lets in.
    #[inline(always)]
    fn limit(self, y: i32, left: &mut i64, right: &mut i64) {
        let row = self.start + self.down * i64::from(y);
        // row + x * along ≥ 0
        match self.along.signum() {
            1 => *left = (*left).max(-(row.div_euclid(self.along))),
            -1 => *right = (*right).min(row.div_euclid(-self.along) + 1),
            _ if row < 0 => *right = *left,
            _ => {}
        }
    }
}

impl Triangle {
    /// The triangle with these corners; `None` where they are on one line.
    #[must_use]
    pub fn new(corners: [Point; 3]) -> Option<Self> {
        let [a, b, c] = corners;
        let side = |p: Point| {
            (
                i64::from(p.x) - i64::from(a.x),
                i64::from(p.y) - i64::from(a.y),
            )
        };
        let ((bx, by), (cx, cy)) = (side(b), side(c));
        // Positive where a, b, c go clockwise on a screen, whose y is downwards.
        let area = bx * cy - by * cx;
        let clockwise = area > 0;
        (area != 0).then_some(Self {
            corners: if clockwise { corners } else { [a, c, b] },
            clockwise,
            area: area.abs(),
        })
    }

    /// The corners were given in clockwise order as seen on the screen.
    #[must_use]
    pub fn is_clockwise(&self) -> bool {
        self.clockwise
    }

    /// Twice the area in square pixels.
    #[must_use]
    pub fn doubled_area(&self) -> f64 {
        self.area as f64 / 65_536.0
    }

    /// Runs of covered pixels within `area`, from the top down: row, first column, column after the last.
    #[inline(always)]
    #[must_use]
    pub fn runs(&self, area: Rectangle) -> Runs {
        let [a, b, c] = self.corners;
        let (top, bottom) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
        let (left, right) = (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x));
        Runs {
            edges: [Edge::new(a, b), Edge::new(b, c), Edge::new(c, a)],
            area: area.intersection(Rectangle {
                left: left >> 8,
                top: top >> 8,
                right: (right >> 8) + 1,
                bottom: (bottom >> 8) + 1,
            }),
        }
    }
}

/// See [`Triangle::runs`].
pub struct Runs {
    edges: [Edge; 3],
    /// What is left of the area.
    area: Rectangle,
}

impl Iterator for Runs {
    type Item = (i32, i32, i32);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        while self.area.top < self.area.bottom {
            let y = self.area.top;
            self.area.top += 1;
            let (mut left, mut right) = (i64::from(self.area.left), i64::from(self.area.right));
            for edge in &self.edges {
                edge.limit(y, &mut left, &mut right);
            }
            if left < right {
                return Some((y, left as i32, right as i32));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIDE: i32 = 24;
    const AREA: Rectangle = Rectangle {
        left: 0,
        top: 0,
        right: SIDE,
        bottom: SIDE,
    };

    fn covered(corners: [Point; 3]) -> Vec<(i32, i32)> {
        let mut all = Vec::new();
        if let Some(triangle) = Triangle::new(corners) {
            for (y, left, right) in triangle.runs(AREA) {
                all.extend((left..right).map(|x| (x, y)));
            }
        }
        all
    }

    /// The rule from its words: inside, or on a top or left edge.
    fn model(corners: [Point; 3], x: i32, y: i32) -> bool {
        let at = |p: Point| (i64::from(p.x), i64::from(p.y));
        let centre = (i64::from(x) * 256 + 128, i64::from(y) * 256 + 128);
        let cross = |a: (i64, i64), b: (i64, i64), p: (i64, i64)| {
            (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)
        };
        let [a, b, c] = corners.map(at);
        let turn = cross(a, b, c).signum();
        turn != 0
            && [(a, b, c), (b, c, a), (c, a, b)]
                .into_iter()
                .all(|(a, b, opposite)| {
                    let side = cross(a, b, centre).signum() * turn;
                    // On the edge: a top edge is level with the third corner below it, a left edge has it to the right.
                    let top = a.1 == b.1 && opposite.1 > a.1;
                    let left = a.1 != b.1 && {
                        // x of the edge at the height of the third corner, compared without division.
                        let (upper, lower) = if a.1 < b.1 { (a, b) } else { (b, a) };
                        cross(upper, lower, opposite) < 0
                    };
                    side > 0 || side == 0 && (top || left)
                })
    }

    fn point() -> impl Strategy<Value = Point> {
        let coordinate = || {
            prop_oneof![
                -2000..(SIDE * 256 + 2000),
                (-4..SIDE + 4).prop_map(|n| n * 256),
                (-4..SIDE + 4).prop_map(|n| n * 256 + 128),
            ]
        };
        (coordinate(), coordinate()).prop_map(|(x, y)| Point { x, y })
    }

    proptest! {
        #[test]
        fn the_rule_is_kept(a in point(), b in point(), c in point()) {
            let found = covered([a, b, c]);
            for y in 0..SIDE {
                for x in 0..SIDE {
                    prop_assert_eq!(found.contains(&(x, y)), model([a, b, c], x, y), "{} {}", x, y);
                }
            }
            // Any order of the corners covers the same.
            prop_assert_eq!(&found, &covered([b, c, a]));
            prop_assert_eq!(&found, &covered([c, b, a]));
        }

        /// A fan around a point inside of a rectangle covers each pixel of the rectangle once.
        #[test]
        fn fans_have_no_gap_and_no_overlap(
            centre in (1..SIDE * 256, 1..SIDE * 256),
            cuts in proptest::collection::vec(0..4 * SIDE * 256, 1..12),
        ) {
            let side = SIDE * 256;
            let mut around: Vec<i32> = cuts.into_iter().chain([0, side, 2 * side, 3 * side]).collect();
            around.sort_unstable();
            let corner = |at: i32| match at / side {
                0 => Point { x: at, y: 0 },
                1 => Point { x: side, y: at - side },
                2 => Point { x: 3 * side - at, y: side },
                _ => Point { x: 0, y: 4 * side - at },
            };
            let centre = Point { x: centre.0, y: centre.1 };
            let mut count = vec![0; (SIDE * SIDE) as usize];
            for i in 0..around.len() {
                let next = around[(i + 1) % around.len()];
                for (x, y) in covered([centre, corner(around[i]), corner(next)]) {
                    count[(y * SIDE + x) as usize] += 1;
                }
            }
            prop_assert!(count.iter().all(|&n| n == 1), "{:?}", count);
        }
    }

    #[test]
    fn corners_on_a_line_cover_nothing() {
        let p = |x, y| Point { x, y };
        assert!(Triangle::new([p(0, 0), p(256, 256), p(1024, 1024)]).is_none());
    }

    #[test]
    fn winding_is_that_of_the_screen() {
        let p = |x, y| Point { x, y };
        let clockwise = [p(0, 0), p(256, 0), p(0, 256)];
        assert!(Triangle::new(clockwise).is_some_and(|t| t.is_clockwise()));
        assert!(
            Triangle::new([clockwise[0], clockwise[2], clockwise[1]])
                .is_some_and(|t| !t.is_clockwise())
        );
    }
}
