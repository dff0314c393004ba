//! The settings, to be changed.

use alloc::vec;
use alloc::vec::Vec;

use render::geometry::{Rect, point, rect};
use render::scene::{Align, Panel, Symbol, Text, Vertical};
use render::text::Style;

use super::{Go, Screen};
use crate::input::{Action, ActionEvent};
use crate::settings::{Setting, Settings};
use crate::shell::Shell;
use crate::view::{Canvas, Glide, Hint, theme};

/// A list of all settings, one of them chosen, and a way back to the defaults.
pub(crate) struct SettingsScreen {
    row: usize,
    place: Glide,
    /// The settings when the screen was entered.
    before: Settings,
}

/// The row below the settings.
const RESET: usize = Setting::ALL.len();
/// The height of a row.
const ROW: f32 = 92.0;
/// How far L1 and R1 go.
const LEAP: i32 = 10;

impl SettingsScreen {
    /// All settings, `setting` chosen.
    pub fn new(setting: Setting, shell: &Shell) -> SettingsScreen {
        let row = Setting::ALL
            .iter()
            .position(|&other| other == setting)
            .unwrap_or(0);
        SettingsScreen {
            row,
            place: Glide::at(row as f32),
            before: shell.settings,
        }
    }

    fn step(&mut self, steps: i32, shell: &mut Shell) {
        let model_length = shell.facts().map(|facts| facts.config.seq_len);
        if let Some(&setting) = Setting::ALL.get(self.row) {
            shell.settings.step(setting, steps, model_length);
        }
    }

    fn choose(&mut self, row: usize, shell: &Shell) {
        self.row = row;
        self.place.go(row as f32, shell.now);
    }
}

impl Screen for SettingsScreen {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        match event.action {
            Action::Up if self.row > 0 => self.choose(self.row - 1, shell),
            Action::Down if self.row < RESET => self.choose(self.row + 1, shell),
            Action::Left => self.step(-1, shell),
            Action::Right => self.step(1, shell),
            Action::L1 => self.step(-LEAP, shell),
            Action::R1 => self.step(LEAP, shell),
            Action::Confirm if self.row == RESET => shell.settings = Settings::default(),
            Action::Back | Action::Confirm => {
                shell.save_settings |= shell.settings != self.before;
                return Go::Pop;
            }
            _ => {}
        }
        Go::Stay
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell) {
        canvas.title(Symbol::Gear, "Settings");
        let body = canvas.body();
        let list = rect(body.x, body.y + 30.0, body.width, ROW * (RESET + 1) as f32);
        canvas.panel(list.inset(-10.0).intersection(&canvas.safe()));
        let bar = rect(
            list.x,
            list.y + self.place.value(canvas.now) * ROW,
            list.width,
            ROW,
        );
        canvas.glow(bar.inset(8.0), 14.0, 0.5);
        canvas
            .scene
            .panel(Panel::plain(bar.inset(4.0), 14.0, theme::KEY));
        for (index, setting) in Setting::ALL.into_iter().enumerate() {
            let row = rect(list.x, list.y + index as f32 * ROW, list.width, ROW);
            let value = shell.settings.shown(setting);
            draw_row(canvas, row, setting.name(), &value, index == self.row);
        }
        let row = rect(list.x, list.y + RESET as f32 * ROW, list.width, ROW);
        draw_row(canvas, row, "Back to the defaults", "", false);
        if let Some(setting) = Setting::ALL.get(self.row) {
            let at = point(list.x + theme::PADDING, list.bottom() + 60.0);
            let width = list.width - 2.0 * theme::PADDING;
            canvas.label(setting.help(), at, theme::SMALL_SIZE, theme::DIM, width);
        }
    }

    fn hints(&self, _: &Shell) -> Vec<Hint> {
        if self.row == RESET {
            vec![
                Hint::new(Action::Confirm, "Reset"),
                Hint::new(Action::Back, "Back"),
            ]
        } else {
            vec![
                Hint::new(Action::Left, "Change"),
                Hint::new(Action::R1, "Faster"),
                Hint::new(Action::Back, "Back"),
            ]
        }
    }
}

fn draw_row(canvas: &mut Canvas<'_>, row: Rect, name: &str, value: &str, chosen: bool) {
    const VALUE: f32 = 380.0;
    let middle = row.y + row.height * 0.5;
    let left = row.x + theme::PADDING;
    let size = theme::ENTRY_SIZE;
    let style = if chosen {
        Style::bold(size)
    } else {
        Style::regular(size)
    };
    canvas.label(
        name,
        point(left, middle),
        style,
        theme::TEXT,
        row.width - VALUE,
    );
    if value.is_empty() {
        return;
    }
    let centre = point(row.right() - theme::PADDING - VALUE * 0.5, middle);
    let text = Text::new(value, centre, style, theme::TEXT);
    canvas.scene.text(
        text.align(Align::Centre, Vertical::Middle)
            .at_most(VALUE - 90.0),
    );
    if chosen {
        let away = VALUE * 0.5 - 20.0;
        let (left, right) = (
            point(centre.x - away, middle),
            point(centre.x + away, middle),
        );
        canvas
            .scene
            .symbol(Symbol::ArrowLeft, left, 30.0, theme::ACCENT);
        canvas
            .scene
            .symbol(Symbol::ArrowRight, right, 30.0, theme::ACCENT);
    }
}
