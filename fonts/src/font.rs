//! One font: which glyph a character has, and its measures in ems.

use alloc::vec::Vec;
use core::fmt;

/// The index of a glyph in its font.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Glyph(pub(crate) u16);

impl Glyph {
    /// The index as a number, for use as a key.
    pub const fn index(self) -> u16 {
        self.0
    }
}

/// The vertical measures of a font, in ems, all of them positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// How far letters reach above the baseline.
    pub ascent: f32,
    /// How far letters reach below the baseline.
    pub descent: f32,
    /// The height of a capital letter.
    pub cap_height: f32,
    /// The height of the letter x.
    pub x_height: f32,
}

/// Why a font could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FontError {
    /// The file is no font, or a table that every font has is missing or
    /// damaged; the text names it.
    Malformed(&'static str),
}

impl fmt::Display for FontError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FontError::Malformed(what) => write!(f, "not a usable TrueType font: {what}"),
        }
    }
}

impl core::error::Error for FontError {}

/// The size in pixels an em for which curves are flattened: the largest text on
/// a 1080p screen. Smaller text is as exact, and larger text would show corners.
const FLATTENING_SIZE: f32 = 96.0;

/// A font, ready to measure and to rasterise.
#[derive(Clone, Debug)]
pub struct Font {
    pub(crate) outlines: fontdue::Font,
    /// Of each glyph, in ems.
    advances: Vec<f32>,
    metrics: Metrics,
    missing: Glyph,
}

impl Font {
    /// Reads a TrueType file.
    pub fn parse(bytes: &'static [u8]) -> Result<Font, FontError> {
        let outlines = fontdue::Font::from_bytes(
            bytes,
            fontdue::FontSettings {
                scale: FLATTENING_SIZE,
                load_substitutions: false,
                ..Default::default()
            },
        )
        .map_err(FontError::Malformed)?;
        if outlines.glyph_count() == 0 {
            return Err(FontError::Malformed("it has no glyphs"));
        }
        let per_em = outlines.units_per_em();
        let line = outlines
            .horizontal_line_metrics(1.0)
            .ok_or(FontError::Malformed("it has no line metrics"))?;
        let height = |c| {
            let bounds = outlines.metrics(c, per_em).bounds;
            (bounds.ymin + bounds.height) / per_em
        };
        let metrics = Metrics {
            ascent: line.ascent,
            descent: -line.descent,
            cap_height: height('H'),
            x_height: height('x'),
        };
        let advances = (0..outlines.glyph_count())
            .map(|index| outlines.metrics_indexed(index, 1.0).advance_width)
            .collect();
        let missing = ['\u{fffd}', '?']
            .into_iter()
            .map(|c| outlines.lookup_glyph_index(c))
            .find(|&index| index != 0)
            .unwrap_or(0);
        Ok(Font {
            outlines,
            advances,
            metrics,
            missing: Glyph(missing),
        })
    }

    /// Whether the font has a glyph of its own for this character.
    pub fn has(&self, c: char) -> bool {
        self.outlines.has_glyph(c)
    }

    /// The glyph of a character; the replacement character's (�), or a question
    /// mark, where the font has none.
    pub fn glyph(&self, c: char) -> Glyph {
        match self.outlines.lookup_glyph_index(c) {
            0 => self.missing,
            index => Glyph(index),
        }
    }

    /// How far the pen moves after this glyph, in ems. Nothing for a glyph of
    /// another font that this one does not have.
    pub fn advance(&self, glyph: Glyph) -> f32 {
        self.advances
            .get(usize::from(glyph.0))
            .copied()
            .unwrap_or(0.0)
    }

    /// What kerning adds between two glyphs, in ems; negative where they move
    /// closer.
    pub fn kern(&self, left: Glyph, right: Glyph) -> f32 {
        self.outlines
            .horizontal_kern_indexed(left.0, right.0, 1.0)
            .unwrap_or(0.0)
    }

    /// The vertical measures.
    pub fn metrics(&self) -> Metrics {
        self.metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, PixelSize, Weight};
    use proptest::prelude::*;

    #[test]
    fn kerning_moves_a_v_closer_and_leaves_n_n_alone() {
        let family = Family::embedded();
        for weight in Weight::ALL {
            let font = family.font(weight);
            let kern = |a, b| font.kern(font.glyph(a), font.glyph(b));
            assert!(kern('A', 'V') < -0.01, "{weight:?} {}", kern('A', 'V'));
            assert!(kern('T', 'o') < -0.01);
            assert_eq!(kern('n', 'n'), 0.0);
        }
    }

    #[test]
    fn measures_are_plausible() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        let m = font.metrics();
        assert!(m.x_height < m.cap_height && m.cap_height < m.ascent);
        assert!(m.descent > 0.1 && m.descent < 0.5);
        let digit = font.advance(font.glyph('0'));
        assert!(
            "123456789"
                .chars()
                .all(|c| font.advance(font.glyph(c)) == digit)
        );
    }

    #[test]
    fn a_missing_character_has_a_visible_glyph() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        assert!(!font.has('漢'));
        let glyph = font.glyph('漢');
        assert!(font.advance(glyph) > 0.0);
        let bitmap = font.rasterise(glyph, PixelSize { x: 20.0, y: 20.0 }, 0.0);
        assert!(bitmap.coverage.iter().any(|&c| c > 200));
    }

    #[test]
    fn damaged_files_are_errors() {
        let whole: &'static [u8] = include_bytes!("../assets/OpenSans-Light.ttf");
        assert!(Font::parse(&[]).is_err());
        assert!(Font::parse(b"not a font at all, just text").is_err());
        for end in [1, 11, 12, 40, 200] {
            assert!(Font::parse(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn no_character_panics() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        let chars: Vec<char> = (0..=0x10ffff)
            .filter_map(char::from_u32)
            .step_by(7)
            .collect();
        let mut last = font.glyph(' ');
        for c in chars {
            let glyph = font.glyph(c);
            assert!(font.advance(glyph) >= 0.0 && font.advance(glyph) < 4.0);
            assert!(font.kern(last, glyph).abs() < 1.0);
            last = glyph;
        }
    }

    #[test]
    fn a_glyph_of_another_font_is_harmless() {
        let family = Family::embedded();
        let font = family.font(Weight::Light);
        let foreign = Glyph(u16::MAX);
        assert_eq!(font.advance(foreign), 0.0);
        assert_eq!(font.kern(foreign, foreign), 0.0);
        let size = PixelSize { x: 20.0, y: 20.0 };
        assert_eq!(font.rasterise(foreign, size, 0.0), Default::default());
    }

    proptest! {
        #[test]
        fn any_character_rasterises(c: char, x in 1f32..80.0, y in 1f32..80.0, shift in 0f32..1.0) {
            let family = FAMILY.with(Clone::clone);
            let font = family.font(Weight::Bold);
            let b = font.rasterise(font.glyph(c), PixelSize { x, y }, shift);
            prop_assert_eq!(b.coverage.len(), b.width * b.height);
        }
    }

    extern crate std;
    std::thread_local! {
        static FAMILY: alloc::rc::Rc<Family> = alloc::rc::Rc::new(Family::embedded());
    }
}
