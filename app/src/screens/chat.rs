//! A conversation with the model.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use render::geometry::{Rect, point, rect};
use render::scene::{Align, Panel, Paragraph, Symbol, Text, Vertical};
use render::text::Style;

use super::{Go, Purpose, Screen, Typing};
use crate::chat::{LoggedTurn, Speaker};
use crate::inference::DoneReason;
use crate::input::{Action, ActionEvent};
use crate::shell::{ModelState, Shell};
use crate::view::{Canvas, Hint, Scroll, Wrapped, reading, theme};

/// The turns of both, and the way to say more.
pub(crate) struct ChatScreen {
    scroll: Scroll,
    /// The lines of each turn.
    wrapped: Vec<Wrapped>,
}

impl Default for ChatScreen {
    fn default() -> ChatScreen {
        ChatScreen {
            scroll: Scroll::new(true),
            wrapped: Vec::new(),
        }
    }
}

const STYLE: Style = Style::regular(theme::BODY_SIZE);
/// How far one press of up or down moves the turns.
const STEP: f32 = 2.0 * 1.4 * theme::BODY_SIZE;
/// The space between turns, and within a bubble above and below its text.
const GAP: f32 = 20.0;
const INSET: f32 = 14.0;
/// The height of the mark below what is forgotten.
const MARK: f32 = 64.0;

impl ChatScreen {
    fn status(shell: &Shell) -> String {
        let stats = shell.chat.stats();
        let rate = match stats.tokens_per_second() {
            Some(rate) => format!("{} tokens · {rate:.1} tokens/s", stats.generated),
            None => String::new(),
        };
        match (&shell.model, shell.chat.is_answering(), shell.chat.ended()) {
            (ModelState::Loading(loading), ..) => format!("{}…", loading.stage),
            (_, true, _) if rate.is_empty() => "Listening…".into(),
            (_, true, _) | (_, false, Some(DoneReason::EndOfText)) => rate,
            (_, false, Some(DoneReason::Length)) => format!("Length reached · {rate}"),
            (_, false, Some(DoneReason::ModelLength)) => format!("Model's length reached · {rate}"),
            (_, false, Some(DoneReason::Stopped)) if rate.is_empty() => "Stopped".into(),
            (_, false, Some(DoneReason::Stopped)) => format!("Stopped · {rate}"),
            (_, false, None) => String::new(),
        }
    }

    fn draw_turns(&mut self, canvas: &mut Canvas<'_>, shell: &Shell, area: Rect) {
        let turns = shell.chat.turns();
        self.wrapped.resize_with(turns.len(), Wrapped::default);
        let most = area.width * 0.82 - 2.0 * theme::PADDING;
        let lines: Vec<_> = self
            .wrapped
            .iter_mut()
            .zip(turns)
            .map(|(wrapped, turn)| wrapped.lines(canvas.family, &turn.text, STYLE, most))
            .collect();
        // How many turns are forgotten, if any are still known.
        let forgotten = turns.iter().take_while(|turn| turn.forgotten).count();
        let heights = lines.iter().map(|lines| lines.height() + 2.0 * INSET + GAP);
        self.scroll
            .fit(heights.sum::<f32>() - GAP, area.height, canvas.now);
        let mut y = area.y - self.scroll.offset(canvas.now);
        canvas.clipped(area, |canvas| {
            for (index, (turn, lines)) in turns.iter().zip(&lines).enumerate() {
                if forgotten > 0 && index == forgotten {
                    draw_mark(canvas, rect(area.x, y - GAP * 0.5, area.width, MARK));
                    y += MARK;
                }
                let height = lines.height() + 2.0 * INSET;
                let seen = y < area.bottom() && y + height > area.y;
                if seen {
                    let last = index + 1 == turns.len();
                    let writing = last && shell.chat.is_answering();
                    let width = lines.width().max(60.0) + 2.0 * theme::PADDING;
                    let x = match turn.speaker {
                        Speaker::User => area.right() - width,
                        Speaker::Model => area.x,
                    };
                    let bubble = rect(x, y, width, height);
                    draw_bubble(canvas, turn, bubble, writing);
                    let window = rect(
                        x + theme::PADDING,
                        y + INSET,
                        width - 2.0 * theme::PADDING,
                        lines.height(),
                    );
                    let ink = if turn.forgotten {
                        theme::FAINT
                    } else {
                        theme::TEXT
                    };
                    canvas
                        .scene
                        .paragraph(Paragraph::new(lines.clone(), window, ink));
                }
                y += height + GAP;
            }
        });
        canvas.scroll_marks(area.inset(-15.0), self.scroll.more(canvas.now));
    }
}

/// Says that the model only remembers what comes next.
fn draw_mark(canvas: &mut Canvas<'_>, area: Rect) {
    let text = "The model no longer remembers what is above";
    let text = Text::new(text, area.centre(), theme::SMALL_SIZE, theme::FAINT);
    canvas.scene.text(
        text.align(Align::Centre, Vertical::Middle)
            .at_most(area.width),
    );
}

fn draw_bubble(canvas: &mut Canvas<'_>, turn: &LoggedTurn, bubble: Rect, writing: bool) {
    let ground = match turn.speaker {
        Speaker::User => theme::USER,
        Speaker::Model => theme::PANEL,
    };
    let ground = if turn.forgotten {
        ground.faded(0.4)
    } else {
        ground
    };
    let mut panel = Panel::plain(bubble, theme::RADIUS, ground);
    if writing {
        let pulse = canvas.pulse(Duration::from_millis(1200));
        panel = panel.bordered(2.5, theme::ACCENT.faded(0.3 + 0.7 * pulse));
    }
    canvas.scene.panel(panel);
}

impl Screen for ChatScreen {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        match event.action {
            Action::Confirm if shell.chat.is_answering() => shell.stop(),
            Action::Confirm => {
                self.scroll.follow();
                return Go::Push(Box::new(Typing::new(Purpose::Chat, shell)));
            }
            Action::Up => self.scroll.by(-STEP, shell.now),
            Action::Down => self.scroll.by(STEP, shell.now),
            Action::L1 => self.scroll.by(-4.0 * STEP, shell.now),
            Action::R1 => self.scroll.by(4.0 * STEP, shell.now),
            Action::Back => {
                if shell.chat.is_answering() {
                    shell.stop();
                }
                return Go::Pop;
            }
            _ => {}
        }
        Go::Stay
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell) {
        canvas.title(Symbol::Chat, "Chat");
        let body = canvas.body();
        let status = Self::status(shell);
        let answering = shell.chat.is_answering();
        let progress = shell.reading().filter(|_| answering).map(reading);
        canvas.status(&status, body.y + 22.0, progress);
        let area = rect(body.x, body.y + 70.0, body.width, body.height - 70.0);
        if shell.chat.turns().is_empty() {
            let at = point(area.x + theme::PADDING, area.y + 60.0);
            let hint = "Nothing has been said yet.";
            canvas.label(hint, at, theme::BODY_SIZE, theme::DIM, area.width);
        } else {
            self.draw_turns(canvas, shell, area);
        }
    }

    fn hints(&self, shell: &Shell) -> Vec<Hint> {
        let confirm = if shell.chat.is_answering() {
            "Stop"
        } else {
            "Say something"
        };
        vec![
            Hint::new(Action::Confirm, confirm),
            Hint::new(Action::Back, "Back"),
            Hint::new(Action::Up, "Scroll"),
        ]
    }
}
