//! Scripts: what a player does, written down, and the screens to keep.
//!
//! One command a line; `#` begins a comment, empty lines count for nothing:
//!
//! ```text
//! wait 30                 # thirty frames with nothing pressed
//! press cross             # down and up again
//! hold right 40           # down for forty frames
//! type "Hello\n"          # on a USB keyboard; \n is its enter key
//! until idle              # until the machine has nothing to do any more
//! until idle 600          # … and an error if that takes longer than 600 frames
//! at 900                  # until so many frames were shown after the first one
//! shot keyboard           # keeps what is on the screen as keyboard.png
//! menu open               # the system's menu has pads and keyboards, until "menu close"
//! pad disconnect          # the pad is pulled out, until "pad connect"
//! mode 480p 4:3           # another television; 16:9 where nothing is said
//! exit                    # the user ends the program: the last command
//! ```
//!
//! [`Script::parse`] reads them, a [`Player`] turns them into one frame of input after the
//! other. Nothing here knows what the input goes to.

mod button;
mod error;
mod parse;
mod player;

use crate::display::Television;

pub use button::Button;
pub use error::{Reason, ScriptError};
pub use player::{Cue, PlayError, Player, Typed};

/// What scripts are, for people: lines that are indented by two are one.
pub const HELP: &str = "\
A script has one command a line:
  wait 30            # thirty frames with nothing pressed
  press cross        # circle square triangle up down left right l1 r1 l2 r2 l3 r3 start select
  hold right 40      # for forty frames
  type \"Hello\\n\"     # on a USB keyboard; \\n is Enter
  until idle 600     # until there is nothing to do any more; an error after 600 frames
  at 9000            # until so many frames were shown
  shot story         # keeps the screen as story.png
  menu open          # the system's menu; menu close
  pad disconnect     # pad connect
  mode 480p 4:3      # another television
  exit               # the user ends the program";

/// The most frames that a command may take: ten hours.
pub const MOST_FRAMES: u32 = 10 * 60 * 60 * 60;

/// The frames that `until idle` waits where the script does not say: ten minutes.
pub const PATIENCE: u32 = 10 * 60 * 60;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// So many frames with nothing pressed.
    Wait(u32),
    /// A button goes down and up again.
    Press(Button),
    /// A button is held for so many frames.
    Hold(Button, u32),
    /// Keys of a USB keyboard, one a frame; a line feed is the enter key.
    Type(String),
    /// Frames with nothing pressed until the machine is idle; an error after so many.
    UntilIdle(u32),
    /// Frames with nothing pressed until so many were shown after the first one.
    At(u32),
    /// Keeps what is on the screen under this name.
    Shot(String),
    /// The system's menu opens, or closes.
    Menu(bool),
    /// The pad is plugged in, or pulled out.
    Pad(bool),
    /// The television changes.
    Mode(Television),
    /// The user ends the program.
    Exit,
}

/// A command and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line's number, from 1.
    pub line: usize,
    /// The command.
    pub command: Command,
}

/// A script that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    steps: Vec<Step>,
}

impl Script {
    /// The commands, in their order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether the script keeps any screen.
    #[must_use]
    pub fn takes_shots(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step.command, Command::Shot(_)))
    }
}

#[cfg(test)]
mod tests;
