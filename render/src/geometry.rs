//! Points, sizes and rectangles in logical units.
//!
//! The origin is the upper left corner of the screen, x grows to the right and
//! y grows downwards. One unit is 1/1080 of the screen's height on every
//! display; see [`crate::Display`].

/// A place on the screen, in logical units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the upper edge.
    pub y: f32,
}

/// Makes a [`Point`].
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A width and a height, in logical units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Extent along x.
    pub width: f32,
    /// Extent along y.
    pub height: f32,
}

/// A rectangle with sides parallel to the axes, in logical units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f32,
    /// The upper edge.
    pub y: f32,
    /// Extent along x; not negative.
    pub width: f32,
    /// Extent along y; not negative.
    pub height: f32,
}

/// Makes a [`Rect`] from its upper left corner and its extents.
pub const fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect {
        x,
        y,
        width,
        height,
    }
}

impl Rect {
    /// The x coordinate of the right edge.
    pub const fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The y coordinate of the lower edge.
    pub const fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// The middle of the rectangle.
    pub const fn centre(&self) -> Point {
        point(self.x + self.width * 0.5, self.y + self.height * 0.5)
    }

    /// The rectangle with every edge moved inwards by `by` (outwards if it is
    /// negative). Extents stop at zero.
    pub fn inset(&self, by: f32) -> Rect {
        Rect {
            x: self.x + by,
            y: self.y + by,
            width: (self.width - by * 2.0).max(0.0),
            height: (self.height - by * 2.0).max(0.0),
        }
    }

    /// What both rectangles have in common; of zero extent where they do not
    /// meet.
    pub fn intersection(&self, other: &Rect) -> Rect {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        Rect {
            x,
            y,
            width: (self.right().min(other.right()) - x).max(0.0),
            height: (self.bottom().min(other.bottom()) - y).max(0.0),
        }
    }

    /// Whether the rectangle covers no area.
    pub fn is_empty(&self) -> bool {
        !(self.width > 0.0 && self.height > 0.0)
    }

    /// Whether `p` lies inside; the right and lower edges are outside.
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }
}
