//! What outlives a screen: the link to the inference thread, the model, the
//! settings, the conversation, drafts.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::chat::ChatLog;
use crate::inference::{
    ChatRequest, Command, Event, Failure, Link, Loading, ModelChoice, ModelFacts, SamplingChoice,
    StoryRequest,
};
use crate::settings::{Seed, Settings};
use crate::transcript::{Entry, Transcript};

/// How the model is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ModelState {
    Loading(Loading),
    Ready(ModelFacts),
    Failed(Failure),
}

/// What all screens share.
pub(crate) struct Shell {
    link: Link,
    /// Whether a command was sent in this frame.
    sent: bool,
    /// Whether the inference thread was found to be gone.
    worker_gone: bool,
    /// Why there is no inference thread, if it could not be started.
    never_began: Option<String>,
    next_id: u32,
    /// A random seed for the next story.
    pub spare_seed: Option<u64>,
    pub now: Duration,
    pub model: ModelState,
    /// The model that the player chose, by its source.
    pub chosen: Option<String>,
    /// Whether that is to be stored.
    pub save_chosen: bool,
    /// The models that were found; `None` while they are being looked for.
    pub models: Option<Vec<ModelChoice>>,
    pub settings: Settings,
    /// Whether the settings are to be stored.
    pub save_settings: bool,
    /// The prompt that was being typed.
    pub prompt_draft: String,
    /// The prompt of the last story.
    pub last_prompt: Option<String>,
    /// What was being typed in the chat.
    pub chat_draft: String,
    pub chat: ChatLog,
    pub transcript: Transcript,
    notice: Option<(String, Duration)>,
}

/// How long a notice is shown.
const NOTICE_TIME: Duration = Duration::from_secs(6);
/// How long it takes a notice to go.
const NOTICE_FADE: Duration = Duration::from_millis(400);

impl Shell {
    pub fn new(link: Link) -> Shell {
        Shell {
            link,
            sent: false,
            worker_gone: false,
            never_began: None,
            next_id: 0,
            spare_seed: None,
            now: Duration::ZERO,
            model: ModelState::Loading(Loading {
                stage: "Starting".into(),
                fraction: None,
            }),
            chosen: None,
            save_chosen: false,
            models: None,
            settings: Settings::default(),
            save_settings: false,
            prompt_draft: String::new(),
            last_prompt: None,
            chat_draft: String::new(),
            chat: ChatLog::default(),
            transcript: Transcript::default(),
            notice: None,
        }
    }

    /// The facts about the model, if there is one.
    pub fn facts(&self) -> Option<&ModelFacts> {
        match &self.model {
            ModelState::Ready(facts) => Some(facts),
            _ => None,
        }
    }

    /// How much of the weights of the token at hand is read from the disk, 0–1,
    /// and how many bytes that is in all; `None` where nothing is read for it.
    pub fn reading(&self) -> Option<(f32, u64)> {
        let streamed = self.facts()?.streamed;
        (streamed > 0).then(|| (self.link.reading(), streamed))
    }

    /// Begins to load the model.
    pub fn load_model(&mut self) {
        self.model = ModelState::Loading(Loading {
            stage: "Starting".into(),
            fraction: None,
        });
        self.send(Command::Load(self.chosen.clone()));
    }

    /// Begins to look for models.
    pub fn find_models(&mut self) {
        self.models = None;
        self.send(Command::FindModels);
    }

    /// Begins to load another model, and remembers it.
    pub fn choose_model(&mut self, source: String) {
        self.chosen = Some(source);
        self.save_chosen = true;
        self.load_model();
    }

    /// The next event of the inference thread; what concerns the model and the
    /// chat is already noted.
    pub fn receive(&mut self) -> Option<Event> {
        let event = match self.link.receive() {
            Some(event) => event,
            None if self.link.is_abandoned() && !self.worker_gone => {
                self.worker_gone = true;
                let what = self.never_began.take();
                let ended = || "The inference thread has ended unexpectedly".into();
                Event::LoadFailed(Failure {
                    what: what.unwrap_or_else(ended),
                    file: None,
                })
            }
            None => return None,
        };
        match &event {
            Event::Loading(loading) => self.model = ModelState::Loading(loading.clone()),
            Event::Loaded(facts) => self.model = ModelState::Ready((**facts).clone()),
            Event::Models(models) => self.models = Some(models.clone()),
            Event::LoadFailed(failure) => self.model = ModelState::Failed(failure.clone()),
            _ => {}
        }
        if let Some(text) = self.chat.take(&event, &mut self.transcript) {
            self.chat_draft = text;
        }
        Some(event)
    }

