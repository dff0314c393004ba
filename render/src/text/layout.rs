//! Wrapped text with caret positions.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use fonts::Family;

use super::Style;
use super::line::placed;
use super::wrap::{Measure, wrap};
use crate::geometry::{Point, point};

/// A line of a [`Layout`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutLine {
    /// The bytes of the text that belong to the line, with the spaces or the
    /// line break that end it. Lines follow one another without gaps.
    pub bytes: Range<usize>,
    /// The bytes that are drawn: without what ends the line.
    pub drawn: Range<usize>,
    /// The characters before the line.
    pub first_char: usize,
    /// The width of what is drawn, in logical units.
    pub width: f32,
}

/// Text broken into lines, with its measures in logical units. Made once when
/// the text changes, and shared with the scenes that show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    text: String,
    style: Style,
    lines: Vec<LayoutLine>,
    /// The caret's x before each character and after the last, in logical
    /// units from the line's start. Spaces that hang over the edge of a line
    /// leave it at the edge.
    carets: Vec<f32>,
    ascent: f32,
    descent: f32,
}

impl Layout {
    /// Breaks `text` into lines of at most `width` logical units: at `\n`, at
    /// spaces, after dashes, and inside of words that are too wide for a line
    /// of their own. `f32::INFINITY` breaks at `\n` only.
    ///
    /// Always has at least one line; a text that ends in `\n` has an empty last
    /// one.
    pub fn new(
        family: &Family,
        text: impl Into<String>,
        style: impl Into<Style>,
        width: f32,
    ) -> Layout {
        let text = text.into();
        let style = style.into();
        let font = family.font(style.weight);
        let mut carets = Vec::with_capacity(text.len() + 1);
        let mut lines: Vec<LayoutLine> = Vec::new();
        // Where the caret stands after the last character of the line at hand.
        let mut end = 0.0;
        let measure = Measure {
            size: style.size,
            width,
        };
        for line in wrap(font, &text, measure) {
            let first_char = carets.len();
            end = 0.0;
            for p in placed(font, &text[line.bytes.clone()]) {
                carets.push((p.x * style.size).min(width));
                end = (p.end * style.size).min(width);
            }
            lines.push(LayoutLine {
                bytes: line.bytes,
                drawn: line.drawn,
                first_char,
                width: line.width * style.size,
            });
        }
        carets.push(end);
        let metrics = font.metrics();
        Layout {
            text,
            style,
            lines,
            carets,
            ascent: metrics.ascent * style.size,
            descent: metrics.descent * style.size,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Size, weight and line spacing.
    pub fn style(&self) -> Style {
        self.style
    }

    /// The lines, from the top.
    pub fn lines(&self) -> &[LayoutLine] {
        &self.lines
    }

    /// The height of all lines. A window of height `h` shows the end of the
    /// text when it is scrolled by `(height - h).max(0.0)`.
    pub fn height(&self) -> f32 {
        self.lines.len() as f32 * self.style.line_height()
    }

    /// The width of the widest line.
    pub fn width(&self) -> f32 {
        self.lines.iter().map(|line| line.width).fold(0.0, f32::max)
    }

    /// The baseline of a line, from the layout's top: the letters, from ascent
    /// to descent, are centred in the height of the line.
    pub fn baseline(&self, line: usize) -> f32 {
        let slack = self.style.line_height() - self.ascent - self.descent;
        line as f32 * self.style.line_height() + slack * 0.5 + self.ascent
    }

    /// How many characters the text has; the last caret position.
    pub fn chars(&self) -> usize {
        self.carets.len() - 1
    }

    /// The line in which the caret before character `index` stands.
    pub fn line_of(&self, index: usize) -> usize {
        self.lines
            .partition_point(|line| line.first_char <= index)
            .saturating_sub(1)
    }

    /// Where the caret before character `index` (at most [`Layout::chars`])
    /// stands: the upper end of its line, relative to the layout's upper left
    /// corner.
    pub fn caret(&self, index: usize) -> Point {
        let index = index.min(self.chars());
        let line = self.line_of(index);
        point(self.carets[index], line as f32 * self.style.line_height())
    }

    /// The caret position on a line (counted from 0) that is nearest to `x`:
    /// for moving the caret up and down.
    pub fn nearest(&self, line: usize, x: f32) -> usize {
        let line = line.min(self.lines.len() - 1);
        let first = self.lines[line].first_char;
        let past = match self.lines.get(line + 1) {
            Some(next) => next.first_char,
            None => self.carets.len(),
        };
        (first..past)
            .min_by(|&a, &b| {
                let distance = |i: usize| (self.carets[i] - x).abs();
                distance(a).total_cmp(&distance(b))
            })
            .unwrap_or(first)
    }
}
