//! `console boot`: boots a program on the virtual PS3.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use console::artefact;
use console::boot::{
    Disk, Failure, Limits, Play, Program, Recorder, Session, Setup, Speed, Traces, Watch,
};
use console::display::{Mode, Television};
use console::lv2::{DateFormat, EnterButton, Language, Layout, Mount, Settings};
use console::script::Script;

use crate::{say, usage};

/// How texts are typed in the window.
#[cfg(feature = "window")]
const TYPING: &str = "\
      A program that reads a USB keyboard gets letters, digits, Backspace, Delete, Home and End,
      and after them one Enter.";

/// What to boot, and on what.
#[derive(Args)]
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

/// The console around the program.
#[derive(Args)]
#[command(next_help_heading = "The console")]
struct MachineArguments {
    /// Shows a folder of the host to the program, at a path such as /dev_usb000
    #[arg(long, value_name = "GUEST=HOST", value_parser = mount)]
    dir: Vec<(String, PathBuf)>,
    /// The folder that is the hard disk [default: an empty one for this run alone]
    #[arg(long, value_name = "DIR")]
    hdd: Option<PathBuf>,
    /// The television's best mode
    #[arg(long, default_value = "720p", value_parser = mode)]
    mode: Mode,
    /// The shape of the picture [default: 16:9]
    #[arg(long)]
    aspect: Option<Shape>,
    /// The button that confirms
    #[arg(long, default_value = "cross")]
    confirm: Confirm,
    /// The user's language, as a tag such as en-US or de
    #[arg(long, value_name = "TAG", default_value = "en-US", value_parser = language)]
    language: Language,
    /// The console's name
    #[arg(long, value_name = "TEXT", default_value = "PS3", value_parser = nickname)]
    nickname: String,
    /// The order of a date's parts
    #[arg(long, default_value = "ymd")]
    date: DateOrder,
    /// Twice twelve hours on the clock, not twenty-four
    #[arg(long)]
    twelve_hours: bool,
    /// Minutes that local time is ahead of UTC
    #[arg(long, value_name = "MINUTES", default_value_t = 0, allow_negative_numbers = true,
          value_parser = clap::value_parser!(i32).range(-720..=840))]
    time_zone: i32,
    /// The keyboard
    #[arg(long, default_value = "us")]
    keyboard: Keyboard,
    /// No pad is plugged in at the start
    #[arg(long)]
    no_pad: bool,
}

/// How it runs, and what is told of it.
#[derive(Args)]
#[command(next_help_heading = "The run")]
struct RunArguments {
    /// Free runs as fast as the host can, real no faster than a console [default: free where it
    /// is headless, else real]
    #[arg(long)]
    speed: Option<Pace>,
    /// Most seconds of the program's own time [default: an hour where it is headless]
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
    /// Seconds of the program's own time without a picture, while nothing runs, that are a hang
    /// [default: 10 where it is headless]
    #[arg(long, value_name = "SECONDS")]
    hang: Option<u64>,
    /// What is written down as it happens
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    trace: Vec<Trace>,
    /// The file for what is traced [default: standard error]
    #[arg(long, value_name = "FILE", requires = "trace")]
    trace_file: Option<PathBuf>,
}

/// The shape of the picture.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    #[value(name = "16:9")]
    Wide,
    #[value(name = "4:3")]
    Standard,
}

#[derive(Clone, Copy, ValueEnum)]
enum Confirm {
    Cross,
    Circle,
}

#[derive(Clone, Copy, ValueEnum)]
enum DateOrder {
    Ymd,
    Dmy,
    Mdy,
}

#[derive(Clone, Copy, ValueEnum)]
enum Keyboard {
    None,
    Us,
    Uk,
    De,
}

