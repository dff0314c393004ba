//! The instructions: each row of the tables says how one is encoded, how it is written,
//! and what it does.

mod arithmetic;
pub(super) mod branch;
mod cache;
mod compare;
mod condition_register;
mod encoding;
mod float_arithmetic;
mod float_compare;
mod float_convert;
mod float_memory;
mod float_status;
mod load;
mod logical;
mod multiple;
mod reservation;
mod rotate;
mod special_register;
mod store;
mod vector_compare;
mod vector_estimate;
mod vector_float;
mod vector_integer;
mod vector_logical;
mod vector_memory;
mod vector_multiply;
mod vector_pack;
mod vector_permute;
mod vector_shift;

use std::sync::LazyLock;

use super::exit::Stop;
use super::memory::AddressSpace;
use super::run::Ppu;
use super::word::Word;
pub use encoding::Form;

/// What an instruction does.
pub(super) type Execute = fn(&mut Ppu, &mut AddressSpace, Word) -> Outcome;
/// How an instruction ends.
pub(super) type Outcome = Result<(), Stop>;

/// One instruction of the PPE.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// The mnemonic, without the suffixes that [`Instruction::form`] adds.
    pub name: &'static str,
    /// The operands in the order of the assembler, by the names of their fields.
    pub operands: &'static str,
    /// Which bits of the word say that it is this instruction.
    pub mask: u32,
    /// Their values.
    pub pattern: u32,
    /// Which suffixes the mnemonic can take.
    pub form: Form,
    /// Whether it looks at the program counter or the clock, or says where execution goes on: only
    /// the last instruction of a block may.
    ends_block: bool,
    execute: Execute,
}

/// A word with what it does.
#[derive(Clone, Copy)]
pub(super) struct Decoded {
    pub(super) execute: Execute,
    pub(super) word: Word,
    /// Words from here to the end of its block.
    pub(super) length: u16,
    pub(super) flow: Flow,
}

/// How execution goes on after a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// As its execution says.
    Told,
    /// It is a `b` that does not link.
    Always,
    /// It is a `bc` that does not link.
    Conditional,
}

static TABLES: [&[Instruction]; 27] = [
    arithmetic::TABLE,
    branch::TABLE,
    cache::TABLE,
    compare::TABLE,
    condition_register::TABLE,
    float_arithmetic::TABLE,
    float_compare::TABLE,
    float_convert::TABLE,
    float_memory::TABLE,
    float_status::TABLE,
    load::TABLE,
    logical::TABLE,
    multiple::TABLE,
    reservation::TABLE,
    rotate::TABLE,
    special_register::TABLE,
    store::TABLE,
    vector_compare::TABLE,
    vector_estimate::TABLE,
    vector_float::TABLE,
    vector_integer::TABLE,
    vector_logical::TABLE,
    vector_memory::TABLE,
    vector_multiply::TABLE,
    vector_pack::TABLE,
    vector_permute::TABLE,
    vector_shift::TABLE,
];

/// Low bits of a word that, with the primary opcode, tell all instructions apart.
const EXTENDED_BITS: u32 = 11;

static LOOKUP: LazyLock<Vec<Option<&'static Instruction>>> = LazyLock::new(|| {
    let mut lookup = vec![None; 64 << EXTENDED_BITS];
    for instruction in instructions() {
        for extended in 0..1 << EXTENDED_BITS {
            if (extended ^ instruction.pattern) & instruction.mask & ((1 << EXTENDED_BITS) - 1) == 0
            {
                lookup[place(instruction.pattern & !((1 << EXTENDED_BITS) - 1) | extended)] =
                    Some(instruction);
            }
        }
    }
    lookup
});

const fn place(word: u32) -> usize {
    (word >> 26 << EXTENDED_BITS | word & ((1 << EXTENDED_BITS) - 1)) as usize
}

/// All instructions.
pub fn instructions() -> impl Iterator<Item = &'static Instruction> {
    TABLES.iter().copied().flatten()
}

/// The instruction that a word is, if it is one of the PPE.
#[must_use]
pub fn instruction(word: u32) -> Option<&'static Instruction> {
    LOOKUP[place(word)].filter(|instruction| instruction.matches(word))
}

impl Instruction {
    /// Whether a word is this instruction.
    #[must_use]
    pub fn matches(&self, word: u32) -> bool {
        word & self.mask == self.pattern
    }
}

/// The last word of a block, or one that `after` follows.
pub(super) fn decode(word: Word, after: Option<&Decoded>) -> Decoded {
    let instruction = instruction(word.0);
    let ends_block = instruction.is_none_or(|instruction| {
        instruction.ends_block || instruction.name == "mfspr" && special_register::is_of_time(word)
    });
    Decoded {
        execute: instruction.map_or(illegal, |instruction| instruction.execute),
        word,
        length: match after {
            Some(after) if !ends_block => after.length + 1,
            _ => 1,
        },
        flow: branch::flow(instruction, word),
    }
}

fn illegal(_: &mut Ppu, _: &mut AddressSpace, _: Word) -> Outcome {
    Err(Stop::illegal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_two_instructions() {
        let all: Vec<_> = instructions().collect();
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.pattern & !one.mask, 0, "{}", one.name);
            for other in &all[at + 1..] {
                let common = one.mask & other.mask;
                assert_ne!(
                    one.pattern & common,
                    other.pattern & common,
                    "{} and {}",
                    one.name,
                    other.name
                );
            }
        }
    }

    #[test]
    fn every_instruction_is_found() {
        for expected in instructions() {
            let found = instruction(expected.pattern).expect(expected.name);
            assert_eq!(found.name, expected.name);
        }
        assert!(instruction(0).is_none());
    }
}
