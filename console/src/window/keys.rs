//! The keyboard: a stand-in for the pad, and a USB keyboard where a text is edited.

use winit::event::{ElementState, KeyEvent};
use winit::keyboard::{Key as Named, NamedKey, PhysicalKey};

use crate::lv2::PadState;
use crate::script::Button;

/// What the keys stand for, for people.
pub const HELP: &str = "\
Keys: arrows = d-pad, Enter = cross, Esc = circle, F1 = square, F2 = triangle,
      Page Up and Page Down = L1 and R1, F3 and F4 = L2 and R2, Tab = start, F5 = select,
      F11 = full screen.";

/// A key that was typed into a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character, with shift and dead keys already applied.
    Character(char),
    /// Enter.
    Enter,
    /// Deletes the character before the caret.
    Backspace,
    /// Deletes the character after the caret.
    Delete,
    /// To the beginning.
    Home,
    /// To the end.
    End,
}

/// The keyboard's state.
#[derive(Debug, Default)]
pub struct Keys {
    /// Keys that are down and the buttons that they stand for.
    down: Vec<(PhysicalKey, Button)>,
    /// Buttons that went down since the last frame, to be seen even if they are up again.
    pressed: PadState,
    /// Keys typed since the last frame.
    typed: Vec<Key>,
    /// Whether a text is being edited.
    text: bool,
    /// Whether the last key was typed into the text, so that Enter is meant for the text, too.
    typing: bool,
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Button(Button),
    Key(Key),
    Nothing,
}

impl Keys {
    /// Takes a key that went down or up.
    pub fn take(&mut self, event: &KeyEvent) {
        match event.state {
            ElementState::Released => {
                self.down.retain(|(key, _)| *key != event.physical_key);
            }
            ElementState::Pressed => {
                let text = event.text.as_deref().unwrap_or_default();
                self.press(event.physical_key, &event.logical_key, text, event.repeat);
            }
        }
    }

    fn press(&mut self, physical: PhysicalKey, logical: &Named, text: &str, repeat: bool) {
        match self.meaning(logical) {
            // The app repeats buttons by itself.
            Meaning::Button(_) if repeat => {}
            Meaning::Button(button) => {
                self.typing = false;
                self.pressed = self.pressed.with(button);
                self.down.retain(|(key, _)| *key != physical);
                self.down.push((physical, button));
            }
            Meaning::Key(key) => {
                // One Enter is meant for what was typed.
                self.typing = key != Key::Enter;
                self.typed.push(key);
            }
            Meaning::Nothing if self.text => {
                let characters = text.chars().filter(|c| !c.is_control());
                let before = self.typed.len();
                self.typed.extend(characters.map(Key::Character));
                self.typing |= self.typed.len() > before;
            }
            Meaning::Nothing => {}
        }
    }

    fn meaning(&self, key: &Named) -> Meaning {
        let Named::Named(key) = key else {
            return Meaning::Nothing;
        };
        let button = match key {
            NamedKey::ArrowUp => Button::Up,
            NamedKey::ArrowDown => Button::Down,
            NamedKey::ArrowLeft => Button::Left,
            NamedKey::ArrowRight => Button::Right,
            NamedKey::Enter if self.text && self.typing => return Meaning::Key(Key::Enter),
            NamedKey::Enter => Button::Cross,
            NamedKey::Escape => Button::Circle,
            NamedKey::Backspace if self.text => return Meaning::Key(Key::Backspace),
            NamedKey::Backspace => Button::Circle,
            NamedKey::Delete if self.text => return Meaning::Key(Key::Delete),
            NamedKey::Home if self.text => return Meaning::Key(Key::Home),
            NamedKey::End if self.text => return Meaning::Key(Key::End),
            NamedKey::Space if !self.text => Button::Cross,
            NamedKey::F1 => Button::Square,
            NamedKey::F2 => Button::Triangle,
            NamedKey::PageUp => Button::L1,
            NamedKey::PageDown => Button::R1,
            NamedKey::F3 => Button::L2,
            NamedKey::F4 => Button::R2,
            NamedKey::F5 => Button::Select,
            NamedKey::Tab => Button::Start,
            _ => return Meaning::Nothing,
        };
        Meaning::Button(button)
    }

    /// All keys are up: another window has the keyboard now.
    pub fn release(&mut self) {
        self.down.clear();
    }

    /// The buttons that are held, and the keys typed, since the last call. `text` says whether a
    /// text is being edited.
    pub fn frame(&mut self, text: bool) -> (PadState, Vec<Key>) {
        if self.text != text {
            self.text = text;
            self.typing = false;
        }
        let pressed = std::mem::take(&mut self.pressed);
        let down = self.down.iter();
        let held = down.fold(pressed, |held, &(_, button)| held.with(button));
        (held, std::mem::take(&mut self.typed))
    }

    /// The key that stands for a button at present.
    pub fn name(&self, button: Button) -> Option<&'static str> {
        Some(match button {
            Button::Cross if self.text && self.typing => return None,
            Button::Cross => "Enter",
            Button::Circle => "Esc",
            Button::Square if self.text => "Backspace",
            Button::Square => "F1",
            Button::Triangle if self.text => "Space",
            Button::Triangle => "F2",
            Button::L1 => "Page Up",
            Button::R1 => "Page Down",
            Button::L2 => "F3",
            Button::R2 => "F4",
            Button::Start if self.text && self.typing => "Enter",
            Button::Start => "Tab",
            Button::Select => "F5",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use winit::keyboard::KeyCode;

    const KEY: PhysicalKey = PhysicalKey::Code(KeyCode::Enter);

    fn press(keys: &mut Keys, key: NamedKey) {
        keys.press(KEY, &Named::Named(key), "", false);
    }

    fn letter(keys: &mut Keys, text: &str) {
        let physical = PhysicalKey::Code(KeyCode::KeyA);
        keys.press(physical, &Named::Character(text.into()), text, false);
    }

    #[test]
    fn a_tap_between_two_frames_is_seen_once() {
        let mut keys = Keys::default();
        press(&mut keys, NamedKey::Enter);
        keys.release();
        assert!(keys.frame(false).0.holds(Button::Cross));
        assert_eq!(keys.frame(false).0, PadState::default());
    }

    #[test]
    fn letters_are_typed_only_into_texts() {
        let mut keys = Keys::default();
        letter(&mut keys, "a");
        assert_eq!(keys.frame(true).1, []);
        letter(&mut keys, "ä");
        press(&mut keys, NamedKey::Backspace);
        assert_eq!(keys.frame(true).1, [Key::Character('ä'), Key::Backspace]);
    }

    #[test]
    fn enter_goes_with_what_was_used_last() {
        let mut keys = Keys::default();
        keys.frame(true);
        assert_eq!(keys.name(Button::Cross), Some("Enter"));
        press(&mut keys, NamedKey::Enter);
        assert!(keys.frame(true).0.holds(Button::Cross));
        letter(&mut keys, "a");
        assert_eq!(keys.name(Button::Start), Some("Enter"));
        press(&mut keys, NamedKey::Enter);
        assert_eq!(keys.frame(true).1, [Key::Character('a'), Key::Enter]);
        press(&mut keys, NamedKey::Enter);
        assert!(keys.frame(true).0.holds(Button::Cross));
        letter(&mut keys, "b");
        press(&mut keys, NamedKey::ArrowLeft);
        press(&mut keys, NamedKey::Enter);
        let (pad, typed) = keys.frame(true);
        assert!(pad.holds(Button::Cross));
        assert_eq!(typed, [Key::Character('b')]);
    }
}
