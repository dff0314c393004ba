//! One line of text: glyphs with kerning, its width, and cutting it short.

use alloc::borrow::Cow;
use alloc::string::String;

use fonts::{Family, Font, Glyph};

use super::Style;

/// What a line that was cut short ends with.
pub(crate) const ELLIPSIS: char = '…';

/// A glyph in its place on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placed {
    /// Where the character starts in the text, in bytes.
    pub byte: usize,
    /// The character.
    pub character: char,
    /// Its glyph.
    pub glyph: Glyph,
    /// The pen's position, in ems from the start of the line.
    pub x: f32,
    /// The pen's position after it, without kerning to the next.
    pub end: f32,
}

/// Whether a character is never seen: it only tells software how to treat its
/// neighbours.
///
/// Source: Unicode Character Database, `DerivedCoreProperties.txt`,
/// `Default_Ignorable_Code_Point`, without the unassigned ranges.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The characters of `text` as glyphs on one line. Control characters become
/// spaces; characters that are never seen become spaces without a width.
pub(crate) fn placed<'a>(font: &'a Font, text: &'a str) -> impl Iterator<Item = Placed> + 'a {
    let mut pen = 0.0;
    let mut last: Option<Glyph> = None;
    text.char_indices().map(move |(byte, character)| {
        let shown = match character.is_control() || is_unseen(character) {
            true => ' ',
            false => character,
        };
        let glyph = font.glyph(shown);
        let mut x = pen;
        if !is_unseen(character) {
            x += last.map_or(0.0, |last| font.kern(last, glyph));
            pen = x + font.advance(glyph);
            last = Some(glyph);
        }
        Placed {
            byte,
            character,
            glyph,
            x,
            end: pen,
        }
    })
}

/// The width of one line of text, in logical units.
pub fn width(family: &Family, text: &str, style: impl Into<Style>) -> f32 {
    let style = style.into();
    placed(family.font(style.weight), text)
        .last()
        .map_or(0.0, |p| p.end)
        * style.size
}

/// The text itself if it is not wider than `max_width` logical units, otherwise
/// as much of its beginning as fits together with an ellipsis; nothing if not
/// even the ellipsis fits.
pub fn ellipsised<'a>(
    family: &Family,
    text: &'a str,
    style: impl Into<Style>,
    max_width: f32,
) -> Cow<'a, str> {
    let style = style.into();
    if width(family, text, style) <= max_width {
        return Cow::Borrowed(text);
    }
    let font = family.font(style.weight);
    let dots = font.glyph(ELLIPSIS);
    let fits = |x: f32| (x + font.advance(dots)) * style.size <= max_width;
    if !fits(0.0) {
        return Cow::Borrowed("");
    }
    let mut kept = 0;
    for p in placed(font, text) {
        if fits(p.end + font.kern(p.glyph, dots)) {
            kept = p.byte + p.character.len_utf8();
        }
    }
    let mut cut = String::from(text[..kept].trim_end());
    cut.push(ELLIPSIS);
    // Dropping spaces changes the pair that is kerned before the ellipsis.
    if width(family, &cut, style) > max_width {
        cut.truncate(0);
        cut.push(ELLIPSIS);
    }
    Cow::Owned(cut)
}
