//! The parts that symbols are made of, each a shape in a square from -1 to 1
//! with y downwards. Wide parts reach further along x.

use core::f32::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4, PI};

use super::distance::{
    Vec2, arc, disc, length, outline, polygon, polyline, rounded, segment, union, without,
};

/// The shape on a face button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Cross,
    Circle,
    Square,
    Triangle,
}

/// Which way an arrow points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// What is written on a shoulder button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shoulder {
    L1,
    R1,
    L2,
    R2,
}

/// A part of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mask {
    Pen,
    Chat,
    Gear,
    Info,
    Book,
    Keyboard,
    Space,
    Backspace,
    Shift,
    Enter,
    Arrow(Direction),
    /// The body of a face button.
    Disc,
    /// The rim of a face button.
    Rim,
    Face(Face),
    /// The body of a shoulder button.
    Bar,
    /// The rim of a shoulder button.
    BarRim,
    Shoulder(Shoulder),
    /// The body of the directional buttons.
    DPad,
    /// Their rim and arrows.
    DPadRim,
    Start,
    Select,
}

/// Half of a stroke's width in icons.
const STROKE: f32 = 0.085;

impl Mask {
    /// How far the shape reaches to each side, where its height is 2.
    pub(crate) fn half_width(self) -> f32 {
        match self {
            Mask::Bar | Mask::BarRim | Mask::Shoulder(_) | Mask::Start | Mask::Select => 1.45,
            Mask::Space | Mask::Backspace => 1.3,
            _ => 1.0,
        }
    }

    /// The signed distance from the edge, negative inside.
    pub(crate) fn distance(self, x: f32, y: f32) -> f32 {
        let p = (x, y);
        match self {
            Mask::Pen => pen(p),
            Mask::Chat => chat(p),
            Mask::Gear => gear(p),
            Mask::Info => info(p),
            Mask::Book => book(p),
            Mask::Keyboard => keyboard(p),
            Mask::Space => {
                polyline(p, &[(-1.0, -0.15), (-1.0, 0.3), (1.0, 0.3), (1.0, -0.15)]) - STROKE
            }
            Mask::Backspace => backspace(p),
            Mask::Shift => shift(p),
            Mask::Enter => enter(p),
            Mask::Arrow(direction) => arrow(p, direction),
            Mask::Disc => disc(p, (0.0, 0.0), 0.94),
            Mask::Rim => outline(disc(p, (0.0, 0.0), 0.92), 0.035),
            Mask::Face(face) => face.distance(p),
            Mask::Bar => rounded(p, (0.0, 0.0), (1.4, 0.68), 0.34),
            Mask::BarRim => outline(rounded(p, (0.0, 0.0), (1.37, 0.65), 0.32), 0.04),
            Mask::Shoulder(shoulder) => shoulder.distance(p),
            Mask::DPad => dpad(p),
            Mask::DPadRim => dpad_rim(p),
            Mask::Start => polygon(p, &[(-0.3, -0.3), (0.4, 0.0), (-0.3, 0.3)]) - 0.06,
            Mask::Select => rounded(p, (0.0, 0.0), (0.5, 0.24), 0.06),
        }
    }
}

/// Turns so that the direction (x, -x), up to the right, becomes +x.
fn slanted(p: Vec2) -> Vec2 {
    ((p.0 - p.1) * FRAC_1_SQRT_2, (p.0 + p.1) * FRAC_1_SQRT_2)
}

fn pen(p: Vec2) -> f32 {
    let p = slanted(p);
    let body = polygon(
        p,
        &[
            (-1.0, 0.0),
            (-0.56, -0.23),
            (0.55, -0.23),
            (0.55, 0.23),
            (-0.56, 0.23),
        ],
    );
    let end = rounded(p, (0.85, 0.0), (0.15, 0.26), 0.08);
    let collar = rounded(p, (-0.5, 0.0), (0.04, 0.5), 0.0);
    union(without(body - 0.03, collar), end)
}

fn chat(p: Vec2) -> f32 {
    let bubble = rounded(p, (0.0, -0.14), (0.92, 0.66), 0.32);
    let tail = polygon(p, &[(-0.62, 0.3), (-0.05, 0.45), (-0.6, 0.9)]) - 0.03;
    let dots = [-0.42, 0.0, 0.42]
        .map(|x| disc(p, (x, -0.14), 0.12))
        .into_iter()
        .fold(f32::MAX, f32::min);
    without(union(bubble, tail), dots)
}

fn gear(p: Vec2) -> f32 {
    const TEETH: f32 = 8.0;
    // Every tooth is folded onto the one that points to the right.
    let step = 2.0 * PI / TEETH;
    let angle = libm::atan2f(p.1, p.0);
    let folded = angle - libm::roundf(angle / step) * step;
    let (sin, cos) = libm::sincosf(folded);
    let q = (length(p) * cos, length(p) * sin);
    let tooth = polygon(
        q,
        &[(0.55, -0.21), (0.88, -0.13), (0.88, 0.13), (0.55, 0.21)],
    ) - 0.04;
    let wheel = disc(p, (0.0, 0.0), 0.68);
    without(union(wheel, tooth), disc(p, (0.0, 0.0), 0.3))
}

fn info(p: Vec2) -> f32 {
    let rim = outline(disc(p, (0.0, 0.0), 0.86), STROKE);
    let dot = disc(p, (0.0, -0.42), 0.13);
    let stem = rounded(p, (0.0, 0.2), (0.11, 0.34), 0.08);
    union(rim, union(dot, stem))
}

