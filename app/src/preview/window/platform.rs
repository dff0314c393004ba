//! The machine with a window: the host's time, keyboard, gamepads and settings.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use app::inference::Port;
use app::input::{Button, Buttons, ConfirmButton, Input, Key, Pad, Stick};
use app::settings::MODEL_KEY;
use app::{Platform, PlatformError, StorageError, WallClock};
use console::lv2::PadState;
use console::script;
use console::window::{self, Screen};
use render::scene::Scene;
use render::text::Family;
use render::{Aspect, Display};

use super::storage::Storage;
use crate::engine::Setup;
use crate::engine::Share;
use crate::failure::Failure;
use crate::inference::Inference;
use render::picture::Picture;

/// What the app runs on.
pub struct Windowed {
    /// The window.
    pub screen: Screen,
    picture: Picture,
    display: Display,
    setup: Setup,
    /// Settings of the command line, which count more than the stored ones.
    settings: String,
    storage: Storage,
    begun: Instant,
    inference: Option<Inference>,
}

impl Windowed {
    /// A machine that shows itself in that window.
    pub fn new(
        screen: Screen,
        family: Arc<Family>,
        display: Display,
        setup: Setup,
        settings: String,
    ) -> Result<Windowed, Failure> {
        Ok(Windowed {
            screen,
            picture: Picture::new(family, display)?,
            display,
            setup,
            settings,
            storage: Storage::of_user(),
            begun: Instant::now(),
            inference: None,
        })
    }

    /// Waits for the inference thread, which has been told to end.
    pub fn end(&mut self) {
        if let Some(inference) = self.inference.take() {
            inference.join();
        }
    }

    /// Shows the last picture again, after the window was covered or resized.
    pub fn refresh(&mut self) -> Result<(), Failure> {
        let wide = self.display.aspect == Aspect::Wide;
        let shown = self.screen.show(self.picture.frame(), wide);
        shown.map_err(Failure::new)
    }
}

impl Platform for Windowed {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn display(&self) -> Display {
        self.display
    }

    fn confirm_button(&self) -> ConfirmButton {
        ConfirmButton::Cross
    }

    fn input(&mut self, text: bool) -> Input {
        let (pad, typed) = self.screen.input(text);
        Input {
            pad: app_pad(&pad),
            keys: typed.into_iter().map(app_key).collect(),
        }
    }

    /// Does not wait: the window's loop comes back when it is time for the next frame.
    fn present(&mut self, scene: &Scene) -> Result<(), PlatformError> {
        self.picture.draw(scene).map_err(Failure::from)?;
        Ok(self.refresh()?)
    }

    fn wall_clock(&self) -> Option<WallClock> {
        let now = jiff::Zoned::now();
        let small = |number: i8| u8::try_from(number).ok();
        Some(WallClock {
            hour: small(now.hour())?,
            minute: small(now.minute())?,
            day: small(now.day())?,
            month: small(now.month())?,
        })
    }

    fn key_name(&self, button: Button) -> Option<&'static str> {
        self.screen
            .key_name(script::Button::from_name(button.name())?)
    }

    fn should_exit(&self) -> bool {
        self.screen.is_closing()
    }

    fn random_seed(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.unwrap_or_default().as_nanos() as u64
    }

    fn start_inference(&mut self, port: Port) -> Result<(), PlatformError> {
        self.inference = Some(Inference::start(
            port,
            self.setup.clone(),
            Share::AllButOne,
        )?);
        Ok(())
    }

    fn wake_inference(&mut self) {
        if let Some(inference) = &self.inference {
            inference.wake();
        }
    }

    fn load(&mut self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        if key == MODEL_KEY {
            return Ok(None);
        }
        let stored = self.storage.load(key)?;
        if self.settings.is_empty() {
            return Ok(stored);
        }
        let mut text = stored.unwrap_or_default();
        text.push(b'\n');
        // What comes later counts.
        text.extend_from_slice(self.settings.as_bytes());
        Ok(Some(text))
    }

    fn store(&mut self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        // Which models there are is up to the command line, and so is the first of them.
        if key == MODEL_KEY {
            return Ok(());
        }
        self.storage.store(key, bytes)
    }
}

/// The pad as the app wants it.
fn app_pad(pad: &PadState) -> Pad {
    let held = script::Button::ALL
        .into_iter()
        .filter(|button| pad.holds(*button));
    let [x, y] = pad.left;
    Pad {
        buttons: held
            .filter_map(|button| Button::from_name(button.name()))
            .collect::<Buttons>(),
        left: Stick::from_bytes(x, y),
    }
}

fn app_key(key: window::Key) -> Key {
    match key {
        window::Key::Character(character) => Key::Char(character),
        window::Key::Enter => Key::Enter,
        window::Key::Backspace => Key::Backspace,
        window::Key::Delete => Key::Delete,
        window::Key::Home => Key::Home,
        window::Key::End => Key::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_and_the_stick_reach_the_app() {
        for button in script::Button::ALL {
            let pad = app_pad(&PadState::default().with(button));
            let same = Button::from_name(button.name()).expect("a button of that name");
            assert_eq!(pad.buttons, Buttons::NONE.with(same));
            assert_eq!(pad.left, Stick::default());
        }
        let mut pad = PadState::default();
        pad.left = [0xff, 1];
        assert_eq!(app_pad(&pad).left, Stick { x: 127, y: -127 });
    }
}
