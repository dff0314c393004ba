//! How screens are drawn: measures and colours, motion, and the parts that all
//! screens share.

mod canvas;
mod frame;
mod hints;
mod motion;
mod reading;
mod scroll;
pub(crate) mod theme;
mod visible;
mod wrapped;

pub(crate) use canvas::Canvas;
pub(crate) use frame::{background, clock, notice};
pub(crate) use hints::{Hint, hints};
pub(crate) use motion::Glide;
pub(crate) use reading::{megabytes, reading};
pub(crate) use scroll::Scroll;
pub use visible::visible_text;
pub(crate) use wrapped::Wrapped;
