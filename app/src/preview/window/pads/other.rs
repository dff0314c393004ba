//! Gamepads where the system has an interface of its own for them.

use app::input::{Button, Buttons, Pad, Stick};
use gilrs::{Axis, Gilrs};

use super::merged;

/// Every gamepad.
pub struct Pads(Option<Gilrs>);

impl Default for Pads {
    fn default() -> Pads {
        // Without gamepads there is still the keyboard.
        Pads(Gilrs::new().ok())
    }
}

impl Pads {
    /// The state of all pads together.
    pub fn poll(&mut self) -> Pad {
        let Some(gilrs) = &mut self.0 else {
            return Pad::default();
        };
        while gilrs.next_event().is_some() {}
        gilrs.gamepads().fold(Pad::default(), |all, (_, pad)| {
            let held = BUTTONS
                .into_iter()
                .filter(|&(code, _)| pad.is_pressed(code));
            // Up is positive there.
            let axis = |axis, sign: f32| (pad.value(axis) * sign * 127.0) as i8;
            let one = Pad {
                buttons: held.map(|(_, button)| button).collect::<Buttons>(),
                left: Stick {
                    x: axis(Axis::LeftStickX, 1.0),
                    y: axis(Axis::LeftStickY, -1.0),
                },
            };
            merged(all, one)
        })
    }
}

const BUTTONS: [(gilrs::Button, Button); 16] = [
    (gilrs::Button::South, Button::Cross),
    (gilrs::Button::East, Button::Circle),
    (gilrs::Button::West, Button::Square),
    (gilrs::Button::North, Button::Triangle),
    (gilrs::Button::DPadUp, Button::Up),
    (gilrs::Button::DPadDown, Button::Down),
    (gilrs::Button::DPadLeft, Button::Left),
    (gilrs::Button::DPadRight, Button::Right),
    (gilrs::Button::LeftTrigger, Button::L1),
    (gilrs::Button::RightTrigger, Button::R1),
    (gilrs::Button::LeftTrigger2, Button::L2),
    (gilrs::Button::RightTrigger2, Button::R2),
    (gilrs::Button::LeftThumb, Button::L3),
    (gilrs::Button::RightThumb, Button::R3),
    (gilrs::Button::Start, Button::Start),
    (gilrs::Button::Select, Button::Select),
];
