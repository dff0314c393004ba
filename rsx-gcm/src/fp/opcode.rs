//! Operations of fragment programs.

use crate::methods::UnknownValue;

/// Which lanes of its operands an operation reads, swizzled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Those that are written.
    Written,
    /// The first of all operands.
    X,
    /// The first two: also coordinates of a two-dimensional texture.
    Xy,
    /// The first three.
    Xyz,
    /// All, or not the same of all operands.
    Any,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $mnemonic:literal, $operands:expr, $reads:ident;)*) => {
        /// An operation. In the descriptions a, b, c are the operands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $($(#[$doc])* $name = $number,)*
        }

        impl Op {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number: six bits of word 0, and bit 6 stands for the branch bit of word 2.
            #[must_use]
            pub const fn bits(self) -> u32 {
                self as u32
            }

            /// The operation with this number.
            ///
            /// # Errors
            /// [`UnknownValue`] where there is none.
            pub const fn from_bits(bits: u32) -> Result<Self, UnknownValue> {
                match bits {
                    $($number => Ok(Self::$name),)*
                    _ => Err(UnknownValue { field: "Op", bits }),
                }
            }

            /// The name in listings.
            #[must_use]
            pub const fn mnemonic(self) -> &'static str {
                match self {
                    $(Self::$name => $mnemonic,)*
                }
            }

            /// How many operands it has.
            ///
            /// `None` for operations that the assembler leaves out: control flow,
            /// and what no public source describes.
            #[must_use]
            pub const fn operands(self) -> Option<usize> {
                match self {
                    $(Self::$name => $operands,)*
                }
            }

            /// Which lanes it reads.
            #[must_use]
            pub const fn reads(self) -> Reads {
                match self {
                    $(Self::$name => Reads::$reads,)*
                }
            }
        }
    };
}

