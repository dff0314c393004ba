//! Whole vertex programs.

use super::SLOTS;
use super::instruction::{Destination, EncodeError, Instruction, Output, Register, Target};
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::methods::d3;
use crate::methods::fields::{OutputMask, TransformTimeout};
use alloc::vec::Vec;
use core::fmt;

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
    /// No instructions, or more than there are slots.
    Length(usize),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instruction { number, error } => {
                write!(f, "vertex instruction {number}: {error}")
            }
            Self::Length(length) => write!(
                f,
                "a vertex program of {length} instructions, expected 1 to {SLOTS}"
            ),
        }
    }
}

impl core::error::Error for AssembleError {}

/// An assembled vertex program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    code: Vec<[u32; 4]>,
    inputs: u32,
    outputs: OutputMask,
}

impl Program {
    pub(super) fn assemble(instructions: &[Instruction]) -> Result<Self, AssembleError> {
        let length = instructions.len();
        if length == 0 || length > SLOTS as usize {
            return Err(AssembleError::Length(length));
        }
        // The public rule is that the bit of the point size is always set.
        let mut program = Self {
            code: Vec::with_capacity(length),
            inputs: 0,
            outputs: OutputMask(0).with_point_size(true),
        };
        for (number, instruction) in instructions.iter().enumerate() {
            let words = instruction
                .encode(number + 1 == length)
                .map_err(|error| AssembleError::Instruction { number, error })?;
            program.code.push(words);
            program.note(instruction);
        }
        Ok(program)
    }

    /// Adds an instruction's attributes and outputs to the masks.
    fn note(&mut self, instruction: &Instruction) {
        let vector = instruction
            .vector
            .map(|operation| (operation.to, operation.operands));
        let scalar = instruction
            .scalar
            .map(|operation| (operation.to, operation.operands));
        for (Destination { target, .. }, operands) in [vector, scalar].into_iter().flatten() {
            for operand in operands.into_iter().flatten() {
                if let Register::Input(number) = operand.register {
                    self.inputs |= 1 << number;
                }
            }
            if let Target::Output(output) = target {
                self.outputs = with_output(self.outputs, output);
            }
        }
    }

    /// The instructions, four words each.
    #[must_use]
    pub fn code(&self) -> &[[u32; 4]] {
        &self.code
    }

    /// Attributes that it reads, bit = number.
    #[must_use]
    pub const fn inputs(&self) -> u32 {
        self.inputs
    }

    /// Results that it writes.
    #[must_use]
    pub const fn outputs(&self) -> OutputMask {
        self.outputs
    }
}

fn with_output(mask: OutputMask, output: Output) -> OutputMask {
    match output {
        Output::Position => mask,
        Output::Color0 => mask.with_color0(true),
        Output::Color1 => mask.with_color1(true),
        Output::BackColor0 => mask.with_back_color0(true),
        Output::BackColor1 => mask.with_back_color1(true),
        Output::Fog => mask.with_fog(true),
        Output::PointSize => mask.with_point_size(true),
        Output::TexCoord(number) => mask.with_texcoords(mask.texcoords() | 1 << number),
    }
}

impl<D: Device> Context<D> {
    /// Puts `program` into the instruction slots from `slot` on. It stays there until overwritten.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] where it does not fit.
    pub fn load_vertex_program(&mut self, slot: u32, program: &Program) -> Result<(), FifoError> {
        let last = SLOTS - program.code.len() as u32;
        crate::ArgumentError::check_most("vertex program slot", slot, last)?;
        self.method(d3::SET_TRANSFORM_PROGRAM_LOAD, &[slot])?;
        for part in program
            .code
            .chunks(usize::from(d3::SET_TRANSFORM_PROGRAM.count) / 4)
        {
            self.method(d3::SET_TRANSFORM_PROGRAM.at(0), part.as_flattened())?;
        }
        Ok(())
    }

    /// Runs `program`, loaded at `slot`, on vertices.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for a slot that is none.
    pub fn use_vertex_program(&mut self, slot: u32, program: &Program) -> Result<(), FifoError> {
        crate::ArgumentError::check_most("vertex program slot", slot, SLOTS - 1)?;
        self.method(d3::SET_TRANSFORM_PROGRAM_START, &[slot])?;
        self.method(
            d3::SET_VERTEX_ATTRIB_INPUT_MASK,
            &[program.inputs, program.outputs.into()],
        )?;
        let timeout = TransformTimeout::default()
            .with_count(0xffff)
            .with_registers(0x20);
        self.method(d3::SET_TRANSFORM_TIMEOUT, &[timeout.into()])
    }

    /// Sets vertex constants from `slot` on.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for slots that are none.
    pub fn set_vertex_constants(
        &mut self,
        slot: u32,
        constants: &[[f32; 4]],
    ) -> Result<(), FifoError> {
        let count = u32::try_from(constants.len()).unwrap_or(u32::MAX);
        crate::ArgumentError::check_most(
            "number of vertex constants",
            count,
            super::CONSTANTS.into(),
        )?;
        crate::ArgumentError::check_most(
            "vertex constant slot",
            slot,
            u32::from(super::CONSTANTS) - count,
        )?;
        const BATCH: usize = 8;
        for (part, values) in constants.chunks(BATCH).enumerate() {
            let mut arguments = [0; 1 + 4 * BATCH];
            arguments[0] = slot + (BATCH * part) as u32;
            for (to, value) in arguments[1..].iter_mut().zip(values.as_flattened()) {
                *to = value.to_bits();
            }
            self.method(
                d3::SET_TRANSFORM_CONSTANT_LOAD,
                &arguments[..1 + 4 * values.len()],
            )?;
        }
        Ok(())
    }
}
