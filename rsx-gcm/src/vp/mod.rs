//! Vertex programs of the NV40: instructions, an assembler, a disassembler.
//!
//! An instruction is four words. It can hold an operation of the vector unit
//! and one of the scalar unit, which share source 2, one attribute, one
//! constant and one output register. [`opcode`] lists the operations,
//! [`layout`] the fields, [`Builder`] puts programs together.
//!
//! Sources: nouveau `nv40_vertprog.h` and `nvfx_vertprog.c` (Mesa), RPCS3
//! `RSXVertexProgram.h`; `MOV o0,v0` and whole programs were tried on RPCS3.

mod builder;
mod decode;
mod encode;
mod instruction;
pub mod layout;
mod listing;
pub mod opcode;
mod program;

pub use builder::Builder;
pub use decode::DecodeError;
pub use instruction::{
    AddressRegister, Destination, EncodeError, Instruction, Operation, Output, Register, Source,
    Target, attribute, constant, indexed, temp,
};
pub use listing::disassemble;
pub use opcode::{ScalarOp, VectorOp};
pub use program::{AssembleError, Program};

/// Instruction slots.
pub const SLOTS: u32 = 512;

/// Constant slots that there are (`vc[468]` in RPCS3 `VertexProgramDecompiler.cpp`).
pub const CONSTANTS: u16 = 468;

/// Temporary registers (nouveau `nv40_vertprog.h`).
pub const TEMPORARIES: u8 = 32;

#[cfg(test)]
mod tests;
