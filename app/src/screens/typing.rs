//! The on-screen keyboard.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use render::geometry::{Rect, point, rect};
use render::scene::{Align, Caret, Panel, Paragraph, Symbol, Text, Vertical};
use render::text::Style;

use super::{Go, Screen, StoryScreen};
use crate::input::{Action, ActionEvent, Key};
use crate::keyboard::{COLUMNS, KeyCap, KeyJob, Keyboard, Outcome, Shift};
use crate::shell::Shell;
use crate::view::{Canvas, Glide, Hint, Wrapped, theme};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The beginning of a story.
    Story,
    /// A turn in the chat.
    Chat,
}

impl Purpose {
    /// The greatest number of characters: more than any model at hand can read
    /// beside what it is to write.
    const fn limit(self) -> usize {
        match self {
            Purpose::Story => 400,
            Purpose::Chat => 300,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Purpose::Story => "How does the story begin?",
            Purpose::Chat => "What do you say?",
        }
    }
}

/// The keyboard with what is typed.
pub(crate) struct Typing {
    purpose: Purpose,
    keyboard: Keyboard,
    wrapped: Wrapped,
    scroll: Glide,
    /// When the caret last moved: it is lit for a while after.
    touched: Duration,
}

/// The lines of text that are seen above the keys.
const LINES: f32 = 3.0;

impl Typing {
    /// A keyboard that goes on with the draft for that purpose.
    pub fn new(purpose: Purpose, shell: &Shell) -> Typing {
        let draft = match purpose {
            Purpose::Story => &shell.prompt_draft,
            Purpose::Chat => &shell.chat_draft,
        };
        Typing {
            purpose,
            keyboard: Keyboard::new(draft, purpose.limit()),
            wrapped: Wrapped::default(),
            scroll: Glide::at(0.0),
            touched: shell.now,
        }
    }

    fn after(&mut self, outcome: Outcome, shell: &mut Shell) -> Go {
        self.touched = shell.now;
        let text = self.keyboard.field().text();
        match (outcome, self.purpose) {
            (Outcome::Stays, _) => Go::Stay,
            (Outcome::Cancelled, Purpose::Story) => {
                shell.prompt_draft = text.to_string();
                Go::Pop
            }
            (Outcome::Cancelled, Purpose::Chat) => {
                shell.chat_draft = text.to_string();
                Go::Pop
            }
            // There is nothing to say yet.
            (Outcome::Done, _) if text.trim().is_empty() => Go::Stay,
            (Outcome::Done, Purpose::Story) => {
                shell.prompt_draft.clear();
                let prompt = text.trim().to_string();
                Go::Replace(Box::new(StoryScreen::begin(prompt, shell)))
            }
            (Outcome::Done, Purpose::Chat) => {
                shell.chat_draft.clear();
                shell.say(text.trim());
                Go::Pop
            }
        }
    }

    fn draw_text(&mut self, canvas: &mut Canvas<'_>, area: Rect) {
        let style = Style::regular(theme::BODY_SIZE);
        canvas.panel(area);
        let inner = rect(
            area.x + theme::PADDING,
            area.y + theme::PADDING / 2.0,
            area.width - 2.0 * theme::PADDING,
            style.line_height() * LINES,
        );
        let field = self.keyboard.field();
        let layout = self
            .wrapped
            .lines(canvas.family, field.text(), style, inner.width);
        let caret = layout.caret(field.chars_before_caret());
        let height = style.line_height();
        let target = self.scroll.target();
        if caret.y < target {
            self.scroll.go(caret.y, canvas.now);
        } else if caret.y + height > target + inner.height + 0.5 {
            self.scroll.go(caret.y + height - inner.height, canvas.now);
        }
        let scroll = self.scroll.value(canvas.now);
        let paragraph = Paragraph::new(layout, inner, theme::TEXT).scrolled(scroll, 16.0);
        canvas.scene.paragraph(paragraph);
        let since = canvas.now.saturating_sub(self.touched).as_millis();
        if since % 1000 < 600 {
            let top = point(
                inner.x + caret.x,
                inner.y + caret.y - scroll + height * 0.12,
            );
            canvas.scene.caret(Caret {
                top,
                height: height * 0.76,
                colour: theme::ACCENT,
            });
        }
    }

    fn draw_keys(&self, canvas: &mut Canvas<'_>, area: Rect) {
        const GAP: f32 = 10.0;
        let rows = self.keyboard.rows();
        let column = (area.width + GAP) / f32::from(COLUMNS);
        let row_height = (area.height + GAP) / rows.len() as f32;
        for (row, keys) in rows.iter().enumerate() {
            for (place, key) in keys.iter().enumerate() {
                let cap = rect(
                    area.x + f32::from(key.column) * column,
                    area.y + row as f32 * row_height,
                    f32::from(key.columns) * column - GAP,
                    row_height - GAP,
                );
                self.draw_key(canvas, *key, cap, (row, place) == self.keyboard.selected());
            }
        }
    }

