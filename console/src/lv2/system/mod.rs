//! What the system around the program does: the user's settings, its events, its menu.

mod dialog;
mod events;
mod settings;
mod text_dialog;

use super::machine::Machine;

pub use dialog::{Bar, Choice, Dialog};
pub use events::SystemEvent;
pub use settings::{DateFormat, EnterButton, Language, Settings};
pub use text_dialog::TextDialog;

pub(super) use dialog::DIALOG;
pub(super) use events::{Events, Listener};
pub(super) use text_dialog::Entered;

/// The system around the program.
#[derive(Default)]
pub(super) struct System {
    pub settings: Settings,
    pub events: Events,
    /// Whether the system's menu is over the program: pads and keyboards are the menu's.
    pub menu: bool,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// The on-screen keyboard, from its loading to its unloading.
    pub text_dialog: Option<TextDialog>,
    /// Whether the next on-screen keyboard stays after a text was entered.
    pub text_stays: bool,
}

impl System {
    /// Whether pads and keyboards are the system's now, not the program's.
    pub fn takes_input(&self) -> bool {
        let text = self.text_dialog.as_ref();
        let text = text.is_some_and(|dialog| dialog.entered.is_none());
        self.menu || self.dialog.is_some() || text
    }
}

impl Machine {
    /// The user's settings; what changes here shows when the program asks next.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.system.settings
    }

    /// Whether the program has a function for the system's events.
    #[must_use]
    pub fn hears_events(&self) -> bool {
        self.system.events.listeners.iter().any(Option::is_some)
    }

    /// The user chooses to end the program: it hears of it when it asks for events next.
    pub fn request_exit(&mut self) {
        self.system.events.send(SystemEvent::ExitRequest);
    }

    /// The user opens the system's menu, or closes it. The program hears of it, and pads and
    /// keyboards are the menu's while it is open. Nothing happens where it is so already.
    pub fn set_menu(&mut self, open: bool) {
        if self.system.menu == open {
            return;
        }
        self.system.menu = open;
        self.input.pads.hide_pressed();
        let events = if open {
            [SystemEvent::DrawingBegins, SystemEvent::MenuOpened]
        } else {
            [SystemEvent::MenuClosed, SystemEvent::DrawingEnds]
        };
        for event in events {
            self.system.events.send(event);
        }
    }
}
