//! The command line: the package of StoryCell; packages, SELFs and models made, looked into and sent
//! to a console.
//!
//! Exit codes: 0 done; 1 the work failed, and one line on standard error says what and which
//! file; 2 wrong usage.

mod arguments;
mod build;
mod commands;
mod elf;
mod failure;
mod inspect;
mod keys;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        None => build::run(arguments.build),
        Some(Command::Elf(elf)) => elf::run(elf),
        Some(Command::Inspect(inspect)) => inspect::run(&inspect),
        Some(Command::Extract(extract)) => commands::extract(&extract),
        Some(Command::Pack(pack)) => commands::pack(&pack),
        Some(Command::MakeSelf(make)) => commands::make_self(&make),
        Some(Command::ConvertModel(convert)) => commands::convert_model(&convert),
        Some(Command::Send(send)) => commands::send(&send),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pkg-build: {failure}");
            ExitCode::FAILURE
        }
    }
}
