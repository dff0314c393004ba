//! What there is to choose.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use render::scene::Symbol;

use crate::screens::Subject;
use crate::settings::Setting;
use crate::shell::{ModelState, Shell};

/// A category of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    NewStory,
    Chat,
    Settings,
    About,
}

impl Category {
    /// All categories, from left to right.
    pub const ALL: [Category; 4] = [
        Category::NewStory,
        Category::Chat,
        Category::Settings,
        Category::About,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Category::NewStory => "New Story",
            Category::Chat => "Chat",
            Category::Settings => "Settings",
            Category::About => "About",
        }
    }

    pub const fn icon(self) -> Symbol {
        match self {
            Category::NewStory => Symbol::Pen,
            Category::Chat => Symbol::Chat,
            Category::Settings => Symbol::Gear,
            Category::About => Symbol::Info,
        }
    }
}

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Job {
    WritePrompt,
    /// Tells the story of this prompt.
    Tell(String),
    GoOnChatting,
    NewChat,
    Set(Setting),
    ChooseModel,
    Read(Subject),
}

impl Job {
    /// Whether there is no doing it without a model.
    pub const fn needs_model(&self) -> bool {
        matches!(
            self,
            Job::WritePrompt | Job::Tell(_) | Job::GoOnChatting | Job::NewChat
        )
    }
}

/// An entry of a category's list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub title: String,
    /// A line below the title of the chosen entry.
    pub detail: String,
    pub job: Job,
}

impl Entry {
    fn new(title: impl Into<String>, detail: impl Into<String>, job: Job) -> Entry {
        Entry {
            title: title.into(),
            detail: detail.into(),
            job,
        }
    }
}

/// Beginnings for a model that brings none of its own.
const PROMPTS: [&str; 4] = [
    "Once upon a time",
    "One day, a little girl named Lily",
    "There was a small dog who",
    "Deep in the forest",
];

/// The entries of a category; there is always at least one.
pub(super) fn entries(category: Category, shell: &Shell) -> Vec<Entry> {
    match category {
        Category::NewStory => stories(shell),
        Category::Chat => chat(shell),
        Category::Settings => settings(shell),
        Category::About => about(),
    }
}

fn stories(shell: &Shell) -> Vec<Entry> {
    let state = match &shell.model {
        ModelState::Loading(loading) => format!("{}…", loading.stage),
        ModelState::Ready(facts) => format!("{} on {}", facts.name, facts.engine),
        ModelState::Failed(_) => "There is no model".into(),
    };
    let write = if shell.prompt_draft.is_empty() {
        Entry::new("Write a prompt…", state.clone(), Job::WritePrompt)
    } else {
        Entry::new(
            "Write a prompt…",
            format!("Draft: {}", shell.prompt_draft),
            Job::WritePrompt,
        )
    };
    let mut entries = vec![write];
    if let Some(prompt) = &shell.last_prompt {
        let shown = if prompt.is_empty() {
            "without a prompt"
        } else {
            prompt
        };
        entries.push(Entry::new("Once more", shown, Job::Tell(prompt.clone())));
    }
    let own: Vec<String> = match shell.facts() {
        Some(facts) if !facts.prompts.is_empty() => facts.prompts.clone(),
        _ => PROMPTS.map(ToOwned::to_owned).into(),
    };
    for prompt in own {
        entries.push(Entry::new(
            format!("“{prompt}”"),
            state.clone(),
            Job::Tell(prompt),
        ));
    }
    entries.push(Entry::new(
        "Surprise me",
        "A story without a prompt",
        Job::Tell("".into()),
    ));
    entries
}

fn chat(shell: &Shell) -> Vec<Entry> {
    let detail = match shell.facts() {
        Some(facts) if !facts.chat => "This model only goes on with what you write",
        _ => "The model remembers as much as it can hold",
    };
    let new = Entry::new("New conversation", detail, Job::NewChat);
    match shell.chat.turns().last() {
        None => vec![new],
        Some(last) => vec![
            Entry::new("Go on talking", last.text.trim(), Job::GoOnChatting),
            Entry::new(
                "New conversation",
                "The present one is forgotten",
                Job::NewChat,
            ),
        ],
    }
}

fn settings(shell: &Shell) -> Vec<Entry> {
    let settings = Setting::ALL.into_iter().map(|setting| {
        let value = shell.settings.shown(setting);
        Entry::new(
            format!("{}: {value}", setting.name()),
            setting.help(),
            Job::Set(setting),
        )
    });
    let (model, detail) = match &shell.model {
        ModelState::Ready(facts) => (facts.name.as_str(), facts.source.clone()),
        ModelState::Loading(loading) => ("…", format!("{}…", loading.stage)),
        ModelState::Failed(_) => ("none", "There is no model".into()),
    };
    let model = Entry::new(format!("Model: {model}"), detail, Job::ChooseModel);
    settings.chain([model]).collect()
}

fn about() -> Vec<Entry> {
    Subject::ALL
        .into_iter()
        .map(|subject| {
            Entry::new(
                subject.title(),
                subject.detail().to_string(),
                Job::Read(subject),
            )
        })
        .collect()
}
