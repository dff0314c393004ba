//! Plays a script, one frame after the other.

use std::fmt;

use super::{Button, Command, Script, Step};
use crate::display::Television;

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
    /// The system's menu opens, or closes.
    Menu(bool),
    /// The pad is plugged in, or pulled out.
    Pad(bool),
    /// The television changes.
    Mode(Television),
    /// The user ends the program.
    Exit,
    /// The script is over.
    End,
}

/// Why a script cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayError {
    /// The machine was not idle in time.
    NotIdle {
        /// The script's line that waited, from 1.
        line: usize,
        /// How many frames it waited.
        frames: u32,
    },
    /// More frames were shown than a line waits for.
    Passed {
        /// The script's line.
        line: usize,
        /// The frame that it waits for.
        frame: u32,
        /// How many were shown after the first one.
        shown: u32,
    },
}

impl fmt::Display for PlayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlayError::NotIdle { line, frames } => {
                write!(f, "line {line}: not idle after {frames} frames")
            }
            PlayError::Passed { line, frame, shown } => write!(
                f,
                "line {line}: frame {frame} has passed, {shown} were shown already"
            ),
        }
    }
}

impl std::error::Error for PlayError {}

/// Plays a script.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    script: &'a Script,
    /// The command at hand.
    step: usize,
    /// Frames that it has taken so far.
    frames: u32,
    /// Frames that all commands have taken so far.
    shown: u32,
}

impl<'a> Player<'a> {
    /// A player at the script's beginning.
    #[must_use]
    pub fn new(script: &'a Script) -> Player<'a> {
        Player {
            script,
            step: 0,
            frames: 0,
            shown: 0,
        }
    }

    /// What comes next. `idle` says whether the machine was idle after the last frame.
    ///
    /// # Errors
    /// The machine was not idle in the time that the script allows, or shows a frame already
    /// that comes after the one that the script waits for.
    pub fn next(&mut self, idle: bool) -> Result<Cue<'a>, PlayError> {
        let cue = self.cue(idle)?;
        self.shown += u32::from(matches!(cue, Cue::Frame { .. }));
        Ok(cue)
    }

    /// The command at hand; where the script is over, none.
    #[must_use]
    pub fn step(&self) -> Option<&'a Step> {
        self.script.steps().get(self.step)
    }

    fn cue(&mut self, idle: bool) -> Result<Cue<'a>, PlayError> {
        let script = self.script;
        while let Some(step) = script.steps().get(self.step) {
            let frame = self.frames;
            self.frames += 1;
            let once = |cue| (frame == 0).then_some(cue);
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
                    return Err(PlayError::NotIdle {
                        line: step.line,
                        frames: *frames,
                    });
                }
                Command::UntilIdle(_) => Some(NOTHING),
                Command::At(frame) if self.shown > *frame => {
                    return Err(PlayError::Passed {
                        line: step.line,
                        frame: *frame,
                        shown: self.shown,
                    });
                }
                Command::At(frame) => (self.shown < *frame).then_some(NOTHING),
                Command::Shot(name) => once(Cue::Shot(name)),
                Command::Menu(open) => once(Cue::Menu(*open)),
                Command::Pad(there) => once(Cue::Pad(*there)),
                Command::Mode(television) => once(Cue::Mode(*television)),
                Command::Exit => once(Cue::Exit),
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