#[derive(Clone, Copy, ValueEnum)]
enum Pace {
    Free,
    Real,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Trace {
    /// System calls and library functions
    Calls,
    /// Methods that the RSX executes
    Fifo,
}

fn mount(text: &str) -> Result<(String, PathBuf), &'static str> {
    match text.split_once('=') {
        Some((guest, host)) if guest.starts_with('/') && !host.is_empty() => {
            Ok((guest.into(), host.into()))
        }
        _ => Err("expected a path of the program, which starts with /, then =, then a folder"),
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    Mode::from_name(text).ok_or_else(|| {
        let names = Mode::ALL.map(Mode::name).join(" ");
        format!("expected one of {names}")
    })
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| {
        let tags = Language::TAGS.map(|(_, tag)| tag).join(" ");
        format!("expected one of {tags}")
    })
}

fn nickname(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.len() > 127 {
        return Err("expected 1 to 127 bytes");
    }
    Ok(text.into())
}

impl MachineArguments {
    fn disk(&self) -> Result<Disk, Failure> {
        match &self.hdd {
            Some(folder) => Disk::at(folder),
            None => Disk::temporary(),
        }
    }

    fn television(&self) -> Television {
        Television {
            mode: self.mode,
            wide: self.aspect != Some(Shape::Standard),
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            language: self.language,
            enter_button: match self.confirm {
                Confirm::Cross => EnterButton::Cross,
                Confirm::Circle => EnterButton::Circle,
            },
            date_format: match self.date {
                DateOrder::Ymd => DateFormat::YearFirst,
                DateOrder::Dmy => DateFormat::DayFirst,
                DateOrder::Mdy => DateFormat::MonthFirst,
            },
            clock_24_hours: !self.twelve_hours,
            time_zone: self.time_zone,
            nickname: self.nickname.clone(),
            ..Settings::default()
        }
    }

    fn setup(&self, arguments: &[String]) -> Setup {
        let mounts = self.dir.iter();
        Setup {
            settings: self.settings(),
            television: self.television(),
            pad: !self.no_pad,
            keyboard: match self.keyboard {
                Keyboard::None => None,
                Keyboard::Us => Some(Layout::Us),
                Keyboard::Uk => Some(Layout::Uk),
                Keyboard::De => Some(Layout::German),
            },
            mounts: mounts
                .map(|(guest, host)| Mount::folder(guest.clone(), host))
                .collect(),
            arguments: arguments.to_vec(),
        }
    }
}

impl RunArguments {
    fn traces(&self) -> Traces {
        Traces {
            calls: self.trace.contains(&Trace::Calls),
            fifo: self.trace.contains(&Trace::Fifo),
        }
    }
}

impl Boot {
    /// Boots the program.
    pub fn run(&self) -> ExitCode {
        let narrow = self.machine.aspect == Some(Shape::Standard);
        if narrow && !self.machine.mode.may_be_narrow() {
            usage("--aspect 4:3 needs --mode 480p or 576p");
        }
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
        Ok((path, script))
    }

    fn limits(&self) -> Limits {
        // In a window the user sees for himself.
        let default = match self.headless {
            true => Limits::default(),
            false => Limits::NONE,
        };
        Limits {
            seconds: self.run.limit.unwrap_or(default.seconds),
            hang: self.run.hang.unwrap_or(default.hang),
        }
    }

    fn speed(&self) -> Speed {
        match (self.run.speed, self.headless) {
            (Some(Pace::Free), _) | (None, true) => Speed::Free,
            (Some(Pace::Real), _) | (None, false) => Speed::Real,
        }
    }

    fn play(&self) -> Result<i32, Failure> {
        let script = self.headless.then(|| self.script()).transpose()?;
        if script.is_none() {
            look_for_display()?;
        }
        let disk = self.machine.disk()?;
        let program = Program::read(&self.file, &disk)?;
        let machine = self.machine.setup(&self.arguments).start(&program, &disk)?;
        let (limits, speed) = (self.limits(), self.speed());
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
            match &script {
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
            }
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

        let Television { mode, wide } = session.machine.television();
        let opening = Opening {
            title: self.title(),
            rows: mode.size().1,
            wide,
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
