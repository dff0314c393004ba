//! What the interface asks of the inference thread.

use alloc::string::String;

/// A command to the worker. Each is taken before the next token is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Load the model with this [`ModelChoice::source`](super::ModelChoice::source),
    /// or the one that the platform takes by itself; or try again after a failure.
    Load(Option<String>),
    /// Look for models that could be loaded.
    FindModels,
    /// Tell a story; ends whatever is being generated.
    Story(StoryRequest),
    /// Go on with the story that was stopped or had reached its length.
    Continue {
        /// The identity of the events to come.
        id: u32,
        /// How many tokens more, at most.
        more: u32,
    },
    /// A turn of the user in the chat, and an answer to it.
    Chat(ChatRequest),
    /// Begin a new conversation.
    ForgetChat,
    /// Stop generating.
    Stop,
    /// End the thread.
    Shutdown,
}

impl Command {
    /// Whether it ends what is being generated, so that a token that takes long
    /// need not be waited for.
    pub(super) fn interrupts(&self) -> bool {
        !matches!(self, Command::FindModels)
    }
}

/// A story to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryRequest {
    /// The identity that all events about this story carry.
    pub id: u32,
    /// The beginning of the story.
    pub prompt: String,
    /// How tokens are chosen.
    pub sampling: SamplingChoice,
    /// Tokens in all, prompt included; as llama2.c's `-n`. More than the
    /// model's length means the model's length.
    pub length: u32,
}

/// What the user says in the chat.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// The identity that all events about the answer carry.
    pub id: u32,
    /// The words of the user.
    pub text: String,
    /// How tokens of the answer are chosen.
    pub sampling: SamplingChoice,
    /// The greatest number of tokens of the answer.
    pub length: u32,
}

/// How the next token is chosen; the meaning is llama2.c's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingChoice {
    /// 0 takes the most probable token.
    pub temperature: f32,
    /// The mass of probability that is drawn from; 1 draws from all tokens.
    pub top_p: f32,
    /// The random generator's seed.
    pub seed: u64,
}
