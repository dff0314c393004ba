//! A USB keyboard, as `cellKb` reports it (layouts of structures and codes: PSL1GHT's
//! `io/kb.h`).

mod layout;

pub use layout::Layout;

use std::fmt;

use layout::{cp850, on_pad};

/// Codes in a report.
pub(in crate::lv2) const MOST_CODES: usize = 62;
/// Bit of a code that is no character but a key by its usage.
const RAW: u16 = 0x8000;
/// Bit of a character that is on the number pad.
const PAD: u16 = 0x4000;

/// Modifiers, as bits: shift and the right alt key, which is AltGr on some keyboards.
const SHIFT: u32 = 0x02 | 0x20;
const ALT: u32 = 0x04 | 0x40;
const LEFT_SHIFT: u32 = 0x02;
const RIGHT_ALT: u32 = 0x40;
/// Lights, as bits.
const NUMBERS: u32 = 0x01;
const CAPITALS: u32 = 0x02;

/// A character that the keyboard has no key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey(pub char);

impl fmt::Display for NoKey {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "the keyboard has no key for {:?}", self.0)
    }
}

impl std::error::Error for NoKey {}

/// A key with the modifiers that are held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its USB usage.
    usage: u8,
    modifiers: u32,
}

impl Key {
    /// A key by itself.
    pub const fn plain(usage: u8) -> Self {
        Self {
            usage,
            modifiers: 0,
        }
    }
}

/// How a program uses the keyboard.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyboardUse {
    /// Most keyboards that it wants.
    pub most: u32,
    /// Whether it gets all keys that are held, else each key once, as typed.
    pub held: bool,
    /// Whether it gets characters, else usages.
    pub characters: bool,
    /// Lights that it has set.
    pub lights: u32,
}

/// The keyboard at port 0.
#[derive(Default)]
pub struct Keyboard {
    layout: Option<Layout>,
    /// How the program uses it, if it does.
    pub used: Option<KeyboardUse>,
    /// The key that is down.
    down: Option<Key>,
    /// Codes that the program has not read.
    typed: Vec<u16>,
    /// Whether the keys that are down have changed since the program read them.
    changed: bool,
}

/// What a program reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub lights: u32,
    pub modifiers: u32,
    pub codes: Vec<u16>,
}

impl Keyboard {
    /// Plugs a keyboard in, or pulls it out.
    pub fn plug(&mut self, layout: Option<Layout>) {
        self.layout = layout;
        self.down = None;
        self.clear();
    }

    /// The keyboard's layout, if there is one.
    pub fn layout(&self) -> Option<Layout> {
        self.layout
    }

    /// The key for a character.
    pub fn key(&self, character: char) -> Option<Key> {
        let (usage, level) = self.layout?.find(character)?;
        let modifiers = [0, LEFT_SHIFT, RIGHT_ALT][level];
        Some(Key { usage, modifiers })
    }

    /// A key goes down, and the one that was down goes up. What the system takes for itself
    /// the program does not see.
    pub fn press(&mut self, key: Key, taken: bool) {
        if self.layout.is_none() || taken {
            return;
        }
        // Who looks only at the first code does not want to see the release of the last key.
        if self.typed.last() == Some(&0) {
            self.typed.pop();
        }
        self.down = Some(key);
        self.changed = true;
        let code = self.code(key);
        if self.typed.len() < MOST_CODES {
            self.typed.push(code);
        }
    }

    /// The key that is down goes up.
    pub fn release(&mut self) {
        if self.down.take().is_some() {
            self.changed = true;
            if self.typed.is_empty() {
                self.typed.push(0);
            }
        }
    }

    /// Forgets what was not read.
    pub fn clear(&mut self) {
        self.typed.clear();
        self.changed = false;
    }

    /// A key as the program wants it.
    fn code(&self, key: Key) -> u16 {
        match (self.used, self.layout) {
            (Some(used), Some(layout)) if used.characters => {
                convert(layout, key.modifiers, used.lights, key.usage.into())
            }
            _ => key.usage.into(),
        }
    }

