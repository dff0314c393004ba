//! The screens, and how one leads to another.

mod chat;
mod document;
mod home;
mod message;
mod models;
mod settings;
mod story;
mod typing;

pub(crate) use chat::ChatScreen;
pub(crate) use document::{Document, Subject};
pub(crate) use home::Home;
pub(crate) use message::Message;
pub(crate) use models::ModelScreen;
pub(crate) use settings::SettingsScreen;
pub(crate) use story::StoryScreen;
pub(crate) use typing::{Purpose, Typing};

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::inference::{Event, Failure};
use crate::input::{ActionEvent, Key};
use crate::shell::Shell;
use crate::view::{Canvas, Hint};

/// Where an action leads.
pub(crate) enum Go {
    /// Nowhere else.
    Stay,
    /// To another screen, and later back here.
    Push(Box<dyn Screen>),
    /// To the second screen, from there to the first, and then back here.
    PushBoth(Box<dyn Screen>, Box<dyn Screen>),
    /// To another screen instead of this one.
    Replace(Box<dyn Screen>),
    /// Back.
    Pop,
}

/// What fills the screen. It is told everything, but only the last one is seen
/// and gets input.
pub(crate) trait Screen {
    /// Does what a pad action means here.
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go;

    /// Does what a key means here; only called where text is edited.
    fn key(&mut self, key: Key, shell: &mut Shell) -> Go {
        let _ = (key, shell);
        Go::Stay
    }

    /// Whether text is edited here.
    fn edits_text(&self) -> bool {
        false
    }

    /// Takes note of an event of the inference thread.
    fn event(&mut self, event: &Event, shell: &mut Shell) {
        let _ = (event, shell);
    }

    /// Whether this failure is on the screen already.
    fn shows(&self, failure: &Failure) -> bool {
        let _ = failure;
        false
    }

    /// Draws the screen; its hints are drawn by the app.
    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell);

    /// What the buttons do, most important first.
    fn hints(&self, shell: &Shell) -> Vec<Hint>;
}
