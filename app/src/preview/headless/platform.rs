//! The machine without a window: simulated time, input by the script.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use app::inference::{Port, Worker};
use app::input::{Button, Buttons, ConfirmButton, Input, Key, Pad};
use app::settings::STORAGE_KEY;
use app::{Platform, PlatformError, StorageError, WallClock};
use console::script::{self, Typed};
use render::Display;
use render::picture::Picture;
use render::scene::Scene;
use render::text::Family;

use super::pace::{Frames, pace};
use crate::engine::Setup;
use crate::engine::{Factory, Share};
use crate::failure::Failure;
use crate::inference::{self, Inference};

/// Frames a second.
const RATE: u64 = 60;

/// When frame `number` begins.
pub fn time_of(number: u64) -> Duration {
    Duration::from_nanos(
        u64::try_from(u128::from(number) * 1_000_000_000 / u128::from(RATE)).unwrap_or(u64::MAX),
    )
}

/// What the app runs on.
pub struct Headless {
    display: Display,
    setup: Setup,
    /// The settings at the start, as the app stores them.
    settings: String,
    /// The simulated RSX draws each frame, not only those that are kept.
    pub draws: Option<Picture>,
    frame: u64,
    input: Input,
    /// The system's menu has the player's attention, so that no input counts.
    menu: bool,
    /// Whether there is a pad; the keyboard is always there.
    pad: bool,
    exit: bool,
    begun: Instant,
    seeds: u64,
    /// Frames take as long as on a television, so that a story can be watched as it is computed.
    live: bool,
    pace: Pace,
}

/// What the inference thread keeps in step with.
enum Pace {
    /// There is no thread.
    None,
    /// The frames.
    Device(Frames, JoinHandle<()>),
    /// Nothing: it computes as fast as it can.
    Host(Inference),
}

impl Headless {
    /// A machine that tells stories with that model.
    pub fn new(display: Display, setup: Setup, settings: String, live: bool) -> Headless {
        Headless {
            display,
            setup,
            settings,
            draws: None,
            frame: 0,
            input: Input::default(),
            menu: false,
            pad: true,
            exit: false,
            begun: Instant::now(),
            seeds: 0,
            live,
            pace: Pace::None,
        }
    }

    /// The input of the next frame.
    pub fn set_input(&mut self, held: Option<script::Button>, typed: Option<Typed>) {
        if self.menu {
            return;
        }
        let held = held.filter(|_| self.pad);
        let pressed = held.and_then(|button| Button::from_name(button.name()));
        self.input = Input {
            pad: Pad {
                buttons: pressed.into_iter().collect::<Buttons>(),
                ..Pad::default()
            },
            keys: typed
                .map(|typed| match typed {
                    Typed::Character(character) => Key::Char(character),
                    Typed::Enter => Key::Enter,
                })
                .into_iter()
                .collect(),
        };
    }

    /// The system's menu opens, or closes.
    pub fn set_menu(&mut self, open: bool) {
        self.menu = open;
    }

    /// The pad is plugged in, or pulled out.
    pub fn set_pad(&mut self, there: bool) {
        self.pad = there;
    }

    /// Another television is plugged in.
    pub fn set_display(&mut self, display: Display, family: &Arc<Family>) -> Result<(), Failure> {
        self.display = display;
        if let Some(picture) = &mut self.draws {
            *picture = Picture::new(family.clone(), display)?;
        }
        Ok(())
    }

    /// The app is to end with the next frame.
    pub fn exit(&mut self) {
        self.exit = true;
    }
}

impl Platform for Headless {
    fn now(&self) -> Duration {
        time_of(self.frame)
    }

    fn display(&self) -> Display {
        self.display
    }

    fn confirm_button(&self) -> ConfirmButton {
        ConfirmButton::Cross
    }

    fn input(&mut self, _: bool) -> Input {
        std::mem::take(&mut self.input)
    }

    fn present(&mut self, scene: &Scene) -> Result<(), PlatformError> {
        let next = time_of(self.frame + 1);
        // The inference thread computes while the picture is drawn.
        if let Pace::Device(frames, _) = &self.pace {
            frames.grant(time_of(self.frame), next);
        }
        if let Some(picture) = &mut self.draws {
            picture.draw(scene).map_err(Failure::from)?;
        }
        match &self.pace {
            Pace::Device(frames, _) => frames.wait(),
            Pace::Host(_) => thread::sleep(next.saturating_sub(self.begun.elapsed())),
            Pace::None => {}
        }
        self.frame += 1;
        Ok(())
    }

    /// Starts at eight in the evening of the day on which the PS3 was first sold.
    fn wall_clock(&self) -> Option<WallClock> {
        let minutes = 20 * 60 + self.now().as_secs() / 60;
        Some(WallClock {
            hour: (minutes / 60 % 24) as u8,
            minute: (minutes % 60) as u8,
            day: 11,
            month: 11,
        })
    }

    fn should_exit(&self) -> bool {
        self.exit
    }

    fn random_seed(&mut self) -> u64 {
        self.seeds += 1;
        self.seeds
    }

    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError> {
        let setup = self.setup.clone();
        if self.live {
            self.pace = Pace::Host(Inference::start(port, setup, Share::All)?);
            return Ok(());
        }
        let (frames, pacer) = pace();
        let work = move || {
            let factory = Factory::new(setup, Share::All, |engine| Box::new(pacer.engine(engine)));
            pacer.rest();
            // The engine has a clock of its own.
            Worker::new(port, factory, || Duration::ZERO).run(|| pacer.rest());
        };
        self.pace = Pace::Device(frames, inference::spawn(work)?);
        Ok(())
    }

    fn wake_inference(&mut self) {
        if let Pace::Host(inference) = &self.pace {
            inference.wake();
        }
    }

    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        // Nothing of an earlier run, but what the command line says.
        Ok((key == STORAGE_KEY).then(|| self.settings.clone().into_bytes()))
    }

    fn store(&mut self, _: &str, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.pace, Pace::None) {
            Pace::None => {}
            Pace::Host(inference) => inference.join(),
            Pace::Device(frames, thread) => {
                drop(frames);
                // A panic has been told on standard error.
                let _ = thread.join();
            }
        }
    }
}
