//! What went wrong, and the way back.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use render::geometry::{point, rect};
use render::scene::{Paragraph, Symbol};
use render::text::{Layout, Style};

use super::{Go, Screen};
use crate::inference::Failure;
use crate::input::{Action, ActionEvent};
use crate::shell::Shell;
use crate::view::{Canvas, Hint, theme};

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
        let area = rect(
            body.centre().x - width / 2.0,
            body.y + 60.0,
            width,
            body.height - 120.0,
        );
        canvas.panel(area);
        let inner = area.inset(theme::PADDING * 1.5);
        canvas.scene.symbol(
            Symbol::Info,
            point(inner.x + 32.0, inner.y + 32.0),
            64.0,
            theme::ALARM,
        );
        let title = point(inner.x + 88.0, inner.y + 32.0);
        let title_width = inner.width - 88.0;
        canvas.label(
            "That did not work",
            title,
            Style::bold(theme::TITLE_SIZE),
            theme::TEXT,
            title_width,
        );
        let mut y = inner.y + 100.0;
        let mut paragraph = |text: &str, style: Style, colour| {
            let left = inner.bottom() - y;
            let layout = Arc::new(Layout::new(canvas.family, text, style, inner.width));
            let height = layout.height().min(left.max(0.0));
            let window = rect(inner.x, y, inner.width, height);
            y += height + 24.0;
            canvas
                .scene
                .paragraph(Paragraph::new(layout, window, colour));
        };
        paragraph(
            &self.failure.what,
            Style::regular(theme::BODY_SIZE),
            theme::TEXT,
        );
        if let Some(file) = &self.failure.file {
            paragraph("File:", Style::regular(theme::SMALL_SIZE), theme::DIM);
            paragraph(file, Style::regular(theme::SMALL_SIZE), theme::ACCENT);
        }
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        if self.can_retry {
            vec![
                Hint::new(Action::Confirm, "Try again"),
                Hint::new(Action::Back, "Back"),
            ]
        } else {
            vec![Hint::new(Action::Back, "Back")]
        }
    }
}
