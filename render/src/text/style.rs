//! Size and weight of text.

pub use fonts::Weight;

/// How text looks, apart from its colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The font size (the em) in logical units. About two thirds of it is the
    /// height of a capital letter.
    pub size: f32,
    /// How bold it is.
    pub weight: Weight,
    /// Distance from one baseline to the next, in font sizes.
    pub line_spacing: f32,
}

impl Style {
    /// Regular weight, line spacing 1.4.
    pub const fn regular(size: f32) -> Style {
        Style {
            size,
            weight: Weight::Regular,
            line_spacing: 1.4,
        }
    }

    /// Light weight, line spacing 1.4: for large titles.
    pub const fn light(size: f32) -> Style {
        Style {
            size,
            weight: Weight::Light,
            line_spacing: 1.4,
        }
    }

    /// Semibold weight, line spacing 1.4.
    pub const fn bold(size: f32) -> Style {
        Style {
            size,
            weight: Weight::Bold,
            line_spacing: 1.4,
        }
    }

    /// The same style with another line spacing, in font sizes.
    pub const fn spaced(self, line_spacing: f32) -> Style {
        Style {
            line_spacing,
            ..self
        }
    }

    /// Distance from one baseline to the next, in logical units.
    pub const fn line_height(&self) -> f32 {
        self.size * self.line_spacing
    }
}

impl From<f32> for Style {
    /// Regular weight in this size.
    fn from(size: f32) -> Style {
        Style::regular(size)
    }
}
