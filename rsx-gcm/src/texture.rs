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
