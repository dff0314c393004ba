//! The display mode and the logical space laid over it.

use crate::geometry::{Rect, Size, rect};

/// The shape of the picture on the television, whatever the pixels' shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// 4:3; the logical space is 1440 units wide.
    Standard,
    /// 16:9; the logical space is 1920 units wide.
    Wide,
}

/// A display mode: the pixels of the frame buffer and the shape of the picture
/// they are stretched to.
///
/// Scenes are laid out in a logical space that is always 1080 units high. Its
/// width follows from the aspect alone, so that a scene looks the same at 480p
/// and at 1080p, and pixels that are not square need no attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Display {
    /// Pixels in a row of the frame buffer.
    pub width: u16,
    /// Rows of the frame buffer.
    pub height: u16,
    /// The shape of the picture.
    pub aspect: Aspect,
}

/// The height of the logical space on every display.
pub const LOGICAL_HEIGHT: f32 = 1080.0;

/// The part of each side of the picture that a television may hide.
///
/// SMPTE ST 2046-1 "Specifications for Safe Action and Safe Title Areas at
/// 16:9 and 4:3 Aspect Ratios": the safe title area is 90 % of the width and
/// of the height, centred.
const TITLE_MARGIN: f32 = 0.05;

impl Display {
    /// 1920×1080, 16:9.
    pub const HD_1080: Display = Display::new(1920, 1080, Aspect::Wide);
    /// 1280×720, 16:9.
    pub const HD_720: Display = Display::new(1280, 720, Aspect::Wide);
    /// 720×576 (PAL countries), 16:9 or 4:3.
    pub const fn sd_576(aspect: Aspect) -> Display {
        Display::new(720, 576, aspect)
    }
    /// 720×480 (NTSC countries), 16:9 or 4:3.
    pub const fn sd_480(aspect: Aspect) -> Display {
        Display::new(720, 480, aspect)
    }

    /// A mode of `width`×`height` pixels.
    pub const fn new(width: u16, height: u16, aspect: Aspect) -> Display {
        Display {
            width,
            height,
            aspect,
        }
    }

    /// The extents of the logical space: 1920×1080 or 1440×1080 units.
    pub const fn logical_size(&self) -> Size {
        Size {
            width: match self.aspect {
                Aspect::Standard => 1440.0,
                Aspect::Wide => 1920.0,
            },
            height: LOGICAL_HEIGHT,
        }
    }

    /// The whole screen in logical units.
    pub const fn screen(&self) -> Rect {
        let size = self.logical_size();
        rect(0.0, 0.0, size.width, size.height)
    }

    /// Where everything that has to be read belongs: no television cuts it off.
    pub const fn safe_area(&self) -> Rect {
        let size = self.logical_size();
        rect(
            size.width * TITLE_MARGIN,
            size.height * TITLE_MARGIN,
            size.width * (1.0 - 2.0 * TITLE_MARGIN),
            size.height * (1.0 - 2.0 * TITLE_MARGIN),
        )
    }

    /// Pixels in one logical unit along x.
    pub const fn scale_x(&self) -> f32 {
        self.width as f32 / self.logical_size().width
    }

    /// Pixels in one logical unit along y.
    pub const fn scale_y(&self) -> f32 {
        self.height as f32 / LOGICAL_HEIGHT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_definition_has_square_pixels() {
        for mode in [Display::HD_1080, Display::HD_720] {
            assert_eq!(mode.scale_x(), mode.scale_y());
        }
    }

    #[test]
    fn standard_definition_does_not() {
        let narrow = Display::sd_480(Aspect::Wide);
        assert!(narrow.scale_x() < narrow.scale_y());
        let broad = Display::sd_480(Aspect::Standard);
        assert!(broad.scale_x() > broad.scale_y());
    }

    #[test]
    fn the_safe_area_is_nine_tenths_and_centred() {
        let safe = Display::HD_720.safe_area();
        assert!((safe.width - 1728.0).abs() < 0.01 && (safe.height - 972.0).abs() < 0.01);
        let (a, b) = (safe.centre(), Display::HD_720.screen().centre());
        assert!((a.x - b.x).abs() < 0.01 && (a.y - b.y).abs() < 0.01);
    }
}
