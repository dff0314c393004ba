//! `console boot`: boots a program on the virtual PS3.

mod ended;
mod machine;
mod run;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use console::artefact;
use console::boot::{Failure, Play, Program, Recorder, Session, Watch};
use console::lv2::Symbols;
use console::script::Script;

use crate::say;
use ended::Cleaner;
use machine::MachineArguments;
use run::RunArguments;

/// What stands below the options.
fn help() -> String {
    let examples = "\
Examples:
  console boot game.pkg
  console boot game.pkg --headless --script my.script --frames screens --transcript text.txt
  console boot EBOOT.BIN --dir /dev_usb000=stick --read-only /dev_usb000 --mode 1080p
  console boot test.elf --headless --script my.script --trace calls,spu --trace-file trace.txt";
    let codes = "\
Exit codes: 0 the program has ended well, 1 it has not, or could not be booted, and standard
error says why; 2 wrong usage.";
    [examples, WINDOW, console::script::HELP, codes].join("\n\n")
}

/// What the keys in the window are.
#[cfg(feature = "window")]
const WINDOW: &str = console::window::HELP;
#[cfg(not(feature = "window"))]
const WINDOW: &str = "This build has no window.";

/// How texts are typed in the window.
#[cfg(feature = "window")]
const TYPING: &str = "\
      A program that reads a USB keyboard gets letters, digits, Backspace, Delete, Home and End,
      and after them one Enter.";

/// What to boot, and on what.
#[derive(Args)]
#[command(after_long_help = help())]
pub struct Boot {
    /// The program: a package, a SELF (EBOOT.BIN) or an ELF
    file: PathBuf,
    /// Arguments for the program, behind its own path
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    /// No window: drives the program by a script, frame by frame, the same way in each run
    #[arg(long, requires = "script")]
    headless: bool,
    /// The script of pad events
    #[arg(long, value_name = "FILE", requires = "headless")]
    script: Option<PathBuf>,
    /// The folder for the screens that the script keeps
    #[arg(long, value_name = "DIR", requires = "headless")]
    frames: Option<PathBuf>,
    /// The file for the text that the program writes to its terminal [default: standard output]
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// The file for what the program plays, as WAV
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,
    #[command(flatten)]
    machine: MachineArguments,
    #[command(flatten)]
    run: RunArguments,
}

impl Boot {
    /// Boots the program.
    pub fn run(&self) -> ExitCode {
        self.machine.check();
        match self.play() {
            Ok(0) => ExitCode::SUCCESS,
            Ok(status) => {
                let file = self.file.display();
                say(&format!("{file}: the program ended with status {status}"));
                ExitCode::FAILURE
            }
            Err(failure) => {
                say(&failure.to_string());
                let _ = write!(io::stderr(), "{}", failure.report());
                ExitCode::FAILURE
            }
        }
    }

    fn script(&self) -> Result<(&Path, Script), Failure> {
        let path = self.script.as_deref().unwrap_or(Path::new(""));
        let bytes = fs::read(path).map_err(|error| Failure::file(path, error))?;
        let script = Script::parse(&bytes).map_err(|error| Failure::file(path, error))?;
        if script.takes_shots() && self.frames.is_none() {
            let what = "the script keeps screens, but --frames names no folder";
            return Err(Failure::file(path, what));
        }
        if let Some(frames) = &self.frames {
            artefact::check_folder(frames).map_err(|error| Failure::file(frames, error))?;
        }
        Ok((path, script))
    }

    fn symbols(&self) -> Result<Option<Symbols>, Failure> {
        let Some(path) = &self.run.symbols else {
            return Ok(None);
        };
        let bytes = fs::read(path).map_err(|error| Failure::file(path, error))?;
        let symbols = Symbols::read(&bytes).map_err(|error| Failure::file(path, error))?;
        Ok(Some(symbols))
    }

