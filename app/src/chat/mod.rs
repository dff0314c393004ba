//! The chat: how a conversation is written down for the model, which part of it
//! fits, and where the model's turn ends.

mod conversation;
mod format;
mod log;
mod stops;

pub use conversation::{Conversation, Speaker, TooLong, Turn};
pub use format::ChatFormat;
pub(crate) use log::{ChatLog, LoggedTurn};
pub use stops::StopMatcher;
