//! The instruction set of the SPU, as one table.
//!
//! Everything that needs to know an instruction reads [`Op::info`]: the encoder and
//! decoder ([`Inst`]), the assembler's scheduler, the disassembler, the listing's timing,
//! and the simulated SPU (for names, fields and latencies; the semantics are its own).
//!
//! Sources: "Synergistic Processor Unit Instruction Set Architecture", version 1.2
//! (formats, opcodes, operands); "Cell Broadband Engine Programming Handbook",
//! version 1.12, section 3.2 and "SPU Instruction Latency and Pipeline, by Instruction
//! Class" (pipes and latencies).
//!
//! Bits are numbered here from the least significant, 0 to 31, unlike in the documents,
//! which count from the most significant. Instructions are big-endian words in local store.
//!
//! ```
//! use spu::isa::{Inst, Op};
//!
//! let inst = Inst { rt: 3, ra: 1, imm: 32, ..Inst::new(Op::Lqd) };
//! assert_eq!(inst.encode(), Ok(0x3400_8083));
//! assert_eq!(Inst::decode(0x3400_8083), Some(inst));
//! ```

pub mod channel;
mod class;
mod effect;
mod format;
mod inst;
mod instructions;
mod table;
#[cfg(test)]
mod tests;

pub use class::{Class, MISPREDICTED_BRANCH, Pipe};
pub use effect::Effect;
pub use format::{Format, Immediate};
pub use inst::{EncodeError, Inst};
pub(crate) use instructions::with_instructions;
pub use table::{Op, OpInfo, Roles};
