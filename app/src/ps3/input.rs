//! Pads and USB keyboards, as the app wants them.

use alloc::vec::Vec;

use app::input::{Button, Buttons, Input, Key, Pad, Stick};
use psl1ght_rs::keyboard::{self, Keyboards};
use psl1ght_rs::pad::{self, Pads, State};

use crate::report::note;

/// Frames without pad and keyboard until the player is told: one that is switched on takes its time.
const PATIENCE: u32 = 90;

/// Everything that the player holds in the hand.
#[derive(Debug)]
pub struct Devices {
    pads: Option<Pads>,
    keyboards: Option<Keyboards>,
    /// Frames for which there was neither a pad nor a keyboard.
    alone: u32,
}

impl Devices {
    /// Prepares pads and keyboards. What cannot be had is told to the programmer, and counts as not
    /// plugged in.
    pub fn open() -> Devices {
        let pads = Pads::open();
        let keyboards = Keyboards::open();
        Devices {
            pads: pads
                .inspect_err(|error| note(format_args!("no pads: {error}")))
                .ok(),
            keyboards: keyboards
                .inspect_err(|error| note(format_args!("no keyboards: {error}")))
                .ok(),
            alone: 0,
        }
    }

    /// What was done since the last frame. While something else has the player's attention, nothing
    /// counts.
    pub fn poll(&mut self, elsewhere: bool) -> Input {
        let mut input = Input::default();
        let pad = self.pads.as_mut().and_then(|pads| {
            // One that fails now and then is one that is just being unplugged.
            let states = pads.poll().ok()?;
            states.iter().flatten().next().copied()
        });
        let mut keyboard = false;
        if let Some(keyboards) = &mut self.keyboards {
            let mut typed = Vec::new();
            // As above; what was typed before the failure counts.
            let _ = keyboards.poll(|key| typed.extend(app_key(key)));
            input.keys = typed;
            keyboard = keyboards.connected() > 0;
        }
        if pad.is_some() || keyboard {
            self.alone = 0;
        } else {
            self.alone = self.alone.saturating_add(1);
        }
        if elsewhere {
            return Input::default();
        }
        input.pad = pad.as_ref().map(app_pad).unwrap_or_default();
        input
    }

    /// Whether nothing is plugged in that the app could be used with.
    pub fn is_alone(&self) -> bool {
        self.alone > PATIENCE
    }
}

fn app_pad(state: &State) -> Pad {
    let held = |&(bit, _): &(pad::Buttons, Button)| state.buttons.contains(bit);
    Pad {
        buttons: BUTTONS
            .iter()
            .filter(|pair| held(pair))
            .map(|(_, button)| *button)
            .collect::<Buttons>(),
        left: Stick {
            x: state.left[0],
            y: state.left[1],
        },
    }
}

const BUTTONS: [(pad::Buttons, Button); 16] = [
    (pad::Buttons::UP, Button::Up),
    (pad::Buttons::DOWN, Button::Down),
    (pad::Buttons::LEFT, Button::Left),
    (pad::Buttons::RIGHT, Button::Right),
    (pad::Buttons::CROSS, Button::Cross),
    (pad::Buttons::CIRCLE, Button::Circle),
    (pad::Buttons::SQUARE, Button::Square),
    (pad::Buttons::TRIANGLE, Button::Triangle),
    (pad::Buttons::L1, Button::L1),
    (pad::Buttons::R1, Button::R1),
    (pad::Buttons::L2, Button::L2),
    (pad::Buttons::R2, Button::R2),
    (pad::Buttons::L3, Button::L3),
    (pad::Buttons::R3, Button::R3),
    (pad::Buttons::START, Button::Start),
    (pad::Buttons::SELECT, Button::Select),
];

/// The key's meaning; `None` for one that means nothing to the app. Numbers are those of the USB HID
/// usage tables, page 7; the system gives some keys as control characters.
fn app_key(key: keyboard::Key) -> Option<Key> {
    use keyboard::Key::{Character, Other};
    Some(match key {
        Character('\n' | '\r') | Other(0x28 | 0x58) => Key::Enter,
        Character('\u{8}') | Other(0x2a) => Key::Backspace,
        Character('\u{7f}') | Other(0x4c) => Key::Delete,
        Character('\u{1b}') | Other(0x29) => Key::Escape,
        Character(character) if !character.is_control() => Key::Char(character),
        Other(0x4a) => Key::Home,
        Other(0x4d) => Key::End,
        Other(0x4f) => Key::Right,
        Other(0x50) => Key::Left,
        Other(0x51) => Key::Down,
        Other(0x52) => Key::Up,
        Character(_) | Other(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_has_its_own() {
        for (bit, button) in BUTTONS {
            let state = State {
                buttons: bit,
                ..State::default()
            };
            assert_eq!(app_pad(&state).buttons, Buttons::NONE.with(button));
            let name = bit.names().next().expect("a button with a name");
            assert_eq!(Button::from_name(name), Some(button));
        }
        let state = State {
            left: [-128, 5],
            ..State::default()
        };
        assert_eq!(app_pad(&state).left, Stick { x: -128, y: 5 });
    }

    #[test]
    fn keys_have_their_meaning() {
        use keyboard::Key::{Character, Other};
        assert_eq!(app_key(Character('ä')), Some(Key::Char('ä')));
        assert_eq!(app_key(Character('\n')), Some(Key::Enter));
        assert_eq!(app_key(Other(0x52)), Some(Key::Up));
        assert_eq!(app_key(Character('\t')), None);
        assert_eq!(app_key(Other(0x3a)), None);
    }

    #[test]
    fn a_lonely_machine_is_noticed_in_time() {
        // Off the console there is nothing plugged in.
        let mut devices = Devices::open();
        for _ in 0..PATIENCE {
            devices.poll(false);
        }
        assert!(!devices.is_alone());
        devices.poll(true);
        assert!(devices.is_alone());
    }
}
