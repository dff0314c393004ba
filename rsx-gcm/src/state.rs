//! State between vertices and pixels: blending, masks, tests, culling.

use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::methods::d3;
use crate::methods::fields::{
    ArrayFormat, AttributeType, BlendEquation, BlendEquations, BlendFactor, BlendFactors,
    ColorMask, CullFace, FrontFace, ShadeMode, ZMinMaxControl,
};

/// How a fragment is put together with what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blend {
    /// Factors of the fragment.
    pub source: BlendFactors,
    /// Factors of the target.
    pub destination: BlendFactors,
    /// How the two are joined.
    pub equation: BlendEquations,
}

impl Blend {
    /// Colour and alpha with the same factors, added.
    #[must_use]
    pub fn add(source: BlendFactor, destination: BlendFactor) -> Self {
        let both = |factor| {
            BlendFactors::default()
                .with_color(factor)
                .with_alpha(factor)
        };
        Self {
            source: both(source),
            destination: both(destination),
            equation: BlendEquations::default()
                .with_color(BlendEquation::Add)
                .with_alpha(BlendEquation::Add),
        }
    }

    /// The fragment over the target, by the fragment's alpha.
    #[must_use]
    pub fn over() -> Self {
        Self::add(BlendFactor::SrcAlpha, BlendFactor::OneMinusSrcAlpha)
    }

    /// The fragment over the target, its colour already multiplied by its alpha.
    #[must_use]
    pub fn premultiplied_over() -> Self {
        Self::add(BlendFactor::One, BlendFactor::OneMinusSrcAlpha)
    }
}

impl<D: Device> Context<D> {
    /// Plain drawing: no tests, blending, culling, dithering, vertex arrays or textures; all components written.
    ///
    /// A flip of the firmware's leaves state undefined: call this first in each frame.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn reset_state(&mut self) -> Result<(), FifoError> {
        self.set_color_mask(ColorMask::ALL)?;
        self.set_dither(false)?;
        self.method(d3::SET_ALPHA_TEST_ENABLE, &[0])?;
        self.set_blend(None)?;
        self.method(d3::SET_STENCIL_TEST_ENABLE, &[0])?;
        self.method(d3::SET_TWO_SIDED_STENCIL_TEST_ENABLE, &[0])?;
        self.method(d3::SET_LOGIC_OP_ENABLE, &[0])?;
        // Depth is neither written nor tested.
        self.method(d3::SET_DEPTH_MASK, &[0, 0])?;
        self.set_cull(None)?;
        self.method(d3::SET_USER_CLIP_PLANE_CONTROL, &[0])?;
        let depth = ZMinMaxControl::default()
            .with_clamp(true)
            .with_ignore_w(true);
        self.method(d3::SET_ZMIN_MAX_CONTROL, &[depth.into()])?;
        self.method(d3::SET_SHADE_MODE, &[ShadeMode::Smooth.bits()])?;
        let off = ArrayFormat::default().with_kind(AttributeType::F32);
        self.method(d3::SET_VERTEX_DATA_ARRAY_FORMAT.at(0), &[off.into(); 16])?;
        for unit in 0..u32::from(d3::SET_TEXTURE_CONTROL0.count) {
            self.method(d3::SET_TEXTURE_CONTROL0.at(unit), &[0])?;
        }
        Ok(())
    }

    /// Blends, or writes fragments as they are.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn set_blend(&mut self, blend: Option<&Blend>) -> Result<(), FifoError> {
        let Some(blend) = blend else {
            return self.method(d3::SET_BLEND_ENABLE, &[0]);
        };
        self.method(
            d3::SET_BLEND_ENABLE,
            &[1, blend.source.into(), blend.destination.into()],
        )?;
        self.method(d3::SET_BLEND_EQUATION, &[blend.equation.into()])
    }

    /// Says which components are written.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn set_color_mask(&mut self, mask: ColorMask) -> Result<(), FifoError> {
        self.method(d3::SET_COLOR_MASK, &[mask.into()])
    }

    /// Dithers colours to the target's format or not.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn set_dither(&mut self, on: bool) -> Result<(), FifoError> {
        self.method(d3::SET_DITHER_ENABLE, &[on.into()])
    }

    /// Drops these faces, front faces being counter-clockwise, or draws all.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn set_cull(&mut self, faces: Option<CullFace>) -> Result<(), FifoError> {
        if let Some(faces) = faces {
            self.method(
                d3::SET_CULL_FACE,
                &[faces.bits(), FrontFace::CounterClockwise.bits()],
            )?;
        }
        self.method(d3::SET_CULL_FACE_ENABLE, &[faces.is_some().into()])
    }
}

#[cfg(test)]
mod tests {
    use super::Blend;
    use crate::methods::fields::{ColorMask, CullFace};
    use crate::testing::{packet, sent};

    #[test]
    fn the_plain_state_is_the_documented_words() {
        let words = sent(|context| context.reset_state().expect("room"));
        let mut expected = packet(0x324, &[0x0101_0101]);
        for method in [0x300, 0x304, 0x310, 0x328, 0x348, 0x374] {
            expected.extend(packet(method, &[0]));
        }
        expected.extend(packet(0xa70, &[0, 0]));
        expected.extend(packet(0x183c, &[0]));
        expected.extend(packet(0x1478, &[0]));
        expected.extend(packet(0x1d78, &[0x110]));
        expected.extend(packet(0x368, &[0x1d01]));
        expected.extend(packet(0x1740, &[2; 16]));
        for unit in 0..16 {
            expected.extend(packet(0x1a0c + 32 * unit, &[0]));
        }
        assert_eq!(words, expected);
    }

    #[test]
    fn blending_is_the_documented_words() {
        let words = sent(|context| context.set_blend(Some(&Blend::over())).expect("room"));
        assert_eq!(
            words,
            [
                (0x310, 1),
                (0x314, 0x0302_0302),
                (0x318, 0x0303_0303),
                (0x320, 0x8006_8006)
            ]
        );
        let words = sent(|context| {
            context
                .set_blend(Some(&Blend::premultiplied_over()))
                .expect("room")
        });
        assert_eq!(words[1..3], [(0x314, 0x0001_0001), (0x318, 0x0303_0303)]);
        let words = sent(|context| context.set_blend(None).expect("room"));
        assert_eq!(words, [(0x310, 0)]);
    }

    #[test]
    fn masks_dithering_and_culling_are_the_documented_words() {
        let mask = ColorMask::ALL.with_alpha(false);
        let words = sent(|context| context.set_color_mask(mask).expect("room"));
        assert_eq!(words, [(0x324, 0x0001_0101)]);
        let words = sent(|context| context.set_dither(true).expect("room"));
        assert_eq!(words, [(0x300, 1)]);
        let words = sent(|context| context.set_cull(Some(CullFace::Back)).expect("room"));
        assert_eq!(words, [(0x1830, 0x405), (0x1834, 0x901), (0x183c, 1)]);
    }
}