operations! {
    /// Nothing.
    Nop = 0x00, "NOP", Some(0), Any;
    /// a.
    Mov = 0x01, "MOV", Some(1), Written;
    /// a · b.
    Mul = 0x02, "MUL", Some(2), Written;
    /// a + b.
    Add = 0x03, "ADD", Some(2), Written;
    /// a · b + c.
    Mad = 0x04, "MAD", Some(3), Written;
    /// Dot product of three lanes, in all lanes.
    Dp3 = 0x05, "DP3", Some(2), Xyz;
    /// Dot product of four lanes, in all lanes.
    Dp4 = 0x06, "DP4", Some(2), Any;
    /// (1, a.y · b.y, a.z, b.w).
    Dst = 0x07, "DST", Some(2), Any;
    /// The lesser.
    Min = 0x08, "MIN", Some(2), Written;
    /// The greater.
    Max = 0x09, "MAX", Some(2), Written;
    /// 1 where a < b, else 0.
    Slt = 0x0a, "SLT", Some(2), Written;
    /// 1 where a ≥ b, else 0.
    Sge = 0x0b, "SGE", Some(2), Written;
    /// 1 where a ≤ b, else 0.
    Sle = 0x0c, "SLE", Some(2), Written;
    /// 1 where a > b, else 0.
    Sgt = 0x0d, "SGT", Some(2), Written;
    /// 1 where a ≠ b, else 0.
    Sne = 0x0e, "SNE", Some(2), Written;
    /// 1 where a = b, else 0.
    Seq = 0x0f, "SEQ", Some(2), Written;
    /// a less its floor.
    Frc = 0x10, "FRC", Some(1), Written;
    /// The floor.
    Flr = 0x11, "FLR", Some(1), Written;
    /// Drops the fragment where any lane of the condition holds.
    Kil = 0x12, "KIL", Some(0), Any;
    /// Four signed bytes packed.
    Pk4 = 0x13, "PK4", Some(1), Any;
    /// Four signed bytes unpacked.
    Up4 = 0x14, "UP4", Some(1), X;
    /// Derivative along x of the window.
    Ddx = 0x15, "DDX", Some(1), Written;
    /// Derivative along y of the window.
    Ddy = 0x16, "DDY", Some(1), Written;
    /// The texel at a.
    Tex = 0x17, "TEX", Some(1), Xy;
    /// The texel at a divided by its last lane.
    Txp = 0x18, "TXP", Some(1), Any;
    /// The texel at a with derivatives b and c.
    Txd = 0x19, "TXD", Some(3), Xy;
    /// 1 / a.x, in all lanes.
    Rcp = 0x1a, "RCP", Some(1), X;
    /// 1 / √|a.x|, in all lanes.
    Rsq = 0x1b, "RSQ", Some(1), X;
    /// 2^a.x, in all lanes.
    Ex2 = 0x1c, "EX2", Some(1), X;
    /// log2 a.x, in all lanes.
    Lg2 = 0x1d, "LG2", Some(1), X;
    /// (1, max(a.x, 0), a.x > 0 ? 2^(a.w · log2 a.y) : 0, 1): lighting coefficients.
    Lit = 0x1e, "LIT", Some(1), Any;
    /// a · b + (1 - a) · c.
    Lrp = 0x1f, "LRP", Some(3), Written;
    /// 1.
    Str = 0x20, "STR", Some(0), Any;
    /// 0.
    Sfl = 0x21, "SFL", Some(0), Any;
    /// Cosine of a.x in radians, in all lanes.
    Cos = 0x22, "COS", Some(1), X;
    /// Sine of a.x in radians, in all lanes.
    Sin = 0x23, "SIN", Some(1), X;
    /// Two half floats packed.
    Pk2 = 0x24, "PK2", Some(1), Xy;
    /// Two half floats unpacked.
    Up2 = 0x25, "UP2", Some(1), X;
    /// Power.
    Pow = 0x26, "POW", None, Any;
    /// Four unsigned bytes packed.
    Pkb = 0x27, "PKB", Some(1), Any;
    /// Four unsigned bytes unpacked.
    Upb = 0x28, "UPB", Some(1), X;
    /// Two unsigned halves packed.
    Pk16 = 0x29, "PK16", Some(1), Xy;
    /// Two unsigned halves unpacked.
    Up16 = 0x2a, "UP16", Some(1), X;
    /// Bump environment map.
    Bem = 0x2b, "BEM", None, Any;
    /// Four bytes packed as sRGB.
    Pkg = 0x2c, "PKG", Some(1), Any;
    /// Four bytes unpacked from sRGB.
    Upg = 0x2d, "UPG", Some(1), X;
    /// Dot product of two lanes, plus c.x, in all lanes.
    Dp2a = 0x2e, "DP2A", Some(3), Any;
    /// The texel at a of level b.x.
    Txl = 0x2f, "TXL", Some(2), Xy;
    /// The texel at a with b.x added to the level.
    Txb = 0x31, "TXB", Some(2), Xy;
    /// Texel by bump map.
    Texbem = 0x33, "TEXBEM", None, Any;
    /// Texel by bump map, projective.
    Txpbem = 0x34, "TXPBEM", None, Any;
    /// Bump map with luminance.
    Bemlum = 0x35, "BEMLUM", None, Any;
    /// Reflection of b at a.
    Refl = 0x36, "REFL", Some(2), Any;
    /// Matrix from textures.
    Timeswtex = 0x37, "TIMESWTEX", None, Any;
    /// Dot product of two lanes, in all lanes.
    Dp2 = 0x38, "DP2", Some(2), Xy;
    /// Three lanes divided by their length.
    Nrm = 0x39, "NRM", Some(1), Xyz;
    /// a / b.x.
    Div = 0x3a, "DIV", Some(2), Any;
    /// a / √b.x.
    Divsq = 0x3b, "DIVSQ", Some(2), Any;
    /// The last part of lighting coefficients.
    Lif = 0x3c, "LIF", Some(1), Any;
    /// Fence of texture reads.
    Fenct = 0x3d, "FENCT", Some(0), Any;
    /// Fence of branches.
    Fencb = 0x3e, "FENCB", Some(0), Any;
    /// Leaves a loop.
    Brk = 0x40, "BRK", None, Any;
    /// Calls.
    Cal = 0x41, "CAL", None, Any;
    /// If and else.
    Ife = 0x42, "IFE", None, Any;
    /// A loop with a counter.
    Loop = 0x43, "LOOP", None, Any;
    /// A loop.
    Rep = 0x44, "REP", None, Any;
    /// Returns.
    Ret = 0x45, "RET", None, Any;
}

impl Op {
    /// Whether it reads a texture.
    #[must_use]
    pub const fn samples(self) -> bool {
        matches!(
            self,
            Self::Tex | Self::Txp | Self::Txd | Self::Txl | Self::Txb
        )
    }

    /// Whether it has no result.
    #[must_use]
    pub const fn has_no_result(self) -> bool {
        matches!(self, Self::Nop | Self::Kil | Self::Fenct | Self::Fencb)
    }
}
