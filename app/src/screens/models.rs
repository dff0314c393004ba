//! The models that there are, one of them to be chosen.

use alloc::vec;
use alloc::vec::Vec;

use render::geometry::{Rect, point, rect};
use render::scene::{Align, Panel, Symbol, Text, Vertical};
use render::text::Style;

use super::{Go, Screen};
use crate::inference::ModelChoice;
use crate::input::{Action, ActionEvent};
use crate::shell::Shell;
use crate::view::{Canvas, Glide, Hint, theme};

/// A list of models.
#[derive(Default)]
pub(crate) struct ModelScreen {
    row: usize,
    /// The bar's way to the chosen row.
    place: Glide,
    /// The first row that is seen, and its way there.
    first: usize,
    top: Glide,
    /// How many rows were seen when the screen was drawn last.
    visible: usize,
}

/// The height of a row: a title and a detail.
const ROW: f32 = 116.0;
/// The width of the mark of the model in use.
const MARK: f32 = 150.0;

impl ModelScreen {
    /// The list; the models are looked for anew.
    pub fn new(shell: &mut Shell) -> ModelScreen {
        shell.find_models();
        ModelScreen::default()
    }

    fn choose(&mut self, row: usize, shell: &Shell) {
        self.row = row;
        self.place.go(row as f32, shell.now);
        let visible = self.visible.max(1);
        self.first = self.first.clamp((row + 1).saturating_sub(visible), row);
        self.top.go(self.first as f32, shell.now);
    }
}

impl Screen for ModelScreen {
    fn act(&mut self, event: ActionEvent, shell: &mut Shell) -> Go {
        let models = shell.models.as_deref().unwrap_or_default();
        match event.action {
            Action::Up if self.row > 0 => self.choose(self.row - 1, shell),
            Action::Down if self.row + 1 < models.len() => self.choose(self.row + 1, shell),
            Action::Square => *self = ModelScreen::new(shell),
            Action::Confirm => {
                if let Some(model) = models.get(self.row) {
                    let source = model.source.clone();
                    shell.choose_model(source);
                    return Go::Pop;
                }
            }
            Action::Back => return Go::Pop,
            _ => {}
        }
        Go::Stay
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, shell: &Shell) {
        canvas.title(Symbol::Gear, "Model");
        let area = canvas.body();
        canvas.panel(area);
        let inner = area.inset(theme::PADDING * 0.5);
        let text = match shell.models.as_deref() {
            None => "Looking for models…",
            Some([]) => "There is no model",
            Some(models) => {
                self.visible = (inner.height / ROW) as usize;
                return self.draw_list(canvas, inner, models, shell);
            }
        };
        let text = Text::new(text, area.centre(), theme::ENTRY_SIZE, theme::DIM);
        canvas
            .scene
            .text(text.align(Align::Centre, Vertical::Middle));
    }

    fn hints(&self, shell: &Shell) -> Vec<Hint> {
        let again = Hint::new(Action::Square, "Look again");
        let back = Hint::new(Action::Back, "Back");
        match shell.models.as_deref() {
            None => vec![back],
            Some([]) => vec![again, back],
            Some(_) => vec![Hint::new(Action::Confirm, "Load"), again, back],
        }
    }
}

impl ModelScreen {
    fn draw_list(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        models: &[ModelChoice],
        shell: &Shell,
    ) {
        let height = self.visible as f32 * ROW;
        let window = rect(area.x, area.y, area.width, height);
        let top = self.top.value(canvas.now);
        let y = |row: f32| window.y + (row - top) * ROW;
        let in_use = shell.facts().map(|facts| facts.source.as_str());
        canvas.clipped(window, |canvas| {
            let bar = rect(window.x, y(self.place.value(canvas.now)), window.width, ROW);
            canvas
                .scene
                .panel(Panel::plain(bar.inset(4.0), 14.0, theme::KEY));
            for (index, model) in models.iter().enumerate() {
                let row = rect(window.x, y(index as f32), window.width, ROW);
                // What is moving in or out is not yet, or no longer, to be read.
                if row.y > window.y - ROW * 0.5 && row.bottom() < window.bottom() + ROW * 0.5 {
                    let used = in_use == Some(&model.source);
                    draw_row(canvas, row, model, index == self.row, used);
                }
            }
        });
        let more = (self.first > 0, self.first + self.visible < models.len());
        canvas.scroll_marks(area.inset(-theme::PADDING * 0.5), more);
    }
}

fn draw_row(canvas: &mut Canvas<'_>, row: Rect, model: &ModelChoice, chosen: bool, used: bool) {
    let left = row.x + theme::PADDING * 0.5;
    let width = row.width - theme::PADDING - if used { MARK } else { 0.0 };
    let style = if chosen {
        Style::bold(theme::ENTRY_SIZE)
    } else {
        Style::regular(theme::ENTRY_SIZE)
    };
    let middle = row.y + row.height * 0.5;
    let (upper, lower) = (point(left, middle - 23.0), point(left, middle + 25.0));
    canvas.label(&model.title, upper, style, theme::TEXT, width);
    canvas.label(&model.detail, lower, theme::SMALL_SIZE, theme::DIM, width);
    if used {
        let at = point(row.right() - theme::PADDING * 0.5, middle);
        let text = Text::new("In use", at, theme::SMALL_SIZE, theme::ACCENT);
        canvas
            .scene
            .text(text.align(Align::Right, Vertical::Middle));
    }
}
