//! Scenes as RSX commands.

mod buffers;
mod error;
mod programs;

pub use buffers::local_bytes;
pub use error::RenderError;

use alloc::sync::Arc;

use fonts::Family;
use rsx_gcm::fifo::Context;
use rsx_gcm::flip;
use rsx_gcm::memory::{Address, Arena, ArenaError};
use rsx_gcm::methods::fields::{
    Argb, Filter, IndexType, Primitive, SurfaceColor, TexelFormat, TextureRemap,
};
use rsx_gcm::surface::{Plane, Rect, Target, Viewport};
use rsx_gcm::texture::{Layout, Texture};

use crate::Display;
use crate::atlas::{ATLAS_HEIGHT, ATLAS_WIDTH};
use crate::list::{Painter, Program, Scissor};
use crate::scene::{Item, Scene};
use buffers::{Buffers, Slot};
use programs::{ATLAS_UNIT, Programs};

/// Draws scenes on one display.
///
/// All of a frame's state is set anew, because the firmware's flip leaves it
/// undefined. Vertices and masks are written straight to local memory, to
/// places that no frame still reads: vertices alternate between two slots, and
/// [`Renderer::draw`] waits for the flip of the frame before.
///
/// The command ring has to take a few kilobytes a frame; one packet is not
/// longer than 66 words. [`local_bytes`] says how much local memory it takes.
pub struct Renderer {
    painter: Painter,
    buffers: Buffers,
    programs: Programs,
    display: Display,
    /// The display buffer that the next frame is drawn to.
    back: u8,
}

impl Renderer {
    /// Takes memory from `local`, an arena in local memory, announces display
    /// buffers 0 and 1, and writes the shaders.
    ///
    /// # Errors
    /// [`RenderError`] where there is not enough memory, or the display does
    /// not take the mode; `local` is as it was then.
    pub fn new<D: flip::Display>(
        context: &mut Context<D>,
        local: &mut Arena,
        family: Arc<Family>,
        display: Display,
    ) -> Result<Renderer, RenderError> {
        let untouched = local.clone();
        let renderer = Renderer::prepare(context, local, family, display);
        if renderer.is_err() {
            *local = untouched;
        }
        renderer
    }

    fn prepare<D: flip::Display>(
        context: &mut Context<D>,
        local: &mut Arena,
        family: Arc<Family>,
        display: Display,
    ) -> Result<Renderer, RenderError> {
        let buffers = Buffers::allocate(local, &display)?;
        let programs = Programs::load(context, local)?;
        for (id, screen) in (0..).zip(&buffers.screens) {
            context
                .device_mut()
                .set_display_buffer(id, screen)
                .map_err(RenderError::Display)?;
        }
        Ok(Renderer {
            painter: Painter::new(family, display),
            buffers,
            programs,
            display,
            back: 0,
        })
    }

    /// The display that it draws for.
    pub fn display(&self) -> Display {
        self.display
    }

    /// The display buffer (0 or 1) that was flipped to last.
    pub fn front(&self) -> u8 {
        self.back ^ 1
    }

    /// Gives the memory back to the arena that it came from. The RSX must be
    /// done with the last frame.
    ///
    /// # Errors
    /// [`ArenaError::NotAllocated`] where it is another arena.
    pub fn release(self, local: &mut Arena) -> Result<(), ArenaError> {
        self.buffers.release(local)?;
        self.programs.release(local)
    }

    /// Draws a scene and queues its flip: it appears at a vertical blank once
    /// the RSX has drawn it. Waits until the frame before is on the screen.
    ///
    /// # Errors
    /// [`RenderError`] where the RSX has stopped.
    pub fn draw<D: flip::Display>(
        &mut self,
        context: &mut Context<D>,
        scene: &Scene,
    ) -> Result<(), RenderError> {
        let list = self.painter.paint(scene);
        context.wait_flip()?;
        let slot = self.buffers.slots[usize::from(self.back)];
        let device = context.device_mut();
        self.buffers.write_masks(device, &list.uploads)?;
        self.buffers.write_mesh(device, slot, &list.mesh)?;
        self.begin(context, slot)?;
        let covered = matches!(scene.items().first(), Some(Item::Wave(_)));
        if !covered {
            context.clear_color(Argb::default())?;
        }
        self.batches(context, slot)?;
        context.flip(self.back)?;
        self.back ^= 1;
        Ok(())
    }

    /// Sets the state that all batches share.
    fn begin<D: flip::Display>(
        &self,
        context: &mut Context<D>,
        slot: Slot,
    ) -> Result<(), RenderError> {
        let screen = &self.buffers.screens[usize::from(self.back)];
        let whole = Rect::of_size(screen.width, screen.height);
        context.reset_state()?;
        context.set_target(&Target {
            color: Plane {
                at: Address::local(screen.offset),
                pitch: screen.pitch,
            },
            format: SurfaceColor::A8R8G8B8,
            depth: None,
            width: screen.width,
            height: screen.height,
        })?;
        context.set_viewport(&Viewport::fill(whole))?;
        context.set_scissor(whole)?;
        let pitch = ATLAS_WIDTH.into();
        context.invalidate_textures()?;
        context.bind_texture(
            ATLAS_UNIT.into(),
            &Texture {
                remap: TextureRemap::ALL_BLUE,
                min: Filter::Nearest,
                mag: Filter::Nearest,
                ..Texture::new(
                    self.buffers.atlas,
                    TexelFormat::B8,
                    Layout::Linear { pitch },
                    ATLAS_WIDTH.into(),
                    ATLAS_HEIGHT.into(),
                )
            },
        )?;
        self.programs.begin(context, self.display, slot.vertices)
    }

    /// Draws the batches of the list at hand.
    fn batches<D: flip::Display>(
        &self,
        context: &mut Context<D>,
        slot: Slot,
    ) -> Result<(), RenderError> {
        let mut program: Option<Program> = None;
        let mut scissor: Option<Scissor> = None;
        for batch in &self.painter.list.batches {
            if program != Some(batch.program) {
                self.programs.select(context, batch.program)?;
                program = Some(batch.program);
            }
            if scissor != Some(batch.scissor) {
                context.set_scissor(Rect {
                    x: batch.scissor.x.into(),
                    y: batch.scissor.y.into(),
                    width: batch.scissor.width.into(),
                    height: batch.scissor.height.into(),
                })?;
                scissor = Some(batch.scissor);
            }
            context.draw_indexed(
                Primitive::Triangles,
                slot.indices,
                IndexType::U16,
                batch.indices.start as u32,
                batch.indices.len() as u32,
            )?;
        }
        Ok(())
    }
}
