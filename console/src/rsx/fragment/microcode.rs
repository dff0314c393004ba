//! Instructions of fragment programs as they lie in memory.
//!
//! Layout: Mesa `nvfx_shader.h` ("fragment program opcode"), RPCS3
//! `RSXFragmentProgram.h`. An instruction is four words, each with its halves
//! swapped; where a source is a constant, 16 bytes with it follow.

use super::super::memory::{Location, Memory};
use super::super::report::Problem;

/// Most instructions of one program: a limit of this device against programs without an end.
const MOST: usize = 1024;

/// One instruction, halves in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction(pub [u32; 4]);

/// What a source operand reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// A temporary: 32-bit floats, or 16-bit floats where `half` is set.
    Temporary {
        /// Number.
        index: u8,
        /// An H register.
        half: bool,
    },
    /// The interpolated attribute that the instruction names.
    Input,
    /// The constant after the instruction.
    Constant,
}

/// A source operand.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Register.
    pub register: Register,
    /// Component that each of x, y, z, w comes from.
    pub swizzle: [u8; 4],
    /// Absolute value, before the negation.
    pub absolute: bool,
    /// Negated.
    pub negate: bool,
    /// Precision that the operand is reduced to: 0 full, 1 half, 2 to 4 fixed point, of -2 to 2,
    /// -1 to 1, and 0 to 1.
    pub precision: u8,
}

impl Instruction {
    fn field(self, word: usize, shift: u32, width: u32) -> u32 {
        self.0[word] >> shift & (u32::MAX >> (32 - width))
    }

    fn bit(self, word: usize, shift: u32) -> bool {
        self.field(word, shift, 1) != 0
    }

    /// The program ends with this one.
    #[must_use]
    pub fn is_end(self) -> bool {
        self.bit(0, 0)
    }

    /// Operation, 6 bits; with bit 6 set for branches.
    #[must_use]
    pub fn operation(self) -> u32 {
        self.field(0, 24, 6) | self.field(2, 31, 1) << 6
    }

    /// Destination register.
    #[must_use]
    pub fn destination(self) -> u8 {
        self.field(0, 1, 6) as u8
    }

    /// The destination is an H register.
    #[must_use]
    pub fn destination_is_half(self) -> bool {
        self.bit(0, 7)
    }

    /// There is no destination but the condition register.
    #[must_use]
    pub fn has_no_destination(self) -> bool {
        self.bit(0, 30)
    }

    /// The result goes to a condition register, too.
    #[must_use]
    pub fn sets_condition(self) -> bool {
        self.bit(0, 8)
    }

    /// Written components.
    #[must_use]
    pub fn mask(self) -> [bool; 4] {
        [9, 10, 11, 12].map(|shift| self.bit(0, shift))
    }

    /// Attribute that input operands read.
    #[must_use]
    pub fn attribute(self) -> u8 {
        self.field(0, 13, 4) as u8
    }

    /// Texture unit.
    #[must_use]
    pub fn unit(self) -> u8 {
        self.field(0, 17, 4) as u8
    }

    /// Texels are expanded from 0…1 to -1…1.
    #[must_use]
    pub fn expands_texel(self) -> bool {
        self.bit(0, 21)
    }

    /// Precision of the operation: 0 full, 1 half, 2 and 3 fixed point.
    #[must_use]
    pub fn precision(self) -> u8 {
        self.field(0, 22, 2) as u8
    }

    /// The result is limited to 0…1.
    #[must_use]
    pub fn saturates(self) -> bool {
        self.bit(0, 31)
    }