    /// Notes that the inference thread could not be started, and why.
    pub fn worker_never_began(&mut self, what: String) {
        self.never_began = Some(what);
    }

    /// Whether trying again to load the model makes sense.
    pub fn can_retry(&self) -> bool {
        !self.worker_gone
    }

    /// Sends commands that found no room before.
    pub fn flush(&mut self) {
        self.link.flush();
    }

    /// Whether commands were sent since the last call.
    pub fn take_sent(&mut self) -> bool {
        core::mem::take(&mut self.sent)
    }

    /// Whether the inference thread has nothing to do, and everything that it
    /// said has arrived. A thread that is gone has nothing to do.
    pub fn is_idle(&self) -> bool {
        self.link.is_idle() || self.worker_gone
    }

    /// Begins a story, with a random seed if `anew`, else as the settings say.
    /// Gives the identity of its events.
    pub fn begin_story(&mut self, prompt: &str, anew: bool) -> u32 {
        let id = self.id();
        let sampling = self.sampling(anew);
        self.last_prompt = Some(prompt.into());
        self.transcript.add(Entry::Story(prompt.into()));
        self.send(Command::Story(StoryRequest {
            id,
            prompt: prompt.into(),
            sampling,
            length: self.settings.length().into(),
        }));
        id
    }

    /// Goes on with the story that ended last, for as many tokens as the
    /// settings say. Gives the identity of its events.
    pub fn continue_story(&mut self) -> u32 {
        let id = self.id();
        self.transcript.add(Entry::StoryGoesOn);
        self.send(Command::Continue {
            id,
            more: self.settings.length().into(),
        });
        id
    }

    /// Says something in the chat.
    pub fn say(&mut self, text: &str) {
        let id = self.id();
        let sampling = self.sampling(false);
        self.chat.user_says(id, text, &mut self.transcript);
        self.send(Command::Chat(ChatRequest {
            id,
            text: text.into(),
            sampling,
            length: self.settings.length().into(),
        }));
    }

    /// Begins a new conversation.
    pub fn forget_chat(&mut self) {
        self.chat = ChatLog::default();
        self.send(Command::ForgetChat);
    }

    /// Stops what is being generated.
    pub fn stop(&mut self) {
        self.send(Command::Stop);
    }

    /// Ends the inference thread.
    pub fn shut_down(&mut self) {
        self.send(Command::Shutdown);
    }

    /// Shows a short message for some seconds.
    pub fn notify(&mut self, text: String) {
        self.transcript.add(Entry::Error(Failure {
            what: text.clone(),
            file: None,
        }));
        self.notice = Some((text, self.now));
    }

    /// The notice to be shown, and how strongly (0–1).
    pub fn notice(&self) -> Option<(&str, f32)> {
        let (text, since) = self.notice.as_ref()?;
        let left = (*since + NOTICE_TIME).checked_sub(self.now)?;
        Some((
            text,
            (left.as_secs_f32() / NOTICE_FADE.as_secs_f32()).min(1.0),
        ))
    }

    fn send(&mut self, command: Command) {
        self.link.send(command);
        self.sent = true;
    }

    fn id(&mut self) -> u32 {
        self.next_id = self.next_id.wrapping_add(1);
        self.next_id
    }

    fn sampling(&mut self, anew: bool) -> SamplingChoice {
        let seed = match self.settings.seed() {
            Seed::Fixed(seed) if !anew => seed.into(),
            // A spare one is there in each frame; two requests in one frame
            // share it.
            _ => self.spare_seed.take().unwrap_or(u64::from(self.next_id)),
        };
        SamplingChoice {
            temperature: self.settings.temperature().value(),
            top_p: self.settings.top_p().value(),
            seed,
        }
    }
}
