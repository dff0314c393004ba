//! The TV: modes that it has, and the one that is set.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::sys::video::{
    Configuration, State, cellVideoOutConfigure, cellVideoOutGetResolutionAvailability,
    cellVideoOutGetState, cellVideoOutRegisterCallback, cellVideoOutUnregisterCallback,
};
use crate::{Error, Result};

/// The first and only output that programs use.
const PRIMARY: u32 = 0;

/// A display mode by its number of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 1920 × 1080.
    P1080,
    /// 1280 × 720. Tried.
    P720,
    /// 720 × 576.
    P576,
    /// 720 × 480.
    P480,
}

impl Mode {
    /// All modes, the largest first.
    pub const ALL: [Self; 4] = [Self::P1080, Self::P720, Self::P576, Self::P480];

    /// The system's number.
    pub const fn number(self) -> u8 {
        match self {
            Self::P1080 => 1,
            Self::P720 => 2,
            Self::P480 => 4,
            Self::P576 => 5,
        }
    }

    /// The mode with the system's number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.number() == number)
    }

    /// Pixels: width, height.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::P1080 => (1920, 1080),
            Self::P720 => (1280, 720),
            Self::P576 => (720, 576),
            Self::P480 => (720, 480),
        }
    }

    /// Whether the display has it.
    pub fn is_available(self) -> bool {
        // SAFETY: touches no memory of this program.
        unsafe { cellVideoOutGetResolutionAvailability(PRIMARY, self.number().into(), 0, 0) == 1 }
    }
}

/// What the display shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// The mode.
    pub mode: Mode,
    /// Whether the picture is 16:9, else it is 4:3.
    pub wide: bool,
    /// Frames a second, rounded.
    pub refresh: u32,
}

/// What the display shows now.
///
/// # Errors
/// `ENOTSUP` for a mode that this module does not know, or what the library returned.
pub fn display() -> Result<Display> {
    let mut state = State::default();
    // SAFETY: the function writes the structure.
    unsafe { cellVideoOutGetState(PRIMARY, 0, &raw mut state)? };
    from_state(&state).ok_or(Error::ENOTSUP)
}

fn from_state(state: &State) -> Option<Display> {
    let refresh = match state.refresh {
        bits if bits & 2 != 0 => 50,
        bits if bits & 8 != 0 => 30,
        _ => 60,
    };
    Some(Display {
        mode: Mode::from_number(state.resolution)?,
        wide: state.aspect == 2,
        refresh,
    })
}

/// Sets a mode; `pitch` is the number of bytes from one line of the display buffers to the next.
///
/// # Errors
/// `ENOTSUP` if the display does not have the mode, or what the library returned.
pub fn configure(mode: Mode, pitch: u32) -> Result<()> {
    if !mode.is_available() {
        return Err(Error::ENOTSUP);
    }
    let configuration = Configuration {
        resolution: mode.number(),
        pitch,
        ..Configuration::default()
    };
    // SAFETY: the function reads the structure.
    unsafe { cellVideoOutConfigure(PRIMARY, &raw const configuration, 0, 0) }
}

/// What happened to the output.
static CHANGED: AtomicBool = AtomicBool::new(false);
static OPEN: AtomicBool = AtomicBool::new(false);

extern "C" fn on_change(
    _slot: u32,
    output: u32,
    _device: u32,
    _event: u32,
    _information: u32,
    _user: u32,
) -> i32 {
    if output == PRIMARY {
        CHANGED.store(true, Ordering::Release);
    }
    0
}

/// The system's callback slot that this module uses.
const SLOT: u32 = 0;

/// Notices that another display was plugged in, or the same one again. There is one. Not tried yet.
#[derive(Debug)]
pub struct DisplayChanges {
    // As for other events of the system: one thread polls.
    _not_send: core::marker::PhantomData<*const ()>,
}

impl DisplayChanges {
    /// Registers with the system.
    ///
    /// # Errors
    /// `EBUSY` while another is open, or what the library returned.
    pub fn open() -> Result<Self> {
        if OPEN.swap(true, Ordering::AcqRel) {
            return Err(Error::EBUSY);
        }
        let descriptor = crate::callback!(on_change as fn(u32, u32, u32, u32, u32, u32) -> i32);
        // SAFETY: the descriptor and its function live as long as the program.
        if let Err(error) = unsafe { cellVideoOutRegisterCallback(SLOT, descriptor, 0) } {
            OPEN.store(false, Ordering::Release);
            return Err(error);
        }
        Ok(Self {
            _not_send: core::marker::PhantomData,
        })
    }

    /// Whether the display has changed since the last call. The news come while system events are
    /// polled ([`crate::sysutil::SystemEvents::poll`]).
    pub fn take(&mut self) -> bool {
        CHANGED.swap(false, Ordering::AcqRel)
    }
}

impl Drop for DisplayChanges {
    fn drop(&mut self) {
        // SAFETY: touches no memory of this program.
        unsafe {
            let _ = cellVideoOutUnregisterCallback(SLOT);
        }
        OPEN.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read() {
        let state = State {
            resolution: 2,
            aspect: 2,
            refresh: 1,
            ..State::default()
        };
        let expected = Display {
            mode: Mode::P720,
            wide: true,
            refresh: 60,
        };
        assert_eq!(from_state(&state), Some(expected));
        let pal = State {
            resolution: 5,
            aspect: 1,
            refresh: 2,
            ..State::default()
        };
        let expected = Display {
            mode: Mode::P576,
            wide: false,
            refresh: 50,
        };
        assert_eq!(from_state(&pal), Some(expected));
        assert_eq!(
            from_state(&State {
                resolution: 3,
                ..state
            }),
            None
        );
    }

    #[test]
    fn numbers_and_modes_belong_together() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_number(mode.number()), Some(mode));
            assert!(!mode.is_available());
        }
    }

    #[test]
    fn changes_of_the_first_output_are_noticed_once() {
        assert_eq!(DisplayChanges::open().map(|_| ()), Err(Error::ENOSYS));
        let mut changes = DisplayChanges {
            _not_send: core::marker::PhantomData,
        };
        assert_eq!(on_change(0, 1, 0, 0, 0, 0), 0);
        assert!(!changes.take());
        on_change(0, PRIMARY, 0, 0, 0, 0);
        assert!(changes.take());
        assert!(!changes.take());
    }
}
