//! The television: its mode, the renderer for it, and when pictures are shown.

use alloc::format;
use alloc::sync::Arc;
use core::time::Duration;

use psl1ght_rs::rsx::{FIRMWARE_BYTES, Rsx};
use psl1ght_rs::video::{self, Mode};
use render::scene::Scene;
use render::text::Family;
use render::{Aspect, Display, Renderer};
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::memory::{Arena, Location, Memory};

use crate::clock::FrameClock;
use crate::failure::Failure;
use crate::report::note;

/// Main memory that the RSX reaches: the firmware's commands and ours.
const MAIN_MEMORY: usize = 1 << 20;
/// Bytes of a piece of the command ring; a frame takes a few kilobytes.
const SEGMENT: u32 = 64 << 10;
/// Pieces of the command ring.
const SEGMENTS: u32 = 4;

/// The RSX with a renderer for the television's mode.
pub struct Screen {
    context: Context<Rsx>,
    local: Arena,
    family: Arc<Family>,
    /// `None` only after a change of mode has failed.
    renderer: Option<Renderer>,
    display: Display,
    clock: FrameClock,
}

impl Screen {
    /// Takes the RSX over and sets the best mode that the television has.
    pub fn open(family: Arc<Family>) -> Result<Screen, Failure> {
        let rsx = Rsx::open(MAIN_MEMORY).map_err(|error| Failure::of("the RSX", error))?;
        let local = Arena::new(Location::Local, 0, rsx.size(Location::Local));
        let from = rsx.from();
        let ring = Ring::new(FIRMWARE_BYTES, SEGMENT, SEGMENTS);
        let ring = ring.map_err(|error| Failure::of("the command ring", error))?;
        let context = Context::new(rsx, ring, from);
        let context = context.map_err(|error| Failure::of("the command ring", error))?;
        let mut screen = Screen {
            context,
            local,
            family,
            renderer: None,
            display: Display::HD_720,
            clock: FrameClock::new(60),
        };
        screen.set_mode()?;
        Ok(screen)
    }

    /// The mode that is set.
    pub fn display(&self) -> Display {
        self.display
    }

    /// The time of the frame that is being made.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Sets the best mode that the television has now.
    pub fn set_mode(&mut self) -> Result<(), Failure> {
        if let Some(renderer) = self.renderer.take() {
            self.finish()?;
            let released = renderer.release(&mut self.local);
            released.map_err(|error| Failure::of("the renderer's memory", error))?;
        }
        let rsx = self.context.device_mut();
        let mode = rsx.set_mode(&Mode::ALL);
        let mode = mode.map_err(|error| Failure::of("the television's mode", error))?;
        let (wide, rate) = match video::display() {
            Ok(display) => (display.wide, display.refresh),
            Err(error) => {
                note(format_args!(
                    "the television does not tell its shape: {error}"
                ));
                (matches!(mode, Mode::P1080 | Mode::P720), 60)
            }
        };
        let (width, height) = mode.size();
        let aspect = if wide { Aspect::Wide } else { Aspect::Standard };
        // No mode has more than 65535 pixels in a row.
        let display = Display::new(width as u16, height as u16, aspect);
        note(format_args!("{width}x{height} {aspect:?} at {rate} Hz"));
        let renderer = Renderer::new(
            &mut self.context,
            &mut self.local,
            self.family.clone(),
            display,
        );
        let of_mode = || format!("drawing at {width}x{height}");
        self.renderer = Some(renderer.map_err(|error| Failure::of(&of_mode(), error))?);
        self.display = display;
        self.clock.set_rate(rate);
        Ok(())
    }

    /// Draws a scene and has it shown at the next vertical blank.
    pub fn draw(&mut self, scene: &Scene) -> Result<(), Failure> {
        let Some(renderer) = &mut self.renderer else {
            return Err(Failure::of("drawing", "there is no mode"));
        };
        let drawn = renderer.draw(&mut self.context, scene);
        drawn.map_err(|error| Failure::of("drawing", error))
    }

    /// Waits until what was drawn last is shown.
    pub fn wait(&mut self) -> Result<(), Failure> {
        let waited = self.context.wait_flip();
        waited.map_err(|error| Failure::of("showing a picture", error))?;
        self.clock.shown(self.context.device().vertical_blanks());
        Ok(())
    }

    /// Waits until the RSX has nothing to do any more.
    pub fn finish(&mut self) -> Result<(), Failure> {
        let waited = self.context.wait_flip();
        let finished = waited.and_then(|()| self.context.finish());
        finished.map_err(|error| Failure::of("the RSX's last commands", error))
    }
}
