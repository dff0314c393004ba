//! A program in a window: the host's gamepads and keyboard are the console's.

use std::time::{Duration, Instant};

use super::failure::Failure;
use super::session::{Next, Session};
use super::watch::Watch;
use crate::lv2::{CYCLES_PER_SECOND, PadState};
use crate::rsx::Frame;
use crate::window::{self, Content, Flow, Key, Screen};

/// Seconds of its own time that a program has to end when its window is closed.
const FAREWELL: u64 = 10;
/// Cycles that input stays as it is, so that a program has time to see it: what was pressed for
/// a moment only is held that long.
const HELD: u64 = CYCLES_PER_SECOND / 120;
/// Cycles after which input changes although no picture was shown.
const UNSEEN: u64 = CYCLES_PER_SECOND / 10;
/// Cycles that a program runs between two looks at the host's clock.
const SLICE: u64 = CYCLES_PER_SECOND / 1000;
/// The time of the host after which the window is looked after, even without a picture.
const PATIENCE: Duration = Duration::from_millis(25);
/// How often the title says how fast the program runs.
const TELL: Duration = Duration::from_secs(1);
/// USB usages of keys that are no characters (HID usage tables, page 7).
const HOME: u8 = 0x4a;
const DELETE: u8 = 0x4c;
const END: u8 = 0x4d;

/// A program with its window.
pub struct Windowed<'a, 'w> {
    screen: Screen,
    session: &'a mut Session,
    watch: &'a mut Watch<'w>,
    picture: Frame,
    /// Whether a pad is plugged in.
    pad: bool,
    /// The cycle at which input was taken, and whether a picture was shown since.
    taken: u64,
    shown: bool,
    /// The cycle by which the program has to have ended, once it was asked to.
    end: Option<u64>,
    rate: Rate,
    /// Why the program cannot go on: its last picture stays until the window is closed.
    failed: Option<Failure>,
    /// Where the program's status goes.
    status: &'a mut Option<i32>,
}

/// What the title tells.
struct Rate {
    name: String,
    since: Instant,
    cycles: u64,
    frames: u64,
}

impl<'a, 'w> Windowed<'a, 'w> {
    /// Shows a session in a window of that name. Without a `pad` one is plugged in when the user
    /// uses it first. The program's status goes to `status`.
    pub fn new(
        screen: Screen,
        name: &str,
        session: &'a mut Session,
        watch: &'a mut Watch<'w>,
        pad: bool,
        status: &'a mut Option<i32>,
    ) -> Self {
        let machine = &session.machine;
        Self {
            rate: Rate {
                name: name.into(),
                since: Instant::now(),
                cycles: machine.cycles(),
                frames: machine.frames_shown(),
            },
            screen,
            session,
            watch,
            picture: Frame::default(),
            pad,
            taken: 0,
            shown: true,
            end: None,
            failed: None,
            status,
        }
    }

    fn take_input_in_time(&mut self) {
        let now = self.session.machine.cycles();
        let since = now - self.taken;
        if since >= UNSEEN || since >= HELD && self.shown {
            self.taken = now;
            self.shown = false;
            self.take_input();
        }
    }

    fn take_input(&mut self) {
        let machine = &mut self.session.machine;
        let (pad, typed) = self
            .screen
            .input(machine.uses_keyboards() || machine.text_dialog().is_some());
        self.pad |= pad != PadState::default();
        machine.set_pad(0, self.pad.then_some(pad));
        if typed.is_empty() {
            machine.release_keys();
        }
        for key in typed {
            let character = match key {
                Key::Character(character) => character,
                Key::Enter => '\n',
                Key::Backspace => '\u{8}',
                Key::Delete => {
                    machine.type_key(DELETE);
                    continue;
                }
                Key::Home => {
                    machine.type_key(HOME);
                    continue;
                }
                Key::End => {
                    machine.type_key(END);
                    continue;
                }
            };
            if let Err(error) = machine.type_character(character) {
                self.watch.note(&error.to_string());
            }
        }
    }

    /// Asks the program to end when the window is closed. Whether it does not need to be waited
    /// for: it does not listen, has had its time, or the window was closed once more.
    fn say_goodbye(&mut self) -> bool {
        let requests = self.screen.close_requests();
        if requests == 0 {
            return false;
        }
        let machine = &mut self.session.machine;
        let now = machine.cycles();
        match self.end {
            Some(end) => requests > 1 || now > end,
            None if !machine.hears_events() => true,
            None => {
                machine.request_exit();
                let name = &self.rate.name;
                let title = format!("{name} – is asked to end; close again to stop it at once");
                self.screen.set_title(&title);
                self.end = Some(now.saturating_add(FAREWELL * CYCLES_PER_SECOND));
                false
            }
        }
    }

    /// The program cannot go on: the title says so, and the rest is told when the window is
    /// closed.
    fn stay(&mut self, failure: Failure) {
        self.watch
            .note(&format!("{failure}; close the window for the report"));
        self.screen
            .set_title(&format!("{failure} – close the window"));
        self.failed = Some(failure);
    }

    fn tell_rate(&mut self) {
        let passed = self.rate.since.elapsed();
        if passed < TELL || self.end.is_some() {
            return;
        }
        let machine = &self.session.machine;
        let (cycles, frames) = (machine.cycles(), machine.frames_shown());
        let seconds = passed.as_secs_f64();
        let speed = (cycles - self.rate.cycles) as f64 / CYCLES_PER_SECOND as f64 / seconds;
        let pictures = (frames - self.rate.frames) as f64 / seconds;
        let name = &self.rate.name;
        self.screen.set_title(&format!(
            "{name} – {:.0} % of a console's speed, {pictures:.0} pictures a second",
            100.0 * speed
        ));
        self.rate.since = Instant::now();
        self.rate.cycles = cycles;
        self.rate.frames = frames;
    }
}

impl Content for Windowed<'_, '_> {
    fn screen(&mut self) -> &mut Screen {
        &mut self.screen
    }

    fn frame(&mut self) -> Result<Flow, window::Failure> {
        if let Some(failure) = &self.failed {
            return match self.screen.close_requests() {
                0 => Ok(Flow::Continue),
                _ => Err(failure.clone().into()),
            };
        }
        if self.say_goodbye() {
            return Ok(Flow::Exit);
        }
        self.tell_rate();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            self.take_input_in_time();
            match self.session.advance(self.watch, SLICE) {
                Ok(None) => {}
                Err(failure) => {
                    self.stay(failure);
                    break;
                }
                Ok(Some(Next::Ended(status))) => {
                    *self.status = Some(status);
                    return Ok(Flow::Exit);
                }
                Ok(Some(Next::Frame)) => {
                    self.shown = true;
                    if self.session.machine.copy_frame(&mut self.picture) {
                        self.refresh()?;
                    }
                    break;
                }
            }
        }
        Ok(Flow::Continue)
    }

    fn refresh(&mut self) -> Result<(), window::Failure> {
        let wide = self.session.machine.television().wide;
        self.screen.show(&self.picture, wide)
    }

    /// The session keeps the pace of a console.
    fn pace(&self) -> Duration {
        match self.failed {
            Some(_) => PATIENCE,
            None => Duration::ZERO,
        }
    }
}
