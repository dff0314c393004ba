//! What surrounds every screen: the wave, the clock, notices.

use alloc::format;

use render::geometry::{point, rect};
use render::scene::{Align, Panel, Text, Vertical, Wave};

use super::{Canvas, theme};
use crate::WallClock;

/// The wave behind everything. Its colour changes slowly, once around in ten
/// minutes.
pub(crate) fn background(canvas: &mut Canvas<'_>) {
    const DAY: u128 = 600_000;
    /// Blue at the start.
    const FIRST_HUE: f32 = 0.6;
    let turn = (canvas.now.as_millis() % DAY) as f32 / DAY as f32;
    let hue = FIRST_HUE + turn;
    canvas.scene.wave(Wave {
        time: canvas.now.as_secs_f32(),
        hue: if hue >= 1.0 { hue - 1.0 } else { hue },
        brightness: 0.45,
    });
}

/// The date and the time in the upper right corner.
pub(crate) fn clock(canvas: &mut Canvas<'_>, clock: WallClock) {
    let safe = canvas.safe();
    let WallClock {
        day,
        month,
        hour,
        minute,
    } = clock;
    let text = format!("{day}/{month}  {hour}:{minute:02}");
    let at = point(safe.right(), safe.y + theme::TITLE_HEIGHT / 2.0);
    let text = Text::new(text, at, theme::SMALL_SIZE, theme::DIM);
    canvas
        .scene
        .text(text.align(Align::Right, Vertical::Middle));
}

/// A short message over whatever is there.
pub(crate) fn notice(canvas: &mut Canvas<'_>, text: &str, strength: f32) {
    let safe = canvas.safe();
    let width = (canvas.width(text, theme::SMALL_SIZE) + 2.0 * theme::PADDING).min(safe.width);
    let area = rect(
        safe.centre().x - width / 2.0,
        safe.bottom() - theme::HINTS_HEIGHT - 90.0,
        width,
        72.0,
    );
    let text = Text::new(text, area.centre(), theme::SMALL_SIZE, theme::ALARM)
        .align(Align::Centre, Vertical::Middle)
        .at_most(width - 2.0 * theme::PADDING);
    canvas.scene.faded(strength, |scene| {
        let ground = theme::ON_SELECTED.faded(0.92);
        scene.panel(Panel::plain(area, theme::RADIUS, ground).bordered(2.0, theme::ALARM));
        scene.text(text);
    });
}
