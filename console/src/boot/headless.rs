//! Plays a script on a machine.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::session::{Next, Session};
use super::watch::Watch;
use crate::artefact;
use crate::lv2::{CYCLES_PER_SECOND, PadState};
use crate::rsx::Frame;
use crate::script::{Command, Cue, Player, Script, Step, Typed};

/// Frames after which a program that says nothing of it counts as idle.
const QUIET: u32 = 60;
/// Seconds that a program has to end when it is asked to.
const FAREWELL: u64 = 10;

/// What is to be played.
pub struct Play<'a> {
    /// The script.
    pub script: &'a Script,
    /// What to call the script in errors.
    pub script_name: &'a Path,
    /// The folder for screens.
    pub frames: &'a Path,
}

impl Play<'_> {
    /// Plays the script from the program's first frame on; then the program is asked to end,
    /// and stopped if it does not listen. Gives its status and the screens that were kept.
    ///
    /// # Errors
    ///
    /// The program went wrong, ended before the script, or cannot do what the script wants.
    pub fn play(
        &self,
        session: &mut Session,
        watch: &mut Watch<'_>,
    ) -> Result<(i32, Vec<PathBuf>), Failure> {
        let mut hands = Hands {
            pad: true,
            quiet: 0,
        };
        let mut player = Player::new(self.script);
        let mut shots = Vec::new();
        let mut picture = Frame::default();
        // There is something to be seen before the first command.
        if let Next::Ended(status) = session.next(watch)? {
            return self.ended(&player, status, shots);
        }
        loop {
            let idle = watch.idle().unwrap_or(hands.quiet >= QUIET);
            let cue = player.next(idle);
            match cue.map_err(|error| self.wrong(error))? {
                Cue::Frame { held, typed } => {
                    hands.take(session, held.map(|button| PadState::default().with(button)));
                    self.type_key(&player, session, typed)?;
                    let pressed = held.is_some() || typed.is_some();
                    if let Next::Ended(status) = session.next(watch)? {
                        return self.ended(&player, status, shots);
                    }
                    hands.note(pressed || session.machine.spus_run());
                }
                Cue::Shot(name) => {
                    let path = self.frames.join(format!("{name}.png"));
                    keep(session, &mut picture, &path)?;
                    shots.push(path);
                }
                Cue::Menu(open) => session.machine.set_menu(open),
                Cue::Pad(there) => hands.plug(session, there),
                Cue::Mode(television) => session.machine.set_television(television),
                Cue::Exit | Cue::End => break,
            }
        }
        let status = self.end(session, watch)?;
        Ok((status, shots))
    }

    fn wrong(&self, what: impl std::fmt::Display) -> Failure {
        Failure::file(self.script_name, what)
    }

    fn type_key(
        &self,
        player: &Player<'_>,
        session: &mut Session,
        typed: Option<Typed>,
    ) -> Result<(), Failure> {
        let machine = &mut session.machine;
        let character = match typed {
            None => {
                machine.release_keys();
                return Ok(());
            }
            Some(Typed::Enter) => '\n',
            Some(Typed::Character(character)) => character,
        };
        machine.type_character(character).map_err(|error| {
            let line = player.step().map_or(0, |step| step.line);
            self.wrong(format!("line {line}: {error}"))
        })
    }

    /// The program has ended while the script was not over: a fault only if there was more to
    /// be done than to wait.
    fn ended(
        &self,
        player: &Player<'_>,
        status: i32,
        shots: Vec<PathBuf>,
    ) -> Result<(i32, Vec<PathBuf>), Failure> {
        let at = player.step().map_or(usize::MAX, |step| step.line);
        let later = |step: &&Step| step.line > at;
        let waits = |step: &Step| {
            let command = &step.command;
            matches!(
                command,
                Command::Wait(_) | Command::UntilIdle(_) | Command::At(_) | Command::Exit
            )
        };
        match self
            .script
            .steps()
            .iter()
            .filter(later)
            .find(|step| !waits(step))
        {
            None => Ok((status, shots)),
            Some(step) => Err(self.wrong(format!(
                "line {}: the program has ended before, with status {status}",
                step.line
            ))),
        }
    }

    /// Asks the program to end, and waits.
    fn end(&self, session: &mut Session, watch: &mut Watch<'_>) -> Result<i32, Failure> {
        if !session.machine.hears_events() {
            return Ok(0);
        }
        session.machine.request_exit();
        let patience = FAREWELL * CYCLES_PER_SECOND;
        let end = session.machine.cycles().saturating_add(patience);
        loop {
            if let Next::Ended(status) = session.next(watch)? {
                return Ok(status);
            }
            if session.machine.cycles() > end {
                return Err(session.stopped(format!(
                    "does not end in {FAREWELL} s after it was asked to"
                )));
            }
        }
    }
}

/// Keeps what is on the screen.
fn keep(session: &mut Session, picture: &mut Frame, path: &Path) -> Result<(), Failure> {
    if !session.machine.copy_frame(picture) {
        return Err(Failure::file(path, "the program shows nothing"));
    }
    let png = artefact::png(picture).map_err(|error| Failure::file(path, error))?;
    artefact::write(path, &png).map_err(|error| Failure::file(path, error))
}

/// What the script's hands do.
struct Hands {
    /// Whether the pad is plugged in.
    pad: bool,
    /// Frames since anything was pressed, or an SPU did something.
    quiet: u32,
}

impl Hands {
    fn take(&self, session: &mut Session, held: Option<PadState>) {
        let state = self.pad.then(|| held.unwrap_or_default());
        session.machine.set_pad(0, state);
    }

    fn plug(&mut self, session: &mut Session, there: bool) {
        self.pad = there;
        self.take(session, None);
    }

    fn note(&mut self, busy: bool) {
        self.quiet = if busy { 0 } else { self.quiet + 1 };
    }
}
