//! Message dialogs that the system draws over the program. Not tried yet.
//!
//! The system draws while the program goes on showing pictures and polls for events
//! ([`crate::sysutil::SystemEvents::poll`], or [`Dialog::poll`]).

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, Ordering};

use crate::sys::dialog::{
    ANSWER_NO, ANSWER_YES, BUTTONS_OK, BUTTONS_YES_NO, KIND_NORMAL, MESSAGE_SIZE, NO_BACK,
    cellMsgDialogAbort, cellMsgDialogOpen2,
};
use crate::sys::sysutil::cellSysutilCheckCallback;
use crate::{Error, Result};

/// What there is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// To be read, and agreed to.
    Message,
    /// Yes or no.
    YesNo,
}

/// What the user answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Agreed, or yes.
    Yes,
    /// No.
    No,
    /// Left without an answer.
    Left,
}

static OPEN: AtomicBool = AtomicBool::new(false);
/// Kept in place while the dialog is there, and made without the heap: the dialog may be about its
/// end.
static MESSAGE: [AtomicU8; MESSAGE_SIZE] = [const { AtomicU8::new(0) }; MESSAGE_SIZE];
static ANSWER: AtomicI32 = AtomicI32::new(NONE);
/// No answer yet.
const NONE: i32 = i32::MIN;

extern "C" fn on_answer(answer: i32, _user: u64) {
    ANSWER.store(answer, Ordering::Release);
}

/// A dialog on the screen; closed when dropped. There is one at a time.
#[derive(Debug)]
pub struct Dialog {
    answered: Option<Answer>,
}

impl Dialog {
    /// Opens a dialog. A message of more than 511 bytes is cut.
    ///
    /// # Errors
    /// `EBUSY` while another is open, or what the library returned.
    pub fn open(message: &str, question: Question) -> Result<Self> {
        if OPEN.swap(true, Ordering::AcqRel) {
            return Err(Error::EBUSY);
        }
        let message = &message[..message.floor_char_boundary(MESSAGE_SIZE - 1)];
        let bytes = message.bytes().filter(|byte| *byte != 0);
        for (to, byte) in MESSAGE.iter().zip(bytes.chain(core::iter::repeat(0))) {
            to.store(byte, Ordering::Relaxed);
        }
        ANSWER.store(NONE, Ordering::Release);
        let kind = match question {
            Question::Message => KIND_NORMAL | BUTTONS_OK | NO_BACK,
            Question::YesNo => KIND_NORMAL | BUTTONS_YES_NO,
        };
        let callback = crate::callback!(on_answer as fn(i32, u64));
        let text = MESSAGE.as_ptr().cast::<u8>();
        // SAFETY: the message is static and ends with a zero; so are descriptor and function.
        let opened = unsafe { cellMsgDialogOpen2(kind, text, callback, 0, 0) };
        if let Err(error) = opened {
            OPEN.store(false, Ordering::Release);
            return Err(error);
        }
        Ok(Self { answered: None })
    }

    /// The answer, once there is one. Lets the system deliver its events first.
    ///
    /// # Errors
    /// What the library returned.
    pub fn poll(&mut self) -> Result<Option<Answer>> {
        if self.answered.is_none() {
            // SAFETY: calls functions of this crate, which touch statics of theirs alone.
            unsafe { cellSysutilCheckCallback()? };
            self.answered = match ANSWER.load(Ordering::Acquire) {
                NONE => None,
                ANSWER_YES => Some(Answer::Yes),
                ANSWER_NO => Some(Answer::No),
                _ => Some(Answer::Left),
            };
        }
        Ok(self.answered)
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        if self.answered.is_none() {
            // SAFETY: touches no memory of this program.
            let _ = unsafe { cellMsgDialogAbort() };
        }
        OPEN.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_leaves_the_place_free() {
        let long = "ä".repeat(MESSAGE_SIZE);
        for _ in 0..2 {
            let dialog = Dialog::open(&long, Question::Message);
            assert_eq!(dialog.map(|_| ()), Err(Error::ENOSYS));
        }
        let last = MESSAGE
            .iter()
            .rev()
            .find(|byte| byte.load(Ordering::Relaxed) != 0);
        // Whole characters, and a zero at the end.
        assert_eq!(last.map(|byte| byte.load(Ordering::Relaxed)), Some(0xa4));
        assert_eq!(MESSAGE[MESSAGE_SIZE - 1].load(Ordering::Relaxed), 0);
    }
}
