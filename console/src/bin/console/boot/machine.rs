//! The console that a program is booted on, from the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use console::boot::{Disk, Failure, Setup};
use console::display::{Mode, Television};
use console::lv2::{DateFormat, EnterButton, Language, Layout, Mount, Settings, USER_MEMORY};

use crate::usage;

/// The console around the program.
#[derive(Args)]
#[command(next_help_heading = "The console")]
pub struct MachineArguments {
    /// Shows a folder of the host to the program, at a path such as /dev_usb000
    #[arg(long, value_name = "GUEST=HOST", value_parser = mount)]
    dir: Vec<(String, PathBuf)>,
    /// The folder that is the hard disk [default: an empty one for this run alone]
    #[arg(long, value_name = "DIR")]
    hdd: Option<PathBuf>,
    /// How much a device can hold, as /dev_hdd0=64M; a number alone is bytes, 0 makes it full
    #[arg(long, value_name = "GUEST=BYTES", value_parser = capacity)]
    capacity: Vec<(String, u64)>,
    /// A device that the program can only read
    #[arg(long, value_name = "GUEST", value_parser = guest)]
    read_only: Vec<String>,
    /// Megabytes of main memory for the program [default: the 213 of a console]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=USER_MEMORY >> 20))]
    memory: Option<u64>,
    /// The television's best mode: 1080p, 720p, 576p or 480p
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
    /// The USB keyboard that is plugged in, by its layout
    #[arg(long, default_value = "us")]
    keyboard: Keyboard,
    /// No pad is plugged in at the start
    #[arg(long)]
    pub no_pad: bool,
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

/// A path of a device, as programs see it.
fn guest(text: &str) -> Result<String, &'static str> {
    match text.trim_end_matches('/') {
        path if path.starts_with('/') => Ok(path.into()),
        _ => Err("expected a path of the program, which starts with /"),
    }
}

fn mount(text: &str) -> Result<(String, PathBuf), &'static str> {
    let what = "expected a path of the program, which starts with /, then =, then a folder";
    match text.split_once('=') {
        Some((path, host)) if !host.is_empty() => Ok((guest(path).map_err(|_| what)?, host.into())),
        _ => Err(what),
    }
}

fn capacity(text: &str) -> Result<(String, u64), &'static str> {
    let what = "expected a path of the program, which starts with /, then =, then bytes: a \
                number, perhaps with k, M or G behind it for thousands, millions, billions";
    let (path, bytes) = text.split_once('=').ok_or(what)?;
    let (digits, unit) = match bytes.strip_suffix(['k', 'M', 'G']) {
        Some(digits) if bytes.ends_with('k') => (digits, 1_000),
        Some(digits) if bytes.ends_with('M') => (digits, 1_000_000),
        Some(digits) => (digits, 1_000_000_000_u64),
        None => (bytes, 1),
    };
    let number: u64 = digits.parse().map_err(|_| what)?;
    let size = number.checked_mul(unit).ok_or("too large a number")?;
    Ok((guest(path).map_err(|_| what)?, size))
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
    /// Whether such a console can be; else ends the program for wrong usage.
    pub fn check(&self) {
        let narrow = self.aspect == Some(Shape::Standard);
        if narrow && !self.mode.may_be_narrow() {
            usage("--aspect 4:3 needs --mode 480p or 576p");
        }
    }

    /// The hard disk.
    pub fn disk(&self) -> Result<Disk, Failure> {
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

    /// What the program finds, with these arguments.
    pub fn setup(&self, arguments: &[String]) -> Setup {
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
            capacities: self.capacity.clone(),
            read_only: self.read_only.clone(),
            memory: self.memory.map(|megabytes| megabytes << 20),
            arguments: arguments.to_vec(),
        }
    }
}
