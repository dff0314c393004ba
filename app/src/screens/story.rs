//! A story while it is told.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use render::geometry::rect;
use render::scene::{Paragraph, Symbol};
use render::text::Style;

use super::{Go, Screen};
use crate::inference::{DoneReason, Event, Stats};
use crate::input::{Action, ActionEvent};
use crate::shell::{ModelState, Shell};
use crate::text::Utf8Stream;
use crate::transcript::Entry;
use crate::view::{Canvas, Hint, Scroll, Wrapped, reading, theme};

/// How far the story is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The model is not there yet.
    Waiting,
    /// The prompt is being read.
    Reading,
    /// Text comes.
    Telling,
    /// It is over.
    Ended(DoneReason),
    /// Something went wrong, which has been shown.
    Failed,
}

/// The story of a prompt.
pub(crate) struct StoryScreen {
    prompt: String,
    /// The prompt and what the model wrote after it.
    text: String,
    stream: Utf8Stream,
    id: u32,
    phase: Phase,
    stats: Stats,
    scroll: Scroll,
    wrapped: Wrapped,
}

/// How far one press of up or down moves the text.
const STEP: f32 = 2.0 * 1.4 * theme::BODY_SIZE;

impl StoryScreen {
    /// Begins the story of `prompt`.
    pub fn begin(prompt: String, shell: &mut Shell) -> StoryScreen {
        let mut screen = StoryScreen {
            prompt,
            text: String::new(),
            stream: Utf8Stream::default(),
            id: 0,
            phase: Phase::Waiting,
            stats: Stats::default(),
            scroll: Scroll::new(true),
            wrapped: Wrapped::default(),
        };
        screen.begin_again(shell, false);
        screen
    }

    fn begin_again(&mut self, shell: &mut Shell, anew: bool) {
        self.id = shell.begin_story(&self.prompt, anew);
        self.text.clone_from(&self.prompt);
        self.stream = Utf8Stream::default();
        self.phase = Phase::Waiting;
        self.stats = Stats::default();
        self.scroll = Scroll::new(true);
    }

    fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Reading | Phase::Telling)
    }

    /// Whether the story can go on where it is.
    fn can_go_on(&self) -> bool {
        matches!(
            self.phase,
            Phase::Ended(DoneReason::Stopped | DoneReason::Length)
        ) && self.stats.passes > 0
    }

    fn add(&mut self, text: &str, shell: &mut Shell) {
        self.text.push_str(text);
        shell.transcript.add(Entry::Text(text.into()));
    }

    /// What the line above the text says.
    fn status(&self, shell: &Shell) -> String {
        let Stats { generated, .. } = self.stats;
        let rate = match self.stats.tokens_per_second() {
            Some(rate) => format!("{generated} tokens · {rate:.1} tokens/s"),
            None => String::new(),
        };
        match self.phase {
            Phase::Waiting => match &shell.model {
                ModelState::Loading(loading) => format!("{}…", loading.stage),
                _ => "Reading the prompt…".into(),
            },
            Phase::Reading => "Reading the prompt…".into(),
            Phase::Telling => rate,
            Phase::Ended(DoneReason::EndOfText) => format!("The end · {rate}"),
            Phase::Ended(DoneReason::Length) => format!("Length reached · {rate}"),
            Phase::Ended(DoneReason::ModelLength) => format!("Model's length reached · {rate}"),
            Phase::Ended(DoneReason::Stopped) if rate.is_empty() => "Stopped".into(),
            Phase::Ended(DoneReason::Stopped) => format!("Stopped · {rate}"),
            Phase::Failed => "Not told".into(),
        }
    }
}

impl Screen for StoryScreen {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        let page = 4.0 * STEP;
        match event.action {
            Action::Confirm if self.is_running() => shell.stop(),
            Action::Confirm => self.begin_again(shell, false),
            Action::Square if !event.repeated && self.can_go_on() => {
                self.id = shell.continue_story();
                self.phase = Phase::Telling;
                self.scroll.follow();
            }
            Action::Triangle if !event.repeated && !self.is_running() => {
                self.begin_again(shell, true);
            }
            Action::Up => self.scroll.by(-STEP, shell.now),
            Action::Down => self.scroll.by(STEP, shell.now),
            Action::L1 => self.scroll.by(-page, shell.now),
            Action::R1 => self.scroll.by(page, shell.now),
            Action::Back => {
                if self.is_running() {
                    shell.stop();
                }
                return Go::Pop;
            }
            _ => {}
        }
        Go::Stay
    }

    fn event(&mut self, event: &Event, shell: &mut Shell) {
        match event {
            Event::Started { id, .. } if *id == self.id && self.phase == Phase::Waiting => {
                self.phase = Phase::Reading;
            }
            Event::Piece(piece) if piece.id == self.id => {
                self.phase = Phase::Telling;
                self.stats = piece.stats;
                let mut text = String::new();
                self.stream.push(piece.bytes.as_bytes(), &mut text);
                self.add(&text, shell);
            }
            Event::Done { id, reason, stats } if *id == self.id => {
                let mut text = String::new();
                self.stream.finish(&mut text);
                self.add(&text, shell);
                self.phase = Phase::Ended(*reason);
                self.stats = *stats;
                shell.transcript.add(Entry::End {
                    reason: *reason,
                    stats: *stats,
                });
            }
            Event::Failed { id, .. } if *id == self.id => self.phase = Phase::Failed,
            Event::LoadFailed(_) if self.is_running() => self.phase = Phase::Failed,
            _ => {}
        }
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell) {
        let title = if self.prompt.is_empty() {
            "A story"
        } else {
            &self.prompt
        };
        canvas.title(Symbol::Book, title);
        let body = canvas.body();
        let middle = body.y + 22.0;
        let status = self.status(shell);
        let progress = match (self.phase, &shell.model) {
            (Phase::Waiting, ModelState::Loading(loading)) => {
                loading.fraction.map(|part| (part, String::new()))
            }
            (Phase::Reading | Phase::Telling, _) => shell.reading().map(reading),
            _ => None,
        };
        canvas.status(&status, middle, progress);
        let area = rect(body.x, body.y + 56.0, body.width, body.height - 56.0);
        canvas.panel(area);
        let window = area.inset(theme::PADDING);
        let style = Style::regular(theme::BODY_SIZE);
        let lines = self
            .wrapped
            .lines(canvas.family, &self.text, style, window.width);
        self.scroll.fit(lines.height(), window.height, canvas.now);
        let scroll = self.scroll.offset(canvas.now);
        let paragraph = Paragraph::new(lines, window, theme::TEXT).scrolled(scroll, 40.0);
        canvas.scene.paragraph(paragraph);
        canvas.scroll_marks(area, self.scroll.more(canvas.now));
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        let mut hints = if self.is_running() {
            vec![Hint::new(Action::Confirm, "Stop")]
        } else if self.can_go_on() {
            vec![
                Hint::new(Action::Confirm, "Start again"),
                Hint::new(Action::Square, "Go on"),
                Hint::new(Action::Triangle, "Another one"),
            ]
        } else {
            vec![
                Hint::new(Action::Confirm, "Start again"),
                Hint::new(Action::Triangle, "Another one"),
            ]
        };
        hints.push(Hint::new(Action::Back, "Back"));
        hints.push(Hint::new(Action::Up, "Scroll"));
        hints
    }
}