    fn draw_key(&self, canvas: &mut Canvas<'_>, key: KeyCap, area: Rect, selected: bool) {
        let ground = match key.job {
            _ if selected => theme::SELECTED,
            KeyJob::Character(_) => theme::KEY,
            _ => theme::COMMAND_KEY,
        };
        if selected {
            canvas.glow(
                area,
                12.0,
                0.6 + 0.4 * canvas.pulse(Duration::from_millis(1600)),
            );
        }
        canvas.scene.panel(Panel::plain(area, 12.0, ground));
        let ink = if selected {
            theme::ON_SELECTED
        } else {
            theme::TEXT
        };
        let centre = area.centre();
        let write = |canvas: &mut Canvas<'_>, text: String, size: f32| {
            let text = Text::new(text, centre, size, ink).align(Align::Centre, Vertical::Middle);
            canvas.scene.text(text.flat());
        };
        let symbol = match key.job {
            KeyJob::Character(character) => {
                return write(
                    canvas,
                    self.keyboard.typed(character).into(),
                    theme::BODY_SIZE,
                );
            }
            KeyJob::Page(page) => {
                write(canvas, page.label().into(), theme::SMALL_SIZE);
                return shortcut(canvas, Symbol::R2, area, ink);
            }
            KeyJob::Shift => (Symbol::Shift, Some(Symbol::L2)),
            KeyJob::CaretLeft => (Symbol::ArrowLeft, Some(Symbol::L1)),
            KeyJob::CaretRight => (Symbol::ArrowRight, Some(Symbol::R1)),
            KeyJob::Space => (Symbol::Space, Some(Symbol::Triangle)),
            KeyJob::Delete => (Symbol::Backspace, Some(Symbol::Square)),
            KeyJob::Done => (Symbol::Enter, Some(Symbol::Start)),
        };
        let colour = match (key.job, self.keyboard.shift()) {
            (KeyJob::Shift, Shift::Once | Shift::Locked) if !selected => theme::ACCENT,
            _ => ink,
        };
        canvas.scene.symbol(symbol.0, centre, 40.0, colour);
        if key.job == KeyJob::Shift && self.keyboard.shift() == Shift::Locked {
            // Locked: a bar below the arrow.
            let bar = rect(centre.x - 16.0, centre.y + 22.0, 32.0, 5.0);
            canvas.scene.panel(Panel::plain(bar, 2.5, colour));
        }
        if let Some(button) = symbol.1 {
            shortcut(canvas, button, area, ink);
        }
    }
}

impl Screen for Typing {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        let outcome = self.keyboard.act(event.action);
        self.after(outcome, shell)
    }

    fn key(&mut self, key: Key, shell: &mut Shell) -> Go {
        let outcome = self.keyboard.key(key);
        self.after(outcome, shell)
    }

    fn edits_text(&self) -> bool {
        true
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, _: &Shell) {
        canvas.title(Symbol::Keyboard, self.purpose.title());
        let body = canvas.body();
        let text_height = LINES * Style::regular(theme::BODY_SIZE).line_height() + theme::PADDING;
        let text = rect(body.x, body.y, body.width, text_height);
        self.draw_text(canvas, text);
        let room = self.keyboard.field().room();
        if room <= 50 {
            let at = point(text.right() - 16.0, text.bottom() + 24.0);
            let left = Text::new(format!("{room} left"), at, theme::SMALL_SIZE, theme::DIM);
            canvas
                .scene
                .text(left.align(Align::Right, Vertical::Middle));
        }
        let width = body.width.min(1400.0);
        let top = text.bottom() + 48.0;
        let keys = rect(
            body.centre().x - width / 2.0,
            top,
            width,
            body.bottom() - top,
        );
        self.draw_keys(canvas, keys);
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        vec![
            Hint::new(Action::Confirm, "Type"),
            Hint::new(Action::Back, "Back"),
            Hint::new(Action::Start, "Done"),
            Hint::new(Action::Square, "Delete"),
            Hint::new(Action::Triangle, "Space"),
        ]
    }
}

/// The button that does the same as a key, small in the key's corner.
fn shortcut(canvas: &mut Canvas<'_>, button: Symbol, key: Rect, ink: render::scene::Colour) {
    const SIZE: f32 = 22.0;
    let x = key.right() - button.width(SIZE) / 2.0 - 6.0;
    canvas.scene.symbol(
        button,
        point(x, key.y + SIZE / 2.0 + 6.0),
        SIZE,
        ink.faded(0.75),
    );
}
