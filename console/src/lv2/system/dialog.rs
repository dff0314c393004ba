//! The system's message dialog, over the program's picture: a text, and buttons or bars.

use std::fmt;

use super::EnterButton;
use crate::lv2::device::Device;
use crate::lv2::guest::GuestCall;
use crate::lv2::input::PadState;
use crate::lv2::machine::Machine;
use crate::script::Button;

/// The buttons of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// None: the program closes it.
    None,
    /// Yes and no.
    YesNo,
    /// A button to confirm with.
    Ok,
}

/// How a dialog was answered, by the numbers that programs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(in crate::lv2) enum Reply {
    /// The program closed it.
    None = -1,
    /// Yes, or confirmed.
    Yes = 1,
    No = 2,
    /// The user went back.
    Back = 3,
}

/// A progress bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// The text at it.
    pub text: String,
    /// How far it is, 0 to 100.
    pub percent: u32,
}

/// A dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// The text.
    pub text: String,
    /// The buttons.
    pub choice: Choice,
    /// Whether the user can go back without an answer.
    pub may_cancel: bool,
    /// Whether the cursor is on "no".
    pub on_no: bool,
    /// The bars, at most two.
    pub bars: Vec<Bar>,
    /// The program's function, called with the reply and a value of the program.
    pub(in crate::lv2) function: Option<(u32, u64)>,
    /// The cycle at which the program wants it closed.
    pub(in crate::lv2) closes_at: Option<u64>,
}

impl Dialog {
    /// Takes buttons that were pressed. The reply, if they are one.
    pub(in crate::lv2) fn press(
        &mut self,
        pressed: &PadState,
        enter: EnterButton,
    ) -> Option<Reply> {
        let (yes, back) = match enter {
            EnterButton::Cross => (Button::Cross, Button::Circle),
            EnterButton::Circle => (Button::Circle, Button::Cross),
        };
        if self.choice == Choice::YesNo {
            self.on_no |= pressed.holds(Button::Right);
            self.on_no &= !pressed.holds(Button::Left);
        }
        match self.choice {
            Choice::YesNo if pressed.holds(yes) && self.on_no => Some(Reply::No),
            Choice::YesNo | Choice::Ok if pressed.holds(yes) => Some(Reply::Yes),
            _ => (pressed.holds(back) && self.may_cancel).then_some(Reply::Back),
        }
    }
}

impl fmt::Display for Dialog {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:?}", self.text)?;
        for bar in &self.bars {
            write!(to, ", bar {:?} at {} %", bar.text, bar.percent)?;
        }
        match (self.choice, self.on_no) {
            (Choice::None, _) => Ok(()),
            (Choice::Ok, _) => write!(to, ", OK"),
            (Choice::YesNo, false) => write!(to, ", [yes] no"),
            (Choice::YesNo, true) => write!(to, ", yes [no]"),
        }
    }
}

/// Dialogs that close at a time.
pub(in crate::lv2) const DIALOG: Device = Device {
    next_event: |machine| machine.system.dialog.as_ref()?.closes_at,
    advance: |machine, _| {
        machine.close_dialog(Some(Reply::None));
        None
    },
};

impl Machine {
    /// The dialog that is open.
    #[must_use]
    pub fn dialog(&self) -> Option<&Dialog> {
        self.system.dialog.as_ref()
    }

    /// Closes the dialog; without a reply the program's function is not called.
    pub(in crate::lv2) fn close_dialog(&mut self, reply: Option<Reply>) {
        let Some(dialog) = self.system.dialog.take() else {
            return;
        };
        self.input.pads.hide_pressed();
        let events = &mut self.system.events;
        events.send(super::SystemEvent::DrawingEnds);
        if let (Some(reply), Some((descriptor, user))) = (reply, dialog.function) {
            // The reply is a signed word, extended as the ABI wants it.
            let reply = i64::from(reply as i32) as u64;
            events.call(GuestCall {
                descriptor,
                arguments: [reply, user, 0, 0, 0, 0, 0, 0],
            });
        }
    }

    /// Buttons go to the dialog, if one is open.
    pub(in crate::lv2) fn press_in_dialog(&mut self, pressed: &PadState) {
        let enter = self.system.settings.enter_button;
        let dialog = self.system.dialog.as_mut();
        if let Some(reply) = dialog.and_then(|dialog| dialog.press(pressed, enter)) {
            self.close_dialog(Some(reply));
        }
    }
}