    /// Factor of the result, 3 bits: 0 to 3 for 1, 2, 4, 8; 5 to 7 for 1/2, 1/4, 1/8.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.field(2, 28, 3) as u8
    }

    /// Condition for writing: bit 0 less, bit 1 equal, bit 2 greater.
    #[must_use]
    pub fn condition(self) -> u8 {
        self.field(1, 18, 3) as u8
    }

    /// Components of the condition register that x, y, z, w are tested with.
    #[must_use]
    pub fn condition_swizzle(self) -> [u8; 4] {
        [21, 23, 25, 27].map(|shift| self.field(1, shift, 2) as u8)
    }

    /// Condition register that is tested, 0 or 1.
    #[must_use]
    pub fn tested_condition(self) -> usize {
        self.field(1, 31, 1) as usize
    }

    /// Condition register that is set, 0 or 1.
    #[must_use]
    pub fn set_condition(self) -> usize {
        self.field(1, 30, 1) as usize
    }

    /// Inputs are chosen by the loop counter.
    #[must_use]
    pub fn indexes_input(self) -> bool {
        self.bit(3, 30)
    }

    /// Inputs are taken without perspective.
    #[must_use]
    pub fn without_perspective(self) -> bool {
        self.bit(3, 31)
    }

    /// Source operand 0, 1 or 2; `None` for a type that does not exist.
    #[must_use]
    pub fn source(self, number: usize) -> Option<Source> {
        let word = number + 1;
        let register = match self.field(word, 0, 2) {
            0 => Register::Temporary {
                index: self.field(word, 2, 6) as u8,
                half: self.bit(word, 8),
            },
            1 => Register::Input,
            2 => Register::Constant,
            _ => return None,
        };
        Some(Source {
            register,
            swizzle: [9, 11, 13, 15].map(|shift| self.field(word, shift, 2) as u8),
            absolute: self.bit(word, if number == 0 { 29 } else { 18 }),
            negate: self.bit(word, 17),
            precision: self.field(2, 19 + 3 * number as u32, 3) as u8,
        })
    }

    /// A constant follows.
    #[must_use]
    pub fn has_constant(self) -> bool {
        // Branches hold addresses in their second and third source word.
        let sources = if self.operation() < 0x40 { 1..4 } else { 1..2 };
        sources.into_iter().any(|word| self.field(word, 0, 2) == 2)
    }
}

/// A program: instructions and apart from them the constants that follow them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The instructions; those that [`Instruction::has_constant`] own the constants in order.
    pub code: Vec<Instruction>,
    /// Bits of the constants.
    pub constants: Vec<[u32; 4]>,
}

/// Bytes of an instruction, and of a constant.
const BLOCK: u64 = 16;

impl Program {
    /// Bytes that it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        BLOCK * (self.code.len() + self.constants.len()) as u64
    }

    /// Reads a program up to its last instruction.
    ///
    /// # Errors
    /// It leaves memory or does not end.
    pub fn read(memory: &Memory, location: Location, offset: u32) -> Result<Self, Problem> {
        let mut program = Self::default();
        let mut at = offset;
        loop {
            let instruction = Instruction(block(memory, location, at)?);
            at = at.wrapping_add(16);
            if instruction.has_constant() {
                program.constants.push(block(memory, location, at)?);
                at = at.wrapping_add(16);
            }
            program.code.push(instruction);
            if instruction.is_end() {
                return Ok(program);
            }
            if program.code.len() == MOST {
                return Err(Problem::FragmentProgram {
                    instruction: MOST as u32,
                    what: "the program has no end",
                });
            }
        }
    }
}

/// Four words, each with its halves swapped.
fn block(memory: &Memory, location: Location, offset: u32) -> Result<[u32; 4], Problem> {
    let bytes = memory
        .slice(location, offset, BLOCK)
        .map_err(|bytes| Problem::OutsideMemory {
            what: "fragment program",
            bytes,
        })?;
    Ok([0, 4, 8, 12].map(|i| super::super::memory::word(&bytes[i..i + 4]).rotate_left(16)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsx::memory::StandaloneMemory;

    #[test]
    fn the_tried_program_reads() {
        // MOV R0, COL0; END as it was run on RPCS3.
        let mut own = StandaloneMemory::new(64, 0);
        let mut memory = own.view();
        for (i, word) in [0x3e01_0100u32, 0xc801_1c9d, 0xc800_0001, 0xc800_3fe1]
            .iter()
            .enumerate()
        {
            memory
                .write_u32(Location::Local, 4 * i as u32, *word)
                .expect("inside");
        }
        let program = Program::read(&memory, Location::Local, 0).expect("a program");
        assert_eq!(program.code.len(), 1);
        let mov = program.code[0];
        assert!(mov.is_end() && !mov.destination_is_half() && !mov.has_constant());
        assert_eq!(
            (mov.operation(), mov.destination(), mov.attribute()),
            (1, 0, 1)
        );
        assert_eq!(
            (mov.mask(), mov.condition(), mov.scale()),
            ([true; 4], 7, 0)
        );
        assert_eq!(mov.condition_swizzle(), [0, 1, 2, 3]);
        let source = mov.source(0).expect("a source");
        assert_eq!(
            (source.register, source.swizzle),
            (Register::Input, [0, 1, 2, 3])
        );
        assert!(!source.absolute && !source.negate && source.precision == 0);
        assert!(!mov.indexes_input() && !mov.without_perspective());
    }

    #[test]
    fn a_program_without_end_is_reported() {
        let mut own = StandaloneMemory::new(1 << 20, 32);
        let memory = own.view();
        assert!(matches!(
            Program::read(&memory, Location::Local, 0),
            Err(Problem::FragmentProgram { .. })
        ));
        assert!(matches!(
            Program::read(&memory, Location::Main, 0),
            Err(Problem::OutsideMemory { .. })
        ));
    }
}
