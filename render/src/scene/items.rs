//! The kinds of things that a scene is made of. All lengths are logical units.

use alloc::string::String;
use alloc::sync::Arc;

use super::{Colour, Symbol};
use crate::geometry::{Point, Rect};
use crate::text::{Layout, Style};

/// One thing to draw, or a change of what the following items obey.
#[derive(Clone, Debug)]
pub enum Item {
    /// The animated background over the whole screen.
    Wave(Wave),
    /// A rectangle, rounded or not, filled and bordered.
    Panel(Panel),
    /// A soft light (or, in black, a soft shadow) around a rectangle.
    Glow(Glow),
    /// A straight line.
    Line(Line),
    /// A picture drawn as shapes: a category icon or a pad button.
    Symbol(SymbolItem),
    /// A bar that fills from the left.
    Progress(Progress),
    /// The text cursor.
    Caret(Caret),
    /// One line of text.
    Text(Text),
    /// Wrapped text seen through a window.
    Paragraph(Paragraph),
    /// Until the matching [`Item::PopClip`], nothing outside of this rectangle
    /// (and of those pushed before it) is drawn.
    PushClip(Rect),
    /// Ends the innermost clip rectangle.
    PopClip,
    /// Until the matching [`Item::PopAlpha`], every item's opacity is
    /// multiplied by this (0–1). Groups nest.
    PushAlpha(f32),
    /// Ends the innermost alpha group.
    PopAlpha,
}

/// The background: translucent ribbons over a vertical gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// Seconds since any fixed moment; the motion is a function of it alone.
    /// Smooth for a day or so; start again at 0 after that.
    pub time: f32,
    /// The colour of the whole, in turns of the colour circle: 0 red, 1/3
    /// green, 2/3 blue.
    pub hue: f32,
    /// How bright the gradient is: 0 night, 1 day.
    pub brightness: f32,
}

/// A border drawn inside of a panel's edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Border {
    /// Its thickness.
    pub width: f32,
    /// Its colour.
    pub colour: Colour,
}

/// A filled rectangle with round corners and a vertical gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// Where it is.
    pub rect: Rect,
    /// Radius of the corners; 0 for sharp ones, cut to half the shorter side.
    pub radius: f32,
    /// Colour at the upper edge.
    pub top: Colour,
    /// Colour at the lower edge.
    pub bottom: Colour,
    /// The border, if any.
    pub border: Option<Border>,
}

impl Panel {
    /// A panel of one colour without a border.
    pub const fn plain(rect: Rect, radius: f32, colour: Colour) -> Panel {
        Panel {
            rect,
            radius,
            top: colour,
            bottom: colour,
            border: None,
        }
    }

    /// The same panel with a border.
    pub const fn bordered(self, width: f32, colour: Colour) -> Panel {
        Panel {
            border: Some(Border { width, colour }),
            ..self
        }
    }
}

/// A soft halo around a rounded rectangle, strongest at its edge. The inside is
/// filled with the same strength, so draw it before what it surrounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glow {
    /// The rectangle that seems to shine.
    pub rect: Rect,
    /// Radius of its corners.
    pub radius: f32,
    /// How far the light reaches beyond the rectangle.
    pub spread: f32,
    /// Its colour and strength.
    pub colour: Colour,
}

/// A straight line with smooth edges. Give `fade` for a separator that
/// vanishes towards both of its ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
    /// Its thickness.
    pub width: f32,
    /// Its colour.
    pub colour: Colour,
    /// The part of the length (0–0.5) over which it fades in at each end.
    pub fade: f32,
}

/// A [`Symbol`] in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SymbolItem {
    /// What to draw.
    pub symbol: Symbol,
    /// The middle of the symbol.
    pub centre: Point,
    /// The height of the square that it fits in. Shoulder and start/select
    /// buttons are wider: see [`Symbol::width`].
    pub size: f32,
    /// Its colour; button faces have their own colours in addition, unless
    /// `tinted` is off.
    pub colour: Colour,
    /// Whether the four face buttons take their traditional colours (blue
    /// cross, red circle, pink square, green triangle) with the opacity of
    /// `colour`, or `colour` alone.
    pub tinted: bool,
}

