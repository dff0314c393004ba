//! What the application needs from the machine it runs on.
//!
//! Two things implement [`Platform`]: the PS3 entry and the desktop preview. It
//! is small on purpose; the screens know nothing else of the machine.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use render::Display;
use render::scene::Scene;

use crate::inference::Port;
use crate::input::{Button, ConfirmButton, Input};

/// The machine: display, pad, clock, storage and the inference thread.
///
/// Everything is called from the one thread that calls [`crate::App::frame`],
/// and nothing but [`present`](Platform::present) may take longer than a small
/// part of a frame. The order within a frame: `now`, `input`, `display`, …,
/// `present`.
pub trait Platform {
    /// Time since any fixed moment before the start of the app; never runs
    /// backwards. Animations, key repeat and the wave follow it, so a headless
    /// platform that adds a sixtieth of a second for each frame gets the same
    /// pictures in each run.
    fn now(&self) -> Duration;

    /// The display mode that the next scene is made for. It may change between
    /// frames (a window that is resized, another cable).
    fn display(&self) -> Display;

    /// The button that confirms, as the system says.
    fn confirm_button(&self) -> ConfirmButton;

    /// The pad's state, and the keys typed since the last call.
    ///
    /// `text` says whether a text is being edited, so that a platform whose
    /// keyboard also stands in for the pad knows what letters are for.
    fn input(&mut self, text: bool) -> Input;

    /// Shows `scene`, and waits until the machine takes the next one (the
    /// vertical blank, or the frame time of a preview).
    ///
    /// # Errors
    ///
    /// If nothing can be shown any more. The app then ends.
    fn present(&mut self, scene: &Scene) -> Result<(), PlatformError>;

    /// The time of the clock in the corner; `None` hides it.
    fn wall_clock(&self) -> Option<WallClock> {
        None
    }

    /// What the player has to do before the app can be used, such as switching on
    /// a pad: shown over whatever is there for as long as it is so.
    fn request(&self) -> Option<&str> {
        None
    }

    /// The name of the keyboard key that stands for a button, where one does: it
    /// is shown beside the button.
    fn key_name(&self, button: Button) -> Option<&'static str> {
        let _ = button;
        None
    }

    /// Whether the app is to end: a closed window, the system's request.
    fn should_exit(&self) -> bool;

    /// A number for the sampler, different from call to call and from start to
    /// start where the player wants a random seed. A platform that has to be
    /// repeatable gives the same numbers in each run.
    fn random_seed(&mut self) -> u64;

    /// Starts the inference thread: makes a [`crate::inference::Worker`] of
    /// `port`, the platform's [`crate::inference::EngineFactory`] and clock, and
    /// lets it [run](crate::inference::Worker::run) on a thread of its own. A
    /// platform may also keep the worker and
    /// [step](crate::inference::Worker::step) it from `present`.
    ///
    /// Called once, by [`crate::App::start`].
    ///
    /// # Errors
    ///
    /// If there is no thread to be had. The app shows it and runs on without
    /// a model.
    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError>;

    /// Called after commands were sent to the worker: wakes its thread if it
    /// sleeps when idle. Threads that only yield or nap when idle need nothing.
    fn wake_inference(&mut self) {}

    /// What was [stored](Platform::store) under `key`, or `None` if there is
    /// nothing. Called at the start only, once for each key.
    ///
    /// # Errors
    ///
    /// If there is something that cannot be read.
    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError>;

    /// Keeps `bytes` (less than a kilobyte) under `key` (lower-case letters
    /// only) for the next start. Called when the player leaves a screen with
    /// something changed, not each frame; a platform with slow storage keeps
    /// them in a queue, and may report the failure of an earlier call.
    ///
    /// # Errors
    ///
    /// If they cannot be kept. The app says so on the screen and goes on.
    fn store(&mut self, key: &str, bytes: &[u8]) -> Result<(), StorageError>;
}

/// The time of day, as the clock in the corner shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 1–31.
    pub day: u8,
    /// 1–12.
    pub month: u8,
}

/// Something that the machine could not do, in words for the player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformError {
    /// What failed and why, as one sentence without a full stop.
    pub what: String,
}

impl core::fmt::Display for PlatformError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for PlatformError {}

/// Settings that could not be read or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageError {
    /// The file or place, as the player would look for it.
    pub place: String,
    /// Why, as one sentence without a full stop.
    pub why: String,
}

impl core::fmt::Display for StorageError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}

impl core::error::Error for StorageError {}
