//! The app in a window.

mod platform;
mod storage;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use console::window::{self, Content, Flow, NoWindow, Opening, Screen};
use render::text::Family;
use render::{Aspect, Display};

use crate::arguments::Preview;
use platform::Windowed;

/// The time from frame to frame.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// How texts are typed, for people.
const TYPING: &str = "\
      Where a text is edited, letters are typed, Backspace and Delete delete, and after a
      letter Enter means done.";

/// Opens the window and stays until it is closed.
pub fn run(arguments: &Preview, display: Display) -> Result<(), NoWindow> {
    let opening = Opening {
        title: "StoryCell".into(),
        rows: display.height.into(),
        wide: display.aspect == Aspect::Wide,
    };
    window::run(&opening, |screen| {
        let family = Arc::new(Family::embedded());
        let (setup, settings) = (arguments.setup(), arguments.settings());
        let mut platform = Windowed::new(screen, family.clone(), display, setup, settings)?;
        let mut app = App::new(family);
        app.start(&mut platform);
        // Whoever closed standard error finds the keys on the screen.
        let _ = writeln!(std::io::stderr(), "{}\n{TYPING}", window::HELP);
        Ok(Running { app, platform })
    })
}

/// The app, and the machine with the window. The app goes first: the inference thread ends when
/// it is gone.
struct Running {
    app: App,
    platform: Windowed,
}

impl Content for Running {
    fn screen(&mut self) -> &mut Screen {
        &mut self.platform.screen
    }

    fn frame(&mut self) -> Result<Flow, window::Failure> {
        Ok(match self.app.frame(&mut self.platform)? {
            app::Flow::Continue => Flow::Continue,
            app::Flow::Exit => Flow::Exit,
        })
    }

    fn refresh(&mut self) -> Result<(), window::Failure> {
        Ok(self.platform.refresh()?)
    }

    fn pace(&self) -> Duration {
        FRAME
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Also where the system ended the loop: the inference thread is told to end.
        self.platform.screen.close();
        let _ = self.app.frame(&mut self.platform);
        self.platform.end();
    }
}
