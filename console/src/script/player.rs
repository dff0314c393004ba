//! Plays a script, one frame after the other.

use std::fmt;

use super::{Button, Command, Script};

/// Frames that a pressed button is down, and then up: programs that look at the pad once a
/// frame, and only every other frame, see both.
const PRESS: u32 = 2;

/// A key of the USB keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A character.
    Character(char),
    /// The enter key.
    Enter,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue<'a> {
    /// A frame with this input.
    Frame {
        /// The button that is down.
        held: Option<Button>,
        /// The key that is typed.
        typed: Option<Typed>,
    },
    /// What is on the screen is to be kept under this name.
    Shot(&'a str),
    /// The script is over.
    End,
}

/// The machine was not idle in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    /// The script's line that waited, from 1.
    pub line: usize,
    /// How many frames it waited.
    pub frames: u32,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TimedOut { line, frames } = self;
        write!(f, "line {line}: not idle after {frames} frames")
    }
}

impl std::error::Error for TimedOut {}

/// Plays a script.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    script: &'a Script,
    /// The command at hand.
    step: usize,
    /// Frames that it has taken so far.
    frames: u32,
}

impl<'a> Player<'a> {
    /// A player at the script's beginning.
    #[must_use]
    pub fn new(script: &'a Script) -> Player<'a> {
        Player {
            script,
            step: 0,
            frames: 0,
        }
    }

    /// What comes next. `idle` says whether the machine was idle after the last frame.
    ///
    /// # Errors
    /// The machine was not idle in the time that the script allows.
    pub fn next(&mut self, idle: bool) -> Result<Cue<'a>, TimedOut> {
        let script = self.script;
        while let Some(step) = script.steps().get(self.step) {
            let frame = self.frames;
            self.frames += 1;
            let cue = match &step.command {
                Command::Wait(frames) => (frame < *frames).then_some(NOTHING),
                Command::Press(button) => {
                    let held = (frame < PRESS).then_some(*button);
                    (frame < 2 * PRESS).then_some(Cue::Frame { held, typed: None })
                }
                Command::Hold(button, frames) => {
                    let held = (frame < *frames).then_some(*button);
                    (frame < frames + PRESS).then_some(Cue::Frame { held, typed: None })
                }
                Command::Type(text) => text.chars().nth(frame as usize).map(|character| {
                    let typed = match character {
                        '\n' => Typed::Enter,
                        _ => Typed::Character(character),
                    };
                    Cue::Frame {
                        held: None,
                        typed: Some(typed),
                    }
                }),
                // What happened before the command shows in the frame after it.
                Command::UntilIdle(_) if frame > 0 && idle => None,
                Command::UntilIdle(frames) if frame == *frames => {
                    return Err(TimedOut {
                        line: step.line,
                        frames: *frames,
                    });
                }
                Command::UntilIdle(_) => Some(NOTHING),
                Command::Shot(name) => (frame == 0).then_some(Cue::Shot(name)),
            };
            if let Some(cue) = cue {
                return Ok(cue);
            }
            self.step += 1;
            self.frames = 0;
        }
        Ok(Cue::End)
    }
}

const NOTHING: Cue<'static> = Cue::Frame {
    held: None,
    typed: None,
};
