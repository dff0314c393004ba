//! Events of the system, and the user's settings.

use alloc::string::String;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::sys::sysutil::{
    EVENT_DRAW_BEGIN, EVENT_DRAW_END, EVENT_EXIT, EVENT_MENU_CLOSE, EVENT_MENU_OPEN, NICKNAME_SIZE,
    PARAMETER_DATE_FORMAT, PARAMETER_ENTER_BUTTON, PARAMETER_LANGUAGE, PARAMETER_NICKNAME,
    PARAMETER_TIME_FORMAT, cellSysutilCheckCallback, cellSysutilGetSystemParamInt,
    cellSysutilGetSystemParamString, cellSysutilRegisterCallback, cellSysutilUnregisterCallback,
};
use crate::{Error, Result};

/// What the system tells a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemEvent {
    /// The user has chosen to end the program: it has to, soon. Tried.
    ExitRequest,
    /// The system begins to draw over the program's picture.
    DrawingBegins,
    /// It has ended that.
    DrawingEnds,
    /// The system's menu is open: pads and keyboards report to it.
    MenuOpened,
    /// The menu is closed.
    MenuClosed,
    /// Another event, by its number.
    Other(u64),
}

impl SystemEvent {
    fn from_status(status: u64) -> Self {
        match status {
            EVENT_EXIT => Self::ExitRequest,
            EVENT_DRAW_BEGIN => Self::DrawingBegins,
            EVENT_DRAW_END => Self::DrawingEnds,
            EVENT_MENU_OPEN => Self::MenuOpened,
            EVENT_MENU_CLOSE => Self::MenuClosed,
            other => Self::Other(other),
        }
    }
}

/// Events between the callback and `poll`, which run on one thread.
struct Inbox {
    events: [AtomicU64; Self::SIZE],
    count: AtomicUsize,
    /// Kept apart, so that no flood of other events can hide it.
    exit: AtomicBool,
}

impl Inbox {
    const SIZE: usize = 32;

    const fn new() -> Self {
        Self {
            events: [const { AtomicU64::new(0) }; Self::SIZE],
            count: AtomicUsize::new(0),
            exit: AtomicBool::new(false),
        }
    }

    fn put(&self, status: u64) {
        if status == EVENT_EXIT {
            self.exit.store(true, Ordering::Release);
            return;
        }
        let count = self.count.load(Ordering::Relaxed);
        if let Some(slot) = self.events.get(count) {
            slot.store(status, Ordering::Relaxed);
            self.count.store(count + 1, Ordering::Relaxed);
        }
    }

    fn drain(&self, mut take: impl FnMut(SystemEvent)) {
        let count = self.count.swap(0, Ordering::Relaxed);
        for slot in &self.events[..count] {
            take(SystemEvent::from_status(slot.load(Ordering::Relaxed)));
        }
        if self.exit.swap(false, Ordering::AcqRel) {
            take(SystemEvent::ExitRequest);
        }
    }
}

static INBOX: Inbox = Inbox::new();
static OPEN: AtomicBool = AtomicBool::new(false);

extern "C" fn on_event(status: u64, _parameter: u64, _user: u64) {
    INBOX.put(status);
}

/// The system's callback slot that this module uses.
const SLOT: i32 = 0;

/// The program's ear for the system. There is one.
#[derive(Debug)]
pub struct SystemEvents {
    // The library calls back on the thread that polls: that should stay one.
    _not_send: core::marker::PhantomData<*const ()>,
}

impl SystemEvents {
    /// Registers with the system. Tried.
    ///
    /// # Errors
    /// `EBUSY` while another is open, or what the library returned.
    pub fn open() -> Result<Self> {
        if OPEN.swap(true, Ordering::AcqRel) {
            return Err(Error::EBUSY);
        }
        let descriptor = crate::callback!(on_event as fn(u64, u64, u64));
        // SAFETY: the descriptor and its function live as long as the program.
        if let Err(error) = unsafe { cellSysutilRegisterCallback(SLOT, descriptor, 0) } {
            OPEN.store(false, Ordering::Release);
            return Err(error);
        }
        Ok(Self {
            _not_send: core::marker::PhantomData,
        })
    }

