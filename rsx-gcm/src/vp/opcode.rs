//! Operations of vertex programs.

use crate::methods::UnknownValue;

/// Defines a set of operations: name, number, and which of the three sources it reads.
macro_rules! operations {
    ($(#[$doc:meta])* $type:ident { $($(#[$odoc:meta])* $name:ident = $number:literal, $mnemonic:literal, $sources:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$odoc])* $name = $number,)*
        }

        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number in the instruction.
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
                    _ => Err(UnknownValue { field: stringify!($type), bits }),
                }
            }

            /// The name in listings.
            #[must_use]
            pub const fn mnemonic(self) -> &'static str {
                match self {
                    $(Self::$name => $mnemonic,)*
                }
            }

            /// Numbers of the sources that it reads, in the order of its operands.
            ///
            /// `None` for operations that the assembler leaves out: control flow,
            /// texture reads and what no public source describes.
            #[must_use]
            pub const fn sources(self) -> Option<&'static [usize]> {
                match self {
                    $(Self::$name => $sources,)*
                }
            }
        }

        impl crate::methods::Field for $type {
            type Read = Result<Self, UnknownValue>;
            fn to_field(self) -> u32 {
                self as u32
            }
            fn from_field(bits: u32) -> Self::Read {
                Self::from_bits(bits)
            }
        }
    };
}

operations! {
    /// Operations of the vector unit. In the descriptions a, b, c are the operands.
    VectorOp {
        /// Nothing.
        Nop = 0x00, "NOP", Some(&[]);
        /// a.
        Mov = 0x01, "MOV", Some(&[0]);
        /// a · b, lane by lane.
        Mul = 0x02, "MUL", Some(&[0, 1]);
        /// a + b; b is source 2.
        Add = 0x03, "ADD", Some(&[0, 2]);
        /// a · b + c.
        Mad = 0x04, "MAD", Some(&[0, 1, 2]);
        /// Dot product of three lanes, in all lanes.
        Dp3 = 0x05, "DP3", Some(&[0, 1]);
        /// Dot product of three lanes, plus b.w.
        Dph = 0x06, "DPH", Some(&[0, 1]);
        /// Dot product of four lanes.
        Dp4 = 0x07, "DP4", Some(&[0, 1]);
        /// (1, a.y · b.y, a.z, b.w).
        Dst = 0x08, "DST", Some(&[0, 1]);
        /// The lesser.
        Min = 0x09, "MIN", Some(&[0, 1]);
        /// The greater.
        Max = 0x0a, "MAX", Some(&[0, 1]);
        /// 1 where a < b, else 0.
        Slt = 0x0b, "SLT", Some(&[0, 1]);
        /// 1 where a ≥ b, else 0.
        Sge = 0x0c, "SGE", Some(&[0, 1]);
        /// The floor of a, to an address register.
        Arl = 0x0d, "ARL", Some(&[0]);
        /// a less its floor.
        Frc = 0x0e, "FRC", Some(&[0]);
        /// The floor.
        Flr = 0x0f, "FLR", Some(&[0]);
        /// 1 where a = b, else 0.
        Seq = 0x10, "SEQ", Some(&[0, 1]);
        /// 0.
        Sfl = 0x11, "SFL", Some(&[]);
        /// 1 where a > b, else 0.
        Sgt = 0x12, "SGT", Some(&[0, 1]);
        /// 1 where a ≤ b, else 0.
        Sle = 0x13, "SLE", Some(&[0, 1]);
        /// 1 where a ≠ b, else 0.
        Sne = 0x14, "SNE", Some(&[0, 1]);
        /// 1.
        Str = 0x15, "STR", Some(&[]);
        /// -1, 0 or 1 by the sign of a.
        Ssg = 0x16, "SSG", Some(&[0]);
        /// a rounded, to an address register.
        Arr = 0x17, "ARR", Some(&[0]);
        /// Adds address registers.
        Ara = 0x18, "ARA", None;
        /// Reads a vertex texture.
        Txl = 0x19, "TXL", None;
    }
}

operations! {
    /// Operations of the scalar unit; the operand is source 2, and of it lane x after swizzling.
    /// The result goes to all lanes that are written, but for EXP, LOG and LIT.
    ScalarOp {
        /// Nothing.
        Nop = 0x00, "NOP", Some(&[]);
        /// a.
        Mov = 0x01, "MOV", Some(&[2]);
        /// 1 / a.
        Rcp = 0x02, "RCP", Some(&[2]);
        /// 1 / a, its magnitude clamped to 5.42101e-20 and 1.884467e19.
        Rcc = 0x03, "RCC", Some(&[2]);
        /// 1 / √|a|.
        Rsq = 0x04, "RSQ", Some(&[2]);
        /// (2^⌊a⌋, a - ⌊a⌋, 2^a roughly, 1).
        Exp = 0x05, "EXP", Some(&[2]);
        /// (exponent of |a|, mantissa of |a|, log2 |a| roughly, 1).
        Log = 0x06, "LOG", Some(&[2]);
        /// (1, max(a.x, 0), a.x > 0 ? 2^(a.w · log2 a.y) : 0, 1): lighting coefficients.
        Lit = 0x07, "LIT", Some(&[2]);
        /// Branches.
        Bra = 0x08, "BRA", None;
        /// Branches on a condition.
        Bri = 0x09, "BRI", None;
        /// Calls.
        Cal = 0x0a, "CAL", None;
        /// Calls on a condition.
        Cli = 0x0b, "CLI", None;
        /// Returns.
        Ret = 0x0c, "RET", None;
        /// log2 a.
        Lg2 = 0x0d, "LG2", Some(&[2]);
        /// 2^a.
        Ex2 = 0x0e, "EX2", Some(&[2]);
        /// Sine of a in radians.
        Sin = 0x0f, "SIN", Some(&[2]);
        /// Cosine of a in radians.
        Cos = 0x10, "COS", Some(&[2]);
        /// Branches on a boolean constant.
        Brb = 0x11, "BRB", None;
        /// Calls on a boolean constant.
        Clb = 0x12, "CLB", None;
        /// Pushes an address register.
        Psh = 0x13, "PSH", None;
        /// Pops an address register.
        Pop = 0x14, "POP", None;
    }
}
