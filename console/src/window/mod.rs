//! A window: the picture, the host's keyboard and gamepads.
//!
//! ```text
//! mod        the window's events and its frames
//!   screen     the window with a picture in it
//!     scale      from the picture to the window's pixels
//!   keys       the keyboard, for a pad and for text
//!   pads       gamepads
//! ```

mod keys;
mod pads;
mod scale;
mod screen;

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::window::WindowId;

pub use keys::{HELP, Key};
pub use screen::Screen;

/// Why something failed.
pub type Failure = Box<dyn Error>;

/// Whether there is another frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// There is.
    Continue,
    /// The window closes.
    Exit,
}

/// What a window shows.
pub trait Content {
    /// The window; it is given when the content is made.
    fn screen(&mut self) -> &mut Screen;

    /// Makes a frame and shows it.
    ///
    /// # Errors
    ///
    /// What ends the program.
    fn frame(&mut self) -> Result<Flow, Failure>;

    /// Shows the last picture again, after the window was covered or resized.
    ///
    /// # Errors
    ///
    /// What ends the program.
    fn refresh(&mut self) -> Result<(), Failure>;

    /// The least time from frame to frame.
    fn pace(&self) -> Duration;
}

/// Why there is no window, or none any more.
#[derive(Debug)]
pub enum NoWindow {
    /// There is no display to open it on.
    NoDisplay(String),
    /// It was open, and something failed.
    Failed(Failure),
}

impl fmt::Display for NoWindow {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDisplay(why) => write!(to, "there is no display ({why})"),
            Self::Failed(why) => why.fmt(to),
        }
    }
}

/// A window before it is there.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its title.
    pub title: String,
    /// Rows of the picture.
    pub rows: u32,
    /// Whether the picture is 16:9, else it is 4:3.
    pub wide: bool,
}

/// Opens a window and stays until it is closed.
///
/// # Errors
///
/// Why there is none, or why the content has failed.
pub fn run<C: Content>(
    opening: &Opening,
    make: impl FnOnce(Screen) -> Result<C, Failure>,
) -> Result<(), NoWindow> {
    look_for_display()?;
    let no_display = |error: &dyn fmt::Display| NoWindow::NoDisplay(reason(&error.to_string()));
    let events = EventLoop::new().map_err(|error| no_display(&error))?;
    let mut shell = Shell {
        opening,
        make: Some(make),
        content: None,
        opened: false,
        failure: None,
        due: Instant::now(),
    };
    events
        .run_app(&mut shell)
        .map_err(|error| no_display(&error))?;
    match shell.failure {
        None => Ok(()),
        Some(failure) if shell.opened => Err(NoWindow::Failed(failure)),
        Some(failure) => Err(no_display(&failure)),
    }
}

/// Looks whether there can be a display, as far as that is known before it is tried.
///
/// # Errors
///
/// Why there is none.
pub fn look_for_display() -> Result<(), NoWindow> {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let on_unix = cfg!(all(unix, not(target_vendor = "apple")));
    match on_unix && unset("DISPLAY") && unset("WAYLAND_DISPLAY") {
        true => Err(NoWindow::NoDisplay(
            "neither DISPLAY nor WAYLAND_DISPLAY is set".into(),
        )),
        false => Ok(()),
    }
}

/// What an error of the window library says, without the place in the library's source.
fn reason(error: &str) -> String {
    match error.strip_prefix("os error at ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, reason)| reason),
        None => error,
    }
    .into()
}

/// What the window's events go to.
struct Shell<'a, C, M> {
    opening: &'a Opening,
    make: Option<M>,
    content: Option<C>,
    /// Whether there ever was a window.
    opened: bool,
    failure: Option<Failure>,
    /// When the next frame begins.
    due: Instant,
}

impl<C: Content, M: FnOnce(Screen) -> Result<C, Failure>> Shell<'_, C, M> {
    fn fail(&mut self, failure: Failure, events: &ActiveEventLoop) {
        self.failure = Some(failure);
        events.exit();
    }

    fn frame(&mut self, events: &ActiveEventLoop) {
        let Some(content) = &mut self.content else {
            return;
        };
        let now = Instant::now();
        if now >= self.due || content.screen().is_closing() {
            // After a long frame the rhythm begins anew.
            self.due = (self.due + content.pace()).max(now);
            match content.frame() {
                Ok(Flow::Continue) => {}
                Ok(Flow::Exit) => events.exit(),
                Err(failure) => self.fail(failure, events),
            }
        }
        events.set_control_flow(ControlFlow::WaitUntil(self.due));
    }
}

impl<C: Content, M: FnOnce(Screen) -> Result<C, Failure>> ApplicationHandler for Shell<'_, C, M> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(make) = self.make.take() else {
            return;
        };
        match Screen::open(events, self.opening).and_then(make) {
            Ok(content) => {
                self.content = Some(content);
                self.opened = true;
                self.due = Instant::now();
            }
            Err(failure) => self.fail(failure, events),
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(content) = &mut self.content else {
            return;
        };
        if event == WindowEvent::RedrawRequested {
            if let Err(failure) = content.refresh() {
                self.fail(failure, events);
            }
        } else {
            content.screen().take(&event);
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        self.frame(events);
    }

    fn exiting(&mut self, _: &ActiveEventLoop) {
        self.content = None;
    }
}
