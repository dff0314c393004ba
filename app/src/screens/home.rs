//! The category bar with the entries of the chosen category.

mod draw;
mod entries;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::{
    ChatScreen, Document, Go, Message, ModelScreen, Purpose, Screen, SettingsScreen, StoryScreen,
    Typing,
};
use crate::input::{Action, ActionEvent};
use crate::shell::{ModelState, Shell};
use crate::view::{Canvas, Glide, Hint};
use entries::{Category, Entry, Job, entries};

/// The first screen.
#[derive(Default)]
pub(crate) struct Home {
    /// The chosen category, as an index into [`Category::ALL`].
    category: usize,
    /// Where the bar is on its way to the chosen category.
    bar: Glide,
    lists: [List; Category::ALL.len()],
}

/// The chosen entry of a category, and where the list is on its way to it.
#[derive(Clone, Copy, Default)]
struct List {
    entry: usize,
    place: Glide,
}

impl Home {
    fn category(&self) -> Category {
        Category::ALL[self.category]
    }

    /// The entries of the chosen category and which of them is chosen.
    fn list(&self, shell: &Shell) -> (Vec<Entry>, usize) {
        let entries = entries(self.category(), shell);
        let chosen = self.lists[self.category].entry.min(entries.len() - 1);
        (entries, chosen)
    }

    fn turn(&mut self, category: usize, shell: &Shell) {
        self.category = category;
        self.bar.go(category as f32, shell.now);
    }

    fn choose(&mut self, entry: usize, shell: &Shell) {
        let list = &mut self.lists[self.category];
        list.entry = entry;
        list.place.go(entry as f32, shell.now);
    }

    /// Keeps the chosen entry chosen if others have come in above it.
    fn keep_choice(&mut self, chosen: usize, entries_before: usize, shell: &Shell) {
        let new = self.list(shell).0.len().saturating_sub(entries_before);
        if chosen > 0 && new > 0 {
            let list = &mut self.lists[self.category];
            list.entry = chosen + new;
            list.place = Glide::at(list.entry as f32);
        }
    }

    fn open(&mut self, job: Job, shell: &mut Shell) -> Go {
        if job.needs_model()
            && let ModelState::Failed(failure) = &shell.model
        {
            return Go::Push(Box::new(Message::new(failure.clone(), shell.can_retry())));
        }
        match job {
            Job::WritePrompt => Go::Push(Box::new(Typing::new(Purpose::Story, shell))),
            Job::Tell(prompt) => Go::Push(Box::new(StoryScreen::begin(prompt, shell))),
            Job::GoOnChatting => Go::Push(Box::new(ChatScreen::default())),
            Job::NewChat => {
                shell.forget_chat();
                Go::PushBoth(
                    Box::new(ChatScreen::default()),
                    Box::new(Typing::new(Purpose::Chat, shell)),
                )
            }
            Job::Set(setting) => Go::Push(Box::new(SettingsScreen::new(setting, shell))),
            Job::ChooseModel => Go::Push(Box::new(ModelScreen::new(shell))),
            Job::Read(subject) => Go::Push(Box::new(Document::new(subject, shell))),
        }
    }
}

impl Screen for Home {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        let (mut entries, chosen) = self.list(shell);
        match event.action {
            Action::Left if self.category > 0 => self.turn(self.category - 1, shell),
            Action::Right if self.category + 1 < Category::ALL.len() => {
                self.turn(self.category + 1, shell);
            }
            Action::Up if chosen > 0 => self.choose(chosen - 1, shell),
            Action::Down if chosen + 1 < entries.len() => self.choose(chosen + 1, shell),
            Action::Confirm => {
                let entries_before = entries.len();
                let go = self.open(entries.swap_remove(chosen).job, shell);
                self.keep_choice(chosen, entries_before, shell);
                return go;
            }
            _ => {}
        }
        Go::Stay
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell) {
        self.draw_all(canvas, shell);
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        vec![
            Hint::new(Action::Confirm, "Open"),
            Hint::new(Action::Up, "Choose"),
        ]
    }
}
