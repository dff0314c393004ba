//! What the app hands over each frame: a list of things to draw, back to front,
//! in logical units, free of displays and of graphics hardware.
//!
//! ```
//! use render::geometry::{point, rect};
//! use render::scene::{Align, Colour, Panel, Scene, Text, Vertical};
//!
//! let mut scene = Scene::new();
//! scene.panel(Panel::plain(rect(100.0, 100.0, 400.0, 80.0), 12.0, Colour::BLACK.faded(0.4)));
//! scene.text(
//!     Text::new("New Story", point(300.0, 140.0), 36.0, Colour::WHITE)
//!         .align(Align::Centre, Vertical::Middle)
//!         .at_most(380.0),
//! );
//! assert_eq!(scene.items().len(), 2);
//! ```

mod colour;
mod items;
mod symbol;

pub use colour::Colour;
pub use items::{
    Align, Border, Caret, Glow, Item, Line, Panel, Paragraph, Progress, SymbolItem, Text, Vertical,
    Wave,
};
pub use symbol::Symbol;

use alloc::vec::Vec;

use crate::geometry::{Point, Rect};

/// Everything on the screen in one frame, back to front.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    items: Vec<Item>,
}

impl Scene {
    /// An empty scene.
    pub fn new() -> Scene {
        Scene::default()
    }

    /// Forgets all items and keeps the memory, for the next frame.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// The items, back to front.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds any item in front of the others.
    pub fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Adds the background.
    pub fn wave(&mut self, wave: Wave) {
        self.push(Item::Wave(wave));
    }

    /// Adds a panel.
    pub fn panel(&mut self, panel: Panel) {
        self.push(Item::Panel(panel));
    }

    /// Adds a glow.
    pub fn glow(&mut self, glow: Glow) {
        self.push(Item::Glow(glow));
    }

    /// Adds a line.
    pub fn line(&mut self, line: Line) {
        self.push(Item::Line(line));
    }

    /// Adds a symbol of one colour, `size` high.
    pub fn symbol(&mut self, symbol: Symbol, centre: Point, size: f32, colour: Colour) {
        self.push(Item::Symbol(SymbolItem {
            symbol,
            centre,
            size,
            colour,
            tinted: false,
        }));
    }

    /// Adds a pad button in its traditional colour, `size` high.
    pub fn button(&mut self, symbol: Symbol, centre: Point, size: f32, colour: Colour) {
        self.push(Item::Symbol(SymbolItem {
            symbol,
            centre,
            size,
            colour,
            tinted: true,
        }));
    }

    /// Adds a progress bar.
    pub fn progress(&mut self, progress: Progress) {
        self.push(Item::Progress(progress));
    }

    /// Adds a text cursor.
    pub fn caret(&mut self, caret: Caret) {
        self.push(Item::Caret(caret));
    }

    /// Adds a line of text.
    pub fn text(&mut self, text: Text) {
        self.push(Item::Text(text));
    }

    /// Adds wrapped text.
    pub fn paragraph(&mut self, paragraph: Paragraph) {
        self.push(Item::Paragraph(paragraph));
    }

    /// Adds what `draw` adds, cut off outside of `clip`.
    pub fn clipped(&mut self, clip: Rect, draw: impl FnOnce(&mut Scene)) {
        self.push(Item::PushClip(clip));
        draw(self);
        self.push(Item::PopClip);
    }

    /// Adds what `draw` adds, with its opacity multiplied by `alpha` (0–1).
    pub fn faded(&mut self, alpha: f32, draw: impl FnOnce(&mut Scene)) {
        self.push(Item::PushAlpha(alpha));
        draw(self);
        self.push(Item::PopAlpha);
    }
}
