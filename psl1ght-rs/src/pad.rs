//! Game pads.

use crate::sys::io::{
    Motors, PORTS, PadData, PadInfo, SETTING_PRESSURE, cellPadEnd, cellPadGetData, cellPadGetInfo2,
    cellPadInit, cellPadSetActDirect, cellPadSetPortSetting,
};
use crate::{Error, Result};

/// Buttons of a pad, a bit each. The numbers are the pad's own: first byte, then second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buttons(pub u16);

macro_rules! buttons {
    ($($name:ident = $bit:literal, $text:literal;)*) => {
        impl Buttons {
            $(#[doc = $text] pub const $name: Self = Self(1 << $bit);)*
            /// All buttons with their names.
            pub const NAMES: [(Self, &'static str); 16] = [$((Self::$name, $text),)*];
        }
    };
}

buttons! {
    SELECT = 0, "Select";
    L3 = 1, "L3";
    R3 = 2, "R3";
    START = 3, "Start";
    UP = 4, "Up";
    RIGHT = 5, "Right";
    DOWN = 6, "Down";
    LEFT = 7, "Left";
    L2 = 8, "L2";
    R2 = 9, "R2";
    L1 = 10, "L1";
    R1 = 11, "R1";
    TRIANGLE = 12, "Triangle";
    CIRCLE = 13, "Circle";
    CROSS = 14, "Cross";
    SQUARE = 15, "Square";
}

impl Buttons {
    /// Whether all of these are held.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of those that are held.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(bit, _)| self.contains(*bit))
            .map(|(_, name)| name)
    }
}

/// A pad's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Buttons held.
    pub buttons: Buttons,
    /// Left stick, right and down positive, -128 to 127.
    pub left: [i8; 2],
    /// Right stick.
    pub right: [i8; 2],
    /// How hard buttons are pressed, 0 to 255, in this order: right, left, up, down, triangle, circle,
    /// cross, square, L1, R1, L2, R2. Zero unless asked for.
    pub pressure: [u8; 12],
}

impl Default for State {
    fn default() -> Self {
        Self {
            buttons: Buttons(0),
            left: [0; 2],
            right: [0; 2],
            pressure: [0; 12],
        }
    }
}

impl State {
    /// Takes over what has come; a report without buttons changes nothing, a shorter one leaves the
    /// rest as it was.
    fn update(&mut self, data: &PadData) {
        let length = usize::try_from(data.length)
            .unwrap_or(0)
            .min(data.button.len());
        let words = &data.button[..length];
        if let [_, _, first, second, ..] = words {
            self.buttons = Buttons((first & 0xff) | (second & 0xff) << 8);
        }
        if let [_, _, _, _, rx, ry, lx, ly, ..] = words {
            let stick = |x: &u16| ((x & 0xff) as u8 ^ 0x80) as i8;
            self.right = [stick(rx), stick(ry)];
            self.left = [stick(lx), stick(ly)];
        }
        if let Some(pressure) = words.get(8..20) {
            for (to, from) in self.pressure.iter_mut().zip(pressure) {
                *to = *from as u8;
            }
        }
    }
}

/// All pads. There is one set of them: [`open`](Self::open) fails while another is open.
#[derive(Debug)]
pub struct Pads {
    states: [Option<State>; PORTS],
}

impl Pads {
    /// Prepares the pads. Just after this none counts as connected: poll. Tried.
    ///
    /// # Errors
    /// What the library returned.
    pub fn open() -> Result<Self> {
        // SAFETY: touches no memory of this program.
        unsafe { cellPadInit(PORTS as u32)? };
        Ok(Self {
            states: [None; PORTS],
        })
    }

    /// Asks for news and returns the state of every port, `None` where no pad is connected. While the
    /// system has the pads for itself (its menu is open), all buttons count as released. Tried.
    ///
    /// # Errors
    /// What the library returned.
    pub fn poll(&mut self) -> Result<&[Option<State>; PORTS]> {
        let mut info = PadInfo::default();
        // SAFETY: the function writes the structure.
        unsafe { cellPadGetInfo2(&raw mut info)? };
        for (port, slot) in self.states.iter_mut().enumerate() {
            if info.status[port] & 1 == 0 {
                *slot = None;
                continue;
            }
            let state = slot.get_or_insert_default();
            if info.system & 1 != 0 {
                *state = State::default();
                continue;
            }
            let mut data = PadData {
                length: 0,
                button: [0; 64],
            };
            // SAFETY: the function writes the structure.
            unsafe { cellPadGetData(port as u32, &raw mut data)? };
            state.update(&data);
        }
        Ok(&self.states)
    }

    /// Has a pad report how hard its buttons are pressed, or not.
    ///
    /// # Errors
    /// `EINVAL` for a port that there is not, or what the library returned.
    pub fn report_pressure(&mut self, port: usize, on: bool) -> Result<()> {
        let setting = if on { SETTING_PRESSURE } else { 0 };
        // SAFETY: touches no memory of this program.
        unsafe { cellPadSetPortSetting(checked(port)?, setting) }
    }

    /// Sets a pad's motors: the small one on or off, the large one 0 (off) to 255.
    ///
    /// # Errors
    /// `EINVAL` for a port that there is not, or what the library returned.
    pub fn rumble(&mut self, port: usize, small: bool, large: u8) -> Result<()> {
        let motors = Motors {
            small: small.into(),
            large,
            reserved: [0; 6],
        };
        // SAFETY: the function reads the structure.
        unsafe { cellPadSetActDirect(checked(port)?, &raw const motors) }
    }
}

impl Drop for Pads {
    fn drop(&mut self) {
        // SAFETY: touches no memory of this program.
        unsafe {
            let _ = cellPadEnd();
        }
    }
}

fn checked(port: usize) -> Result<u32> {
    if port < PORTS {
        Ok(port as u32)
    } else {
        Err(Error::EINVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(length: i32, words: &[(usize, u16)]) -> PadData {
        let mut data = PadData {
            length,
            button: [0; 64],
        };
        for (index, word) in words {
            data.button[*index] = *word;
        }
        data
    }

    #[test]
    fn reports_are_read() {
        let mut state = State::default();
        let words = [
            (2, 0x88),
            (3, 0x40),
            (4, 0xff),
            (5, 0x80),
            (6, 0),
            (7, 0x7f),
            (14, 0x55),
        ];
        state.update(&data(24, &words));
        assert!(state.buttons.contains(Buttons::LEFT));
        assert_eq!(
            state.buttons,
            Buttons(Buttons::LEFT.0 | Buttons::START.0 | Buttons::CROSS.0)
        );
        assert!(state.buttons.names().eq(["Start", "Left", "Cross"]));
        assert_eq!((state.right, state.left), ([127, 0], [-128, -1]));
        assert_eq!(state.pressure[6], 0x55);
    }

    #[test]
    fn an_empty_or_odd_report_changes_nothing() {
        let mut state = State {
            buttons: Buttons::CROSS,
            ..State::default()
        };
        for length in [0, -1, 3] {
            state.update(&data(length, &[]));
            assert_eq!(state.buttons, Buttons::CROSS);
        }
        state.update(&data(i32::MAX, &[]));
        assert_eq!(state.buttons, Buttons(0));
    }
}
