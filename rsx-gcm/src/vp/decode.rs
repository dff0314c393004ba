//! From words to instructions.

use super::instruction::{
    AddressRegister, Instruction, Operation, Output, Register, Source, Target,
};
use super::layout::{
    ALWAYS, NO_OUTPUT, NO_TEMPORARY, SourceBits, SourceType, Word0, Word1, Word2, Word3, sources,
};
use super::opcode::{ScalarOp, VectorOp};
use crate::methods::UnknownValue;
use crate::operand::{Lane, Mask, Swizzle};
use core::fmt;

/// Why words are no instruction that this module knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A field has no such value.
    Unknown(UnknownValue),
    /// An operation that has no form here.
    Unsupported(&'static str),
    /// A condition is tested or written, or an attribute indexed.
    Modifier(&'static str),
    /// A unit has an operation and no register to write to.
    NoTarget(&'static str),
    /// A unit writes both a temporary and an output.
    TwoTargets(&'static str),
    /// Both units do nothing.
    Empty,
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
            Self::NoTarget(op) => write!(f, "{op} writes nothing"),
            Self::TwoTargets(op) => write!(f, "{op} writes two registers"),
            Self::Empty => f.write_str("neither unit does anything"),
            Self::Truncated => f.write_str("the program does not end"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// Fields of an instruction that its sources need.
struct Shared {
    input: u8,
    constant: u16,
    index: Option<AddressRegister>,
}

impl Instruction {
    /// The instruction in four words, and whether it is the last one. Sources that are not read are ignored.
    ///
    /// # Errors
    /// [`DecodeError`] for what this module has no form for.
    pub fn decode(words: [u32; 4]) -> Result<(Self, bool), DecodeError> {
        let (word0, word1, word2, word3) = (
            Word0(words[0]),
            Word1(words[1]),
            Word2(words[2]),
            Word3(words[3]),
        );
        check_modifiers(word0)?;
        let index = word3.index_constant().then(|| AddressRegister {
            number: word0.address_register() as u8,
            lane: word0.address_lane(),
        });
        let shared = Shared {
            input: word1.input() as u8,
            constant: word1.constant() as u16,
            index,
        };
        let absolute = [word0.absolute0(), word0.absolute1(), word0.absolute2()];
        let bits = sources(word1, word2, word3);
        let operands = |numbers: &[usize]| -> Result<[Option<Source>; 3], DecodeError> {
            let mut operands = [None; 3];
            for (operand, &number) in operands.iter_mut().zip(numbers) {
                *operand = Some(shared.source(bits[number], absolute[number])?);
            }
            Ok(operands)
        };

        let output = match word3.output() {
            NO_OUTPUT => None,
            bits => Some(Output::from_bits(bits).ok_or(UnknownValue {
                field: "Output",
                bits,
            })?),
        };
        let vector = match word1.vector()? {
            VectorOp::Nop => None,
            op => {
                let name = op.mnemonic();
                let sources = op.sources().ok_or(DecodeError::Unsupported(name))?;
                let output = output.filter(|_| word0.vector_result());
                let addresses = matches!(op, VectorOp::Arl | VectorOp::Arr);
                let target = target(name, word0.temporary(), addresses, output)?;
                let mask = Mask::from_bits(word3.vector_mask()).reversed();
                Some(Operation {
                    op,
                    to: target.mask(mask),
                    operands: operands(sources)?,
                })
            }
        };
        let scalar = match word1.scalar()? {
            ScalarOp::Nop => None,
            op => {
                let name = op.mnemonic();
                let sources = op.sources().ok_or(DecodeError::Unsupported(name))?;
                let output = output.filter(|_| !word0.vector_result());
                let target = target(name, word3.scalar_temporary(), false, output)?;
                let mask = Mask::from_bits(word3.scalar_mask()).reversed();
                Some(Operation {
                    op,
                    to: target.mask(mask),
                    operands: operands(sources)?,
                })
            }
        };
        if vector.is_none() && scalar.is_none() {
            return Err(DecodeError::Empty);
        }
        Ok((
            Self {
                vector,
                scalar,
                saturate: word0.saturate(),
            },
            word3.end(),
        ))
    }
}

fn check_modifiers(word0: Word0) -> Result<(), DecodeError> {
    let swizzle = [
        word0.condition_x(),
        word0.condition_y(),
        word0.condition_z(),
        word0.condition_w(),
    ];
    if word0.condition() != ALWAYS || word0.test_condition() || swizzle != Lane::ALL {
        return Err(DecodeError::Modifier("a condition"));
    }
    if word0.update_condition() || word0.update_condition1() || word0.condition_register() != 0 {
        return Err(DecodeError::Modifier("writing a condition"));
    }
    if word0.index_input() {
        return Err(DecodeError::Modifier("indexing attributes"));
    }
    Ok(())
}

fn target(
    op: &'static str,
    temporary: u32,
    address: bool,
    output: Option<Output>,
) -> Result<Target, DecodeError> {
    match (temporary, output) {
        (NO_TEMPORARY, Some(output)) => Ok(Target::Output(output)),
        (NO_TEMPORARY, None) => Err(DecodeError::NoTarget(op)),
        (_, Some(_)) => Err(DecodeError::TwoTargets(op)),
        (number, None) if address => Ok(Target::Address(number as u8)),
        (number, None) => Ok(Target::Temp(number as u8)),
    }
}

impl Shared {
    fn source(&self, bits: SourceBits, absolute: bool) -> Result<Source, DecodeError> {
        let register = match (bits.kind()?, self.index) {
            (SourceType::Temporary, _) => Register::Temp(bits.temporary() as u8),
            (SourceType::Input, _) => Register::Input(self.input),
            (SourceType::Constant, None) => Register::Constant(self.constant),
            (SourceType::Constant, Some(address)) => Register::Indexed {
                address,
                base: self.constant,
            },
        };
        let swizzle = Swizzle([bits.x(), bits.y(), bits.z(), bits.w()]);
        Ok(Source {
            register,
            swizzle,
            absolute,
            negate: bits.negate(),
        })
    }
}
