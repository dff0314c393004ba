//! What went wrong, and the way back.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use render::geometry::{point, rect};
use render::scene::{Paragraph, Symbol};
use render::text::{Layout, Style};

use super::{Go, ModelScreen, Screen};
use crate::inference::Failure;
use crate::input::{Action, ActionEvent};
use crate::shell::Shell;
use crate::view::{Canvas, Hint, theme};

/// The space below each paragraph.
const GAP: f32 = 20.0;

/// A failure in words.
pub(crate) struct Message {
    failure: Failure,
    can_retry: bool,
}

impl Message {
    /// Shows `failure`; `can_retry` if it is one of loading that may go better
    /// the next time.
    pub fn new(failure: Failure, can_retry: bool) -> Message {
        Message { failure, can_retry }
    }
}

impl Screen for Message {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        match event.action {
            Action::Back => Go::Pop,
            Action::Confirm if self.can_retry => {
                shell.load_model();
                Go::Pop
            }
            Action::Square if self.can_retry => Go::Replace(Box::new(ModelScreen::new(shell))),
            Action::Confirm => Go::Pop,
            _ => Go::Stay,
        }
    }

    fn shows(&self, failure: &Failure) -> bool {
        self.failure == *failure
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, _: &Shell) {
        let body = canvas.body();
        let width = body.width.min(1300.0);
        let inset = theme::PADDING * 1.5;
        let title = 100.0;
        let mut paragraphs = vec![(
            self.failure.what.as_str(),
            Style::regular(theme::BODY_SIZE),
            theme::TEXT,
        )];
        if let Some(file) = &self.failure.file {
            let small = Style::regular(theme::SMALL_SIZE);
            paragraphs.extend([("File:", small, theme::DIM), (file, small, theme::ACCENT)]);
        }
        let lines: Vec<_> = paragraphs
            .iter()
            .map(|(text, style, colour)| {
                let inner = width - 2.0 * inset;
                (
                    Arc::new(Layout::new(canvas.family, *text, *style, inner)),
                    *colour,
                )
            })
            .collect();
        let text_height: f32 = lines.iter().map(|(lines, _)| lines.height() + GAP).sum();
        let height = (title + text_height + 2.0 * inset).min(body.height);
        let centre = body.centre();
        let area = rect(
            centre.x - width / 2.0,
            centre.y - height / 2.0,
            width,
            height,
        );
        canvas.panel(area);
        let inner = area.inset(inset);
        let icon = point(inner.x + 32.0, inner.y + 32.0);
        canvas.scene.symbol(Symbol::Info, icon, 64.0, theme::ALARM);
        canvas.label(
            "That did not work",
            point(inner.x + 88.0, icon.y),
            Style::bold(theme::TITLE_SIZE),
            theme::TEXT,
            inner.width - 88.0,
        );
        let mut y = inner.y + title;
        for (lines, colour) in lines {
            // What does not fit is cut: better half of a report than none.
            let height = lines.height().min((inner.bottom() - y).max(0.0));
            let window = rect(inner.x, y, inner.width, height);
            y += height + GAP;
            canvas
                .scene
                .paragraph(Paragraph::new(lines, window, colour));
        }
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        if self.can_retry {
            vec![
                Hint::new(Action::Confirm, "Try again"),
                Hint::new(Action::Square, "Another model"),
                Hint::new(Action::Back, "Back"),
            ]
        } else {
            vec![Hint::new(Action::Back, "Back")]
        }
    }
}
