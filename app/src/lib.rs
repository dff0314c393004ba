//! StoryCell: screens, on-screen keyboard, chat and the inference thread.
//!
//! The library knows no machine. What it needs of one is the [`Platform`]
//! trait, and a main loop is no more than this:
//!
//! ```no_run
//! # use app::{App, Flow, Platform, PlatformError};
//! fn main_loop(mut platform: impl Platform) -> Result<(), PlatformError> {
//!     let family = std::sync::Arc::new(render::text::Family::embedded());
//!     let mut app = App::new(family);
//!     app.start(&mut platform);
//!     while app.frame(&mut platform)? == Flow::Continue {}
//!     Ok(())
//! }
//! ```
//!
//! - [`input`]: from the pad's state to actions with key repeat.
//! - [`keyboard`] and [`text`]: the on-screen keyboard and what is typed on it.
//! - [`inference`]: the worker that owns the engine, on a thread of its own, and
//!   the lock-free queues between it and the interface.
//! - [`chat`]: how a conversation is written down for the model and kept within
//!   its length.
//! - [`settings`]: what the player chooses, and how it is kept.
//! - [`transcript`]: what was said, for logs and checks.
//!
//! The screens and what they are drawn with are private; what they show is the
//! scene that [`Platform::present`] gets, and in words [`visible_text`].
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
