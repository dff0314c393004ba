//! From words to instructions.

use super::instruction::{
    Constant, Destination, Input, Instruction, Predicate, Register, Source, Value,
};
use super::layout::{NO_INDEX, SourceBits, SourceType, Word0, Word1, Word2, Word3};
use super::opcode::Op;
use crate::methods::UnknownValue;
use crate::operand::{Mask, Swizzle};
use core::fmt;

/// Why words are no instruction that this module knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A field has no such value.
    Unknown(UnknownValue),
    /// An operation that has no form here.
    Unsupported(&'static str),
    /// A modifier that has no form here.
    Modifier(&'static str),
    /// The words end before the program does.
    Truncated,
}

impl From<UnknownValue> for DecodeError {
    fn from(error: UnknownValue) -> Self {
        Self::Unknown(error)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(error) => error.fmt(f),
            Self::Unsupported(op) => write!(f, "{op} is not supported"),
            Self::Modifier(name) => write!(f, "{name} is not supported"),
            Self::Truncated => f.write_str("the program does not end"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// A decoded instruction and what goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The instruction; constants are in it.
    pub instruction: Instruction,
    /// It is the last one.
    pub end: bool,
    /// Words that it takes, 4 or 8.
    pub length: usize,
}

impl Instruction {
    /// The instruction at the start of `words`, halves not swapped. Sources that are not read are ignored.
    ///
    /// # Errors
    /// [`DecodeError`] for what this module has no form for.
    pub fn decode(words: &[u32]) -> Result<Decoded, DecodeError> {
        let &[word0, word1, word2, word3, ref rest @ ..] = words else {
            return Err(DecodeError::Truncated);
        };
        let (word0, word1, word2, word3) = (Word0(word0), Word1(word1), Word2(word2), Word3(word3));
        let op = Op::from_bits(word0.operation() | u32::from(word2.branch()) << 6)?;
        let count = op
            .operands()
            .ok_or(DecodeError::Unsupported(op.mnemonic()))?;
        check_modifiers(word0, word1, word2, word3)?;

        let sources = [
            (SourceBits(word1.source()), word1.absolute()),
            (SourceBits(word2.source()), word2.absolute()),
            (SourceBits(word3.source()), word3.absolute()),
        ];
        let mut operands = [None; 3];
        let mut length = 4;
        for (operand, (bits, absolute)) in operands.iter_mut().zip(sources).take(count) {
            let value = match bits.kind()? {
                SourceType::Temporary => Value::Temp(register(bits.register(), bits.half())),
                SourceType::Input => {
                    let bits = word0.input();
                    Value::Input(Input::from_bits(bits).ok_or(UnknownValue {
                        field: "Input",
                        bits,
                    })?)
                }
                SourceType::Constant => {
                    let constant = rest.first_chunk().ok_or(DecodeError::Truncated)?;
                    length = 8;
                    Value::Constant(Constant(*constant))
                }
            };
            let swizzle = Swizzle([bits.x(), bits.y(), bits.z(), bits.w()]);
            *operand = Some(Source {
                value,
                swizzle,
                absolute,
                negate: bits.negate(),
            });
        }

        let written = (!word0.no_result()).then(|| register(word0.register(), word0.half()));
        let test = Swizzle([
            word1.test_x(),
            word1.test_y(),
            word1.test_z(),
            word1.test_w(),
        ]);
        let instruction = Self {
            op,
            to: Destination {
                register: written,
                mask: Mask::from_bits(word0.mask()),
            },
            operands,
            unit: word0.unit() as u8,
            saturate: word0.saturate(),
            scale: word2.scale()?,
            precision: word0.precision()?,
            when: Predicate {
                test: word1.test()?,
                swizzle: test,
            },
            update_condition: word0.update_condition(),
        };
        Ok(Decoded {
            instruction,
            end: word0.end(),
            length,
        })
    }
}

fn check_modifiers(
    word0: Word0,
    word1: Word1,
    word2: Word2,
    word3: Word3,
) -> Result<(), DecodeError> {
    if word0.expand() {
        return Err(DecodeError::Modifier("expanding texels"));
    }
    if word1.updated_register() != 0 || word1.tested_register() != 0 {
        return Err(DecodeError::Modifier("condition register 1"));
    }
    if word2.source_precisions() != 0 {
        return Err(DecodeError::Modifier("a precision of sources"));
    }
    if word3.index_input() || !matches!(word3.index(), 0 | NO_INDEX) {
        return Err(DecodeError::Modifier("indexing inputs"));
    }
    if word3.no_perspective() {
        return Err(DecodeError::Modifier("interpolation without perspective"));
    }
    Ok(())
}

fn register(number: u32, half: bool) -> Register {
    if half {
        Register::H(number as u8)
    } else {
        Register::R(number as u8)
    }
}
