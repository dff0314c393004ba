//! Textures.

use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::{Address, Location, Purpose};
use crate::methods::d3;
use crate::methods::fields::{
    Filter, InvalidateTextures, ProgramLocation, TexelFormat, TextureAddress, TextureControl0,
    TextureControl3, TextureDimension, TextureFilter, TextureFormat, TextureRect, TextureRemap,
    Wrap,
};

/// Greatest width and height of a texture.
pub const MAX_SIDE: u32 = 4096;

/// Texture units.
pub const UNITS: u32 = 16;

/// Where texels lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// In Morton order, see [`crate::swizzle`]; width and height are powers of two.
    Swizzled,
    /// Row by row.
    Linear {
        /// Bytes from row to row.
        pitch: u32,
    },
}

/// A two-dimensional texture with one level, and how it is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texture {
    /// Where it starts, a multiple of 128.
    pub at: Address,
    /// Its texels.
    pub format: TexelFormat,
    /// Their order.
    pub layout: Layout,
    /// Width in texels.
    pub width: u32,
    /// Height in texels.
    pub height: u32,
    /// Coordinates count texels, not widths and heights. Linear layout only.
    pub texel_coordinates: bool,
    /// What becomes of the components.
    pub remap: TextureRemap,
    /// Coordinates outside of the texture, along s and t.
    pub wrap: [Wrap; 2],
    /// Filter where texels are smaller than pixels: without mipmaps.
    pub min: Filter,
    /// Filter where they are larger.
    pub mag: Filter,
}

/// The greatest level of detail, 12 in 4.8 fixed point: that of a texture 4096 wide.
const MAX_LOD: u32 = 12 << 8;

impl Texture {
    /// A texture sampled linearly, clamped to its edge, components as they are.
    #[must_use]
    pub const fn new(
        at: Address,
        format: TexelFormat,
        layout: Layout,
        width: u32,
        height: u32,
    ) -> Self {
        Self {
            at,
            format,
            layout,
            width,
            height,
            texel_coordinates: false,
            remap: TextureRemap::IDENTITY,
            wrap: [Wrap::ClampToEdge; 2],
            min: Filter::Linear,
            mag: Filter::Linear,
        }
    }

    fn check(&self) -> Result<(), ArgumentError> {
        let alignment = Purpose::Texture.alignment(self.at.location);
        ArgumentError::check_alignment("texture offset", self.at.offset, alignment)?;
        for (name, side) in [
            ("texture width", self.width),
            ("texture height", self.height),
        ] {
            let power = matches!(self.layout, Layout::Linear { .. }) || side.is_power_of_two();
            if side == 0 || side > MAX_SIDE || !power {
                return Err(ArgumentError::new(name, side));
            }
        }
        if let Layout::Linear { pitch } = self.layout {
            let row = self.width * self.format.texel_bytes();
            if pitch < row || pitch > 0xfffff {
                return Err(ArgumentError::new("texture pitch", pitch));
            }
        } else if self.texel_coordinates {
            return Err(ArgumentError::new(
                "texel coordinates of a swizzled texture",
                1,
            ));
        }
        for (name, filter) in [("minification", self.min), ("magnification", self.mag)] {
            ArgumentError::check_most(name, filter.bits(), Filter::Linear.bits())?;
        }
        Ok(())
    }

    /// Arguments of the seven methods from `SET_TEXTURE_OFFSET` on.
    fn arguments(&self) -> [u32; 7] {
        let location = match self.at.location {
            Location::Local => ProgramLocation::Local,
            Location::Main => ProgramLocation::Main,
        };
        [
            self.at.offset,
            TextureFormat::default()
                .with_location(location)
                .with_border_color(true)
                .with_dimension(TextureDimension::D2)
                .with_texel(self.format)
                .with_linear(matches!(self.layout, Layout::Linear { .. }))
                .with_unnormalized(self.texel_coordinates)
                .with_always(true)
                .with_levels(1)
                .into(),
            TextureAddress::default()
                .with_wrap_s(self.wrap[0])
                .with_wrap_t(self.wrap[1])
                .with_wrap_r(Wrap::ClampToEdge)
                .into(),
            TextureControl0::default()
                .with_enable(true)
                .with_max_lod(MAX_LOD)
                .into(),
            self.remap.into(),
            TextureFilter::default()
                .with_convolution(1)
                .with_min(self.min)
                .with_mag(self.mag)
                .into(),
            TextureRect::default()
                .with_width(self.width)
                .with_height(self.height)
                .into(),
        ]
    }
}

impl TexelFormat {
    /// Bytes of a texel.
    #[must_use]
    pub const fn texel_bytes(self) -> u32 {
        match self {
            Self::B8 => 1,
            Self::A1R5G5B5 | Self::A4R4G4B4 | Self::R5G6B5 | Self::G8B8 => 2,
            Self::A8R8G8B8 => 4,
        }
    }
}

