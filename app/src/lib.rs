//! StoryCell: screens, on-screen keyboard, chat and the inference thread
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod app;
pub mod chat;
pub mod inference;
pub mod input;
pub mod keyboard;
pub mod platform;
mod screens;
pub mod settings;
mod shell;
#[cfg(test)]
mod testing;
pub mod text;
pub mod transcript;
mod view;
pub use view::visible_text;

pub use app::{App, Flow};
pub use platform::{Platform, PlatformError, StorageError, WallClock};
