//! Colours and measures, in logical units of a screen that is 1080 high.

use render::scene::Colour;

/// Text that is read.
pub const TEXT: Colour = Colour::WHITE;
/// Text beside what is read.
pub const DIM: Colour = Colour::rgba(255, 255, 255, 190);
/// Text that is there to be found again.
pub const FAINT: Colour = Colour::rgba(255, 255, 255, 110);
/// What is alive: progress, the caret.
pub const ACCENT: Colour = Colour::rgb(140, 214, 255);
/// What went wrong.
pub const ALARM: Colour = Colour::rgb(255, 170, 140);
/// The ground under text.
pub const PANEL: Colour = Colour::rgba(8, 14, 34, 150);
/// The ground under a key.
pub const KEY: Colour = Colour::rgba(255, 255, 255, 30);
/// The ground under a key that is no character.
pub const COMMAND_KEY: Colour = Colour::rgba(120, 180, 255, 50);
/// The ground under the selected key.
pub const SELECTED: Colour = Colour::rgba(255, 255, 255, 225);
/// Text on the selected key.
pub const ON_SELECTED: Colour = Colour::rgb(16, 26, 56);
/// The light around what is selected.
pub const GLOW: Colour = Colour::rgba(150, 215, 255, 110);
/// The border of a panel.
pub const EDGE: Colour = Colour::rgba(255, 255, 255, 70);
/// The ground under the user's turns.
pub const USER: Colour = Colour::rgba(90, 160, 255, 95);

/// The font size of a screen's title.
pub const TITLE_SIZE: f32 = 44.0;
/// The font size of the text that is read: readable from a sofa.
pub const BODY_SIZE: f32 = 42.0;
/// The font size of entries in lists.
pub const ENTRY_SIZE: f32 = 40.0;
/// The smallest font size: hints, details, the clock.
pub const SMALL_SIZE: f32 = 34.0;

/// The height of the row of hints at the bottom of the safe area.
pub const HINTS_HEIGHT: f32 = 56.0;
/// The height of a screen's title at the top of the safe area.
pub const TITLE_HEIGHT: f32 = 76.0;
/// The space between a panel's edge and its text.
pub const PADDING: f32 = 28.0;
/// The radius of a panel's corners.
pub const RADIUS: f32 = 18.0;
