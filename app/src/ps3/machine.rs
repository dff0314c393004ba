//! The console, as the app wants it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use app::inference::Port;
use app::input::{ConfirmButton, Input};
use app::{Platform, PlatformError, StorageError, WallClock};
use psl1ght_rs::sysutil::{self, EnterButton, SystemEvent, SystemEvents};
use psl1ght_rs::time::{self, Instant};
use psl1ght_rs::video::DisplayChanges;
use render::Display;
use render::scene::Scene;
use render::text::Family;

use crate::failure::Failure;
use crate::inference::Inference;
use crate::input::Devices;
use crate::places::Places;
use crate::report::note;
use crate::screen::Screen;
use crate::{clock, storage};

/// What the app runs on.
pub struct Ps3 {
    screen: Screen,
    devices: Devices,
    /// `None` if the system does not tell its events.
    events: Option<SystemEvents>,
    /// `None` if the system does not tell when the television changes.
    changes: Option<DisplayChanges>,
    places: Places,
    confirm: ConfirmButton,
    inference: Option<Inference>,
    /// The system has asked the program to end.
    exit: bool,
    /// The system's menu is over the picture, and has pads and keyboards.
    menu: bool,
}

impl Ps3 {
    /// Takes over what the app needs.
    pub fn start(family: Arc<Family>, places: Places) -> Result<Ps3, Failure> {
        let screen = Screen::open(family)?;
        let events = SystemEvents::open();
        let events = events.inspect_err(|error| note(format_args!("no system events: {error}")));
        let changes = DisplayChanges::open();
        let changes =
            changes.inspect_err(|error| note(format_args!("no display changes: {error}")));
        let confirm = match sysutil::enter_button() {
            Ok(EnterButton::Circle) => ConfirmButton::Circle,
            Ok(EnterButton::Cross) => ConfirmButton::Cross,
            Err(error) => {
                note(format_args!("the button that confirms is unknown: {error}"));
                ConfirmButton::Cross
            }
        };
        Ok(Ps3 {
            screen,
            devices: Devices::open(),
            events: events.ok(),
            changes: changes.ok(),
            places,
            confirm,
            inference: None,
            exit: false,
            menu: false,
        })
    }

    /// Hears what the system has to say.
    pub fn begin_frame(&mut self) -> Result<(), Failure> {
        self.hear();
        if self.changes.as_mut().is_some_and(DisplayChanges::take) {
            self.screen.set_mode()?;
        }
        Ok(())
    }

    fn hear(&mut self) {
        let Some(events) = &mut self.events else {
            return;
        };
        let (exit, menu) = (&mut self.exit, &mut self.menu);
        let polled = events.poll(|event| match event {
            SystemEvent::ExitRequest => *exit = true,
            SystemEvent::MenuOpened => *menu = true,
            SystemEvent::MenuClosed => *menu = false,
            SystemEvent::DrawingBegins | SystemEvent::DrawingEnds | SystemEvent::Other(_) => {}
        });
        if let Err(error) = polled {
            note(format_args!("system events: {error}"));
        }
    }

    /// Waits until the frame is shown.
    pub fn end_frame(&mut self) -> Result<(), Failure> {
        self.screen.wait()
    }

    /// Gives back what was taken over; the app has told the inference thread to end.
    pub fn end(mut self) -> Result<(), Failure> {
        if let Some(inference) = self.inference.take() {
            inference.join();
        }
        self.screen.finish()
    }
}

impl Platform for Ps3 {
    fn now(&self) -> Duration {
        self.screen.now()
    }

    fn display(&self) -> Display {
        self.screen.display()
    }

    fn confirm_button(&self) -> ConfirmButton {
        self.confirm
    }

    fn input(&mut self, _: bool) -> Input {
        self.devices.poll(self.menu)
    }

    fn present(&mut self, scene: &Scene) -> Result<(), PlatformError> {
        Ok(self.screen.draw(scene)?)
    }

    fn wall_clock(&self) -> Option<WallClock> {
        clock::wall_clock()
    }

    fn request(&self) -> Option<&str> {
        (self.devices.is_alone() && !self.menu)
            .then_some("No controller is connected: press its PS button, or plug in a USB keyboard")
    }

    fn should_exit(&self) -> bool {
        self.exit
    }

    fn random_seed(&mut self) -> u64 {
        let clock = time::since_epoch().unwrap_or_default();
        Instant::now().ticks().rotate_left(32) ^ clock.as_nanos() as u64
    }

    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError> {
        self.inference = Some(Inference::start(port, self.places.clone())?);
        Ok(())
    }

    fn wake_inference(&mut self) {
        if let Some(inference) = &self.inference {
            inference.wake();
        }
    }

    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        storage::load(&self.places, key)
    }

    fn store(&mut self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        storage::store(&self.places, key, bytes)
    }
}