    /// Calls `take` for every event since the last call; once a frame is what the system expects.
    ///
    /// # Errors
    /// What the library returned.
    pub fn poll(&mut self, take: impl FnMut(SystemEvent)) -> Result<()> {
        // SAFETY: calls `on_event` alone.
        unsafe { cellSysutilCheckCallback()? };
        INBOX.drain(take);
        Ok(())
    }
}

impl Drop for SystemEvents {
    fn drop(&mut self) {
        // SAFETY: touches no memory of this program.
        unsafe {
            let _ = cellSysutilUnregisterCallback(SLOT);
        }
        OPEN.store(false, Ordering::Release);
    }
}

/// Whether the user has asked the program to end, and nobody has heard of it yet.
pub(crate) fn exit_was_requested() -> bool {
    INBOX.exit.load(Ordering::Acquire)
}

/// Languages that the system can be set to, by its own numbers.
pub const LANGUAGES: [&str; 19] = [
    "ja", "en-US", "fr", "es", "de", "it", "nl", "pt-PT", "ru", "ko", "zh-Hant", "zh-Hans", "fi",
    "sv", "da", "no", "pl", "pt-BR", "en-GB",
];

/// The language's BCP 47 tag, `None` for one that this module does not know.
///
/// # Errors
/// What the library returned.
pub fn language() -> Result<Option<&'static str>> {
    let number = parameter(PARAMETER_LANGUAGE)?;
    Ok(usize::try_from(number)
        .ok()
        .and_then(|index| LANGUAGES.get(index).copied()))
}

/// Which button the user takes to say yes; the other of the two says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterButton {
    /// As in Japan.
    Circle,
    /// As elsewhere.
    Cross,
}

/// The button that says yes.
///
/// # Errors
/// What the library returned.
pub fn enter_button() -> Result<EnterButton> {
    Ok(match parameter(PARAMETER_ENTER_BUTTON)? {
        0 => EnterButton::Circle,
        _ => EnterButton::Cross,
    })
}

/// Order of the parts of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// Year, month, day.
    YearFirst,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// The user's way to write dates.
///
/// # Errors
/// What the library returned.
pub fn date_format() -> Result<DateFormat> {
    Ok(match parameter(PARAMETER_DATE_FORMAT)? {
        1 => DateFormat::DayFirst,
        2 => DateFormat::MonthFirst,
        _ => DateFormat::YearFirst,
    })
}

/// Whether the user's day has twenty-four hours on its clock.
///
/// # Errors
/// What the library returned.
pub fn clock_has_24_hours() -> Result<bool> {
    Ok(parameter(PARAMETER_TIME_FORMAT)? != 0)
}

/// The console's name.
///
/// # Errors
/// What the library returned.
pub fn nickname() -> Result<String> {
    let mut text = [0u8; NICKNAME_SIZE];
    // SAFETY: the function writes up to that many bytes.
    unsafe {
        cellSysutilGetSystemParamString(
            PARAMETER_NICKNAME,
            text.as_mut_ptr(),
            NICKNAME_SIZE as u32,
        )?;
    }
    let length = text
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(text.len());
    Ok(String::from_utf8_lossy(&text[..length]).into_owned())
}

fn parameter(id: i32) -> Result<i32> {
    let mut value = 0i32;
    // SAFETY: the function writes one word.
    unsafe { cellSysutilGetSystemParamInt(id, &raw mut value)? };
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn events_come_once_and_the_exit_is_never_lost() {
        let inbox = Inbox::new();
        for status in [EVENT_MENU_OPEN, EVENT_EXIT, 0x7777] {
            inbox.put(status);
        }
        for _ in 0..100 {
            inbox.put(EVENT_DRAW_BEGIN);
        }
        let mut seen = Vec::new();
        inbox.drain(|event| seen.push(event));
        assert_eq!(
            seen[..2],
            [SystemEvent::MenuOpened, SystemEvent::Other(0x7777)]
        );
        assert_eq!(seen.last(), Some(&SystemEvent::ExitRequest));
        assert_eq!(seen.len(), Inbox::SIZE + 1);
        inbox.drain(|event| panic!("{event:?} came twice"));
    }

    #[test]
    fn a_failed_registration_can_be_tried_again() {
        for _ in 0..2 {
            assert_eq!(SystemEvents::open().map(|_| ()), Err(Error::ENOSYS));
        }
    }
}
