//! The app in a window.

mod keys;
mod pads;
mod platform;
mod scale;
mod storage;

use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::{App, Flow};
use render::Display;
use render::text::Family;
use winit::application::ApplicationHandler;
use winit::dpi::{LogicalSize, PhysicalSize};
use winit::event::{ElementState, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::keyboard::{Key, NamedKey};
use winit::window::{Fullscreen, Window, WindowId};

use crate::arguments::Preview;
use crate::failure::Failure;
use crate::model::Source;
use platform::Windowed;

/// The time from frame to frame.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// Why there is no window.
pub enum NoWindow {
    /// There is no display to open it on.
    NoDisplay(String),
    /// It was open, and something failed.
    Failed(Failure),
}

/// Opens the window and stays until it is closed.
pub fn run(arguments: &Preview, display: Display) -> Result<(), NoWindow> {
    if let Some(why) = no_display() {
        return Err(NoWindow::NoDisplay(why));
    }
    let no_display = |error: &dyn std::fmt::Display| NoWindow::NoDisplay(error.to_string());
    let events = EventLoop::new().map_err(|error| no_display(&error))?;
    let mut shell = Shell {
        source: arguments.files.source(),
        settings: arguments.settings(),
        display,
        running: None,
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

/// Why there can be no display, where that is known before it is tried.
fn no_display() -> Option<String> {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let on_unix = cfg!(all(unix, not(target_vendor = "apple")));
    (on_unix && unset("DISPLAY") && unset("WAYLAND_DISPLAY"))
        .then(|| "neither DISPLAY nor WAYLAND_DISPLAY is set".into())
}

/// What the window's events go to.
struct Shell {
    source: Source,
    settings: String,
    display: Display,
    running: Option<Running>,
    /// Whether there ever was a window.
    opened: bool,
    failure: Option<Failure>,
    /// When the next frame begins.
    due: Instant,
}

/// The app, and the machine with the window. The app goes first: the inference thread ends when
/// it is gone.
struct Running {
    app: App,
    platform: Windowed,
}

impl Shell {
    fn open(&self, events: &ActiveEventLoop) -> Result<Running, Failure> {
        let (width, height) = scale::natural_size(&self.display);
        let attributes = Window::default_attributes()
            .with_title("StoryCell")
            .with_inner_size(LogicalSize::new(width, height));
        let window = Rc::new(events.create_window(attributes).map_err(Failure::new)?);
        let family = Arc::new(Family::embedded());
        let (source, settings) = (self.source.clone(), self.settings.clone());
        let mut platform = Windowed::new(window, family.clone(), self.display, source, settings)?;
        let mut app = App::new(family);
        app.start(&mut platform);
        Ok(Running { app, platform })
    }

    fn frame(&mut self, events: &ActiveEventLoop) {
        let Some(Running { app, platform }) = &mut self.running else {
            return;
        };
        let now = Instant::now();
        if now >= self.due || platform.exit {
            // After a long frame the rhythm begins anew.
            self.due = (self.due + FRAME).max(now);
            match app.frame(platform) {
                Ok(Flow::Continue) => {}
                Ok(Flow::Exit) => events.exit(),
                Err(error) => {
                    self.failure = Some(error.into());
                    events.exit();
                }
            }
        }
        events.set_control_flow(ControlFlow::WaitUntil(self.due));
    }
}

impl ApplicationHandler for Shell {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.running.is_some() {
            return;
        }
        match self.open(events) {
            Ok(running) => {
                self.running = Some(running);
                self.opened = true;
                self.due = Instant::now();
                // Whoever closed standard error finds the keys on the screen.
                let _ = writeln!(std::io::stderr(), "{}", keys::HELP);
            }
            Err(failure) => {
                self.failure = Some(failure);
                events.exit();
            }
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(Running { platform, .. }) = &mut self.running else {
            return;
        };
        match event {
            WindowEvent::CloseRequested => platform.exit = true,
            WindowEvent::Resized(size) => platform.size = size,
            WindowEvent::Destroyed => {
                platform.size = PhysicalSize::default();
                platform.exit = true;
            }
            WindowEvent::Focused(false) => platform.keys.release(),
            WindowEvent::KeyboardInput { event, .. } => {
                let full_screen = event.logical_key == Key::Named(NamedKey::F11);
                if full_screen && event.state == ElementState::Pressed && !event.repeat {
                    let window = platform.window();
                    let full = Fullscreen::Borderless(None);
                    window.set_fullscreen(window.fullscreen().is_none().then_some(full));
                }
                platform.keys.take(&event);
            }
            WindowEvent::RedrawRequested => {
                if let Err(failure) = platform.refresh() {
                    self.failure = Some(failure);
                    events.exit();
                }
            }
            _ => {}
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        self.frame(events);
    }

    fn exiting(&mut self, _: &ActiveEventLoop) {
        self.running = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Also where the system ended the loop: the inference thread is told to end.
        self.platform.exit = true;
        let _ = self.app.frame(&mut self.platform);
        self.platform.end();
    }
}
