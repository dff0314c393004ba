//! A program in a window: the host's gamepads and keyboard are the console's.

use std::time::Duration;

use super::session::{Next, Session, Speed};
use super::watch::Watch;
use crate::lv2::{CYCLES_PER_SECOND, PadState};
use crate::rsx::Frame;
use crate::window::{self, Content, Flow, Key, Screen};

/// Seconds of its own time that a program has to end when its window is closed.
const FAREWELL: u64 = 10;
/// The time of a frame of a console, where its pace is kept.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// USB usages of keys that are no characters (HID usage tables, page 7).
const HOME: u8 = 0x4a;
const DELETE: u8 = 0x4c;
const END: u8 = 0x4d;

/// A program with its window.
pub struct Windowed<'a, 'w> {
    screen: Screen,
    session: &'a mut Session,
    watch: &'a mut Watch<'w>,
    speed: Speed,
    picture: Frame,
    /// The cycle by which the program has to have ended, once it was asked to.
    end: Option<u64>,
    /// Where the program's status goes.
    status: &'a mut Option<i32>,
}

impl<'a, 'w> Windowed<'a, 'w> {
    /// Shows a session in a window; the program's status goes to `status`.
    pub fn new(
        screen: Screen,
        session: &'a mut Session,
        watch: &'a mut Watch<'w>,
        speed: Speed,
        status: &'a mut Option<i32>,
    ) -> Self {
        Self {
            screen,
            session,
            watch,
            speed,
            picture: Frame::default(),
            end: None,
            status,
        }
    }

    fn take_input(&mut self) {
        // Letters are always typed: whether the program edits a text only it knows.
        let (pad, typed): (PadState, _) = self.screen.input(true);
        let machine = &mut self.session.machine;
        machine.set_pad(0, Some(pad));
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
            // A character that the console's keyboard does not have is not typed.
            let _ = machine.type_character(character);
        }
    }

    /// Asks the program to end when the window is closed. Whether it is out of patience.
    fn say_goodbye(&mut self) -> bool {
        if !self.screen.is_closing() {
            return false;
        }
        let machine = &mut self.session.machine;
        if !machine.hears_events() {
            return true;
        }
        let now = machine.cycles();
        match self.end {
            Some(end) => now > end,
            None => {
                machine.request_exit();
                self.end = Some(now.saturating_add(FAREWELL * CYCLES_PER_SECOND));
                false
            }
        }
    }
}

impl Content for Windowed<'_, '_> {
    fn screen(&mut self) -> &mut Screen {
        &mut self.screen
    }

    fn frame(&mut self) -> Result<Flow, window::Failure> {
        if self.say_goodbye() {
            return Ok(Flow::Exit);
        }
        self.take_input();
        if let Next::Ended(status) = self.session.next(self.watch)? {
            *self.status = Some(status);
            return Ok(Flow::Exit);
        }
        if self.session.machine.copy_frame(&mut self.picture) {
            self.refresh()?;
        }
        Ok(Flow::Continue)
    }

    fn refresh(&mut self) -> Result<(), window::Failure> {
        let wide = self.session.machine.television().wide;
        self.screen.show(&self.picture, wide)
    }

    fn pace(&self) -> Duration {
        match self.speed {
            Speed::Free => Duration::ZERO,
            Speed::Real => FRAME,
        }
    }
}