    /// What the program gets when it reads.
    pub fn read(&mut self) -> Report {
        let used = self.used.unwrap_or_default();
        let codes = if !used.held {
            std::mem::take(&mut self.typed)
        } else if self.changed {
            vec![self.down.map_or(0, |key| self.code(key))]
        } else {
            Vec::new()
        };
        self.clear();
        Report {
            lights: used.lights,
            modifiers: self.down.map_or(0, |key| key.modifiers),
            codes,
        }
    }
}

/// The code that a key with modifiers and lights stands for.
pub(in crate::lv2) fn convert(layout: Layout, modifiers: u32, lights: u32, usage: u16) -> u16 {
    let Ok(key) = u8::try_from(usage) else {
        return 0;
    };
    if let Some(character) = on_pad(key, lights & NUMBERS != 0) {
        return PAD | u16::from(character);
    }
    let Some(levels) = layout.levels(key) else {
        return RAW | usage;
    };
    let is_letter = levels[0].is_alphabetic();
    let shift = (modifiers & SHIFT != 0) != (is_letter && lights & CAPITALS != 0);
    let character = match (modifiers & ALT != 0, shift) {
        (true, _) if levels[2] != '\0' => levels[2],
        (_, true) if levels[1] != '\0' => levels[1],
        _ => levels[0],
    };
    cp850(character).map_or(RAW | usage, u16::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyboard(used: KeyboardUse) -> Keyboard {
        let mut keyboard = Keyboard::default();
        keyboard.plug(Some(Layout::Us));
        keyboard.used = Some(used);
        keyboard
    }

    fn type_text(keyboard: &mut Keyboard, text: &str) {
        for character in text.chars() {
            let key = keyboard.key(character).unwrap();
            keyboard.press(key, false);
        }
        keyboard.release();
    }

    #[test]
    fn characters_come_as_they_are_typed() {
        let mut keyboard = keyboard(KeyboardUse {
            characters: true,
            ..KeyboardUse::default()
        });
        type_text(&mut keyboard, "aB \n");
        let codes = keyboard.read().codes;
        assert_eq!(codes, [0x61, 0x42, 0x20, 0x0a]);
        assert_eq!(keyboard.read(), Report::default());
        keyboard.press(Key::plain(0x4f), false);
        assert_eq!(keyboard.read().codes, [0x804f]);
        keyboard.release();
        assert_eq!(keyboard.read().codes, [0]);
    }

    #[test]
    fn held_keys_come_with_their_modifiers() {
        let mut keyboard = keyboard(KeyboardUse {
            held: true,
            ..KeyboardUse::default()
        });
        let key = keyboard.key('B').unwrap();
        keyboard.press(key, false);
        let report = keyboard.read();
        assert_eq!((report.modifiers, &report.codes[..]), (2, &[5][..]));
        assert!(keyboard.read().codes.is_empty());
        keyboard.release();
        assert_eq!(keyboard.read().codes, [0]);
    }

    #[test]
    fn what_the_system_takes_nobody_else_gets() {
        let mut keyboard = keyboard(KeyboardUse::default());
        keyboard.press(Key::plain(4), true);
        assert_eq!(keyboard.read(), Report::default());
        keyboard.plug(None);
        assert_eq!(keyboard.key('a'), None);
        keyboard.press(Key::plain(4), false);
        assert_eq!(keyboard.read(), Report::default());
    }

    #[test]
    fn no_more_than_a_report_holds_is_kept() {
        let mut keyboard = keyboard(KeyboardUse::default());
        type_text(&mut keyboard, &"a".repeat(2 * MOST_CODES));
        assert_eq!(keyboard.read().codes.len(), MOST_CODES);
    }

    #[test]
    fn capitals_turn_letters_round() {
        let code = |modifiers, lights, usage| convert(Layout::Us, modifiers, lights, usage);
        assert_eq!(code(0, CAPITALS, 4), u16::from(b'A'));
        assert_eq!(code(SHIFT, CAPITALS, 4), u16::from(b'a'));
        assert_eq!(code(0, CAPITALS, 0x1e), u16::from(b'1'));
        assert_eq!(code(0, 0, 0x29), 0x8029);
        assert_eq!(code(0, NUMBERS, 0x59), 0x4031);
        assert_eq!(code(0, 0, 0x59), 0x8059);
        assert_eq!(code(0, 0, 0x1234), 0);
    }
}
