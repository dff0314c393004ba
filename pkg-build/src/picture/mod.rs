//! The pictures that the XMB shows, drawn by the renderer of the app on the virtual RSX.

mod background;
mod icon;

use std::fmt;
use std::sync::Arc;

use console::artefact;
use render::Display;
use render::picture::{Picture, PictureError};
use render::scene::{Scene, Text};
use render::text::{Family, Style, width};

pub use background::background;
pub use icon::icon;

/// Why a picture was not made.
#[derive(Debug)]
pub enum Error {
    /// It was not drawn.
    Draw(PictureError),
    /// It was not made a PNG.
    Encode(String),
}

/// Draws a scene for a display of that many pixels, as a PNG.
fn png(display: Display, scene: &Scene) -> Result<Vec<u8>, Error> {
    let family = Arc::new(Family::embedded());
    let mut picture = Picture::new(family, display).map_err(Error::Draw)?;
    let frame = picture.draw(scene).map_err(Error::Draw)?;
    artefact::png(frame).map_err(|error| Error::Encode(error.to_string()))
}

/// The same text in a size in which it is not wider than `most`; cut where it would be smaller
/// than half of its size.
fn fitted(text: Text, most: f32) -> Text {
    let wide = width(&Family::embedded(), &text.text, text.style);
    let scale = (most / wide).clamp(0.5, 1.0);
    let style = Style {
        size: text.style.size * scale,
        ..text.style
    };
    Text { style, ..text }.at_most(most)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draw(error) => error.fmt(f),
            Self::Encode(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests;
