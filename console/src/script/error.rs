//! What is wrong with a script.

use std::fmt;

use super::{Button, MOST_FRAMES};
use crate::display::Mode;

/// A script that cannot be read: which line, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is no UTF-8 text.
    NotText,
    /// It begins with no command.
    Command(String),
    /// Something else stands where a button was expected.
    Button(String),
    /// Something else stands where a number of frames was expected.
    Frames(String),
    /// Something else stands where a text in quotation marks was expected.
    Text(String),
    /// A text has no closing quotation mark.
    OpenText,
    /// A backslash in a text is followed by something else than one of `n`, `"` and `\`.
    Escape(Option<char>),
    /// A text holds a control character.
    Control(char),
    /// Something else than `idle` follows `until`.
    Idle(String),
    /// Something else stands where one of two words was expected.
    Either(String, [&'static str; 2]),
    /// Something else stands where a display mode was expected.
    Mode(String),
    /// Something else stands where a shape of that mode's picture was expected.
    Shape(String, Mode),
    /// The command follows the one that ends the program, in this line.
    AfterExit(usize),
    /// Something else stands where the name of a screen was expected.
    Name(String),
    /// The name of a screen stands in an earlier line already.
    SameName {
        /// The name.
        name: String,
        /// The earlier line.
        earlier: usize,
    },
    /// The command is complete, but the line goes on.
    Surplus(String),
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for ScriptError {}

/// What was found, so that nothing at all reads well, too.
fn found(text: &str) -> String {
    if text.is_empty() {
        "the line ends".into()
    } else {
        let short: String = text.chars().take(30).collect();
        format!("{short:?} stands")
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotText => f.write_str("expected UTF-8 text"),
            Reason::Command(word) => write!(
                f,
                "{} where one of wait, press, hold, type, until, at, shot, menu, pad, mode and \
                 exit was expected",
                found(word)
            ),
            Reason::Button(word) => {
                write!(f, "{} where a button was expected:", found(word))?;
                for button in Button::ALL {
                    write!(f, " {button}")?;
                }
                Ok(())
            }
            Reason::Frames(word) => write!(
                f,
                "{} where a number of frames, 1 to {MOST_FRAMES}, was expected",
                found(word)
            ),
            Reason::Text(word) => write!(
                f,
                "{} where a text in quotation marks was expected",
                found(word)
            ),
            Reason::OpenText => f.write_str("the text has no closing quotation mark"),
            Reason::Escape(character) => {
                let word = character.map(String::from).unwrap_or_default();
                write!(
                    f,
                    "{} after a backslash where one of n, \" and \\ was expected",
                    found(&word)
                )
            }
            Reason::Control(character) => write!(
                f,
                "the text holds the control character U+{:04X}, expected characters that can be \
                 typed",
                u32::from(*character)
            ),
            Reason::Idle(word) => write!(f, "{} where idle was expected", found(word)),
            Reason::Either(word, [yes, no]) => {
                write!(f, "{} where {yes} or {no} was expected", found(word))
            }
            Reason::Mode(word) => {
                write!(f, "{} where a display mode was expected:", found(word))?;
                for mode in Mode::ALL {
                    write!(f, " {mode}")?;
                }
                Ok(())
            }
            Reason::Shape(word, mode) if mode.may_be_narrow() => {
                write!(f, "{} where 16:9 or 4:3 was expected", found(word))
            }
            Reason::Shape(word, mode) => {
                write!(
                    f,
                    "{} where 16:9 was expected, the shape of {mode}",
                    found(word)
                )
            }
            Reason::AfterExit(line) => write!(
                f,
                "the program is ended in line {line}, no command was expected after it"
            ),
            Reason::Name(word) => write!(
                f,
                "{} where the screen's name was expected: up to 64 of a-z A-Z 0-9 - and _",
                found(word)
            ),
            Reason::SameName { name, earlier } => write!(
                f,
                "the screen {name} is kept in line {earlier} already, expected another name"
            ),
            Reason::Surplus(word) => write!(f, "{} where the line should end", found(word)),
        }
    }
}