/// A bar that shows how much of something is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Where it is; its ends are round.
    pub rect: Rect,
    /// How much is done, 0–1.
    pub fraction: f32,
    /// Colour of what is still to do.
    pub track: Colour,
    /// Colour of what is done.
    pub fill: Colour,
}

/// The text cursor: an upright bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caret {
    /// The middle of its upper end.
    pub top: Point,
    /// Its height.
    pub height: f32,
    /// Its colour; blinking is the app's, through the opacity.
    pub colour: Colour,
}

/// Where a line of text lies relative to its position, along x.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// The text begins at the position.
    #[default]
    Left,
    /// The position is in the middle of the text.
    Centre,
    /// The text ends at the position.
    Right,
}

/// Where a line of text lies relative to its position, along y.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Vertical {
    /// The position is on the baseline.
    #[default]
    Baseline,
    /// The position is the upper end of the line.
    Top,
    /// The position is half a capital letter above the baseline: text that
    /// looks centred beside an icon or in a panel.
    Middle,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says. Line breaks and other control characters are drawn as
    /// spaces.
    pub text: String,
    /// The place that `align` and `vertical` refer to.
    pub position: Point,
    /// Size and weight.
    pub style: Style,
    /// Its colour.
    pub colour: Colour,
    /// Placement along x.
    pub align: Align,
    /// Placement along y.
    pub vertical: Vertical,
    /// If it is wider than this, it is cut and ends with an ellipsis.
    pub max_width: Option<f32>,
    /// Whether a soft dark shadow keeps it legible over the wave.
    pub shadow: bool,
}

impl Text {
    /// Left-aligned text on a baseline, of any width, with a shadow.
    pub fn new(
        text: impl Into<String>,
        position: Point,
        style: impl Into<Style>,
        colour: Colour,
    ) -> Text {
        Text {
            text: text.into(),
            position,
            style: style.into(),
            colour,
            align: Align::Left,
            vertical: Vertical::Baseline,
            max_width: None,
            shadow: true,
        }
    }

    /// The same text, aligned so.
    pub fn align(mut self, align: Align, vertical: Vertical) -> Text {
        self.align = align;
        self.vertical = vertical;
        self
    }

    /// The same text, not wider than this.
    pub fn at_most(mut self, width: f32) -> Text {
        self.max_width = Some(width);
        self
    }

    /// The same text without its shadow.
    pub fn flat(mut self) -> Text {
        self.shadow = false;
        self
    }
}

/// Wrapped text, of which the part inside of `window` is drawn.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// The text with its line breaks; the app keeps it from frame to frame and
    /// makes it anew when the text changes.
    pub layout: Arc<Layout>,
    /// Where it is seen. Lines start at its upper left corner; what is outside
    /// is cut off.
    pub window: Rect,
    /// How far the text is moved up: 0 shows its beginning. See
    /// [`Layout::height`] for how far scrolling makes sense.
    pub scroll: f32,
    /// Its colour.
    pub colour: Colour,
    /// Placement of each line within the window.
    pub align: Align,
    /// The height over which text fades out at the upper and lower edge of the
    /// window where there is more of it beyond the edge; 0 for a hard cut.
    pub fade: f32,
    /// Whether a soft dark shadow keeps it legible over the wave.
    pub shadow: bool,
}

impl Paragraph {
    /// Left-aligned text from its beginning, with a shadow, cut hard.
    pub fn new(layout: Arc<Layout>, window: Rect, colour: Colour) -> Paragraph {
        Paragraph {
            layout,
            window,
            scroll: 0.0,
            colour,
            align: Align::Left,
            fade: 0.0,
            shadow: true,
        }
    }

    /// The same text, moved up by `scroll` and fading at the edges.
    pub fn scrolled(mut self, scroll: f32, fade: f32) -> Paragraph {
        self.scroll = scroll;
        self.fade = fade;
        self
    }
}
