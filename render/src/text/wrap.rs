//! Where lines break.

use alloc::vec::Vec;
use core::ops::Range;

use fonts::Font;

use super::line::placed;

/// A line as a range of bytes of the text, and its width in ems without the
/// spaces at its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Broken {
    /// The bytes of the line; the line break or spaces that end it included.
    pub bytes: Range<usize>,
    /// The bytes that are drawn: without what ends the line.
    pub drawn: Range<usize>,
    /// The width of what is drawn, in ems.
    pub width: f32,
}

/// Whether a line may break after this character, which stays on the line and
/// counts for its width.
fn breaks_after(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '/' | '\u{200b}')
}

/// Whether a line may break at this character, which hangs over the edge.
fn is_space(c: char) -> bool {
    c != '\u{a0}' && c != '\u{202f}' && c.is_whitespace()
}

/// How much a line holds, in logical units. Asked in the words of
/// [`width`](super::width()), so that both round alike: what has exactly the
/// width of a line fits on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// The size of the font: logical units for an em.
    pub size: f32,
    /// The width of a line.
    pub width: f32,
}

impl Measure {
    /// Whether a line fits that is so many ems wide.
    fn holds(self, ems: f32) -> bool {
        ems * self.size <= self.width
    }
}

/// Breaks `text` into lines that `measure` holds: at line breaks, at spaces,
/// after dashes, and within a word only where the word alone is too wide. The
/// ranges follow one another without gaps and cover the text; there is at least
/// one line, and a text that ends with a line break has an empty last line.
pub(crate) fn wrap(font: &Font, text: &str, measure: Measure) -> Vec<Broken> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (end, _) in text.match_indices('\n') {
        wrap_paragraph(font, text, start..end, end + 1, measure, &mut lines);
        start = end + 1;
    }
    wrap_paragraph(
        font,
        text,
        start..text.len(),
        text.len(),
        measure,
        &mut lines,
    );
    lines
}

/// Breaks text without line breaks; its last line owns the bytes up to `owned`.
fn wrap_paragraph(
    font: &Font,
    text: &str,
    range: Range<usize>,
    owned: usize,
    measure: Measure,
    lines: &mut Vec<Broken>,
) {
    let mut start = range.start;
    loop {
        let rest = &text[start..range.end];
        let next = first_line(font, rest, measure).map_or(range.end, |length| start + length);
        let last = next >= range.end;
        let bytes = start..if last { owned } else { next };
        let drawn = &text[start..next];
        let drawn = drawn.trim_end_matches(is_space);
        lines.push(Broken {
            bytes,
            drawn: start..start + drawn.len(),
            width: placed(font, drawn).last().map_or(0.0, |p| p.end),
        });
        if last {
            return;
        }
        start = next;
    }
}

/// The length in bytes of the first line of `text`, or `None` if all of it fits.
/// At least one character, however narrow the line.
fn first_line(font: &Font, text: &str, measure: Measure) -> Option<usize> {
    // The end of the last place where the line may break, if any.
    let mut chance = None;
    for p in placed(font, text) {
        let after = p.byte + p.character.len_utf8();
        if is_space(p.character) {
            chance = Some(after);
            continue;
        }
        if !measure.holds(p.end) {
            return Some(match chance {
                Some(at) => at,
                None if p.byte == 0 => after,
                None => p.byte,
            })
            .filter(|&length| length < text.len());
        }
        if breaks_after(p.character) {
            chance = Some(after);
        }
    }
    None
}
