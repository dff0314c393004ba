//! Whole fragment programs.

use super::encode::{EncodeError, lanes_read};
use super::instruction::{Input, Instruction, Parameter, Register, Value};
use super::opcode::{Op, Reads};
use super::swap_halves;
use crate::methods::fields::ShaderControl;
use alloc::vec::Vec;
use core::fmt;

/// The register that holds the fragment's colour in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultRegister {
    /// R0, 32-bit floats.
    R0,
    /// H0, 16-bit floats: enough for a target of 8 bits a component.
    H0,
}

impl ResultRegister {
    const fn register(self) -> Register {
        match self {
            Self::R0 => Register::R(0),
            Self::H0 => Register::H(0),
        }
    }
}

/// Why there is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// An instruction that the hardware cannot do.
    Instruction {
        /// Its number, from 0.
        number: usize,
        /// What is wrong.
        error: EncodeError,
    },
    /// The result register is never written.
    NoResult(ResultRegister),
    /// A parameter of another builder's.
    NoSuchParameter {
        /// Number of the instruction.
        number: usize,
    },
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instruction { number, error } => {
                write!(f, "fragment instruction {number}: {error}")
            }
            Self::NoResult(result) => write!(f, "the fragment program never writes {result:?}"),
            Self::NoSuchParameter { number } => {
                write!(
                    f,
                    "fragment instruction {number}: a parameter of another program"
                )
            }
        }
    }
}

impl core::error::Error for AssembleError {}

/// An assembled fragment program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    words: Vec<u32>,
    /// Of each parameter the numbers of the words where its value starts.
    parameters: Vec<Vec<u32>>,
    control: ShaderControl,
    /// Of each texture coordinate the lanes that are read, bit = lane.
    texcoords: [u8; 10],
}

impl Program {
    pub(super) fn assemble(
        instructions: &[Instruction],
        parameters: usize,
        result: ResultRegister,
    ) -> Result<Self, AssembleError> {
        let full = result == ResultRegister::R0;
        let control = ShaderControl::default()
            .with_always(true)
            .with_full_precision(full)
            .with_registers(2);
        let mut program = Self {
            words: Vec::new(),
            parameters: alloc::vec![Vec::new(); parameters],
            control,
            texcoords: [0; 10],
        };
        let mut written = false;
        for (number, instruction) in instructions.iter().enumerate() {
            let (words, constant) = instruction
                .encode(number + 1 == instructions.len())
                .map_err(|error| AssembleError::Instruction { number, error })?;
            program.words.extend(words);
            match constant {
                Some(Value::Constant(constant)) => program.words.extend(constant.0),
                Some(Value::Parameter(Parameter(parameter))) => {
                    let at = program.words.len() as u32;
                    let places = program.parameters.get_mut(usize::from(parameter));
                    places
                        .ok_or(AssembleError::NoSuchParameter { number })?
                        .push(at);
                    program.words.extend([0; 4]);
                }
                _ => {}
            }
            program.note(instruction);
            written |= instruction.to.register == Some(result.register());
        }
        if written {
            Ok(program)
        } else {
            Err(AssembleError::NoResult(result))
        }
    }

    /// Adds to the control word and the texture coordinates what an instruction uses.
    fn note(&mut self, instruction: &Instruction) {
        if let Some(register) = instruction.to.register {
            self.note_register(register);
        }
        if instruction.op == Op::Kil {
            self.control = self.control.with_kill(true);
        }
        for source in instruction.operands.iter().flatten() {
            match source.value {
                Value::Temp(register) => self.note_register(register),
                Value::Input(Input::TexCoord(number)) => {
                    let lanes = match instruction.op.reads() {
                        Reads::Written => instruction.to.mask.bits(),
                        Reads::X => 1,
                        Reads::Xy => 3,
                        Reads::Xyz => 7,
                        Reads::Any => 15,
                    };
                    if let Some(seen) = self.texcoords.get_mut(usize::from(number)) {
                        *seen |= lanes_read(source, lanes) as u8;
                    }
                }
                _ => {}
            }
        }
    }

    fn note_register(&mut self, register: Register) {
        let number = match register {
            Register::R(number) => number,
            Register::H(number) => number / 2,
        };
        let count = self.control.registers().max(u32::from(number) + 1);
        self.control = self.control.with_registers(count);
    }

    /// The words, halves not swapped.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The words as they lie in memory.
    pub fn memory_words(&self) -> impl Iterator<Item = u32> {
        self.words.iter().map(|&word| swap_halves(word))
    }

    /// Bytes that it takes in memory.
    #[must_use]
    pub fn size(&self) -> u32 {
        4 * self.words.len() as u32
    }

    /// The control word.
    #[must_use]
    pub const fn control(&self) -> ShaderControl {
        self.control
    }

    /// Lanes of texture coordinate `number` that it reads, bit = lane; 0 for a coordinate that there is not.
    #[must_use]
    pub fn texcoord_lanes(&self, number: u8) -> u8 {
        self.texcoords
            .get(usize::from(number))
            .copied()
            .unwrap_or(0)
    }

    /// Bytes from the program's start to each place of `parameter`.
    pub fn parameter_offsets(&self, parameter: Parameter) -> impl Iterator<Item = u32> {
        self.parameters
            .get(usize::from(parameter.0))
            .into_iter()
            .flatten()
            .map(|at| 4 * at)
    }

    /// Sets `parameter` in the program itself; one that is already in memory does not change.
    pub fn set_parameter(&mut self, parameter: Parameter, value: [f32; 4]) {
        let Some(places) = self.parameters.get(usize::from(parameter.0)) else {
            return;
        };
        for &at in places {
            let at = at as usize;
            self.words[at..at + 4].copy_from_slice(&value.map(f32::to_bits));
        }
    }
}
