//! What is played where there is no display.

use std::io::{self, Write};
use std::path::Path;

use console::script::Script;
use render::Display;

use crate::arguments::Preview;
use crate::failure::Failure;
use crate::headless::Run;

/// The script.
const SCRIPT: &str = include_str!("demonstration.script");
/// What to call it in errors.
const NAME: &str = "the demonstration's script";
/// The folder that the screens go to.
const FOLDER: &str = "storycell-demo";
/// The settings that are not asked for otherwise: the same story each time.
const SETTINGS: &str = "seed = 3\n";

/// Plays the demonstration.
pub fn run(arguments: &Preview, display: Display) -> Result<(), Failure> {
    let script = Script::parse(SCRIPT.as_bytes());
    let script = script.map_err(|error| Failure::file(Path::new(NAME), error))?;
    let frames = Path::new(FOLDER);
    let run = Run {
        script: &script,
        script_name: Path::new(NAME),
        setup: arguments.setup(),
        // What comes later counts.
        settings: format!("{SETTINGS}{}", arguments.settings()),
        display,
        frames,
        every_frame: false,
        live: true,
    };
    let mut out = io::stdout().lock();
    let shots = run.play(&mut out)?;
    let folder = std::path::absolute(frames).unwrap_or(frames.into());
    writeln!(
        out,
        "--- {} screens in {} ---",
        shots.len(),
        folder.display()
    )
    .map_err(Failure::output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_can_be_read() {
        let script = Script::parse(SCRIPT.as_bytes()).unwrap();
        assert!(script.takes_shots());
    }
}
