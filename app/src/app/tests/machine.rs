//! A machine for tests: frames of a sixtieth of a second, the worker stepped
//! within them.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::sync::LazyLock;

use render::Display;
use render::scene::Scene;
use render::text::Family;

use crate::inference::{Port, Worker};
use crate::input::{Button, Buttons, ConfirmButton, Input, Key, Pad};
use crate::testing::RuleFactory;
use crate::transcript::{Entry, TranscriptWriter};
use crate::{App, Flow, Platform, PlatformError, StorageError, WallClock, visible_text};

type TestWorker = Worker<'static, RuleFactory, fn() -> Duration>;

/// Loaded once for all tests.
pub static FAMILY: LazyLock<Arc<Family>> = LazyLock::new(|| Arc::new(Family::embedded()));

pub struct Machine {
    pub frames: u32,
    pub pad: Pad,
    pub keys: Vec<Key>,
    pub confirm: ConfirmButton,
    pub display: Display,
    pub stored: Option<(String, Vec<u8>)>,
    pub storage_fails: bool,
    pub no_thread: bool,
    pub request: Option<&'static str>,
    pub exit: bool,
    pub worker: Option<TestWorker>,
    /// Steps of the worker in a frame.
    pub pace: u32,
    factory: RuleFactory,
    seed: u64,
}

impl Machine {
    fn storage(&self) -> Result<(), StorageError> {
        if self.storage_fails {
            let (place, why) = ("/dev_hdd0/settings".into(), "the disk is full".into());
            return Err(StorageError { place, why });
        }
        Ok(())
    }
}

impl Platform for Machine {
    fn now(&self) -> Duration {
        Duration::from_nanos(16_666_667) * self.frames
    }

    fn display(&self) -> Display {
        self.display
    }

    fn confirm_button(&self) -> ConfirmButton {
        self.confirm
    }

    fn input(&mut self, _: bool) -> Input {
        Input {
            pad: self.pad,
            keys: core::mem::take(&mut self.keys),
        }
    }

    fn present(&mut self, _: &Scene) -> Result<(), PlatformError> {
        self.frames += 1;
        if let Some(worker) = &mut self.worker {
            for _ in 0..self.pace {
                worker.step();
            }
        }
        Ok(())
    }

    fn wall_clock(&self) -> Option<WallClock> {
        Some(WallClock {
            hour: 6,
            minute: 5,
            day: 23,
            month: 11,
        })
    }

    fn request(&self) -> Option<&str> {
        self.request
    }

    fn should_exit(&self) -> bool {
        self.exit
    }

    fn random_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }

    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError> {
        if self.no_thread {
            return Err(PlatformError {
                what: "There are no more threads".into(),
            });
        }
        let clock: fn() -> Duration = || Duration::ZERO;
        self.worker = Some(Worker::new(port, self.factory.clone(), clock));
        Ok(())
    }

    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.storage()?;
        let stored = self.stored.as_ref().filter(|(stored, _)| stored == key);
        Ok(stored.map(|(_, bytes)| bytes.clone()))
    }

    fn store(&mut self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        self.storage()?;
        self.stored = Some((key.to_string(), bytes.to_vec()));
        Ok(())
    }
}

/// The app on the machine.
pub struct Stage {
    pub app: App,
    pub machine: Machine,
}

impl Stage {
    pub fn new(factory: RuleFactory) -> Stage {
        Stage::with(factory, |_| {})
    }

    pub fn with(factory: RuleFactory, prepare: impl FnOnce(&mut Machine)) -> Stage {
        let mut machine = Machine {
            frames: 1,
            pad: Pad::default(),
            keys: Vec::new(),
            confirm: ConfirmButton::Cross,
            display: Display::HD_720,
            stored: None,
            storage_fails: false,
            no_thread: false,
            request: None,
            exit: false,
            worker: None,
            pace: 1,
            factory,
            seed: 0,
        };
        prepare(&mut machine);
        let mut app = App::new(FAMILY.clone());
        app.start(&mut machine);
        Stage { app, machine }
    }

    pub fn frames(&mut self, count: u32) {
        for _ in 0..count {
            assert_eq!(self.app.frame(&mut self.machine), Ok(Flow::Continue));
        }
    }

    pub fn until_idle(&mut self) {
        let begun = self.machine.frames;
        loop {
            self.frames(1);
            if self.app.is_idle() {
                break;
            }
            assert!(
                self.machine.frames < begun + 5000,
                "never idle: {}",
                self.text()
            );
        }
    }

    /// Presses a button and lets it go.
    pub fn press(&mut self, button: Button) {
        self.machine.pad.buttons = Buttons::NONE.with(button);
        self.frames(1);
        self.machine.pad.buttons = Buttons::NONE;
        self.frames(1);
    }

    pub fn press_all(&mut self, buttons: &[Button]) {
        for &button in buttons {
            self.press(button);
        }
    }

    pub fn keys(&mut self, keys: &[Key]) {
        self.machine.keys.extend_from_slice(keys);
        self.frames(1);
    }

    pub fn type_text(&mut self, text: &str) {
        self.machine.keys.extend(text.chars().map(Key::Char));
        self.frames(1);
    }

    /// All that is to be read on the screen.
    pub fn text(&self) -> String {
        visible_text(self.app.scene()).join("\n")
    }

    #[track_caller]
    pub fn sees(&self, text: &str) {
        assert!(
            self.text().contains(text),
            "no \"{text}\" on the screen:\n{}",
            self.text()
        );
    }

    #[track_caller]
    pub fn sees_not(&self, text: &str) {
        assert!(
            !self.text().contains(text),
            "\"{text}\" on the screen:\n{}",
            self.text()
        );
    }

    /// What was said since the last call.
    pub fn said(&mut self) -> Vec<Entry> {
        self.app.take_transcript()
    }

    /// The same as text.
    pub fn transcript(&mut self) -> String {
        let mut text = String::new();
        let mut writer = TranscriptWriter::default();
        for entry in self.said() {
            writer
                .write(&entry, &mut text)
                .expect("strings take everything");
        }
        writer.finish(&mut text).expect("strings take everything");
        text
    }
}
