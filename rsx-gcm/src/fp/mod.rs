//! Fragment programs of the NV40: instructions, an assembler, a disassembler.
//!
//! An instruction is four words, and a constant that it reads the four words
//! after it. In memory the halves of all these words are swapped, see
//! [`swap_halves`]. [`opcode`] lists the operations, [`layout`] the fields,
//! [`Builder`] puts programs together.
//!
//! Sources: nouveau `nvfx_shader.h` and `nvfx_fragprog.c` (Mesa), RPCS3
//! `RSXFragmentProgram.h` and `FPOpcodes.h`; `MOV R0,COL0` and whole programs
//! were tried on RPCS3.

mod bind;
mod builder;
mod decode;
mod encode;
mod instruction;
pub mod layout;
mod listing;
pub mod opcode;
mod program;

pub use builder::Builder;
pub use decode::{DecodeError, Decoded};
pub use encode::EncodeError;
pub use instruction::{
    Constant, Destination, Input, Instruction, Parameter, Predicate, Register, Source, Value,
    constant, input, temp,
};
pub use layout::{Precision, Scale, Test};
pub use listing::disassemble;
pub use opcode::{Op, Reads};
pub use program::{AssembleError, Program, ResultRegister};

/// R registers.
pub const R_REGISTERS: u8 = 48;

/// H registers that an instruction can name; two of them overlay one R register.
pub const H_REGISTERS: u8 = 64;

/// A word of a program, constants too, as it lies in memory, and back.
#[must_use]
pub const fn swap_halves(word: u32) -> u32 {
    word.rotate_left(16)
}

#[cfg(test)]
mod tests;
