//! Arguments about primitives, blending and per-fragment state.

use crate::methods::bits::{arguments, values};

values! {
    /// What vertices are put together to; 0 ends a run.
    pub enum Primitive {
        /// Points.
        Points = 1,
        /// Separate lines.
        Lines = 2,
        /// A closed line.
        LineLoop = 3,
        /// An open line.
        LineStrip = 4,
        /// Separate triangles.
        Triangles = 5,
        /// A strip of triangles.
        TriangleStrip = 6,
        /// A fan of triangles.
        TriangleFan = 7,
        /// Separate quadrilaterals.
        Quads = 8,
        /// A strip of quadrilaterals.
        QuadStrip = 9,
        /// One convex polygon.
        Polygon = 10,
    }

    /// Factors of the blend equation.
    pub enum BlendFactor {
        /// 0.
        Zero = 0,
        /// 1.
        One = 1,
        /// Source colour.
        SrcColor = 0x300,
        /// 1 - source colour.
        OneMinusSrcColor = 0x301,
        /// Source alpha.
        SrcAlpha = 0x302,
        /// 1 - source alpha.
        OneMinusSrcAlpha = 0x303,
        /// Target alpha.
        DstAlpha = 0x304,
        /// 1 - target alpha.
        OneMinusDstAlpha = 0x305,
        /// Target colour.
        DstColor = 0x306,
        /// 1 - target colour.
        OneMinusDstColor = 0x307,
        /// The lesser of source alpha and 1 - target alpha; 1 for alpha.
        SrcAlphaSaturate = 0x308,
        /// Constant colour.
        ConstantColor = 0x8001,
        /// 1 - constant colour.
        OneMinusConstantColor = 0x8002,
        /// Constant alpha.
        ConstantAlpha = 0x8003,
        /// 1 - constant alpha.
        OneMinusConstantAlpha = 0x8004,
    }

    /// How the weighted source and target are put together.
    pub enum BlendEquation {
        /// Source + target.
        Add = 0x8006,
        /// The lesser of the unweighted two.
        Min = 0x8007,
        /// The greater of the unweighted two.
        Max = 0x8008,
        /// Source - target.
        Subtract = 0x800a,
        /// Target - source.
        ReverseSubtract = 0x800b,
    }

    /// Interpolation of colours.
    pub enum ShadeMode {
        /// One colour for each primitive.
        Flat = 0x1d00,
        /// Interpolated.
        Smooth = 0x1d01,
    }

    /// Culled faces.
    pub enum CullFace {
        /// Front.
        Front = 0x404,
        /// Back.
        Back = 0x405,
        /// Both.
        FrontAndBack = 0x408,
    }

    /// Winding of front faces.
    pub enum FrontFace {
        /// Clockwise.
        Clockwise = 0x900,
        /// Counter-clockwise.
        CounterClockwise = 0x901,
    }

    /// Width of an index.
    pub enum IndexType {
        /// 32 bits.
        U32 = 0,
        /// 16 bits.
        U16 = 1,
    }
}

arguments! {
    /// Of `SET_BLEND_FUNC_SFACTOR` and `SET_BLEND_FUNC_DFACTOR`.
    pub struct BlendFactors {
        /// Factor of red, green and blue.
        color / with_color: BlendFactor = 0, 16;
        /// Factor of alpha.
        alpha / with_alpha: BlendFactor = 16, 16;
    }

    /// Of `SET_BLEND_EQUATION`.
    pub struct BlendEquations {
        /// Equation of red, green and blue.
        color / with_color: BlendEquation = 0, 16;
        /// Equation of alpha.
        alpha / with_alpha: BlendEquation = 16, 16;
    }

    /// Of `SET_COLOR_MASK`: written components.
    pub struct ColorMask {
        /// Blue.
        blue / with_blue: bool = 0, 8;
        /// Green.
        green / with_green: bool = 8, 8;
        /// Red.
        red / with_red: bool = 16, 8;
        /// Alpha.
        alpha / with_alpha: bool = 24, 8;
    }

    /// Of `DRAW_ARRAYS` and `DRAW_INDEX_ARRAY`.
    pub struct DrawRange {
        /// First vertex or index.
        first / with_first: u32 = 0, 24;
        /// Number less one.
        count_less_one / with_count_less_one: u32 = 24, 8;
    }

    /// Of `SET_INDEX_ARRAY_DMA`.
    pub struct IndexArrayDma {
        /// Main memory, not local.
        main / with_main: bool = 0, 4;
        /// Width of an index.
        kind / with_kind: IndexType = 4, 8;
    }
}

impl ColorMask {
    /// All four components.
    pub const ALL: Self = Self(0x0101_0101);
}
