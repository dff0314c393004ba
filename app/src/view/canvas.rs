//! What a screen draws on.

use alloc::string::String;
use core::time::Duration;

use render::Display;
use render::geometry::{Point, Rect, point, rect};
use render::scene::{
    Align, Colour, Glow, Item, Line, Panel, Progress, Scene, Symbol, Text, Vertical,
};
use render::text::{Family, Style};

use super::theme;

/// A scene that is being made, with what is needed to lay it out.
pub(crate) struct Canvas<'a> {
    pub scene: &'a mut Scene,
    pub family: &'a Family,
    pub display: Display,
    pub now: Duration,
}

impl Canvas<'_> {
    /// Where everything that has to be read belongs.
    pub fn safe(&self) -> Rect {
        self.display.safe_area()
    }

    /// The part of the safe area between title and hints.
    pub fn body(&self) -> Rect {
        let safe = self.safe();
        let top = safe.y + theme::TITLE_HEIGHT + 16.0;
        rect(
            safe.x,
            top,
            safe.width,
            safe.bottom() - theme::HINTS_HEIGHT - 20.0 - top,
        )
    }

    /// The width of a line of text.
    pub fn width(&self, text: &str, style: impl Into<Style>) -> f32 {
        render::text::width(self.family, text, style)
    }

    /// A line of text beside something, centred on `at` in height; cut with an
    /// ellipsis beyond `width`.
    pub fn label(
        &mut self,
        text: &str,
        at: Point,
        style: impl Into<Style>,
        colour: Colour,
        width: f32,
    ) {
        let text = Text::new(text, at, style, colour).align(Align::Left, Vertical::Middle);
        self.scene.text(text.at_most(width));
    }

    /// The line at height `middle` of the body that says how things are, with how
    /// far something is (0–1) at its right, and what that is.
    pub fn status(&mut self, status: &str, middle: f32, progress: Option<(f32, String)>) {
        const BAR: f32 = 420.0;
        const GAP: f32 = 24.0;
        let body = self.body();
        let size = theme::SMALL_SIZE;
        let mut width = body.width;
        if let Some((fraction, what)) = progress {
            let bar = rect(body.right() - BAR, middle - 6.0, BAR, 12.0);
            let (track, fill) = (theme::KEY, theme::ACCENT);
            self.scene.progress(Progress {
                rect: bar,
                fraction,
                track,
                fill,
            });
            width = body.width - BAR - GAP;
            if !what.is_empty() {
                let left = self.width(&what, size).min(width);
                let at = point(bar.x - GAP - left, middle);
                self.label(&what, at, size, theme::DIM, left);
                width -= left + GAP;
            }
        }
        self.label(status, point(body.x, middle), size, theme::DIM, width);
    }

    /// What `draw` draws, with its opacity multiplied by `alpha` (0–1).
    pub fn faded(&mut self, alpha: f32, draw: impl FnOnce(&mut Self)) {
        self.scene.push(Item::PushAlpha(alpha));
        draw(self);
        self.scene.push(Item::PopAlpha);
    }

    /// What `draw` draws, cut off outside of `clip`.
    pub fn clipped(&mut self, clip: Rect, draw: impl FnOnce(&mut Self)) {
        self.scene.push(Item::PushClip(clip));
        draw(self);
        self.scene.push(Item::PopClip);
    }

    /// The title of a screen with its icon, at the top of the safe area. It
    /// leaves the right third to the clock.
    pub fn title(&mut self, icon: Symbol, title: &str) {
        let safe = self.safe();
        let middle = safe.y + theme::TITLE_HEIGHT / 2.0;
        self.scene
            .symbol(icon, point(safe.x + 28.0, middle), 52.0, theme::TEXT);
        let at = point(safe.x + 76.0, middle);
        self.label(
            title,
            at,
            Style::bold(theme::TITLE_SIZE),
            theme::TEXT,
            safe.width * 0.66,
        );
        self.rule(safe.y + theme::TITLE_HEIGHT);
    }

    /// A panel for text.
    pub fn panel(&mut self, area: Rect) {
        let panel = Panel::plain(area, theme::RADIUS, theme::PANEL);
        self.scene
            .panel(panel.bordered(1.5, theme::EDGE.faded(0.5)));
    }

    /// Arrows at the edges of `area` beyond which there is more (above, below).
    pub fn scroll_marks(&mut self, area: Rect, (above, below): (bool, bool)) {
        let x = area.centre().x;
        let mut mark = |there, symbol, y| {
            if there {
                self.scene.symbol(symbol, point(x, y), 22.0, theme::DIM);
            }
        };
        mark(above, Symbol::ArrowUp, area.y + 15.0);
        mark(below, Symbol::ArrowDown, area.bottom() - 15.0);
    }

    /// A light around something selected.
    pub fn glow(&mut self, area: Rect, radius: f32, strength: f32) {
        let colour = theme::GLOW.faded(strength);
        self.scene.glow(Glow {
            rect: area,
            radius,
            spread: 26.0,
            colour,
        });
    }

    /// A line below a screen's title.
    pub fn rule(&mut self, y: f32) {
        let safe = self.safe();
        self.scene.line(Line {
            from: point(safe.x, y),
            to: point(safe.right(), y),
            width: 2.0,
            colour: theme::EDGE,
            fade: 0.2,
        });
    }

    /// 0–1 and back, once in `period`, for what pulses.
    pub fn pulse(&self, period: Duration) -> f32 {
        let period = period.as_millis().max(1);
        let part = (self.now.as_millis() % period) as f32 / period as f32;
        let triangle = if part < 0.5 {
            part * 2.0
        } else {
            2.0 - part * 2.0
        };
        triangle * triangle * (3.0 - 2.0 * triangle)
    }
}
