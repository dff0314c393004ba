//! The window with a picture in it.

use std::rc::Rc;

use softbuffer::Surface;
use winit::dpi::{LogicalSize, PhysicalSize};
use winit::event::{ElementState, WindowEvent};
use winit::event_loop::ActiveEventLoop;
use winit::keyboard::{Key as Named, NamedKey};
use winit::window::{Fullscreen, Window};

use super::keys::{Key, Keys};
use super::pads::Pads;
use super::scale::{Scaler, natural_size};
use super::{Failure, Opening};
use crate::lv2::PadState;
use crate::rsx::Frame;
use crate::script::Button;

/// A window with a picture, a keyboard and gamepads.
pub struct Screen {
    window: Rc<Window>,
    surface: Surface<Rc<Window>, Rc<Window>>,
    scaler: Scaler,
    /// The window's size in pixels; nothing once the window is gone.
    size: PhysicalSize<u32>,
    keys: Keys,
    pads: Pads,
    /// How often the user has asked to close the window.
    closings: u32,
}

impl Screen {
    pub(super) fn open(events: &ActiveEventLoop, opening: &Opening) -> Result<Self, Failure> {
        let (width, height) = natural_size(opening.rows, opening.wide);
        let attributes = Window::default_attributes()
            .with_title(&opening.title)
            .with_inner_size(LogicalSize::new(width, height));
        let window = Rc::new(events.create_window(attributes)?);
        let context = softbuffer::Context::new(window.clone())?;
        let surface = Surface::new(&context, window.clone())?;
        Ok(Self {
            size: window.inner_size(),
            window,
            surface,
            scaler: Scaler::default(),
            keys: Keys::default(),
            pads: Pads::default(),
            closings: 0,
        })
    }

    /// Whether the user has closed the window.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.closings > 0
    }

    /// How often the user has asked to close the window.
    #[must_use]
    pub fn close_requests(&self) -> u32 {
        self.closings
    }

    /// Has the content make its last frame at once, as if the user had closed the window.
    pub fn close(&mut self) {
        self.closings += 1;
    }

    /// Gives the window another title.
    pub fn set_title(&self, title: &str) {
        self.window.set_title(title);
    }

    /// Shows a picture, 16:9 or 4:3, as large as it fits.
    ///
    /// # Errors
    ///
    /// Those of the host's display.
    pub fn show(&mut self, frame: &Frame, wide: bool) -> Result<(), Failure> {
        let size = self.size;
        let (Ok(width), Ok(height)) = (size.width.try_into(), size.height.try_into()) else {
            // There is nothing of it to be seen.
            return Ok(());
        };
        self.surface.resize(width, height)?;
        let mut pixels = self.surface.buffer_mut()?;
        let columns = size.width as usize;
        self.scaler.draw(frame, wide, columns, &mut pixels);
        self.window.pre_present_notify();
        pixels.present()?;
        Ok(())
    }

    /// What is held on all gamepads and on the keyboard, and the keys that were typed, since the
    /// last call. `text` says whether a text is being edited.
    pub fn input(&mut self, text: bool) -> (PadState, Vec<Key>) {
        let pad = self.pads.poll();
        let (buttons, typed) = self.keys.frame(text);
        (pad.merged(&buttons), typed)
    }

    /// The key that stands for a button at present.
    #[must_use]
    pub fn key_name(&self, button: Button) -> Option<&'static str> {
        self.keys.name(button)
    }

    pub(super) fn take(&mut self, event: &WindowEvent) {
        match event {
            WindowEvent::CloseRequested => self.closings += 1,
            WindowEvent::Resized(size) => self.size = *size,
            WindowEvent::Destroyed => {
                self.size = PhysicalSize::default();
                self.closings += 1;
            }
            WindowEvent::Focused(false) => self.keys.release(),
            WindowEvent::KeyboardInput { event, .. } => {
                let full_screen = event.logical_key == Named::Named(NamedKey::F11);
                if full_screen && event.state == ElementState::Pressed && !event.repeat {
                    let full = Fullscreen::Borderless(None);
                    let windowed = self.window.fullscreen().is_none();
                    self.window.set_fullscreen(windowed.then_some(full));
                }
                self.keys.take(event);
            }
            _ => {}
        }
    }
}
