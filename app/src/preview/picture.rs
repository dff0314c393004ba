//! Pictures of scenes: the renderer's command buffer, executed by the simulated RSX.

use std::sync::Arc;

use console::rsx::{Frame, Rsx};
use render::scene::Scene;
use render::text::Family;
use render::{Display, RenderError, Renderer, local_bytes};
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::memory::{Arena, Location};

use crate::failure::Failure;

/// Main memory for commands: four segments.
const SEGMENT_BYTES: u32 = 64 << 10;
const SEGMENTS: u32 = 4;
/// Local memory beyond the renderer's buffers, for shaders and alignment.
const SPARE_BYTES: u32 = 256 << 10;

/// A simulated RSX with a renderer that draws on it.
pub struct Picture {
    context: Context<Rsx>,
    renderer: Renderer,
    frame: Frame,
}

impl Picture {
    /// An RSX with a display of that mode.
    pub fn new(family: Arc<Family>, display: Display) -> Result<Picture, Failure> {
        let local = local_bytes(&display) + SPARE_BYTES;
        // The first word is where the RSX begins to fetch.
        let ring = Ring::new(4, SEGMENT_BYTES, SEGMENTS).map_err(Failure::new)?;
        let rsx = Rsx::new(local as usize, (ring.base() + ring.bytes()) as usize);
        let mut context = Context::new(rsx, ring, 0).map_err(Failure::new)?;
        let mut arena = Arena::new(Location::Local, 0, local);
        let renderer = Renderer::new(&mut context, &mut arena, family, display);
        let renderer = renderer.map_err(Failure::new)?;
        Ok(Picture {
            context,
            renderer,
            frame: Frame::default(),
        })
    }

    /// Draws a scene and waits until it is on the screen.
    ///
    /// Whatever the RSX could not do as it was told is an error.
    pub fn draw(&mut self, scene: &Scene) -> Result<&Frame, Failure> {
        let drawn = self.renderer.draw(&mut self.context, scene);
        let drawn = drawn.and_then(|()| self.context.wait_flip().map_err(RenderError::Fifo));
        let rsx = self.context.device_mut();
        let shown = rsx.copy_frame(&mut self.frame);
        if let Some(report) = rsx.take_reports().first() {
            return Err(Failure::new(report));
        }
        drawn.map_err(Failure::new)?;
        if !shown {
            return Err(Failure::new("the RSX shows nothing"));
        }
        Ok(&self.frame)
    }

    /// What was drawn last; without pixels before the first.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }
}
