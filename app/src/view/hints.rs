//! Which button does what, at the bottom of every screen.

use render::geometry::point;
use render::scene::Symbol;

use super::{Canvas, theme};
use crate::input::{Action, Button, ConfirmButton};

/// What a button does on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    pub action: Action,
    pub label: &'static str,
}

impl Hint {
    pub const fn new(action: Action, label: &'static str) -> Hint {
        Hint { action, label }
    }
}

/// The picture of the button of an action, and the button. Directions are shown
/// as the whole d-pad.
pub(crate) fn symbol(action: Action, confirm: ConfirmButton) -> (Symbol, Button) {
    match (action, confirm) {
        (Action::Confirm, ConfirmButton::Cross) | (Action::Back, ConfirmButton::Circle) => {
            (Symbol::Cross, Button::Cross)
        }
        (Action::Confirm, ConfirmButton::Circle) | (Action::Back, ConfirmButton::Cross) => {
            (Symbol::Circle, Button::Circle)
        }
        (Action::Up, _) => (Symbol::DPad, Button::Up),
        (Action::Down, _) => (Symbol::DPad, Button::Down),
        (Action::Left, _) => (Symbol::DPad, Button::Left),
        (Action::Right, _) => (Symbol::DPad, Button::Right),
        (Action::Square, _) => (Symbol::Square, Button::Square),
        (Action::Triangle, _) => (Symbol::Triangle, Button::Triangle),
        (Action::L1, _) => (Symbol::L1, Button::L1),
        (Action::R1, _) => (Symbol::R1, Button::R1),
        (Action::L2, _) => (Symbol::L2, Button::L2),
        (Action::R2, _) => (Symbol::R2, Button::R2),
        (Action::Start, _) => (Symbol::Start, Button::Start),
        (Action::Select, _) => (Symbol::Select, Button::Select),
    }
}

/// Draws the hints, most important first; those that do not fit are left out.
pub(crate) fn hints(
    canvas: &mut Canvas<'_>,
    confirm: ConfirmButton,
    key_name: &dyn Fn(Button) -> Option<&'static str>,
    hints: &[Hint],
) {
    const SYMBOL: f32 = 40.0;
    const GAP: f32 = 12.0;
    const BETWEEN: f32 = 40.0;
    let safe = canvas.safe();
    let middle = safe.bottom() - theme::HINTS_HEIGHT / 2.0;
    let mut x = safe.x;
    for hint in hints {
        let (symbol, button) = symbol(hint.action, confirm);
        // All four directions share a picture; their keys speak for themselves.
        let key = if symbol == Symbol::DPad {
            None
        } else {
            key_name(button)
        };
        let key_width = key.map_or(0.0, |key| canvas.width(key, theme::SMALL_SIZE) + GAP);
        let wide = symbol.width(SYMBOL);
        let label = canvas.width(hint.label, theme::SMALL_SIZE);
        let width = wide + GAP + key_width + label;
        if x + width > safe.right() {
            break;
        }
        canvas
            .scene
            .button(symbol, point(x + wide / 2.0, middle), SYMBOL, theme::TEXT);
        x += wide + GAP;
        if let Some(key) = key {
            let at = point(x, middle);
            canvas.label(key, at, theme::SMALL_SIZE, theme::FAINT, f32::INFINITY);
            x += key_width;
        }
        canvas.label(
            hint.label,
            point(x, middle),
            theme::SMALL_SIZE,
            theme::DIM,
            f32::INFINITY,
        );
        x += label + BETWEEN;
    }
}
