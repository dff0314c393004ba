//! Fields of the four words of a fragment instruction, halves not swapped.

use crate::methods::bits::{arguments, values};
use crate::operand::Lane;

values! {
    /// Where a source comes from.
    pub enum SourceType {
        /// A temporary register.
        Temporary = 0,
        /// The input that the instruction names.
        Input = 1,
        /// The four words after the instruction.
        Constant = 2,
    }

    /// With what precision a result is computed.
    pub enum Precision {
        /// 32-bit floats.
        Full = 0,
        /// 16-bit floats.
        Half = 1,
        /// Fixed point from -2 to 2, 12 bits.
        Fixed12 = 2,
        /// Fixed point from -1 to 1, 9 bits.
        Fixed9 = 3,
    }

    /// What a result is multiplied by.
    pub enum Scale {
        /// 1.
        One = 0,
        /// 2.
        Times2 = 1,
        /// 4.
        Times4 = 2,
        /// 8.
        Times8 = 3,
        /// 1/2.
        Half = 5,
        /// 1/4.
        Quarter = 6,
        /// 1/8.
        Eighth = 7,
    }

    /// A test of a condition register's lane against 0.
    pub enum Test {
        /// Never.
        Never = 0,
        /// Less.
        Less = 1,
        /// Equal.
        Equal = 2,
        /// Less or equal.
        LessOrEqual = 3,
        /// Greater.
        Greater = 4,
        /// Not equal.
        NotEqual = 5,
        /// Greater or equal.
        GreaterOrEqual = 6,
        /// Always.
        Always = 7,
    }
}

/// The index of word 3 in instructions that read an input without indexing it; 0 in others.
///
/// That is what the compiler of the console's makers writes, and nouveau's programs for video and 2D
/// (xf86-video-nouveau `nv40_xv_tex.c`). Without the bit that turns indexing on it has no effect.
pub const NO_INDEX: u32 = 0x7fc;

arguments! {
    /// Word 0.
    pub struct Word0 {
        /// The last instruction.
        end / with_end: bool = 0, 1;
        /// The register that is written.
        register / with_register: u32 = 1, 6;
        /// That is an H register.
        half / with_half: bool = 7, 1;
        /// The condition register is written.
        update_condition / with_update_condition: bool = 8, 1;
        /// Lanes that are written; bit 0 is x.
        mask / with_mask: u32 = 9, 4;
        /// The input that sources can read.
        input / with_input: u32 = 13, 4;
        /// The texture unit.
        unit / with_unit: u32 = 17, 4;
        /// Texels are expanded from 0..1 to -1..1.
        expand / with_expand: bool = 21, 1;
        /// Precision of the result.
        precision / with_precision: Precision = 22, 2;
        /// Lower six bits of the operation.
        operation / with_operation: u32 = 24, 6;
        /// No register is written.
        no_result / with_no_result: bool = 30, 1;
        /// The result is clamped to 0 to 1.
        saturate / with_saturate: bool = 31, 1;
    }

    /// Word 1 above source 0.
    pub struct Word1 {
        /// Source 0.
        source / with_source: u32 = 0, 18;
        /// When the instruction runs.
        test / with_test: Test = 18, 3;
        /// Lane of the condition register for lane x.
        test_x / with_test_x: Lane = 21, 2;
        /// The same for lane y.
        test_y / with_test_y: Lane = 23, 2;
        /// The same for lane z.
        test_z / with_test_z: Lane = 25, 2;
        /// The same for lane w.
        test_w / with_test_w: Lane = 27, 2;
        /// Magnitude of source 0.
        absolute / with_absolute: bool = 29, 1;
        /// Condition register that is written.
        updated_register / with_updated_register: u32 = 30, 1;
        /// Condition register that is tested.
        tested_register / with_tested_register: u32 = 31, 1;
    }

    /// Word 2 above source 1.
    pub struct Word2 {
        /// Source 1.
        source / with_source: u32 = 0, 18;
        /// Magnitude of source 1.
        absolute / with_absolute: bool = 18, 1;
        /// Precision modifiers of the three sources, 3 bits each; 0 for none.
        source_precisions / with_source_precisions: u32 = 19, 9;
        /// What the result is multiplied by.
        scale / with_scale: Scale = 28, 3;
        /// The operation is a branch: bit 6 of its number.
        branch / with_branch: bool = 31, 1;
    }

    /// Word 3 above source 2.
    pub struct Word3 {
        /// Source 2.
        source / with_source: u32 = 0, 18;
        /// Magnitude of source 2.
        absolute / with_absolute: bool = 18, 1;
        /// What is added to the index register.
        index / with_index: u32 = 19, 11;
        /// The input is indexed.
        index_input / with_index_input: bool = 30, 1;
        /// The input is interpolated without perspective.
        no_perspective / with_no_perspective: bool = 31, 1;
    }

    /// A source, 18 bits.
    pub struct SourceBits {
        /// Where it comes from.
        kind / with_kind: SourceType = 0, 2;
        /// The register.
        register / with_register: u32 = 2, 6;
        /// That is an H register.
        half / with_half: bool = 8, 1;
        /// Lane that stands for x.
        x / with_x: Lane = 9, 2;
        /// Lane that stands for y.
        y / with_y: Lane = 11, 2;
        /// Lane that stands for z.
        z / with_z: Lane = 13, 2;
        /// Lane that stands for w.
        w / with_w: Lane = 15, 2;
        /// Negated, after taking the magnitude.
        negate / with_negate: bool = 17, 1;
    }
}

impl Scale {
    /// The factor.
    #[must_use]
    pub const fn factor(self) -> f32 {
        match self {
            Self::One => 1.0,
            Self::Times2 => 2.0,
            Self::Times4 => 4.0,
            Self::Times8 => 8.0,
            Self::Half => 0.5,
            Self::Quarter => 0.25,
            Self::Eighth => 0.125,
        }
    }
}
