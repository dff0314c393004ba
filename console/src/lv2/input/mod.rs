//! Pads and USB keyboards, from the user's hands to what programs read.

mod keyboard;
mod pad;

pub use keyboard::{Layout, NoKey};
pub use pad::{Motors, PadState};

pub(super) use keyboard::{Keyboard, KeyboardUse, convert};
pub(super) use pad::{Pads, Setting};

use super::machine::Machine;

/// Ports of pads, and of keyboards.
pub const PORTS: usize = 7;

/// All that is plugged in.
#[derive(Default)]
pub(super) struct Input {
    pub pads: Pads,
    pub keyboard: Keyboard,
    /// As many mice as the program wants to hear of, once it has begun to use them; there
    /// are none.
    pub mice: Option<u32>,
}

impl Machine {
    /// How a pad is held: what is pressed goes to a dialog, if one is open. `None`
    /// pulls it out. A port beyond [`PORTS`] does not exist.
    pub fn set_pad(&mut self, port: usize, state: Option<PadState>) {
        let before = self.input.pads.held(port).unwrap_or_default();
        self.input.pads.hold(port, state);
        if let Some(state) = state {
            let pressed = state.pressed_since(&before);
            self.press_in_dialog(&pressed);
            self.press_in_text(&pressed);
        }
    }

    /// What the program has a pad's motors do; at rest where there is no pad.
    #[must_use]
    pub fn motors(&self, port: usize) -> Motors {
        self.input.pads.motors(port)
    }

    /// Plugs a keyboard in, or pulls it out with `None`.
    pub fn set_keyboard(&mut self, layout: Option<Layout>) {
        self.input.keyboard.plug(layout);
    }

    /// Whether the program has begun to use keyboards.
    #[must_use]
    pub fn uses_keyboards(&self) -> bool {
        self.input.keyboard.used.is_some()
    }

    /// Types a character on the keyboard: its key goes down, and those that were down before
    /// go up. A line feed is the enter key, a backspace and a tabulator are those keys. While
    /// the on-screen keyboard is open it goes there, with or without a key.
    ///
    /// # Errors
    ///
    /// The keyboard has no key for it, or there is none.
    pub fn type_character(&mut self, character: char) -> Result<(), NoKey> {
        if self.type_into_dialog(character) {
            return Ok(());
        }
        let key = self.input.keyboard.key(character).ok_or(NoKey(character))?;
        self.input.keyboard.press(key, self.system.takes_input());
        Ok(())
    }

    /// Types a key by its USB usage (HID usage tables, page 7), with no modifier.
    pub fn type_key(&mut self, usage: u8) {
        if self.key_into_dialog(usage) {
            return;
        }
        let taken = self.system.takes_input();
        self.input
            .keyboard
            .press(keyboard::Key::plain(usage), taken);
    }

    /// All keys of the keyboard are up.
    pub fn release_keys(&mut self) {
        self.input.keyboard.release();
    }
}
