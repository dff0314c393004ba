//! The video output: the television at it, and what the program has set.

use super::super::guest::GuestCall;
use super::blank::Rate;
use crate::display::{Mode, Television};

/// What the program has set (`CellVideoOutConfiguration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The mode.
    pub mode: Mode,
    /// The number of the pixels' format.
    pub format: u8,
    /// Whether the picture is 16:9.
    pub wide: bool,
    /// Bytes from row to row.
    pub pitch: u32,
}

/// A function of the program that wants to hear of another television, with its own value.
#[derive(Clone, Copy)]
pub struct Listener {
    pub descriptor: u32,
    pub user: u32,
}

/// The first output; a program has no other.
#[derive(Default)]
pub struct VideoOut {
    pub television: Television,
    /// None as long as the program has set nothing.
    configuration: Option<Configuration>,
    pub listeners: [Option<Listener>; 2],
}

/// `CELL_VIDEO_OUT_EVENT_DEVICE_CHANGED`.
const DEVICE_CHANGED: u64 = 0;

impl VideoOut {
    /// The modes that the television has, the best first: its own and those with fewer lines.
    pub fn modes(&self) -> impl Iterator<Item = Mode> {
        let lines = self.television.mode.size().1;
        Mode::ALL
            .into_iter()
            .filter(move |mode| mode.size().1 <= lines)
    }

    /// Whether a picture of this mode is 16:9 on the television.
    pub fn is_wide(&self, mode: Mode) -> bool {
        self.television.wide || !mode.may_be_narrow()
    }

    /// What is set: the television's own mode as long as the program has set nothing.
    pub fn configuration(&self) -> Configuration {
        let mode = self.television.mode;
        self.configuration.unwrap_or(Configuration {
            mode,
            format: 0,
            wide: self.is_wide(mode),
            pitch: 4 * mode.size().0,
        })
    }

    /// Sets a mode.
    pub fn configure(&mut self, configuration: Configuration) {
        self.configuration = Some(configuration);
    }

    /// Vertical blanks a second.
    pub fn rate(&self) -> Rate {
        match self.configuration().mode {
            Mode::P576 => Rate::Hz50,
            _ => Rate::Hz59_94,
        }
    }

    /// Another television: gives the calls of the program's functions.
    pub fn plug(&mut self, television: Television) -> Vec<GuestCall> {
        self.television = television;
        let listeners = self.listeners.iter().enumerate();
        let calls = listeners.filter_map(|(slot, listener)| {
            let listener = (*listener)?;
            Some(GuestCall {
                descriptor: listener.descriptor,
                // Slot, output, device, event, information about the device, the program's value.
                arguments: [
                    slot as u64,
                    0,
                    0,
                    DEVICE_CHANGED,
                    0,
                    listener.user.into(),
                    0,
                    0,
                ],
            })
        });
        calls.collect()
    }
}

/// The system's number of a mode (`CELL_VIDEO_OUT_RESOLUTION_…`).
pub fn number(mode: Mode) -> u8 {
    match mode {
        Mode::P1080 => 1,
        Mode::P720 => 2,
        Mode::P480 => 4,
        Mode::P576 => 5,
    }
}
