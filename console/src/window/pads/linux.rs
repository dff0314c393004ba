//! Gamepads on Linux, read from the kernel's event devices.
//!
//! Button codes: Linux, `Documentation/input/gamepad.rst`.

use std::time::{Duration, Instant};

use evdev::{AbsoluteAxisCode, Device, EventSummary, KeyCode};

use super::byte;
use crate::lv2::PadState;
use crate::script::Button;

/// How often to look for pads that were plugged in.
const SEARCH: Duration = Duration::from_secs(2);

/// Maker's number of Microsoft, whose driver gives square and triangle each other's code.
const MICROSOFT: u16 = 0x045e;

/// Every gamepad that may be read.
#[derive(Default)]
pub struct Pads {
    open: Vec<(std::path::PathBuf, Device)>,
    searched: Option<Instant>,
}

impl Pads {
    /// The state of all pads together.
    pub fn poll(&mut self) -> PadState {
        let now = Instant::now();
        if self
            .searched
            .is_none_or(|last| now.duration_since(last) >= SEARCH)
        {
            self.searched = Some(now);
            self.search();
        }
        let mut all = PadState::default();
        // One that cannot be read any more was pulled out.
        self.open.retain_mut(|(_, device)| match read(device) {
            Some(pad) => {
                all = all.merged(&pad);
                true
            }
            None => false,
        });
        all
    }

    fn search(&mut self) {
        for (path, device) in evdev::enumerate() {
            let known = self.open.iter().any(|(open, _)| *open == path);
            let keys = device.supported_keys();
            let is_pad = keys.is_some_and(|keys| keys.contains(KeyCode::BTN_SOUTH));
            if !known && is_pad && device.set_nonblocking(true).is_ok() {
                self.open.push((path, device));
            }
        }
    }
}

/// What is held, or was for a moment since the last time; `None` where the pad is gone.
fn read(device: &mut Device) -> Option<PadState> {
    let swapped = device.input_id().vendor() == MICROSOFT;
    let mut pad = PadState::default();
    match device.fetch_events() {
        Ok(events) => {
            for event in events {
                if let EventSummary::Key(_, code, 1) = event.destructure()
                    && let Some(button) = button(code, swapped)
                {
                    pad = pad.with(button);
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
        Err(_) => return None,
    }
    let state = device.cached_state();
    let held = state.key_vals().into_iter().flat_map(|keys| keys.iter());
    pad = held
        .filter_map(|code| button(code, swapped))
        .fold(pad, PadState::with);
    let Some(axes) = state.abs_vals() else {
        return Some(pad);
    };
    let has = device.supported_absolute_axes();
    // From -127 to 127; 0 where there is no such axis.
    let axis = |code: AbsoluteAxisCode| {
        let there = has.is_some_and(|has| has.contains(code));
        let Some(axis) = axes.get(usize::from(code.0)).filter(|_| there) else {
            return 0;
        };
        deflection(axis.value, axis.minimum, axis.maximum)
    };
    let stick = |x, y| [x, y].map(|code| byte(axis(code)));
    pad.left = stick(AbsoluteAxisCode::ABS_X, AbsoluteAxisCode::ABS_Y);
    pad.right = stick(AbsoluteAxisCode::ABS_RX, AbsoluteAxisCode::ABS_RY);
    for (code, low, high) in [
        (AbsoluteAxisCode::ABS_HAT0X, Button::Left, Button::Right),
        (AbsoluteAxisCode::ABS_HAT0Y, Button::Up, Button::Down),
    ] {
        match axis(code) {
            ..-63 => pad = pad.with(low),
            64.. => pad = pad.with(high),
            _ => {}
        }
    }
    Some(pad)
}

/// The button with this code; `swapped` where square and triangle have each other's.
fn button(code: KeyCode, swapped: bool) -> Option<Button> {
    let (west, north) = if swapped {
        (Button::Triangle, Button::Square)
    } else {
        (Button::Square, Button::Triangle)
    };
    Some(match code {
        KeyCode::BTN_SOUTH => Button::Cross,
        KeyCode::BTN_EAST => Button::Circle,
        KeyCode::BTN_WEST => west,
        KeyCode::BTN_NORTH => north,
        KeyCode::BTN_DPAD_UP => Button::Up,
        KeyCode::BTN_DPAD_DOWN => Button::Down,
        KeyCode::BTN_DPAD_LEFT => Button::Left,
        KeyCode::BTN_DPAD_RIGHT => Button::Right,
        KeyCode::BTN_TL => Button::L1,
        KeyCode::BTN_TR => Button::R1,
        KeyCode::BTN_TL2 => Button::L2,
        KeyCode::BTN_TR2 => Button::R2,
        KeyCode::BTN_THUMBL => Button::L3,
        KeyCode::BTN_THUMBR => Button::R3,
        KeyCode::BTN_START => Button::Start,
        KeyCode::BTN_SELECT => Button::Select,
        _ => return None,
    })
}

/// A value in its range as -127 to 127.
fn deflection(value: i32, minimum: i32, maximum: i32) -> i8 {
    let (value, low, high) = (i64::from(value), i64::from(minimum), i64::from(maximum));
    if low >= high {
        return 0;
    }
    let doubled = 2 * (value.clamp(low, high) - low) - (high - low);
    (doubled * 127 / (high - low)) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_reach_from_end_to_end() {
        assert_eq!(deflection(0, 0, 255), -127);
        assert_eq!(deflection(255, 0, 255), 127);
        assert_eq!(deflection(128, 0, 255), 0);
        assert_eq!(deflection(-1, -1, 1), -127);
        assert_eq!(deflection(i32::MAX, i32::MIN, i32::MAX), 127);
        assert_eq!(deflection(99, -32768, 32767), 0);
        assert_eq!(deflection(5, 5, 5), 0);
    }
}
