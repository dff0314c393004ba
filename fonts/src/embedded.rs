//! The font that comes with the program: Open Sans 1.11, unchanged, as packaged
//! by Debian (`fonts-open-sans` 1.11-2).

use crate::Font;

/// The family's name.
pub const NAME: &str = "Open Sans";

/// Who made the embedded font.
pub const COPYRIGHT: &str = "Digitized data copyright (c) 2010-2011, Google Corporation.";

/// The licence of the embedded font, the Apache License 2.0, with the copyright
/// notice before it: it has to be handed on wherever the font is.
pub const LICENCE: &str = include_str!("../assets/LICENSE-OpenSans.txt");

/// How bold a font is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Thin strokes, for large sizes.
    Light,
    /// For reading.
    #[default]
    Regular,
    /// For what is selected or stressed (semibold, weight 600).
    Bold,
}

impl Weight {
    /// Every weight, from thin to thick.
    pub const ALL: [Weight; 3] = [Weight::Light, Weight::Regular, Weight::Bold];
}

/// One typeface in all of its weights.
#[derive(Clone, Debug)]
pub struct Family {
    fonts: [Font; 3],
}

impl Family {
    /// Loads the embedded font: Latin with accents, Greek, Cyrillic and
    /// punctuation. It takes a while and some megabytes, so do it once.
    ///
    /// # Panics
    ///
    /// Only if the font files in the program are damaged.
    pub fn embedded() -> Family {
        let load = |bytes| Font::parse(bytes).expect("the embedded font is intact");
        Family {
            fonts: [
                load(include_bytes!("../assets/OpenSans-Light.ttf")),
                load(include_bytes!("../assets/OpenSans-Regular.ttf")),
                load(include_bytes!("../assets/OpenSans-Semibold.ttf")),
            ],
        }
    }

    /// The font of that weight.
    pub fn font(&self, weight: Weight) -> &Font {
        &self.fonts[weight as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licence_is_the_whole_apache_license() {
        assert!(LICENCE.contains(COPYRIGHT));
        assert!(LICENCE.contains("Version 2.0, January 2004"));
        assert!(LICENCE.contains("END OF TERMS AND CONDITIONS"));
    }

    #[test]
    fn every_weight_has_the_letters_of_europe() {
        let family = Family::embedded();
        let wanted = "AZaz09 .,;:!?'\"«»„“”‘’–—…()[]{}<>@#$%&*+-=/\\|~^_`€£©®°\
                      ÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸßàâäæçéèêëîïôœùûüÿñÑáíóúåøØłŁčšžřőűğışαβγωЖяё";
        for weight in Weight::ALL {
            for c in wanted.chars() {
                assert!(family.font(weight).has(c), "{weight:?} lacks {c}");
            }
        }
    }

    #[test]
    fn heavier_is_wider() {
        let family = Family::embedded();
        let width = |weight| {
            let font = family.font(weight);
            "storycell"
                .chars()
                .map(|c| font.advance(font.glyph(c)))
                .sum::<f32>()
        };
        assert!(width(Weight::Light) < width(Weight::Bold));
    }
}
