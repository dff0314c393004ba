//! The PowerPC Processor Unit: a 64-bit big-endian PowerPC with AltiVec, user mode.
//!
//! ```text
//! run             one thread: registers, clock, reservation, the instruction loop
//!   instructions    for each instruction its encoding, its operands, what it does
//!     float           scalar floating point with all of its status
//!     vector          the value of a vector register
//!   memory          the 4 GB address space, faults, decoded code
//!   timing        how long instructions take, where that is asked for
//! registers       what a program sees
//! exit            why a thread stops
//! disassemble     instructions as text
//! ```
//!
//! ```
//! use console::ppu::{Access, AddressSpace, Exit, Ppu};
//!
//! let mut memory = AddressSpace::new();
//! memory.map(0x1_0000, 0x1_0000, Access::READ_EXECUTE)?;
//! memory.write(0x1_0000, &0x3860_002a_u32.to_be_bytes())?; // addi r3,r0,42
//! memory.write(0x1_0004, &0x4400_0002_u32.to_be_bytes())?; // sc
//! let mut ppu = Ppu::new(0);
//! ppu.registers.pc = 0x1_0000;
//! assert_eq!(ppu.run(&mut memory, 1000), Exit::SystemCall { level: 0 });
//! assert_eq!(ppu.registers.gpr[3], 42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is exact, and what is chosen
//!
//! Semantics are written from "PowerPC User Instruction Set Architecture" and "PowerPC
//! Virtual Environment Architecture", version 2.02 (the books), "AltiVec Technology
//! Programming Environments Manual" (the PEM), and the "Cell Broadband Engine Programming
//! Handbook". All results that these define are exact, with every bit of CR, XER, FPSCR and
//! VSCR. Where they leave a choice:
//!
//! - The scalar estimates (`fres`, `frsqrte`) are those that consoles gave. For the vector
//!   estimates (`vrefp`, `vrsqrtefp`, `vexptefp`, `vlogefp`) there is no record: results here
//!   keep the documented bounds on the error, and no more than a few bits beyond, so that a
//!   program which leaves out the refinement steps shows it. Special operands give what the
//!   documents say.
//! - Undefined results are those that the ps3autotests project recorded on a console:
//!   integer division by zero, and of the most negative number by -1, gives 0; `divw` clears
//!   the high word, `mulhw`, `fctiw` and `fctiwz` extend the sign to it. Without a record:
//!   that of `mffs` is 0xfff80000, FR and FI after an estimate are 0.
//! - The FPSCR's NI bit can be written and has no effect. Enabled floating-point exceptions
//!   change results as defined; they do not interrupt, as with FE0 and FE1 of the MSR at 0.
//! - Loads and stores work at every alignment but for those of reservations, which have to
//!   be aligned, and for `lmw` and `stmw`, which have to be aligned to words.
//! - Stores do not change code that was decoded: that takes `icbi`.
//! - `dst` and its like, and the touches, are hints and do nothing.

mod disassemble;
mod exit;
mod float;
mod instructions;
mod memory;
mod registers;
mod run;
mod simplified;
mod timing;
mod vector;
mod word;

pub use disassemble::disassemble;
pub use exit::{Cause, Exit, Report};
pub use float::{Fpscr, RoundingMode};
pub use instructions::{Form, Instruction, instruction, instructions};
pub use memory::{
    ADDRESS_END, Access, AccessCause, AccessFault, AccessKind, AddressSpace, BLOCK, GRANULE, LINE,
    MapError,
};
pub use registers::{Registers, Vscr, Xer, condition};
pub use run::{CYCLES_PER_TICK, Ppu};
pub use timing::{Stalls, Timing};
pub use vector::Vector;
pub use word::Word;
