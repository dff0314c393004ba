//! The application: one frame after the other.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use render::scene::Scene;
use render::text::Family;

use crate::inference::{self, Event, Failure, Port};
use crate::input::{Action, ActionEvent, ActionSource, Button, ConfirmButton, Key};
use crate::screens::{Go, Home, Message, Screen};
use crate::settings::{self, MODEL_KEY, STORAGE_KEY};
use crate::shell::Shell;
use crate::transcript::Entry;
use crate::view::{self, Canvas, Glide};
use crate::{Platform, PlatformError};

/// What is to be done after a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next frame.
    Continue,
    /// End the app: the inference thread has been told to end, too.
    Exit,
}

/// The application. A platform makes one, [starts](App::start) it and calls
/// [`frame`](App::frame) until that says [`Flow::Exit`].
pub struct App {
    family: Arc<Family>,
    port: Option<Port>,
    shell: Shell,
    actions: ActionSource,
    /// What the player went through to get here; the last one is seen.
    screens: Vec<Box<dyn Screen>>,
    /// How much of the last screen is seen, 0–1, after a change.
    presence: Glide,
    scene: Scene,
}

impl App {
    /// An application that measures its text with `family`, the fonts that the
    /// platform draws it with.
    pub fn new(family: Arc<Family>) -> App {
        let (link, port) = inference::channel();
        App {
            family,
            port: Some(port),
            shell: Shell::new(link),
            actions: ActionSource::default(),
            screens: vec![Box::new(Home::default())],
            presence: Glide::at(1.0),
            scene: Scene::new(),
        }
    }

    /// Reads the settings and starts the inference thread, which begins to load
    /// the model. What goes wrong with either is shown on the screen.
    pub fn start(&mut self, platform: &mut impl Platform) {
        self.shell.now = platform.now();
        match platform.load(MODEL_KEY) {
            Ok(stored) => {
                let source = stored.and_then(|bytes| String::from_utf8(bytes).ok());
                self.shell.chosen = source.filter(|source| !source.is_empty());
            }
            Err(error) => {
                self.shell
                    .notify(format!("The model is the usual one: {error}"));
            }
        }
        match platform.load(STORAGE_KEY) {
            Ok(None) => {}
            Ok(Some(bytes)) => match settings::parse(&bytes) {
                Ok(settings) => self.shell.settings = settings,
                Err(error) => {
                    self.shell
                        .notify(format!("Settings are at their defaults: {error}"));
                }
            },
            Err(error) => {
                self.shell
                    .notify(format!("Settings are at their defaults: {error}"));
            }
        }
        let Some(port) = self.port.take() else {
            return;
        };
        match platform.start_inference(port) {
            Ok(()) => self.shell.load_model(),
            Err(error) => self.shell.worker_never_began(error.what),
        }
    }

    /// One frame: takes input and what the inference thread has sent, and shows
    /// the scene.
    ///
    /// # Errors
    ///
    /// If the platform cannot show anything any more.
    pub fn frame(&mut self, platform: &mut impl Platform) -> Result<Flow, PlatformError> {
        if platform.should_exit() {
            self.shell.shut_down();
            platform.wake_inference();
            return Ok(Flow::Exit);
        }
        self.shell.now = platform.now();
        let confirm = platform.confirm_button();
        if self.shell.spare_seed.is_none() {
            self.shell.spare_seed = Some(platform.random_seed());
        }
        self.shell.flush();
        while let Some(event) = self.shell.receive() {
            self.take_event(&event);
        }
        let input = platform.input(self.top().edits_text());
        for key in input.keys {
            self.take_key(key);
        }
        for event in self.actions.update(&input.pad, confirm, self.shell.now) {
            self.act(event);
        }
        if core::mem::take(&mut self.shell.save_settings) {
            let text = settings::write(&self.shell.settings);
            if let Err(error) = platform.store(STORAGE_KEY, text.as_bytes()) {
                self.shell
                    .notify(format!("The settings were not kept. {error}"));
            }
        }
        if core::mem::take(&mut self.shell.save_chosen)
            && let Some(source) = &self.shell.chosen
            && let Err(error) = platform.store(MODEL_KEY, source.as_bytes())
        {
            self.shell
                .notify(format!("The choice of the model was not kept. {error}"));
        }
        if self.shell.take_sent() {
            platform.wake_inference();
        }
        self.draw(platform, confirm);
        platform.present(&self.scene)?;
        Ok(Flow::Continue)
    }

