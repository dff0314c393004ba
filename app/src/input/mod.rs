//! What the player does: pad and USB keyboard as a platform reports them, and
//! the actions with key repeat that screens understand.

mod action;
mod key;
mod pad;
mod repeat;

pub use action::{Action, ActionEvent, ConfirmButton};
pub use key::Key;
pub use pad::{Button, Buttons, Pad, Stick};
pub use repeat::ActionSource;

use alloc::vec::Vec;

/// One frame's input, as the platform reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The pad's present state; several pads may be merged into one.
    pub pad: Pad,
    /// Keys typed on a USB keyboard since the last frame, oldest first.
    pub keys: Vec<Key>,
}
