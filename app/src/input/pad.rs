//! The state of a DualShock 3: digital buttons and the left stick.

/// A button of the pad, by its name on a DualShock 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Button {
    /// D-pad up.
    Up,
    /// D-pad down.
    Down,
    /// D-pad left.
    Left,
    /// D-pad right.
    Right,
    /// The cross.
    Cross,
    /// The circle.
    Circle,
    /// The square.
    Square,
    /// The triangle.
    Triangle,
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
    /// Every button, in the order of their bits in [`Buttons`].
    pub const ALL: [Button; 16] = [
        Button::Up,
        Button::Down,
        Button::Left,
        Button::Right,
        Button::Cross,
        Button::Circle,
        Button::Square,
        Button::Triangle,
        Button::L1,
        Button::R1,
        Button::L2,
        Button::R2,
        Button::L3,
        Button::R3,
        Button::Start,
        Button::Select,
    ];

    /// The name that scripts use: lower case, such as `cross` or `l1`.
    pub const fn name(self) -> &'static str {
        match self {
            Button::Up => "up",
            Button::Down => "down",
            Button::Left => "left",
            Button::Right => "right",
            Button::Cross => "cross",
            Button::Circle => "circle",
            Button::Square => "square",
            Button::Triangle => "triangle",
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

    /// The button of that [`name`](Button::name), in any case.
    pub fn from_name(name: &str) -> Option<Button> {
        Button::ALL
            .into_iter()
            .find(|button| name.eq_ignore_ascii_case(button.name()))
    }
}

/// A set of buttons held down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buttons(u16);

impl Buttons {
    /// No button.
    pub const NONE: Buttons = Buttons(0);

    /// The set with `button` added.
    #[must_use]
    pub const fn with(self, button: Button) -> Buttons {
        Buttons(self.0 | 1 << button as u8)
    }

    /// The set with `button` taken away.
    #[must_use]
    pub const fn without(self, button: Button) -> Buttons {
        Buttons(self.0 & !(1 << button as u8))
    }

    /// The buttons of both sets.
    #[must_use]
    pub const fn union(self, other: Buttons) -> Buttons {
        Buttons(self.0 | other.0)
    }

    /// Whether `button` is held.
    pub const fn contains(self, button: Button) -> bool {
        self.0 & 1 << button as u8 != 0
    }

    /// Whether nothing is held.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Button> for Buttons {
    fn from_iter<I: IntoIterator<Item = Button>>(buttons: I) -> Buttons {
        buttons.into_iter().fold(Buttons::NONE, Buttons::with)
    }
}

/// An analogue stick's position: 0 is the centre, right and down are positive,
/// the ends are -127 and 127 (-128 counts as -127).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stick {
    /// Left (negative) to right (positive).
    pub x: i8,
    /// Up (negative) to down (positive).
    pub y: i8,
}

impl Stick {
    /// From the two bytes that pads report: 0 is left or up, 0x80 the centre,
    /// 0xff right or down.
    pub const fn from_bytes(x: u8, y: u8) -> Stick {
        Stick {
            x: x.wrapping_sub(0x80) as i8,
            y: y.wrapping_sub(0x80) as i8,
        }
    }

    /// How far a deflection has to go before it counts as a d-pad direction:
    /// past the play of a worn stick, before its end.
    const DIRECTION_THRESHOLD: i8 = 64;

    /// The direction of the d-pad that this deflection stands for: the axis that
    /// is further out wins, so that a diagonal does not move two ways at once.
    pub const fn direction(self) -> Option<Button> {
        let (x, y) = (self.x.saturating_abs(), self.y.saturating_abs());
        let far = if x >= y { x } else { y };
        if far < Self::DIRECTION_THRESHOLD {
            return None;
        }
        Some(match (x >= y, self.x < 0, self.y < 0) {
            (true, true, _) => Button::Left,
            (true, false, _) => Button::Right,
            (false, _, true) => Button::Up,
            (false, _, false) => Button::Down,
        })
    }
}

/// The state of the pad in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pad {
    /// The buttons held down.
    pub buttons: Buttons,
    /// The left stick.
    pub left: Stick,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        for button in Button::ALL {
            let set = Buttons::NONE.with(button);
            assert_eq!(
                Button::ALL.into_iter().filter(|&b| set.contains(b)).count(),
                1
            );
            assert!(set.contains(button));
            assert!(set.without(button).is_empty());
        }
    }

    #[test]
    fn names_lead_back_to_their_buttons() {
        for button in Button::ALL {
            assert_eq!(Button::from_name(button.name()), Some(button));
        }
        assert_eq!(Button::from_name("CROSS"), Some(Button::Cross));
        assert_eq!(Button::from_name("crosses"), None);
    }

    #[test]
    fn bytes_become_deflections() {
        assert_eq!(Stick::from_bytes(0x80, 0x80), Stick { x: 0, y: 0 });
        assert_eq!(Stick::from_bytes(0, 0xff), Stick { x: -128, y: 127 });
    }

    #[test]
    fn the_stick_points_one_way() {
        assert_eq!(Stick { x: 20, y: -30 }.direction(), None);
        assert_eq!(Stick { x: -128, y: 0 }.direction(), Some(Button::Left));
        assert_eq!(Stick { x: 90, y: 70 }.direction(), Some(Button::Right));
        assert_eq!(Stick { x: 70, y: 90 }.direction(), Some(Button::Down));
        assert_eq!(Stick { x: 0, y: -128 }.direction(), Some(Button::Up));
    }
}
