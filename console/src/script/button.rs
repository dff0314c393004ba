//! Names of the pad's buttons.

use std::fmt;

/// A button of the pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Button {
    /// The cross.
    Cross,
    /// The circle.
    Circle,
    /// The square.
    Square,
    /// The triangle.
    Triangle,
    /// D-pad up.
    Up,
    /// D-pad down.
    Down,
    /// D-pad left.
    Left,
    /// D-pad right.
    Right,
    /// The upper left shoulder button.
    L1,
    /// The upper right shoulder button.
    R1,
    /// The lower left shoulder button.
    L2,
    /// The lower right shoulder button.
    R2,
    /// The left stick pressed in.
    L3,
    /// The right stick pressed in.
    R3,
    /// Start.
    Start,
    /// Select.
    Select,
}

impl Button {
    /// Every button.
    pub const ALL: [Button; 16] = [
        Button::Cross,
        Button::Circle,
        Button::Square,
        Button::Triangle,
        Button::Up,
        Button::Down,
        Button::Left,
        Button::Right,
        Button::L1,
        Button::R1,
        Button::L2,
        Button::R2,
        Button::L3,
        Button::R3,
        Button::Start,
        Button::Select,
    ];

    /// The name in scripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Button::Cross => "cross",
            Button::Circle => "circle",
            Button::Square => "square",
            Button::Triangle => "triangle",
            Button::Up => "up",
            Button::Down => "down",
            Button::Left => "left",
            Button::Right => "right",
            Button::L1 => "l1",
            Button::R1 => "r1",
            Button::L2 => "l2",
            Button::R2 => "r2",
            Button::L3 => "l3",
            Button::R3 => "r3",
            Button::Start => "start",
            Button::Select => "select",
        }
    }

    /// The button of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Button> {
        Button::ALL.into_iter().find(|button| button.name() == name)
    }
}

impl fmt::Display for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
