//! The command line: packages, SELFs and models are made, looked into and sent to a console.
//!
//! Exit codes: 0 done; 1 the work failed, and one line on standard error says what and which
//! file; 2 wrong usage.

mod arguments;
mod commands;
mod elf;
mod failure;
mod inspect;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Elf(elf) => elf::run(elf),
        Command::Inspect(inspect) => inspect::run(&inspect),
        Command::Extract(extract) => commands::extract(&extract),
        Command::Pack(pack) => commands::pack(&pack),
        Command::MakeSelf(make) => commands::make_self(&make),
        Command::ConvertModel(convert) => commands::convert_model(&convert),
        Command::Send(send) => commands::send(&send),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pkg-build: {failure}");
            ExitCode::FAILURE
        }
    }
}
