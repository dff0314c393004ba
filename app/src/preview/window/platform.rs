//! The machine with a window: the host's time, keyboard, gamepads and settings.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use app::inference::Port;
use app::input::{Button, ConfirmButton, Input, Pad};
use app::settings::MODEL_KEY;
use app::{Platform, PlatformError, StorageError, WallClock};
use render::Display;
use render::scene::Scene;
use render::text::Family;
use softbuffer::Surface;
use winit::dpi::PhysicalSize;
use winit::window::Window;

use super::keys::Keys;
use super::pads::Pads;
use super::scale::Scaler;
use super::storage::Storage;
use crate::engine::Share;
use crate::failure::Failure;
use crate::inference::Inference;
use crate::model::Source;
use render::picture::Picture;

/// What the app runs on.
pub struct Windowed {
    pub keys: Keys,
    pub exit: bool,
    /// The window's size in pixels; nothing once the window is gone.
    pub size: PhysicalSize<u32>,
    window: Rc<Window>,
    surface: Surface<Rc<Window>, Rc<Window>>,
    scaler: Scaler,
    picture: Picture,
    display: Display,
    source: Source,
    /// Settings of the command line, which count more than the stored ones.
    settings: String,
    storage: Storage,
    pads: Pads,
    begun: Instant,
    inference: Option<Inference>,
}

impl Windowed {
    /// A machine that shows itself in that window.
    pub fn new(
        window: Rc<Window>,
        family: Arc<Family>,
        display: Display,
        source: Source,
        settings: String,
    ) -> Result<Windowed, Failure> {
        let context = softbuffer::Context::new(window.clone()).map_err(Failure::new)?;
        let surface = Surface::new(&context, window.clone()).map_err(Failure::new)?;
        Ok(Windowed {
            keys: Keys::default(),
            exit: false,
            size: window.inner_size(),
            window,
            surface,
            scaler: Scaler::default(),
            picture: Picture::new(family, display)?,
            display,
            source,
            settings,
            storage: Storage::of_user(),
            pads: Pads::default(),
            begun: Instant::now(),
            inference: None,
        })
    }

    /// The window.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Waits for the inference thread, which has been told to end.
    pub fn end(&mut self) {
        if let Some(inference) = self.inference.take() {
            inference.join();
        }
    }

    /// Shows the last picture again, after the window was covered or resized.
    pub fn refresh(&mut self) -> Result<(), Failure> {
        let size = self.size;
        let (Ok(width), Ok(height)) = (size.width.try_into(), size.height.try_into()) else {
            // There is nothing of it to be seen.
            return Ok(());
        };
        self.surface.resize(width, height).map_err(Failure::new)?;
        let mut pixels = self.surface.buffer_mut().map_err(Failure::new)?;
        let frame = self.picture.frame();
        self.scaler
            .draw(frame, &self.display, size.width as usize, &mut pixels);
        self.window.pre_present_notify();
        pixels.present().map_err(Failure::new)
    }
}

impl Platform for Windowed {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn display(&self) -> Display {
        self.display
    }

    fn confirm_button(&self) -> ConfirmButton {
        ConfirmButton::Cross
    }

    fn input(&mut self, text: bool) -> Input {
        let pad = self.pads.poll();
        let (buttons, keys) = self.keys.frame(text);
        Input {
            pad: Pad {
                buttons: pad.buttons.union(buttons),
                ..pad
            },
            keys,
        }
    }

    /// Does not wait: the window's loop comes back when it is time for the next frame.
    fn present(&mut self, scene: &Scene) -> Result<(), PlatformError> {
        self.picture.draw(scene).map_err(Failure::from)?;
        Ok(self.refresh()?)
    }

    fn wall_clock(&self) -> Option<WallClock> {
        let now = jiff::Zoned::now();
        let small = |number: i8| u8::try_from(number).ok();
        Some(WallClock {
            hour: small(now.hour())?,
            minute: small(now.minute())?,
            day: small(now.day())?,
            month: small(now.month())?,
        })
    }

    fn key_name(&self, button: Button) -> Option<&'static str> {
        self.keys.name(button)
    }

    fn should_exit(&self) -> bool {
        self.exit
    }

    fn random_seed(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.unwrap_or_default().as_nanos() as u64
    }

    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError> {
        self.inference = Some(Inference::start(
            port,
            self.source.clone(),
            Share::AllButOne,
        )?);
        Ok(())
    }

    fn wake_inference(&mut self) {
        if let Some(inference) = &self.inference {
            inference.wake();
        }
    }

    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        if key == MODEL_KEY {
            return Ok(None);
        }
        let stored = self.storage.load(key)?;
        if self.settings.is_empty() {
            return Ok(stored);
        }
        let mut text = stored.unwrap_or_default();
        text.push(b'\n');
        // What comes later counts.
        text.extend_from_slice(self.settings.as_bytes());
        Ok(Some(text))
    }

    fn store(&mut self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        // Which models there are is up to the command line, and so is the first of them.
        if key == MODEL_KEY {
            return Ok(());
        }
        self.storage.store(key, bytes)
    }
}