fn book(p: Vec2) -> f32 {
    // Both pages are one page and its reflection.
    let q = (p.0.abs(), p.1);
    let page = polygon(
        q,
        &[
            (0.08, -0.46),
            (0.3, -0.6),
            (0.56, -0.66),
            (0.92, -0.64),
            (0.92, 0.5),
            (0.56, 0.48),
            (0.3, 0.54),
            (0.08, 0.68),
        ],
    );
    let lines = union(
        segment(q, (0.36, -0.22), (0.7, -0.29)),
        segment(q, (0.36, 0.1), (0.7, 0.03)),
    ) - 0.05;
    without(page - 0.03, lines)
}

fn keyboard(p: Vec2) -> f32 {
    let case = rounded(p, (0.0, 0.0), (0.96, 0.62), 0.16);
    let q = (p.0.abs(), p.1);
    let mut keys = rounded(p, (0.0, 0.34), (0.42, 0.08), 0.03);
    for y in [-0.32, 0.01] {
        for x in [0.0, 0.32, 0.64] {
            keys = union(keys, rounded(q, (x, y), (0.09, 0.09), 0.03));
        }
    }
    without(case, keys)
}

fn backspace(p: Vec2) -> f32 {
    let key = [
        (-1.15, 0.0),
        (-0.5, -0.62),
        (1.12, -0.62),
        (1.12, 0.62),
        (-0.5, 0.62),
    ];
    let rim = outline(polygon(p, &key), STROKE);
    let cross = ((p.0 - 0.28).abs(), p.1.abs());
    union(rim, segment(cross, (0.0, 0.0), (0.26, 0.26)) - STROKE)
}

fn shift(p: Vec2) -> f32 {
    let q = (p.0.abs(), p.1);
    let arrow = [
        (-0.1, -0.8),
        (0.0, -0.8),
        (0.78, 0.02),
        (0.36, 0.02),
        (0.36, 0.7),
        (-0.1, 0.7),
    ];
    polygon(q, &arrow) - 0.06
}

fn enter(p: Vec2) -> f32 {
    let stroke = polyline(p, &[(0.78, -0.6), (0.78, 0.2), (-0.75, 0.2)]);
    let head = polyline(p, &[(-0.35, -0.2), (-0.75, 0.2), (-0.35, 0.6)]);
    union(stroke, head) - 0.1
}

fn arrow(p: Vec2, direction: Direction) -> f32 {
    let p = match direction {
        Direction::Right => p,
        Direction::Left => (-p.0, p.1),
        Direction::Down => (p.1, p.0),
        Direction::Up => (-p.1, p.0),
    };
    polygon(p, &[(-0.4, -0.66), (0.52, 0.0), (-0.4, 0.66)]) - 0.1
}

impl Face {
    fn distance(self, p: Vec2) -> f32 {
        let half = 0.075;
        match self {
            Face::Cross => segment((p.0.abs(), p.1.abs()), (0.0, 0.0), (0.42, 0.42)) - half,
            Face::Circle => outline(disc(p, (0.0, 0.0), 0.47), half),
            Face::Square => outline(rounded(p, (0.0, 0.0), (0.42, 0.42), 0.0), half),
            Face::Triangle => {
                let corners = [(0.0, -0.56), (0.53, 0.34), (-0.53, 0.34)];
                outline(polygon(p, &corners), half)
            }
        }
    }
}

impl Shoulder {
    fn distance(self, p: Vec2) -> f32 {
        let left = (p.0 + 0.34, p.1);
        let right = (p.0 - 0.38, p.1);
        let letter = match self {
            Shoulder::L1 | Shoulder::L2 => {
                polyline(left, &[(-0.2, -0.36), (-0.2, 0.36), (0.2, 0.36)])
            }
            Shoulder::R1 | Shoulder::R2 => {
                let stem = polyline(left, &[(0.02, -0.36), (-0.24, -0.36), (-0.24, 0.36)]);
                let bar = polyline(left, &[(-0.24, 0.03), (0.02, 0.03), (0.22, 0.36)]);
                let bowl = arc(left, (0.02, -0.165), 0.195, 0.0, FRAC_PI_2);
                union(stem, union(bar, bowl))
            }
        };
        let digit = match self {
            Shoulder::L1 | Shoulder::R1 => {
                polyline(right, &[(-0.14, -0.22), (0.04, -0.36), (0.04, 0.36)])
            }
            Shoulder::L2 | Shoulder::R2 => {
                let top = arc(right, (0.0, -0.15), 0.21, -FRAC_PI_4, FRAC_PI_2 * 1.5);
                let foot = polyline(right, &[(0.148, 0.0), (-0.21, 0.36), (0.23, 0.36)]);
                union(top, foot)
            }
        };
        union(letter, digit) - 0.08
    }
}

fn dpad(p: Vec2) -> f32 {
    let across = rounded(p, (0.0, 0.0), (0.94, 0.34), 0.14);
    let upright = rounded(p, (0.0, 0.0), (0.34, 0.94), 0.14);
    union(across, upright)
}

fn dpad_rim(p: Vec2) -> f32 {
    let (x, y) = (p.0.abs(), p.1.abs());
    // All four arrows are one that points along the longer axis.
    let q = (x.max(y), x.min(y));
    let arrows = polygon(q, &[(0.52, -0.15), (0.76, 0.0), (0.52, 0.15)]) - 0.02;
    union(outline(dpad(p) + 0.02, 0.04), arrows)
}
