//! Arguments about surfaces, viewports and clearing.

use crate::methods::bits::{arguments, values};

values! {
    /// Layout of a target in memory.
    pub enum SurfaceLayout {
        /// Rows one pitch apart.
        Linear = 1,
        /// Morton order, power-of-two sides.
        Swizzled = 2,
    }

    /// Colour formats of a target, the most significant component first.
    pub enum SurfaceColor {
        /// 16 bits, the top one reads as zero.
        X1R5G5B5ZeroZero = 1,
        /// 16 bits, the top one reads as one.
        X1R5G5B5OneOne = 2,
        /// 16 bits.
        R5G6B5 = 3,
        /// 32 bits, X reads as zero.
        X8R8G8B8ZeroZero = 4,
        /// 32 bits, X reads as one.
        X8R8G8B8OneOne = 5,
        /// 32 bits with alpha.
        A8R8G8B8 = 8,
        /// 8 bits.
        B8 = 9,
        /// 16 bits.
        G8B8 = 10,
        /// Four half floats.
        W16Z16Y16X16Float = 11,
        /// Four floats.
        W32Z32Y32X32Float = 12,
        /// One float.
        X32Float = 13,
    }

    /// Depth formats of a target.
    pub enum SurfaceDepth {
        /// 16 bits.
        Z16 = 1,
        /// 24 bits of depth, 8 of stencil.
        Z24S8 = 2,
    }

    /// Colour targets that are written.
    pub enum ColorTarget {
        /// None.
        None = 0,
        /// Target 0.
        A = 1,
        /// Target 1.
        B = 2,
        /// Targets 0 and 1.
        AB = 0x13,
        /// Targets 0 to 2.
        ABC = 0x17,
        /// Targets 0 to 3.
        ABCD = 0x1f,
    }

    /// Where row 0 of window coordinates is.
    pub enum WindowOrigin {
        /// At the top.
        Top = 0,
        /// At the bottom.
        Bottom = 1,
    }
}

arguments! {
    /// Of `SET_SURFACE_FORMAT`.
    pub struct SurfaceFormat {
        /// Colour format.
        color / with_color: SurfaceColor = 0, 5;
        /// Depth format.
        depth / with_depth: SurfaceDepth = 5, 3;
        /// Layout in memory.
        layout / with_layout: SurfaceLayout = 8, 4;
        /// Multisampling, 0 for none.
        antialias / with_antialias: u32 = 12, 4;
        /// Binary logarithm of the width, of swizzled targets.
        log2_width / with_log2_width: u32 = 16, 8;
        /// Binary logarithm of the height, of swizzled targets.
        log2_height / with_log2_height: u32 = 24, 8;
    }

    /// First pixel and number of pixels, of surface clip, viewport and scissor.
    pub struct Extent {
        /// First column or row.
        start / with_start: u32 = 0, 16;
        /// Width or height.
        length / with_length: u32 = 16, 16;
    }

    /// First and last pixel, of the window clip rectangles.
    pub struct ClipRange {
        /// First column or row.
        first / with_first: u32 = 0, 16;
        /// Last column or row.
        last / with_last: u32 = 16, 16;
    }

    /// Of `SET_SHADER_WINDOW`.
    pub struct ShaderWindow {
        /// Height of the target.
        height / with_height: u32 = 0, 12;
        /// Where row 0 is.
        origin / with_origin: WindowOrigin = 12, 4;
        /// Where the centre of a pixel is: 0 at .5, 1 at 0.
        pixel_center / with_pixel_center: u32 = 16, 4;
    }

    /// A colour of 8 bits a component.
    pub struct Argb {
        /// Blue.
        blue / with_blue: u32 = 0, 8;
        /// Green.
        green / with_green: u32 = 8, 8;
        /// Red.
        red / with_red: u32 = 16, 8;
        /// Alpha.
        alpha / with_alpha: u32 = 24, 8;
    }

    /// Of `CLEAR_SURFACE`: what is cleared.
    pub struct ClearMask {
        /// Depth.
        depth / with_depth: bool = 0, 1;
        /// Stencil.
        stencil / with_stencil: bool = 1, 1;
        /// Red.
        red / with_red: bool = 4, 1;
        /// Green.
        green / with_green: bool = 5, 1;
        /// Blue.
        blue / with_blue: bool = 6, 1;
        /// Alpha.
        alpha / with_alpha: bool = 7, 1;
    }

    /// Of `SET_ZMIN_MAX_CONTROL`.
    pub struct ZMinMaxControl {
        /// Drop what lies outside of the depth range.
        cull / with_cull: bool = 0, 4;
        /// Clamp depth to the range.
        clamp / with_clamp: bool = 4, 4;
        /// Ignore w when culling.
        ignore_w / with_ignore_w: bool = 8, 4;
    }
}

impl ClearMask {
    /// All four colour components.
    pub const COLOR: Self = Self(0xf0);
}
