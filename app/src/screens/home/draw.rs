//! The picture of the bar and the list.

use render::geometry::{Rect, point, rect};
use render::scene::{Align, Text, Vertical};
use render::text::Style;

use super::Home;
use super::entries::{Category, Entry, entries};
use crate::shell::Shell;
use crate::view::{Canvas, theme};

/// The middle of the icons, from the top of the safe area.
const BAR: f32 = 250.0;
/// The height of an icon, and how much larger that of the chosen category is.
const ICON: f32 = 76.0;
const ICON_CHOSEN: f32 = 40.0;
/// The distance between categories, as a part of the safe area's width.
const STEP: f32 = 0.165;
/// The middle of the first icon, as a part of the safe area's width.
const FIRST: f32 = 0.27;
/// Half the width of the longest name of a category.
const NAME: f32 = 95.0;
/// The distance between entries.
const ROW: f32 = 66.0;
/// The middle of the chosen entry below the middle of the icons.
const LIST: f32 = 170.0;
/// The width that is left to the clock above the bar.
const CLOCK: f32 = 260.0;
/// The additional space below the chosen entry, for its detail.
const DETAIL: f32 = 56.0;

impl Home {
    pub(super) fn draw_all(&self, canvas: &mut Canvas<'_>, shell: &Shell) {
        let safe = canvas.safe();
        let now = canvas.now;
        let bar = self.bar.value(now);
        let x_of = |category: usize| {
            // The chosen one stays in its place, the others move past it.
            safe.x + safe.width * (FIRST + STEP * (category as f32 - bar))
        };
        let step = safe.width * STEP;
        for (index, category) in Category::ALL.into_iter().enumerate() {
            let x = x_of(index);
            // Gone before it is outside of the safe area.
            let edge = ((x - safe.x - NAME) / (step * 0.4)).clamp(0.0, 1.0);
            let nearness = 1.0 - (index as f32 - bar).abs().min(1.0);
            canvas.faded(edge, |canvas| draw_category(canvas, category, x, nearness));
        }
        for (index, category) in Category::ALL.into_iter().enumerate() {
            let nearness = 1.0 - ((index as f32 - bar).abs() * 2.0).min(1.0);
            if nearness > 0.0 {
                let list = self.lists[index];
                let entries = entries(category, shell);
                let chosen = list.entry.min(entries.len() - 1);
                let place = list.place.value(now).min(entries.len() as f32);
                let left = x_of(index) - ICON * 0.5;
                canvas.faded(nearness, |canvas| {
                    draw_list(canvas, &entries, chosen, place, left);
                });
            }
        }
    }
}

fn draw_category(canvas: &mut Canvas<'_>, category: Category, x: f32, nearness: f32) {
    let centre = point(x, canvas.safe().y + BAR);
    let size = ICON + ICON_CHOSEN * nearness;
    let area = rect(centre.x - size / 2.0, centre.y - size / 2.0, size, size);
    canvas.glow(area.inset(size * 0.2), size * 0.3, 0.8 * nearness);
    let colour = theme::FAINT.mixed(theme::TEXT, nearness);
    canvas.scene.symbol(category.icon(), centre, size, colour);
    let below = point(x, centre.y + ICON * 0.5 + 46.0);
    let style = Style::regular(theme::SMALL_SIZE);
    let name = Text::new(category.name(), below, style, colour);
    canvas
        .scene
        .text(name.align(Align::Centre, Vertical::Middle));
}

fn draw_list(canvas: &mut Canvas<'_>, entries: &[Entry], chosen: usize, place: f32, left: f32) {
    let safe = canvas.safe();
    let top = safe.y + BAR + LIST;
    let width = safe.right() - left;
    // Below this, an entry would come near the hints.
    let lowest = safe.bottom() - theme::HINTS_HEIGHT - ROW * 0.6;
    for (index, entry) in entries.iter().enumerate() {
        let offset = index as f32 - place;
        // What is above the chosen entry passes behind the bar to above it, and
        // what is below makes room for the detail.
        let y = if offset < 0.0 {
            let above = safe.y + BAR - ICON - 60.0;
            let passing = (-offset).min(1.0);
            top + (above - top) * passing + (-offset - passing) * -ROW
        } else {
            top + offset * ROW + DETAIL * offset.min(1.0)
        };
        let visible = if offset < 0.0 {
            // Faint, and gone at the top; nothing in front of the icons.
            let passed = (-offset).min(1.0);
            let passing = (passed * 2.0 - 1.0).abs();
            passing * ((y - safe.y) / ROW).clamp(0.0, 1.0)
        } else {
            ((lowest - y) / (ROW * 0.5) + 1.0).clamp(0.0, 1.0)
        };
        if visible > 0.0 {
            let nearness = 1.0 - offset.abs().min(1.0);
            // Above the bar there is the clock on the right.
            let width = if offset < 0.0 { width - CLOCK } else { width };
            let area = rect(left, y - ROW * 0.5, width, ROW);
            canvas.faded(visible, |canvas| {
                draw_entry(canvas, entry, area, nearness, index == chosen);
            });
        }
    }
}

fn draw_entry(canvas: &mut Canvas<'_>, entry: &Entry, area: Rect, nearness: f32, chosen: bool) {
    let middle = point(area.x, area.y + area.height * 0.5);
    let style = if chosen {
        Style::bold(theme::ENTRY_SIZE + 4.0 * nearness)
    } else {
        Style::regular(theme::ENTRY_SIZE)
    };
    let colour = theme::DIM.mixed(theme::TEXT, nearness);
    if chosen {
        let text = canvas.width(&entry.title, style).min(area.width);
        let around = rect(area.x, area.y + 14.0, text, area.height - 28.0);
        canvas.glow(around, 20.0, 0.45 * nearness);
    }
    canvas.label(&entry.title, middle, style, colour, area.width);
    if chosen {
        let below = point(area.x, area.bottom() + 18.0);
        let colour = theme::DIM.faded(nearness);
        canvas.label(&entry.detail, below, theme::SMALL_SIZE, colour, area.width);
    }
}
