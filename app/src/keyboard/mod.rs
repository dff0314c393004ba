//! The on-screen keyboard: what its keys are and what the pad does to it.

mod pages;
mod state;

pub use pages::{COLUMNS, KeyCap, KeyJob, Page, rows};
pub use state::{Keyboard, Outcome, Shift};
