//! Fonts: loading, metrics and rasterising, with the embedded font.
//!
//! [`Family::embedded`] loads Open Sans in three weights. A [`Font`] answers in
//! font sizes (ems), so that text can be laid out without knowing the display,
//! and rasterises glyphs for pixels of any shape with [`Font::rasterise`].
#![no_std]

extern crate alloc;

mod embedded;
mod font;
mod raster;

pub use embedded::{COPYRIGHT, Family, LICENCE, NAME, Weight};
pub use font::{Font, FontError, Glyph, Metrics};
pub use raster::{Bitmap, PixelSize};
