//! `console test`: runs one program and gives what it wrote and how it ended.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use console::lv2::{Machine, Observer, Outcome, Program, Record};

/// What to run, and for how long.
#[derive(clap::Args)]
pub struct Test {
    /// The program: an ELF for the PPU
    file: PathBuf,
    /// Most instructions that it may execute
    #[arg(long, default_value_t = 10_000_000_000)]
    limit: u64,
    /// Writes every call to standard error
    #[arg(long)]
    trace: bool,
}

struct Terminal {
    trace: bool,
    broken: bool,
}

impl Observer for Terminal {
    fn tty(&mut self, _: u32, text: &[u8]) {
        let mut to = std::io::stdout().lock();
        self.broken |= to.write_all(text).and_then(|()| to.flush()).is_err();
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
}

/// Writes a line to standard error, whoever reads it or not.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "console: {line}");
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

    fn outcome(&self) -> Result<ExitCode, Box<dyn std::error::Error>> {
        let bytes = std::fs::read(&self.file)?;
        let program = Program::read(&bytes)?;
        let name = self.file.file_name().unwrap_or_default();
        let path = format!("/app_home/{}", name.to_string_lossy());
        let mut machine = Machine::start(&program, &[path.as_bytes()])?;
        let mut terminal = Terminal {
            trace: self.trace,
            broken: false,
        };
        let outcome = machine.run(self.limit, &mut terminal);
        if terminal.broken {
            return Err("standard output cannot be written".into());
        }
        let Outcome::Exited(status) = outcome else {
            let _ = write!(std::io::stderr(), "console: {}", machine.report(&outcome));
            return Ok(ExitCode::FAILURE);
        };
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
