//! Reads scripts.

use std::collections::HashMap;
use std::str::Chars;

use super::error::{Reason, ScriptError};
use super::{Button, Command, MOST_FRAMES, PATIENCE, Script, Step};
use crate::display::{Mode, Television};

/// The longest name of a screen.
const LONGEST_NAME: usize = 64;

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// The first line that is no command, and what was expected there.
    pub fn parse(bytes: &[u8]) -> Result<Script, ScriptError> {
        let mut steps = Vec::new();
        let mut names: HashMap<String, usize> = HashMap::new();
        for (line, bytes) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
            let error = |reason| ScriptError { line, reason };
            let text = str::from_utf8(bytes).map_err(|_| error(Reason::NotText))?;
            let Some(command) = command(text).map_err(error)? else {
                continue;
            };
            if let Some(Step {
                line: exit,
                command: Command::Exit,
            }) = steps.last()
            {
                return Err(error(Reason::AfterExit(*exit)));
            }
            if let Command::Shot(name) = &command {
                // Names that differ in case alone are one file on some systems.
                if let Some(earlier) = names.insert(name.to_ascii_lowercase(), line) {
                    let name = name.clone();
                    return Err(error(Reason::SameName { name, earlier }));
                }
            }
            steps.push(Step { line, command });
        }
        Ok(Script { steps })
    }
}

/// The command of a line; `None` where there is nothing but white space or a comment.
fn command(line: &str) -> Result<Option<Command>, Reason> {
    let mut rest = Rest(line);
    let command = match rest.word() {
        "" => return rest.end().map(|()| None),
        "wait" => Command::Wait(rest.frames()?),
        "press" => Command::Press(rest.button()?),
        "hold" => Command::Hold(rest.button()?, rest.frames()?),
        "type" => Command::Type(rest.text()?),
        "until" => {
            match rest.word() {
                "idle" => {}
                other => return Err(Reason::Idle(other.into())),
            }
            let frames = if rest.is_empty() {
                PATIENCE
            } else {
                rest.frames()?
            };
            Command::UntilIdle(frames)
        }
        "at" => Command::At(rest.frames()?),
        "shot" => Command::Shot(rest.name()?),
        "menu" => Command::Menu(rest.either("open", "close")?),
        "pad" => Command::Pad(rest.either("connect", "disconnect")?),
        "mode" => Command::Mode(rest.television()?),
        "exit" => Command::Exit,
        other => return Err(Reason::Command(other.into())),
    };
    rest.end()?;
    Ok(Some(command))
}

/// What is still to be read of a line.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Whether only white space or a comment is left.
    fn is_empty(&mut self) -> bool {
        self.0 = self.0.trim_start();
        self.0.is_empty() || self.0.starts_with('#')
    }

    /// The next word; empty where there is none.
    fn word(&mut self) -> &'a str {
        if self.is_empty() {
            return "";
        }
        let end = self
            .0
            .find(|c: char| c.is_whitespace() || c == '#')
            .unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    fn end(&mut self) -> Result<(), Reason> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Reason::Surplus(self.0.trim_end().into()))
        }
    }

    fn frames(&mut self) -> Result<u32, Reason> {
        let word = self.word();
        match word.parse() {
            Ok(frames) if (1..=MOST_FRAMES).contains(&frames) => Ok(frames),
            _ => Err(Reason::Frames(word.into())),
        }
    }

    /// Whether the next word is the first of the two.
    fn either(&mut self, yes: &'static str, no: &'static str) -> Result<bool, Reason> {
        match self.word() {
            word if word == yes => Ok(true),
            word if word == no => Ok(false),
            word => Err(Reason::Either(word.into(), [yes, no])),
        }
    }

    fn television(&mut self) -> Result<Television, Reason> {
        let word = self.word();
        let mode = Mode::from_name(word).ok_or_else(|| Reason::Mode(word.into()))?;
        let wide = match self.word() {
            "" | "16:9" => true,
            "4:3" if mode.may_be_narrow() => false,
            word => return Err(Reason::Shape(word.into(), mode)),
        };
        Ok(Television { mode, wide })
    }

    fn button(&mut self) -> Result<Button, Reason> {
        let word = self.word();
        Button::from_name(word).ok_or_else(|| Reason::Button(word.into()))
    }

    fn name(&mut self) -> Result<String, Reason> {
        let word = self.word();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if word.is_empty() || word.len() > LONGEST_NAME || !word.chars().all(allowed) {
            return Err(Reason::Name(word.into()));
        }
        Ok(word.into())
    }

    /// A text in quotation marks.
    fn text(&mut self) -> Result<String, Reason> {
        let found = if self.is_empty() { "" } else { self.0 };
        let Some(inside) = found.strip_prefix('"') else {
            return Err(Reason::Text(found.trim_end().into()));
        };
        let mut characters = inside.chars();
        let mut text = String::new();
        loop {
            match characters.next() {
                None => return Err(Reason::OpenText),
                Some('"') => break,
                Some('\\') => text.push(escaped(&mut characters)?),
                Some(character) if character.is_control() => {
                    return Err(Reason::Control(character));
                }
                Some(character) => text.push(character),
            }
        }
        self.0 = characters.as_str();
        Ok(text)
    }
}

/// The character that stands after a backslash.
fn escaped(characters: &mut Chars<'_>) -> Result<char, Reason> {
    match characters.next() {
        Some('n') => Ok('\n'),
        Some(character @ ('"' | '\\')) => Ok(character),
        other => Err(Reason::Escape(other)),
    }
}
