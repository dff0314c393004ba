//! Colours as the scene speaks of them.

/// A colour with straight (not premultiplied) alpha, each part 0–255, in the
/// encoding of the display (what is written is what the television gets).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity: 0 invisible, 255 opaque.
    pub a: u8,
}

impl Colour {
    /// Opaque white.
    pub const WHITE: Colour = Colour::rgb(255, 255, 255);
    /// Opaque black.
    pub const BLACK: Colour = Colour::rgb(0, 0, 0);
    /// Nothing at all.
    pub const CLEAR: Colour = Colour::rgba(0, 0, 0, 0);

    /// An opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Colour {
        Colour::rgba(r, g, b, 255)
    }

    /// A colour with its opacity.
    pub const fn rgba(r: u8, g: u8, b: u8, a: u8) -> Colour {
        Colour { r, g, b, a }
    }

    /// The same colour with its opacity multiplied by `alpha` (0–1).
    pub fn faded(self, alpha: f32) -> Colour {
        Colour {
            a: (f32::from(self.a) * alpha.clamp(0.0, 1.0) + 0.5) as u8,
            ..self
        }
    }

    /// The colour `t` (0–1) of the way from `self` to `to`, opacity included.
    pub fn mixed(self, to: Colour, t: f32) -> Colour {
        let t = t.clamp(0.0, 1.0);
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * t + 0.5) as u8;
        Colour {
            r: mix(self.r, to.r),
            g: mix(self.g, to.g),
            b: mix(self.b, to.b),
            a: mix(self.a, to.a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fading_and_mixing_reach_their_ends() {
        let c = Colour::rgba(10, 20, 30, 200);
        assert_eq!(c.faded(1.0), c);
        assert_eq!(c.faded(0.0).a, 0);
        assert_eq!(c.mixed(Colour::WHITE, 0.0), c);
        assert_eq!(c.mixed(Colour::WHITE, 1.0), Colour::WHITE);
        assert_eq!(c.faded(f32::NAN).a, 0);
    }
}