    fn play(&self) -> Result<i32, Failure> {
        let script = self.headless.then(|| self.script()).transpose()?;
        if script.is_none() {
            look_for_display()?;
        }
        if let Some(path) = &self.transcript {
            artefact::check(path).map_err(|error| Failure::file(path, error))?;
        }
        let disk = Cleaner::install()?.disk(|| self.machine.disk())?;
        let program = Program::read(&self.file, &disk)?;
        let mut machine = self.machine.setup(&self.arguments).start(&program, &disk)?;
        if let Some(symbols) = self.symbols()? {
            machine.set_symbols(symbols);
        }
        let limits = self.run.limits(self.headless);
        let speed = self.run.speed(self.headless);
        let mut session = Session::new(machine, &program, &self.file, limits, speed);
        let mut notes = io::stderr();
        let mut trace = self.trace()?;
        let mut recorder = self.audio.as_deref().map(Recorder::create).transpose()?;
        let mut watched = |text: &mut dyn Write| {
            let mut watch = Watch::new(text, &mut notes);
            watch.trace(self.run.traces(), &mut *trace);
            if let Some(recorder) = &mut recorder {
                watch.record(recorder);
            }
            let played = match &script {
                Some((script_name, script)) => {
                    let frames = self.frames.as_deref().unwrap_or(Path::new(""));
                    let play = Play {
                        script,
                        script_name,
                        frames,
                    };
                    play.play(&mut session, &mut watch)
                        .map(|(status, _)| status)
                }
                None => self.show(&mut session, &mut watch),
            };
            // What is said next begins on a line of its own.
            watch.end_notes();
            if watch.text_is_open() && self.transcript.is_none() && io::stdout().is_terminal() {
                watch.note("");
            }
            played
        };
        let mut text = Vec::new();
        let played = match &self.transcript {
            None => watched(&mut io::stdout().lock()),
            Some(_) => watched(&mut text),
        };
        // What there was until something failed is worth keeping.
        if let Some(path) = &self.transcript {
            artefact::write(path, &text).map_err(|error| Failure::file(path, error))?;
        }
        recorder.map_or(Ok(()), Recorder::finish)?;
        played
    }

    /// Shows the program in a window until it ends, or the window is closed.
    #[cfg(feature = "window")]
    fn show(&self, session: &mut Session, watch: &mut Watch<'_>) -> Result<i32, Failure> {
        use console::boot::Windowed;
        use console::window::{self, NoWindow, Opening};

        let television = session.machine.television();
        let opening = Opening {
            title: self.title(),
            rows: television.mode.size().1,
            wide: television.wide,
        };
        let mut status = None;
        let shown = window::run(&opening, |screen| {
            watch.note(window::HELP);
            watch.note(TYPING);
            let (name, pad) = (&*opening.title, !self.machine.no_pad);
            Ok(Windowed::new(
                screen,
                name,
                session,
                watch,
                pad,
                &mut status,
            ))
        });
        match shown {
            Ok(()) => Ok(status.unwrap_or(0)),
            Err(NoWindow::Failed(failure)) => Err(match failure.downcast::<Failure>() {
                // The program's own failures have a report.
                Ok(failure) => *failure,
                Err(other) => Failure::new(other),
            }),
            Err(none) => Err(without_window(&none)),
        }
    }

    /// The program's name, for people.
    #[cfg(feature = "window")]
    fn title(&self) -> String {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// There is no window in this build.
    #[cfg(not(feature = "window"))]
    fn show(&self, _: &mut Session, _: &mut Watch<'_>) -> Result<i32, Failure> {
        look_for_display().map(|()| 0)
    }

    fn trace(&self) -> Result<Box<dyn Write>, Failure> {
        let Some(path) = &self.run.trace_file else {
            return Ok(Box::new(io::stderr()));
        };
        let file = fs::File::create(path).map_err(|error| Failure::file(path, error))?;
        Ok(Box::new(io::BufWriter::new(file)))
    }
}

/// Looks whether there is a display for a window.
#[cfg(feature = "window")]
fn look_for_display() -> Result<(), Failure> {
    console::window::look_for_display().map_err(|none| without_window(&none))
}

/// There is no window in this build.
#[cfg(not(feature = "window"))]
fn look_for_display() -> Result<(), Failure> {
    Err(without_window(&"this build has no window"))
}

/// The failure where there can be no window, and what goes without one.
fn without_window(why: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{why}: --headless with --script FILE needs none"))
}
