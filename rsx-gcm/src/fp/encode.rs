//! From instructions to words.

use super::instruction::{Input, Instruction, Register, Source, Value};
use super::layout::{NO_INDEX, SourceBits, SourceType, Word0, Word1, Word2, Word3};
use super::{H_REGISTERS, R_REGISTERS};
use crate::operand::Lane;
use core::fmt;

/// Why something is no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The assembler has no form for this operation.
    Unsupported(&'static str),
    /// Too few or too many operands.
    OperandCount {
        /// The operation.
        op: &'static str,
        /// How many it takes.
        expected: usize,
    },
    /// One instruction can read one input.
    TwoInputs([Input; 2]),
    /// One instruction can read one constant or parameter.
    TwoConstants,
    /// No such register.
    NoSuchRegister(Register),
    /// No such texture coordinate.
    NoSuchInput(Input),
    /// No such texture unit.
    NoSuchUnit(u8),
    /// An operation without a result is given a register, or one with a result nothing to do with it.
    Result(&'static str),
    /// No lane is written.
    NoLanes(&'static str),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(op) => write!(f, "{op} is not supported"),
            Self::OperandCount { op, expected } => write!(f, "{op} takes {expected} operands"),
            Self::TwoInputs([a, b]) => write!(f, "{a} and {b} in one instruction"),
            Self::TwoConstants => f.write_str("two different constants in one instruction"),
            Self::NoSuchRegister(register) => write!(f, "there is no {register}"),
            Self::NoSuchInput(input) => write!(f, "there is no {input}"),
            Self::NoSuchUnit(unit) => write!(f, "there is no texture unit {unit}"),
            Self::Result(op) => write!(f, "{op} with the wrong kind of destination"),
            Self::NoLanes(op) => write!(f, "{op} writes no lane"),
        }
    }
}

impl core::error::Error for EncodeError {}

impl Instruction {
    /// The four words, halves not swapped, and what has to follow them; `end` marks the last instruction.
    ///
    /// # Errors
    /// [`EncodeError`] says what the hardware cannot do.
    pub fn encode(&self, end: bool) -> Result<([u32; 4], Option<Value>), EncodeError> {
        let name = self.op.mnemonic();
        let expected = self.op.operands().ok_or(EncodeError::Unsupported(name))?;
        let given = self
            .operands
            .iter()
            .take_while(|operand| operand.is_some())
            .count();
        if given != expected || self.operands.iter().flatten().count() != given {
            return Err(EncodeError::OperandCount { op: name, expected });
        }
        if u32::from(self.unit) >= crate::texture::UNITS {
            return Err(EncodeError::NoSuchUnit(self.unit));
        }
        let (input, constant) = self.shared()?;
        let [source0, source1, source2] = self.sources()?;
        let absolute = self
            .operands
            .map(|operand| operand.is_some_and(|source| source.absolute));
        let [x, y, z, w] = self.when.swizzle.0;

        let word0 = self
            .encode_result()?
            .with_end(end)
            .with_update_condition(self.update_condition)
            .with_input(input.unwrap_or(0))
            .with_unit(self.unit.into())
            .with_precision(self.precision)
            .with_operation(self.op.bits())
            .with_saturate(self.saturate);
        let word1 = Word1::default()
            .with_source(source0)
            .with_test(self.when.test)
            .with_test_x(x)
            .with_test_y(y)
            .with_test_z(z)
            .with_test_w(w)
            .with_absolute(absolute[0]);
        let word2 = Word2::default()
            .with_source(source1)
            .with_absolute(absolute[1])
            .with_scale(self.scale);
        let word3 = Word3::default()
            .with_source(source2)
            .with_absolute(absolute[2])
            .with_index(if input.is_some() { NO_INDEX } else { 0 });
        Ok((
            [word0.into(), word1.into(), word2.into(), word3.into()],
            constant,
        ))
    }

    /// The register that is written.
    fn encode_result(&self) -> Result<Word0, EncodeError> {
        let name = self.op.mnemonic();
        let Some(register) = self.to.register else {
            if !self.op.has_no_result() && !self.update_condition {
                return Err(EncodeError::Result(name));
            }
            return Ok(Word0::default()
                .with_no_result(true)
                .with_mask(self.to.mask.bits()));
        };
        if self.op.has_no_result() {
            return Err(EncodeError::Result(name));
        }
        if self.to.mask.is_empty() {
            return Err(EncodeError::NoLanes(name));
        }
        let (number, half) = register_bits(register)?;
        Ok(Word0::default()
            .with_register(number)
            .with_half(half)
            .with_mask(self.to.mask.bits()))
    }

    /// The input and the constant of all operands.
    fn shared(&self) -> Result<(Option<u32>, Option<Value>), EncodeError> {
        let mut input = None;
        let mut constant = None;
        for source in self.operands.iter().flatten() {
            match source.value {
                Value::Temp(_) => {}
                Value::Input(read) => {
                    let first = *input.get_or_insert(read);
                    if first != read {
                        return Err(EncodeError::TwoInputs([first, read]));
                    }
                }
                Value::Constant(_) | Value::Parameter(_) => {
                    if *constant.get_or_insert(source.value) != source.value {
                        return Err(EncodeError::TwoConstants);
                    }
                }
            }
        }
        let bits = match input {
            None => None,
            Some(input) => Some(input.bits().ok_or(EncodeError::NoSuchInput(input))?),
        };
        Ok((bits, constant))
    }

    fn sources(&self) -> Result<[u32; 3], EncodeError> {
        let mut bits = [0; 3];
        for (to, operand) in bits.iter_mut().zip(self.operands) {
            *to = source_bits(operand)?.into();
        }
        Ok(bits)
    }
}

/// A source that is not read is R0, as it is.
fn source_bits(source: Option<Source>) -> Result<SourceBits, EncodeError> {
    let source = source.unwrap_or(Register::R(0).into());
    let [x, y, z, w] = source.swizzle.0;
    let bits = SourceBits::default()
        .with_x(x)
        .with_y(y)
        .with_z(z)
        .with_w(w)
        .with_negate(source.negate);
    Ok(match source.value {
        Value::Temp(register) => {
            let (number, half) = register_bits(register)?;
            bits.with_kind(SourceType::Temporary)
                .with_register(number)
                .with_half(half)
        }
        Value::Input(_) => bits.with_kind(SourceType::Input),
        Value::Constant(_) | Value::Parameter(_) => bits.with_kind(SourceType::Constant),
    })
}

/// Number, and whether it is an H register.
fn register_bits(register: Register) -> Result<(u32, bool), EncodeError> {
    match register {
        Register::R(number) if number < R_REGISTERS => Ok((number.into(), false)),
        Register::H(number) if number < H_REGISTERS => Ok((number.into(), true)),
        _ => Err(EncodeError::NoSuchRegister(register)),
    }
}

/// Lanes of `source` that an operation which reads `lanes` of its operand gets to see.
pub(super) fn lanes_read(source: &Source, lanes: u32) -> u32 {
    Lane::ALL
        .into_iter()
        .filter(|&lane| lanes & 1 << lane as u32 != 0)
        .fold(0, |seen, lane| {
            seen | 1 << source.swizzle.0[lane as usize] as u32
        })
}
