//! StoryCell on the desktop.
//!
//! The app as it is on the console, with a virtual PS3 around it: the SPU programs run on
//! simulated SPUs, and a simulated RSX executes the command buffer that draws the screens.

mod arguments;
mod demonstration;
mod engine;
mod failure;
mod generate;
mod headless;
mod inference;
mod model;
mod window;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command, Preview};
use console::window::NoWindow;
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Generate(arguments)) => generate::run(arguments),
        None => preview(&arguments.preview),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell if standard error is closed.
            let _ = writeln!(io::stderr(), "storycell: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The window, the script, or the demonstration.
fn preview(arguments: &Preview) -> Result<(), Failure> {
    let display = arguments.display().unwrap_or_else(|why| usage(why));
    if let Err(error) = app::settings::parse(arguments.settings().as_bytes()) {
        // The lines of the settings are nothing that anybody has written.
        let error = error.to_string();
        let what = error.split_once(": ").map_or(&*error, |(_, what)| what);
        usage(what);
    }
    if arguments.headless {
        return headless::run(arguments, display);
    }
    match window::run(arguments, display) {
        Ok(()) => Ok(()),
        Err(NoWindow::Failed(failure)) => Err(Failure::new(failure)),
        Err(NoWindow::NoDisplay(why)) => {
            writeln!(
                io::stdout(),
                "There is no display ({why}). This is a demonstration."
            )
            .map_err(Failure::output)?;
            demonstration::run(arguments, display)
        }
    }
}

/// Ends the program for wrong usage.
fn usage(why: &str) -> ! {
    Arguments::command()
        .error(ErrorKind::ValueValidation, why)
        .exit()
}
