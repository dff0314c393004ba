//! `console test`: runs one program and gives what it wrote and how it ended.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use console::artefact;
use console::lv2::{Machine, Mount, Observer, Outcome, Program, Record, Symbols};
use console::rsx::{Executed, Frame};
use console::spu::Listing;
use package::pkg;
use package::self_file::{self, SelfFile};

use crate::say;

/// What to run, and for how long.
#[derive(clap::Args)]
pub struct Test {
    /// The program: an ELF for the PPU, or a SELF that is not encrypted
    file: PathBuf,
    /// A folder that the program may change, as /dev_usb000=some/folder. Without it,
    /// /app_home is the program's own folder, read-only, and /dev_hdd0 is empty and in memory
    #[arg(long = "dir", value_name = "GUEST=HOST", value_parser = mount)]
    dirs: Vec<Mount>,
    /// A file whose content the program can read from its terminal
    #[arg(long)]
    input: Option<PathBuf>,
    /// Most instructions that it may execute
    #[arg(long, default_value_t = 10_000_000_000)]
    limit: u64,
    /// Writes every call to standard error
    #[arg(long)]
    trace: bool,
    /// Writes every method that the RSX executes to standard error
    #[arg(long)]
    trace_rsx: bool,
    /// Times the PPU's pipelines and caches, and says at the end where its cycles went. Without
    /// it, each instruction of the PPU is a cycle
    #[arg(long)]
    time_ppu: bool,
    /// Writes what SPU threads issued, and what their instructions waited for, to standard
    /// error at the end; makes SPUs slower to simulate
    #[arg(long)]
    profile: bool,
    /// Writes what is on the screen at the end to this file, as PNG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

struct Terminal {
    trace: bool,
    trace_rsx: bool,
    broken: bool,
    input: std::collections::VecDeque<u8>,
}

fn mount(text: &str) -> Result<Mount, String> {
    match text.split_once('=') {
        Some((guest, host)) if guest.starts_with('/') && !host.is_empty() => {
            Ok(Mount::folder(guest, host))
        }
        _ => Err("expected /GUEST=HOST".into()),
    }
}

/// The ELF in a file.
fn elf(bytes: &[u8]) -> Result<&[u8], Box<dyn Error>> {
    if bytes.starts_with(&pkg::MAGIC) {
        return Err("a package: `console boot` installs and boots it".into());
    }
    match bytes.starts_with(&self_file::MAGIC) {
        true => Ok(SelfFile::parse(bytes)?.elf()?.bytes),
        false => Ok(bytes),
    }
}

impl Observer for Terminal {
    fn tty(&mut self, _: u32, text: &[u8]) {
        let mut to = std::io::stdout().lock();
        self.broken |= to.write_all(text).and_then(|()| to.flush()).is_err();
    }

    fn tty_input(&mut self, _: u32, into: &mut [u8]) -> usize {
        let size = into.len().min(self.input.len());
        for (place, byte) in into.iter_mut().zip(self.input.drain(..size)) {
            *place = byte;
        }
        size
    }

    fn unknown(&mut self, call: &Record) {
        if !self.trace {
            say(&format!("not implemented: {call}"));
        }
    }

    fn call(&mut self, call: &Record) {
        if self.trace {
            say(&call.to_string());
        }
    }

    fn traces_rsx(&self) -> bool {
        self.trace_rsx
    }

    fn rsx(&mut self, executed: &Executed) {
        say(&executed.to_string());
    }
}

impl Test {
    /// Runs the program.
    pub fn run(&self) -> ExitCode {
        match self.outcome() {
            Ok(code) => code,
            Err(why) => {
                say(&format!("{}: {why}", self.file.display()));
                ExitCode::FAILURE
            }
        }
    }

    /// The devices that the program has.
    fn mounts(&self) -> Vec<Mount> {
        let folder = match self.file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let own = [
            Mount {
                read_only: true,
                ..Mount::folder("/app_home", folder)
            },
            Mount::memory("/dev_hdd0"),
        ];
        let asked = |mount: &Mount| self.dirs.iter().any(|dir| dir.path == mount.path);
        let own = own.into_iter().filter(|mount| !asked(mount));
        own.chain(self.dirs.iter().cloned()).collect()
    }

    /// Writes what is on the screen to the file that was asked for.
    fn keep_picture(&self, machine: &mut Machine) -> Result<(), Box<dyn Error>> {
        let Some(path) = &self.picture else {
            return Ok(());
        };
        let mut frame = Frame::default();
        if !machine.copy_frame(&mut frame) {
            return Err("the program has shown no picture".into());
        }
        let written = artefact::write(path, &artefact::png(&frame)?);
        written.map_err(|why| format!("{}: {why}", path.display()).into())
    }

    fn outcome(&self) -> Result<ExitCode, Box<dyn Error>> {
        let bytes = std::fs::read(&self.file)?;
        let program = Program::read(elf(&bytes)?)?;
        let name = self.file.file_name().unwrap_or_default();
        let path = format!("/app_home/{}", name.to_string_lossy());
        let mut machine = Machine::start(&program, &[path.as_bytes()])?;
        // Many have none.
        machine.set_symbols(Symbols::read(elf(&bytes)?).unwrap_or_default());
        for mount in self.mounts() {
            machine.mount(&mount)?;
        }
        if self.time_ppu {
            machine.time_ppu();
        }
        let input = match &self.input {
            Some(file) => {
                std::fs::read(file).map_err(|why| format!("{}: {why}", file.display()))?
            }
            None => Vec::new(),
        };
        let mut terminal = Terminal {
            trace: self.trace,
            trace_rsx: self.trace_rsx,
            broken: false,
            input: input.into(),
        };
        if self.profile {
            machine.watch_spus();
        }
        let outcome = machine.run(self.limit, &mut terminal);
        if let Some(timing) = machine.ppu_timing() {
            say(&timing.to_string());
        }
        for spu in machine.take_spu_profiles() {
            let listing = Listing::new(&spu.profile, &spu.store);
            say(&format!("SPU thread {}\n{listing}", spu.name));
        }
        let pictured = self.keep_picture(&mut machine);
        if terminal.broken {
            return Err("standard output cannot be written".into());
        }
        let Outcome::Exited(status) = outcome else {
            let (file, report) = (self.file.display(), machine.report(&outcome));
            let _ = write!(std::io::stderr(), "console: {file}: {report}");
            return Ok(ExitCode::FAILURE);
        };
        pictured?;
        Ok(match u8::try_from(status) {
            Ok(status) => status.into(),
            Err(_) => {
                say(&format!(
                    "status {status} is no exit code, 255 stands for it"
                ));
                u8::MAX.into()
            }
        })
    }
}
