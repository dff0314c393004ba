//! The app without a window: a script for input, files for what it shows.

mod pace;
mod platform;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::transcript::{Entry, TranscriptWriter};
use app::{App, Flow, Platform};
use console::artefact;
use console::display::Television;
use console::script::{Cue, Player, Script};
use render::text::Family;
use render::{Aspect, Display};

use crate::arguments::Preview;
use crate::engine::Setup;
use crate::failure::Failure;
use platform::Headless;
use render::picture::Picture;

/// What is to be played, and where what it shows goes.
pub struct Run<'a> {
    /// The script.
    pub script: &'a Script,
    /// What to call the script in errors.
    pub script_name: &'a Path,
    /// The model.
    pub setup: Setup,
    /// The settings at the start, as the app stores them.
    pub settings: String,
    /// The display.
    pub display: Display,
    /// The folder for screens.
    pub frames: &'a Path,
    /// Draws all frames, not only those that are kept.
    pub every_frame: bool,
    /// Takes its time, and shows the story as the host computes it, not as the console would.
    pub live: bool,
}

/// Plays the script of the command line.
pub fn run(arguments: &Preview, display: Display) -> Result<(), Failure> {
    let path = arguments.script.as_deref().unwrap_or(Path::new(""));
    let bytes = fs::read(path).map_err(|error| Failure::file(path, error))?;
    let script = Script::parse(&bytes).map_err(|error| Failure::file(path, error))?;
    if script.takes_shots() && arguments.frames.is_none() {
        return Err(Failure::file(
            path,
            "the script keeps screens, but --frames names no folder",
        ));
    }
    // Hours later would be too late.
    if let Some(frames) = &arguments.frames {
        artefact::check_folder(frames).map_err(|error| Failure::file(frames, error))?;
    }
    if let Some(path) = &arguments.transcript {
        artefact::check(path).map_err(|error| Failure::file(path, error))?;
    }
    let run = Run {
        script: &script,
        script_name: path,
        setup: arguments.setup(),
        settings: arguments.settings(),
        display,
        frames: arguments.frames.as_deref().unwrap_or(Path::new("")),
        every_frame: arguments.every_frame,
        live: false,
    };
    let Some(path) = &arguments.transcript else {
        return run.play(&mut io::stdout().lock()).map(drop);
    };
    // What was said until something failed is worth keeping.
    let mut text = Vec::new();
    let played = run.play(&mut text);
    artefact::write(path, &text).map_err(|error| Failure::file(path, error))?;
    played.map(drop)
}

impl Run<'_> {
    /// Plays the script; writes what is said to `out` as it comes. Gives the screens that were
    /// kept.
    pub fn play(&self, out: &mut dyn Write) -> Result<Vec<PathBuf>, Failure> {
        let family = Arc::new(Family::embedded());
        let mut picture = None;
        let (setup, settings) = (self.setup.clone(), self.settings.clone());
        let mut platform = Headless::new(self.display, setup, settings, self.live);
        if self.every_frame {
            platform.draws = Some(Picture::new(family.clone(), self.display)?);
        }
        let mut app = App::new(family.clone());
        app.start(&mut platform);
        let mut transcript = Transcript {
            writer: TranscriptWriter::default(),
            out,
        };
        let mut player = Player::new(self.script);
        let mut shots = Vec::new();
        // There is something to be seen before the first command.
        app.frame(&mut platform)?;
        loop {
            transcript.write(&app.take_transcript())?;
            let idle = app.is_idle() && app.is_settled();
            let cue = player.next(idle);
            match cue.map_err(|error| Failure::file(self.script_name, error))? {
                Cue::Frame { held, typed } => {
                    platform.set_input(held, typed);
                    app.frame(&mut platform)?;
                }
                Cue::Shot(name) => {
                    let picture = match &mut picture {
                        Some(picture) => picture,
                        empty => empty.insert(Picture::new(family.clone(), platform.display())?),
                    };
                    let path = self.frames.join(format!("{name}.png"));
                    let frame = picture.draw(app.scene())?;
                    let png = artefact::png(frame).map_err(|error| Failure::file(&path, error))?;
                    artefact::write(&path, &png).map_err(|error| Failure::file(&path, error))?;
                    shots.push(path);
                }
                Cue::Menu(open) => platform.set_menu(open),
                Cue::Pad(there) => platform.set_pad(there),
                Cue::Mode(television) => {
                    platform.set_display(display(television), &family)?;
                    picture = None;
                }
                Cue::Exit | Cue::End => break,
            }
        }
        platform.exit();
        while app.frame(&mut platform)? != Flow::Exit {}
        transcript.finish()?;
        Ok(shots)
    }
}

/// The display of a television.
fn display(television: Television) -> Display {
    let (width, height) = television.mode.size();
    let aspect = match television.wide {
        true => Aspect::Wide,
        false => Aspect::Standard,
    };
    // No mode has more than 1920 pixels in a row.
    Display::new(width as u16, height as u16, aspect)
}

/// The text that was shown, on its way out.
struct Transcript<'a> {
    writer: TranscriptWriter,
    out: &'a mut dyn Write,
}

impl Transcript<'_> {
    fn write(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        let mut text = String::new();
        for entry in entries {
            self.writer.write(entry, &mut text).map_err(Failure::new)?;
        }
        self.send(&text)
    }

    fn finish(mut self) -> Result<(), Failure> {
        let mut text = String::new();
        self.writer.finish(&mut text).map_err(Failure::new)?;
        self.send(&text)
    }

    fn send(&mut self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let sent = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
        sent.map_err(Failure::output)
    }
}
