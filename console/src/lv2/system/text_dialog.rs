//! The system's on-screen keyboard: the user enters a text, over the program's picture.
//!
//! There is no picture of keys here. What is typed on a USB keyboard goes into the text,
//! whether one is plugged in or not; of the pad's buttons there are those that stand for keys:
//! start for enter, triangle for space and square for backspace, and the one that goes back.

use std::fmt;

use super::{EnterButton, SystemEvent};
use crate::lv2::input::PadState;
use crate::lv2::machine::Machine;
use crate::script::Button;

/// What has become of the text, by the numbers that programs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(in crate::lv2) enum Entered {
    Confirmed = 0,
    Cancelled = 1,
    /// The program closed the keyboard.
    Aborted = 2,
    /// Confirmed, and empty.
    Nothing = 3,
}

/// USB usages of keys.
const ENTER: u8 = 0x28;
const ESCAPE: u8 = 0x29;
const BACKSPACE: u8 = 0x2a;

/// A text that the user enters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextDialog {
    /// What the program asks for.
    pub message: String,
    /// The text so far.
    pub text: String,
    /// Most UTF-16 words of the text.
    pub most: usize,
    /// Whether it may have spaces.
    pub spaces: bool,
    /// Whether the keyboard stays after the text was confirmed or cancelled.
    pub(in crate::lv2) stays: bool,
    /// What has become of it, if it is over.
    pub(in crate::lv2) entered: Option<Entered>,
}

impl TextDialog {
    /// Adds a character, if there is room and it is allowed; a backspace takes one away.
    fn add(&mut self, character: char) {
        match character {
            '\u{8}' => _ = self.text.pop(),
            ' ' if !self.spaces => {}
            character if character.is_control() => {}
            character => self.push(character),
        }
    }

    fn push(&mut self, character: char) {
        let words = self.text.encode_utf16().count() + character.len_utf16();
        if words <= self.most {
            self.text.push(character);
        }
    }

    /// What a confirmed text is.
    fn confirmed(&self) -> Entered {
        if self.text.is_empty() {
            Entered::Nothing
        } else {
            Entered::Confirmed
        }
    }
}

impl fmt::Display for TextDialog {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "keyboard for {:?}: {:?}", self.message, self.text)
    }
}

impl Machine {
    /// The on-screen keyboard, if it is open for the user.
    #[must_use]
    pub fn text_dialog(&self) -> Option<&TextDialog> {
        let dialog = self.system.text_dialog.as_ref();
        dialog.filter(|dialog| dialog.entered.is_none())
    }

    /// Types a character into the on-screen keyboard; whether there is one.
    pub(in crate::lv2) fn type_into_dialog(&mut self, character: char) -> bool {
        let Some(dialog) = self.open_text() else {
            return false;
        };
        if character == '\n' {
            let entered = dialog.confirmed();
            self.end_text(entered);
        } else {
            dialog.add(character);
        }
        true
    }

    /// A key of the USB keyboard, by its usage, for the on-screen keyboard; whether there is one.
    pub(in crate::lv2) fn key_into_dialog(&mut self, usage: u8) -> bool {
        match usage {
            ENTER => self.type_into_dialog('\n'),
            BACKSPACE => self.type_into_dialog('\u{8}'),
            ESCAPE if self.open_text().is_some() => {
                self.end_text(Entered::Cancelled);
                true
            }
            _ => self.open_text().is_some(),
        }
    }

    /// Buttons go to the on-screen keyboard, if it is open.
    pub(in crate::lv2) fn press_in_text(&mut self, pressed: &PadState) {
        let back = match self.system.settings.enter_button {
            EnterButton::Cross => Button::Circle,
            EnterButton::Circle => Button::Cross,
        };
        let Some(dialog) = self.open_text() else {
            return;
        };
        if pressed.holds(Button::Triangle) {
            dialog.add(' ');
        }
        if pressed.holds(Button::Square) {
            dialog.add('\u{8}');
        }
        if pressed.holds(Button::Start) {
            let entered = dialog.confirmed();
            self.end_text(entered);
        } else if pressed.holds(back) {
            self.end_text(Entered::Cancelled);
        }
    }

    fn open_text(&mut self) -> Option<&mut TextDialog> {
        let dialog = self.system.text_dialog.as_mut();
        dialog.filter(|dialog| dialog.entered.is_none())
    }

    /// The text is confirmed or not; the program hears of it. A keyboard that stays is ready
    /// for the next one.
    pub(in crate::lv2) fn end_text(&mut self, entered: Entered) {
        let Some(dialog) = self.system.text_dialog.as_mut() else {
            return;
        };
        let stays = dialog.stays && entered != Entered::Aborted;
        if !stays {
            dialog.entered = Some(entered);
        }
        self.input.pads.hide_pressed();
        let events = &mut self.system.events;
        events.send(match entered {
            Entered::Cancelled if stays => SystemEvent::TextCancelled,
            _ if stays => SystemEvent::TextEntered,
            _ => SystemEvent::TextFinished,
        });
        if !stays {
            events.send(SystemEvent::DrawingEnds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_what_it_may_have() {
        let mut dialog = TextDialog {
            message: "name".into(),
            text: "A".into(),
            most: 4,
            spaces: false,
            stays: false,
            entered: None,
        };
        for character in " b\n\u{1}\u{1f600}c".chars() {
            dialog.add(character);
        }
        // A character of two words, and then no room for another one.
        assert_eq!(dialog.text, "Ab\u{1f600}");
        for _ in 0..4 {
            dialog.add('\u{8}');
        }
        assert_eq!(dialog.confirmed(), Entered::Nothing);
        dialog.spaces = true;
        dialog.add(' ');
        assert_eq!(dialog.text, " ");
        assert_eq!(dialog.confirmed(), Entered::Confirmed);
        assert_eq!(dialog.to_string(), r#"keyboard for "name": " ""#);
    }
}