impl<D: Device> Context<D> {
    /// Samples `texture` on `unit`, below [`UNITS`].
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] names what the hardware cannot take.
    pub fn bind_texture(&mut self, unit: u32, texture: &Texture) -> Result<(), FifoError> {
        ArgumentError::check_most("texture unit", unit, UNITS - 1)?;
        texture.check()?;
        self.method(d3::SET_TEXTURE_OFFSET.at(unit), &texture.arguments())?;
        let pitch = match texture.layout {
            Layout::Swizzled => 0,
            Layout::Linear { pitch } => pitch,
        };
        let control = TextureControl3::default().with_depth(1).with_pitch(pitch);
        self.method(d3::SET_TEXTURE_CONTROL3.at(unit), &[control.into()])
    }

    /// Samples nothing on `unit`, below [`UNITS`].
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for the unit.
    pub fn unbind_texture(&mut self, unit: u32) -> Result<(), FifoError> {
        ArgumentError::check_most("texture unit", unit, UNITS - 1)?;
        self.method(d3::SET_TEXTURE_CONTROL0.at(unit), &[0])
    }

    /// Drops the cache of texels: needed after any change of a texture that may have been drawn with.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn invalidate_textures(&mut self) -> Result<(), FifoError> {
        self.method(
            d3::INVALIDATE_L2,
            &[InvalidateTextures::default().with_fragment(true).into()],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Texture};
    use crate::fifo::FifoError;
    use crate::memory::Address;
    use crate::methods::fields::{Filter, TexelFormat, TextureRemap, Wrap};
    use crate::testing::{context, packet, sent};

    fn mask(width: u32, height: u32, pitch: u32) -> Texture {
        Texture {
            remap: TextureRemap::WHITE_WITH_ALPHA,
            ..Texture::new(
                Address::local(0x1_0080),
                TexelFormat::B8,
                Layout::Linear { pitch },
                width,
                height,
            )
        }
    }

    #[test]
    fn a_linear_mask_is_the_documented_words() {
        let words = sent(|context| context.bind_texture(2, &mask(100, 50, 128)).expect("room"));
        let format = 1 | 1 << 3 | 2 << 4 | (0x81 | 0x20) << 8 | 1 << 16;
        let arguments = [
            0x1_0080,
            format,
            0x03_0303,
            0x8006_0000,
            0x56e7,
            0x2000 | 2 << 16 | 2 << 24,
            100 << 16 | 50,
        ];
        let mut expected = packet(0x1a40, &arguments);
        expected.extend(packet(0x1848, &[1 << 20 | 128]));
        assert_eq!(words, expected);
    }

    #[test]
    fn a_swizzled_texture_in_main_memory_is_the_documented_words() {
        let texture = Texture {
            min: Filter::Nearest,
            mag: Filter::Nearest,
            wrap: [Wrap::Repeat, Wrap::ClampToEdge],
            ..Texture::new(
                Address::main(0x80),
                TexelFormat::A8R8G8B8,
                Layout::Swizzled,
                64,
                32,
            )
        };
        let words = sent(|context| context.bind_texture(0, &texture).expect("room"));
        let format = 2 | 1 << 3 | 2 << 4 | 0x85 << 8 | 1 << 16;
        let arguments = [
            0x80,
            format,
            0x03_0301,
            0x8006_0000,
            0xaae4,
            0x2000 | 1 << 16 | 1 << 24,
            64 << 16 | 32,
        ];
        let mut expected = packet(0x1a00, &arguments);
        expected.extend(packet(0x1840, &[1 << 20]));
        assert_eq!(words, expected);
    }

    #[test]
    fn texel_coordinates_are_a_flag_of_the_format() {
        let texture = Texture {
            texel_coordinates: true,
            ..mask(100, 50, 128)
        };
        let words = sent(|context| context.bind_texture(0, &texture).expect("room"));
        assert_eq!(words[1].1 >> 8 & 0xff, 0x81 | 0x20 | 0x40);
    }

    #[test]
    fn units_are_unbound_and_the_cache_dropped() {
        let words = sent(|context| context.unbind_texture(15).expect("room"));
        assert_eq!(words, [(0x1bec, 0)]);
        let words = sent(|context| context.invalidate_textures().expect("room"));
        assert_eq!(words, [(0x1fd8, 1)]);
        assert!(context(2).unbind_texture(16).is_err());
    }

    #[test]
    fn textures_that_the_hardware_cannot_take_are_refused() {
        let refused = |unit, texture: Texture| match context(2).bind_texture(unit, &texture) {
            Err(FifoError::Argument(error)) => error.name,
            other => panic!("{other:?}"),
        };
        let good = mask(100, 50, 128);
        assert_eq!(refused(16, good), "texture unit");
        assert_eq!(
            refused(
                0,
                Texture {
                    at: Address::local(64),
                    ..good
                }
            ),
            "texture offset"
        );
        assert_eq!(refused(0, mask(0, 50, 128)), "texture width");
        assert_eq!(refused(0, mask(100, 4097, 128)), "texture height");
        assert_eq!(refused(0, mask(100, 50, 99)), "texture pitch");
        assert_eq!(refused(0, mask(100, 50, 1 << 20)), "texture pitch");
        let swizzled = Texture {
            layout: Layout::Swizzled,
            ..good
        };
        assert_eq!(refused(0, swizzled), "texture width");
        let swizzled = Texture {
            width: 128,
            height: 64,
            texel_coordinates: true,
            ..swizzled
        };
        assert_eq!(
            refused(0, swizzled),
            "texel coordinates of a swizzled texture"
        );
        assert_eq!(
            refused(
                0,
                Texture {
                    min: Filter::LinearMipmapLinear,
                    ..good
                }
            ),
            "minification"
        );
    }
}
