//! Fields of the four words of a vertex instruction.

use super::opcode::{ScalarOp, VectorOp};
use crate::methods::bits::{arguments, values};
use crate::operand::Lane;

values! {
    /// Where a source comes from.
    pub enum SourceType {
        /// A temporary register.
        Temporary = 1,
        /// The attribute that the instruction names.
        Input = 2,
        /// The constant that the instruction names.
        Constant = 3,
    }
}

/// The temporary that is none.
pub const NO_TEMPORARY: u32 = 0x3f;

/// The output that is none.
pub const NO_OUTPUT: u32 = 0x1f;

/// The condition "always".
pub const ALWAYS: u32 = 7;

arguments! {
    /// Word 0.
    pub struct Word0 {
        /// Lane of the address register that indexes.
        address_lane / with_address_lane: Lane = 0, 2;
        /// Lane of the condition register for lane w.
        condition_w / with_condition_w: Lane = 2, 2;
        /// The same for lane z.
        condition_z / with_condition_z: Lane = 4, 2;
        /// The same for lane y.
        condition_y / with_condition_y: Lane = 6, 2;
        /// The same for lane x.
        condition_x / with_condition_x: Lane = 8, 2;
        /// Less 1, equal 2, greater 4; all three for always.
        condition / with_condition: u32 = 10, 3;
        /// The condition is tested.
        test_condition / with_test_condition: bool = 13, 1;
        /// The condition register is written.
        update_condition / with_update_condition: bool = 14, 1;
        /// Temporary that the vector unit writes, or its address register.
        temporary / with_temporary: u32 = 15, 6;
        /// Magnitude of source 0.
        absolute0 / with_absolute0: bool = 21, 1;
        /// Magnitude of source 1.
        absolute1 / with_absolute1: bool = 22, 1;
        /// Magnitude of source 2.
        absolute2 / with_absolute2: bool = 23, 1;
        /// Address register 1 indexes, not 0.
        address_register / with_address_register: u32 = 24, 1;
        /// Condition register 1, not 0.
        condition_register / with_condition_register: u32 = 25, 1;
        /// Results are clamped to 0 to 1.
        saturate / with_saturate: bool = 26, 1;
        /// The attribute is indexed.
        index_input / with_index_input: bool = 27, 1;
        /// The condition register is written, second bit.
        update_condition1 / with_update_condition1: bool = 29, 1;
        /// The vector unit writes the output, not the scalar unit.
        vector_result / with_vector_result: bool = 30, 1;
    }

    /// Word 1.
    pub struct Word1 {
        /// Upper 8 bits of source 0.
        source0_high / with_source0_high: u32 = 0, 8;
        /// The attribute.
        input / with_input: u32 = 8, 4;
        /// The constant.
        constant / with_constant: u32 = 12, 10;
        /// Operation of the vector unit.
        vector / with_vector: VectorOp = 22, 5;
        /// Operation of the scalar unit.
        scalar / with_scalar: ScalarOp = 27, 5;
    }

    /// Word 2.
    pub struct Word2 {
        /// Upper 6 bits of source 2.
        source2_high / with_source2_high: u32 = 0, 6;
        /// Source 1.
        source1 / with_source1: u32 = 6, 17;
        /// Lower 9 bits of source 0.
        source0_low / with_source0_low: u32 = 23, 9;
    }

    /// Word 3.
    pub struct Word3 {
        /// The last instruction.
        end / with_end: bool = 0, 1;
        /// The constant is indexed.
        index_constant / with_index_constant: bool = 1, 1;
        /// The output register.
        output / with_output: u32 = 2, 5;
        /// Temporary that the scalar unit writes. Its highest bit (12 of the word) alone says that the
        /// scalar unit writes the output, where the vector unit does not.
        scalar_temporary / with_scalar_temporary: u32 = 7, 6;
        /// Lanes that the vector unit writes; bit 0 is w, bit 3 is x.
        vector_mask / with_vector_mask: u32 = 13, 4;
        /// Lanes that the scalar unit writes; bit 0 is w, bit 3 is x.
        scalar_mask / with_scalar_mask: u32 = 17, 4;
        /// Lower 11 bits of source 2.
        source2_low / with_source2_low: u32 = 21, 11;
    }

    /// A source, 17 bits.
    pub struct SourceBits {
        /// Where it comes from.
        kind / with_kind: SourceType = 0, 2;
        /// The temporary register.
        temporary / with_temporary: u32 = 2, 6;
        /// Lane that stands for w.
        w / with_w: Lane = 8, 2;
        /// Lane that stands for z.
        z / with_z: Lane = 10, 2;
        /// Lane that stands for y.
        y / with_y: Lane = 12, 2;
        /// Lane that stands for x.
        x / with_x: Lane = 14, 2;
        /// Negated, after taking the magnitude.
        negate / with_negate: bool = 16, 1;
    }
}

/// The sources of an instruction, from words 1 to 3.
#[must_use]
pub fn sources(word1: Word1, word2: Word2, word3: Word3) -> [SourceBits; 3] {
    [
        SourceBits(word1.source0_high() << 9 | word2.source0_low()),
        SourceBits(word2.source1()),
        SourceBits(word2.source2_high() << 11 | word3.source2_low()),
    ]
}
