//! Text: measuring, wrapping, caret positions. No graphics hardware needed.
//!
//! Everything is in logical units and independent of the display: glyphs keep
//! their ideal advances, and the renderer places each to a quarter of a pixel.

mod layout;
mod line;
mod style;
mod wrap;

pub use fonts::Family;
pub use layout::{Layout, LayoutLine};
pub(crate) use line::placed;
pub use line::{ellipsised, width};
pub use style::{Style, Weight};