    /// What was said since the last call: prompts, stories, turns, errors.
    pub fn take_transcript(&mut self) -> Vec<Entry> {
        self.shell.transcript.take()
    }

    /// Whether nothing is being loaded or generated, and all that was generated
    /// is on the screen.
    pub fn is_idle(&self) -> bool {
        self.shell.is_idle()
    }

    /// The scene that was shown last.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    fn top(&mut self) -> &mut dyn Screen {
        // There is always Home.
        let last = self.screens.len() - 1;
        &mut *self.screens[last]
    }

    fn take_event(&mut self, event: &Event) {
        for screen in &mut self.screens {
            screen.event(event, &mut self.shell);
        }
        match event {
            Event::LoadFailed(failure) => self.show_failure(failure, true),
            Event::Failed {
                failure, engine, ..
            } => self.show_failure(failure, *engine),
            _ => {}
        }
    }

    fn show_failure(&mut self, failure: &Failure, reload: bool) {
        if self.top().shows(failure) {
            return;
        }
        self.shell.transcript.add(Entry::Error(failure.clone()));
        self.go(Go::Push(Box::new(Message::new(
            failure.clone(),
            reload && self.shell.can_retry(),
        ))));
    }

    fn take_key(&mut self, key: Key) {
        let last = self.screens.len() - 1;
        let go = if self.screens[last].edits_text() {
            self.screens[last].key(key, &mut self.shell)
        } else {
            let action = match key {
                Key::Up => Action::Up,
                Key::Down => Action::Down,
                Key::Left => Action::Left,
                Key::Right => Action::Right,
                Key::Enter => Action::Confirm,
                Key::Escape => Action::Back,
                _ => return,
            };
            self.screens[last].act(
                ActionEvent {
                    action,
                    repeated: false,
                },
                &mut self.shell,
            )
        };
        self.go(go);
    }

    fn act(&mut self, event: ActionEvent) {
        let last = self.screens.len() - 1;
        let go = self.screens[last].act(event, &mut self.shell);
        self.go(go);
    }

    fn go(&mut self, go: Go) {
        match go {
            Go::Stay => return,
            Go::Push(screen) => self.screens.push(screen),
            Go::PushBoth(below, above) => self.screens.extend([below, above]),
            Go::Replace(screen) => {
                self.screens.pop();
                self.screens.push(screen);
            }
            Go::Pop => {
                if self.screens.len() > 1 {
                    self.screens.pop();
                }
            }
        }
        self.actions.hold_back();
        // Not from nothing: the first frame already shows what there is.
        self.presence = Glide::at(0.25);
        self.presence.go(1.0, self.shell.now);
    }

    fn draw(&mut self, platform: &impl Platform, confirm: ConfirmButton) {
        let App {
            family,
            shell,
            screens,
            presence,
            scene,
            ..
        } = self;
        scene.clear();
        let now = shell.now;
        let display = platform.display();
        let mut canvas = Canvas {
            scene,
            family,
            display,
            now,
        };
        view::background(&mut canvas);
        if let Some(time) = platform.wall_clock() {
            view::clock(&mut canvas, time);
        }
        let Some(screen) = screens.last_mut() else {
            return;
        };
        let key_name = |button: Button| platform.key_name(button);
        canvas.faded(presence.value(now), |canvas| {
            screen.draw(canvas, shell);
            view::hints(canvas, confirm, &key_name, &screen.hints(shell));
        });
        if let Some(text) = platform.request() {
            view::notice(&mut canvas, text, 1.0);
        } else if let Some((text, strength)) = shell.notice() {
            view::notice(&mut canvas, text, strength);
        }
    }

    /// Whether the screen has come to rest after the last change of screens.
    pub fn is_settled(&self) -> bool {
        self.presence.is_at_rest(self.shell.now) && self.shell.now > Duration::ZERO
    }
}

#[cfg(test)]
mod tests;
