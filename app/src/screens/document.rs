//! A text to read.

mod subject;

pub(crate) use subject::Subject;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use render::scene::{Paragraph, Symbol};
use render::text::Style;

use super::{Go, Screen};
use crate::input::{Action, ActionEvent};
use crate::shell::Shell;
use crate::view::{Canvas, Hint, Scroll, Wrapped, theme};

/// A long text with its title.
pub(crate) struct Document {
    subject: Subject,
    text: String,
    scroll: Scroll,
    wrapped: Wrapped,
}

/// How far one press of up or down moves the text, and a page.
const STEP: f32 = 3.0 * 1.4 * theme::SMALL_SIZE;
const PAGE: f32 = 5.0 * STEP;

impl Document {
    /// The text about `subject`, from its beginning.
    pub fn new(subject: Subject, shell: &Shell) -> Document {
        let text = subject.text(shell);
        Document {
            subject,
            text,
            scroll: Scroll::new(false),
            wrapped: Wrapped::default(),
        }
    }
}

impl Screen for Document {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        match event.action {
            Action::Up => self.scroll.by(-STEP, shell.now),
            Action::Down => self.scroll.by(STEP, shell.now),
            Action::Left | Action::L1 => self.scroll.by(-PAGE, shell.now),
            Action::Right | Action::R1 => self.scroll.by(PAGE, shell.now),
            Action::Back | Action::Confirm => return Go::Pop,
            _ => {}
        }
        Go::Stay
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, _: &Shell) {
        canvas.title(Symbol::Info, self.subject.title());
        let area = canvas.body();
        canvas.panel(area);
        let window = area.inset(theme::PADDING);
        let style = Style::regular(theme::SMALL_SIZE);
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
        vec![
            Hint::new(Action::Back, "Back"),
            Hint::new(Action::Up, "Scroll"),
            Hint::new(Action::R1, "Next page"),
        ]
    }
}
