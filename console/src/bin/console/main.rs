//! The virtual PS3 from the command line.
//!
//! Exit codes: 0 done; 1 the work failed, and standard error says why; 2 wrong usage. A
//! program under test gives its own status instead.

mod boot;
mod test;

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

/// The virtual PS3
#[derive(Parser)]
#[command(name = "console", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Boots a program: a package, a SELF or an ELF
    ///
    /// It is shown in a window, where keyboard and gamepads are the console's; or it is driven by a script, without a window. A package is installed on the virtual hard disk first.
    Boot(Box<boot::Boot>),
    /// Runs a program until it ends: its terminal on standard output, its status as exit code
    Test(test::Test),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Boot(boot) => boot.run(),
        Command::Test(test) => test.run(),
    }
}

/// Writes a line to standard error, whoever reads it or not.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "console: {line}");
}

/// Ends the program for wrong usage.
fn usage(why: &str) -> ! {
    Arguments::command()
        .error(ErrorKind::ValueValidation, why)
        .exit()
}
