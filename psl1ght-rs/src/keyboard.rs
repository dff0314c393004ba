//! USB keyboards. Tried on the virtual PS3 only.

use crate::Result;
use crate::sys::io::{
    KEY_PAD, KEY_RAW, KeyboardData, KeyboardInfo, PORTS, cellKbEnd, cellKbGetInfo, cellKbInit,
    cellKbRead, cellKbSetCodeType, cellKbSetReadMode,
};

/// Each key once, as it is typed, with the system's own repetition.
const AS_TYPED: u32 = 0;
/// Codes are characters where there is one.
const CHARACTERS: u32 = 1;

/// The characters of the codes from 0x80 to 0xff: the system's are those of the code page 850, by
/// the tables of emulators (RPCS3, `cellKbCnvRawCode`).
const UPPER: &str = "\
    ÇüéâäàåçêëèïîìÄÅ\
    ÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»\
    ░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
    ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\
    \u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// A key that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character by the keyboard's layout; the line feed is 10, the tabulator 9.
    Character(char),
    /// Another key by its USB number (HID usage tables, page 7): 0x28 enter, 0x2a backspace, 0x4f to
    /// 0x52 right, left, down, up.
    Other(u8),
}

impl Key {
    fn from_code(code: u16) -> Option<Self> {
        let low = (code & 0xff) as u8;
        match (code & KEY_RAW != 0, low) {
            // 0 to 3 are no keys but reports of the keyboard.
            (true, 0..=3) | (false, 0) => None,
            (true, number) => Some(Self::Other(number)),
            (false, _) => character(code & !KEY_PAD).map(Self::Character),
        }
    }
}

/// The character of a code.
fn character(code: u16) -> Option<char> {
    match u8::try_from(code).ok()? {
        code @ ..0x80 => Some(code.into()),
        code => UPPER.chars().nth(usize::from(code - 0x80)),
    }
}

/// All keyboards.
#[derive(Debug)]
pub struct Keyboards {
    known: [bool; PORTS],
}

impl Keyboards {
    /// Prepares the keyboards.
    ///
    /// # Errors
    /// What the library returned.
    pub fn open() -> Result<Self> {
        // SAFETY: touches no memory of this program.
        unsafe { cellKbInit(PORTS as u32)? };
        Ok(Self {
            known: [false; PORTS],
        })
    }

    /// Calls `typed` for every key that was typed since the last call, on any keyboard. A keyboard
    /// that was plugged in meanwhile is set up first.
    ///
    /// # Errors
    /// What the library returned.
    pub fn poll(&mut self, mut typed: impl FnMut(Key)) -> Result<()> {
        let mut info = KeyboardInfo {
            most: 0,
            connected: 0,
            system: 0,
            status: [0; 127],
        };
        // SAFETY: the function writes the structure.
        unsafe { cellKbGetInfo(&raw mut info)? };
        for (port, known) in self.known.iter_mut().enumerate() {
            let connected = info.status[port] != 0;
            if !connected {
                *known = false;
                continue;
            }
            let number = port as u32;
            if !*known {
                // SAFETY: touches no memory of this program.
                unsafe {
                    cellKbSetReadMode(number, AS_TYPED)?;
                    cellKbSetCodeType(number, CHARACTERS)?;
                }
                *known = true;
            }
            let mut data = KeyboardData {
                lights: 0,
                modifiers: 0,
                length: 0,
                code: [0; 62],
            };
            // SAFETY: the function writes the structure.
            unsafe { cellKbRead(number, &raw mut data)? };
            let length = usize::try_from(data.length)
                .unwrap_or(0)
                .min(data.code.len());
            data.code[..length]
                .iter()
                .filter_map(|code| Key::from_code(*code))
                .for_each(&mut typed);
        }
        Ok(())
    }

    /// How many keyboards were there at the last poll.
    pub fn connected(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }
}

impl Drop for Keyboards {
    fn drop(&mut self) {
        // SAFETY: touches no memory of this program.
        unsafe {
            let _ = cellKbEnd();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_keys() {
        assert_eq!(Key::from_code(0x61), Some(Key::Character('a')));
        assert_eq!(Key::from_code(0x4037), Some(Key::Character('7')));
        assert_eq!(Key::from_code(0x804f), Some(Key::Other(0x4f)));
        assert_eq!(Key::from_code(0), None);
        assert_eq!(Key::from_code(0x8001), None);
    }

    #[test]
    fn codes_above_ascii_are_of_the_code_page_850() {
        assert_eq!(UPPER.chars().count(), 0x80);
        for (code, character) in [
            (0x80, 'Ç'),
            (0x81, 'ü'),
            (0x9c, '£'),
            (0xbe, '¥'),
            (0xe1, 'ß'),
            (0xef, '´'),
            (0xf8, '°'),
            (0xff, '\u{a0}'),
        ] {
            assert_eq!(Key::from_code(code), Some(Key::Character(character)));
        }
        assert_eq!(Key::from_code(0x181), None);
    }
}
