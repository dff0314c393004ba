//! Arguments about textures.

use super::ProgramLocation;
use crate::methods::bits::{arguments, values};

values! {
    /// Texel formats. Public headers give them with bit 7 set and 0x20 for linear, 0x40 for texel coordinates
    /// (B8 is 0x81 there); those three are fields of their own in [`TextureFormat`].
    pub enum TexelFormat {
        /// 8 bits.
        B8 = 1,
        /// 16 bits.
        A1R5G5B5 = 2,
        /// 16 bits.
        A4R4G4B4 = 3,
        /// 16 bits.
        R5G6B5 = 4,
        /// 32 bits.
        A8R8G8B8 = 5,
        /// 16 bits.
        G8B8 = 11,
    }

    /// Number of dimensions.
    pub enum TextureDimension {
        /// One.
        D1 = 1,
        /// Two.
        D2 = 2,
        /// Three.
        D3 = 3,
    }

    /// What happens to coordinates outside of 0 to 1.
    pub enum Wrap {
        /// The fraction counts.
        Repeat = 1,
        /// Every other copy is mirrored.
        Mirror = 2,
        /// The outermost texel.
        ClampToEdge = 3,
        /// The border colour.
        Border = 4,
        /// Half of the border colour at the edge.
        Clamp = 5,
        /// Mirrored once, then the outermost texel.
        MirrorOnceClampToEdge = 6,
        /// Mirrored once, then the border colour.
        MirrorOnceBorder = 7,
        /// Mirrored once, then as `Clamp`.
        MirrorOnceClamp = 8,
    }

    /// Filters; magnification knows the first two.
    pub enum Filter {
        /// One texel.
        Nearest = 1,
        /// Four texels, weighted.
        Linear = 2,
        /// One texel of one level.
        NearestMipmapNearest = 3,
        /// Four texels of one level.
        LinearMipmapNearest = 4,
        /// One texel of each of two levels.
        NearestMipmapLinear = 5,
        /// Four texels of each of two levels.
        LinearMipmapLinear = 6,
    }

    /// A component of the texel.
    pub enum Component {
        /// Alpha.
        A = 0,
        /// Red.
        R = 1,
        /// Green.
        G = 2,
        /// Blue.
        B = 3,
    }

    /// What a component of the result is.
    pub enum RemapSource {
        /// 0.
        Zero = 0,
        /// 1.
        One = 1,
        /// The selected component of the texel.
        Texel = 2,
    }
}

arguments! {
    /// Of `SET_TEXTURE_FORMAT`.
    pub struct TextureFormat {
        /// Which memory.
        location / with_location: ProgramLocation = 0, 2;
        /// Six faces.
        cube / with_cube: bool = 2, 1;
        /// The border is the border colour, not texels: set for textures without border texels.
        border_color / with_border_color: bool = 3, 1;
        /// Number of dimensions.
        dimension / with_dimension: TextureDimension = 4, 4;
        /// Texel format.
        texel / with_texel: TexelFormat = 8, 5;
        /// Rows one pitch apart, not Morton order.
        linear / with_linear: bool = 13, 1;
        /// Coordinates are in texels.
        unnormalized / with_unnormalized: bool = 14, 1;
        /// Set always.
        always / with_always: bool = 15, 1;
        /// Number of mipmap levels, 1 at least.
        levels / with_levels: u32 = 16, 16;
    }

    /// Of `SET_TEXTURE_ADDRESS`.
    pub struct TextureAddress {
        /// Along s.
        wrap_s / with_wrap_s: Wrap = 0, 4;
        /// Along t.
        wrap_t / with_wrap_t: Wrap = 8, 4;
        /// Along r.
        wrap_r / with_wrap_r: Wrap = 16, 4;
    }

    /// Of `SET_TEXTURE_CONTROL0`.
    pub struct TextureControl0 {
        /// Discard fragments whose texel has alpha 0.
        alpha_kill / with_alpha_kill: bool = 2, 1;
        /// Binary logarithm of the anisotropy.
        max_anisotropy / with_max_anisotropy: u32 = 4, 3;
        /// Greatest level of detail, 4.8 fixed point.
        max_lod / with_max_lod: u32 = 7, 12;
        /// Least level of detail, 4.8 fixed point.
        min_lod / with_min_lod: u32 = 19, 12;
        /// The unit is in use.
        enable / with_enable: bool = 31, 1;
    }

    /// Of `SET_TEXTURE_CONTROL1`.
    pub struct TextureRemap {
        /// Selected for alpha.
        select_a / with_select_a: Component = 0, 2;
        /// Selected for red.
        select_r / with_select_r: Component = 2, 2;
        /// Selected for green.
        select_g / with_select_g: Component = 4, 2;
        /// Selected for blue.
        select_b / with_select_b: Component = 6, 2;
        /// What alpha is.
        source_a / with_source_a: RemapSource = 8, 2;
        /// What red is.
        source_r / with_source_r: RemapSource = 10, 2;
        /// What green is.
        source_g / with_source_g: RemapSource = 12, 2;
        /// What blue is.
        source_b / with_source_b: RemapSource = 14, 2;
        /// Order of two-component formats, 0 for XYXY.
        order / with_order: u32 = 16, 1;
    }

    /// Of `SET_TEXTURE_FILTER`.
    pub struct TextureFilter {
        /// Level of detail bias, 5.8 fixed point, signed.
        bias / with_bias: u32 = 0, 13;
        /// Convolution kernel, 1 where none is used.
        convolution / with_convolution: u32 = 13, 3;
        /// Minification.
        min / with_min: Filter = 16, 8;
        /// Magnification.
        mag / with_mag: Filter = 24, 4;
        /// Components read as signed, one bit each.
        signed / with_signed: u32 = 28, 4;
    }

    /// Of `SET_TEXTURE_IMAGE_RECT`.
    pub struct TextureRect {
        /// Height in texels.
        height / with_height: u32 = 0, 16;
        /// Width in texels.
        width / with_width: u32 = 16, 16;
    }

    /// Of `SET_TEXTURE_CONTROL3`.
    pub struct TextureControl3 {
        /// Bytes from row to row of a linear texture.
        pitch / with_pitch: u32 = 0, 20;
        /// Depth, 1 for two dimensions.
        depth / with_depth: u32 = 20, 12;
    }
}

impl TextureRemap {
    /// The texel as it is.
    pub const IDENTITY: Self = Self(0xaae4);
    /// White, with alpha from blue: for a [`TexelFormat::B8`] mask. Blue fills all components of such a texel.
    pub const WHITE_WITH_ALPHA: Self = Self(0x56e7);
    /// All from blue.
    pub const ALL_BLUE: Self = Self(0xaaff);
}
