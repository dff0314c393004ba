//! Numbers that change linearly over the window.

use super::edges::Point;
use crate::rsx::fragment::GROUP;

/// A number at each pixel centre of a triangle.
///
/// The number of a pixel depends on the triangle and the pixel alone, not on
/// how the triangle is cut into runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plane {
    /// At the centre of column `Frame::column` of row `Frame::row`.
    start: f64,
    along: f32,
    down: f64,
}

/// Columns of a group, from its first.
const COLUMNS: [f32; GROUP] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

/// What all planes of one triangle share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    column: i32,
    row: i32,
    /// Corner positions in pixels, relative to the centre of that pixel.
    corners: [[f64; 2]; 3],
    /// 1 / twice the area, signed by the winding.
    reciprocal: f64,
}

impl Frame {
    /// The frame of a triangle with these corners; they are not on one line.
    #[must_use]
    pub fn new(corners: [Point; 3]) -> Self {
        let (column, row) = (corners[0].x >> 8, corners[0].y >> 8);
        let place =
            |v: i32, pixel: i32| (i64::from(v) - i64::from(pixel) * 256 - 128) as f64 / 256.0;
        let corners = corners.map(|p| [place(p.x, column), place(p.y, row)]);
        let [a, b, c] = corners;
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        Self {
            column,
            row,
            corners,
            reciprocal: 1.0 / area,
        }
    }

    /// The number that has these values at the corners.
    #[inline]
    #[must_use]
    pub fn plane(&self, values: [f32; 3]) -> Plane {
        let [u, v, w] = values.map(f64::from);
        if values[0] == values[1] && values[0] == values[2] {
            return Plane {
                start: u,
                along: 0.0,
                down: 0.0,
            };
        }
        let [a, b, c] = self.corners;
        let (dv, dw) = (v - u, w - u);
        let along = (dv * (c[1] - a[1]) - dw * (b[1] - a[1])) * self.reciprocal;
        let down = (dw * (b[0] - a[0]) - dv * (c[0] - a[0])) * self.reciprocal;
        Plane {
            start: u - along * a[0] - down * a[1],
            along: along as f32,
            down,
        }
    }

    /// Column that [`Plane::write`] counts from.
    #[inline]
    #[must_use]
    pub fn column(&self) -> i32 {
        self.column
    }

    /// Row that [`Plane::write`] counts from.
    #[inline]
    #[must_use]
    pub fn row(&self) -> i32 {
        self.row
    }
}

impl Plane {
    /// How much the number changes from pixel to pixel, along the axis along which it changes most.
    #[must_use]
    pub fn slope(&self) -> f64 {
        f64::from(self.along.abs()).max(self.down.abs())
    }

    /// The plane, with `more` added everywhere.
    #[must_use]
    pub fn raised(mut self, more: f64) -> Self {
        self.start += more;
        self
    }

    /// The number in the column that the frame counts from.
    #[inline(always)]
    #[must_use]
    pub fn at_row(&self, rows: i32) -> f32 {
        (self.start + self.down * f64::from(rows)) as f32
    }

    /// The number `columns` to the right of there.
    #[inline(always)]
    #[must_use]
    pub fn at_column(&self, start: f32, columns: f32) -> f32 {
        start + self.along * columns
    }

    /// Writes the numbers of neighbouring pixels, the first `columns` to the right of and `rows` below the frame's.
    #[inline(always)]
    pub fn write(&self, to: &mut [f32], columns: i32, rows: i32) {
        let start = self.at_row(rows);
        let (groups, rest) = to.as_chunks_mut::<GROUP>();
        // Columns are small integers: counting them in floats is exact, and fast.
        let mut first = columns as f32;
        for group in groups {
            for (to, column) in group.iter_mut().zip(COLUMNS) {
                *to = self.at_column(start, first + column);
            }
            first += GROUP as f32;
        }
        for (to, column) in rest.iter_mut().zip(COLUMNS) {
            *to = self.at_column(start, first + column);
        }
    }
}
