//! The chat: how a conversation is written down for the model, and which part
//! of it fits.

mod format;

pub use format::ChatFormat;
