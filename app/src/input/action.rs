//! What buttons mean to a screen.

use super::Button;

/// Which button confirms. European and American consoles confirm with the
/// cross, Japanese ones with the circle; the system knows, and the other of the
/// two then means "back".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConfirmButton {
    /// Cross confirms, circle goes back.
    #[default]
    Cross,
    /// Circle confirms, cross goes back.
    Circle,
}

/// A button as a screen sees it: after the swap of cross and circle, and with
/// the left stick as another d-pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// One step up.
    Up,
    /// One step down.
    Down,
    /// One step left.
    Left,
    /// One step right.
    Right,
    /// Choose, start, stop.
    Confirm,
    /// One level back.
    Back,
    /// The square's job on this screen.
    Square,
    /// The triangle's job on this screen.
    Triangle,
    /// L1's job on this screen.
    L1,
    /// R1's job on this screen.
    R1,
    /// L2's job on this screen.
    L2,
    /// R2's job on this screen.
    R2,
    /// Start's job on this screen.
    Start,
    /// Select's job on this screen.
    Select,
}

impl Action {
    /// What `button` means where `confirm` is the button that confirms; `None`
    /// for buttons that no screen uses.
    pub const fn of(button: Button, confirm: ConfirmButton) -> Option<Action> {
        Some(match (button, confirm) {
            (Button::Up, _) => Action::Up,
            (Button::Down, _) => Action::Down,
            (Button::Left, _) => Action::Left,
            (Button::Right, _) => Action::Right,
            (Button::Cross, ConfirmButton::Cross) | (Button::Circle, ConfirmButton::Circle) => {
                Action::Confirm
            }
            (Button::Cross, ConfirmButton::Circle) | (Button::Circle, ConfirmButton::Cross) => {
                Action::Back
            }
            (Button::Square, _) => Action::Square,
            (Button::Triangle, _) => Action::Triangle,
            (Button::L1, _) => Action::L1,
            (Button::R1, _) => Action::R1,
            (Button::L2, _) => Action::L2,
            (Button::R2, _) => Action::R2,
            (Button::Start, _) => Action::Start,
            (Button::Select, _) => Action::Select,
            (Button::L3 | Button::R3, _) => return None,
        })
    }

    /// Whether holding the button repeats the action: moves, and what edits text.
    pub(super) const fn repeats(self) -> bool {
        matches!(
            self,
            Action::Up
                | Action::Down
                | Action::Left
                | Action::Right
                | Action::Square
                | Action::Triangle
                | Action::L1
                | Action::R1
        )
    }
}

/// An action that happens in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionEvent {
    /// What happens.
    pub action: Action,
    /// Whether it comes from a button that is being held, not from a new press.
    pub repeated: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_and_circle_swap() {
        let of = Action::of;
        assert_eq!(
            of(Button::Cross, ConfirmButton::Cross),
            Some(Action::Confirm)
        );
        assert_eq!(of(Button::Circle, ConfirmButton::Cross), Some(Action::Back));
        assert_eq!(of(Button::Cross, ConfirmButton::Circle), Some(Action::Back));
        assert_eq!(
            of(Button::Circle, ConfirmButton::Circle),
            Some(Action::Confirm)
        );
    }
}
