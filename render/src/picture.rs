//! Scenes as pictures, on a computer: the renderer's command buffer, executed by the virtual RSX.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;

use console::rsx::{Frame, Rsx};
use fonts::Family;
use rsx_gcm::fifo::{Context, FifoError, Ring};
use rsx_gcm::memory::{Arena, Location};

use crate::scene::Scene;
use crate::{Display, RenderError, Renderer, local_bytes};

/// Main memory for commands: four segments.
const SEGMENT_BYTES: u32 = 64 << 10;
const SEGMENTS: u32 = 4;
/// Local memory beyond the renderer's buffers, for shaders and alignment.
const SPARE_BYTES: u32 = 256 << 10;

/// A virtual RSX with a renderer that draws on it.
pub struct Picture {
    context: Context<Rsx>,
    renderer: Renderer,
    frame: Frame,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// The renderer could not draw.
    Render(RenderError),
    /// The RSX could not do as it was told.
    Rsx(String),
    /// The RSX shows nothing.
    Nothing,
}

impl Picture {
    /// An RSX with a display of that mode.
    ///
    /// # Errors
    /// Where the mode is too large for the memory that an RSX can have.
    pub fn new(family: Arc<Family>, display: Display) -> Result<Picture, PictureError> {
        let local = local_bytes(&display) + SPARE_BYTES;
        // The first word is where the RSX begins to fetch.
        let ring = Ring::new(4, SEGMENT_BYTES, SEGMENTS)
            .map_err(|error| PictureError::Rsx(error.to_string()))?;
        let rsx = Rsx::new(local as usize, (ring.base() + ring.bytes()) as usize);
        let mut context = Context::new(rsx, ring, 0)?;
        let mut arena = Arena::new(Location::Local, 0, local);
        let renderer = Renderer::new(&mut context, &mut arena, family, display)?;
        Ok(Picture {
            context,
            renderer,
            frame: Frame::default(),
        })
    }

    /// Draws a scene and waits until it is on the screen.
    ///
    /// # Errors
    /// Whatever the RSX could not do as it was told is one.
    pub fn draw(&mut self, scene: &Scene) -> Result<&Frame, PictureError> {
        let drawn = self.renderer.draw(&mut self.context, scene);
        let drawn = drawn.and_then(|()| self.context.wait_flip().map_err(RenderError::Fifo));
        let rsx = self.context.device_mut();
        let shown = rsx.copy_frame(&mut self.frame);
        if let Some(report) = rsx.take_reports().first() {
            return Err(PictureError::Rsx(report.to_string()));
        }
        drawn?;
        if !shown {
            return Err(PictureError::Nothing);
        }
        Ok(&self.frame)
    }

    /// What was drawn last; without pixels before the first.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PictureError::Render(error) => error.fmt(f),
            PictureError::Rsx(report) => f.write_str(report),
            PictureError::Nothing => f.write_str("the RSX shows nothing"),
        }
    }
}

impl core::error::Error for PictureError {}

impl From<RenderError> for PictureError {
    fn from(error: RenderError) -> Self {
        PictureError::Render(error)
    }
}

impl From<FifoError> for PictureError {
    fn from(error: FifoError) -> Self {
        PictureError::Render(error.into())
    }
}
