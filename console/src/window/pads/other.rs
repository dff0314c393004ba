//! Gamepads where the system has an interface of its own for them.

use gilrs::{Axis, Gilrs};

use super::byte;
use crate::lv2::PadState;
use crate::script::Button;

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
    pub fn poll(&mut self) -> PadState {
        let Some(gilrs) = &mut self.0 else {
            return PadState::default();
        };
        while gilrs.next_event().is_some() {}
        gilrs.gamepads().fold(PadState::default(), |all, (_, pad)| {
            let held = BUTTONS
                .into_iter()
                .filter(|&(code, _)| pad.is_pressed(code));
            let mut one = held.fold(PadState::default(), |one, (_, button)| one.with(button));
            // Up is positive there.
            let axis = |axis, sign: f32| byte((pad.value(axis) * sign * 127.0) as i8);
            one.left = [axis(Axis::LeftStickX, 1.0), axis(Axis::LeftStickY, -1.0)];
            one.right = [axis(Axis::RightStickX, 1.0), axis(Axis::RightStickY, -1.0)];
            all.merged(&one)
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
