//! An assembler for kernels written in Rust.
//!
//! A kernel is a Rust function that calls methods of an [`Assembler`]. There is one method
//! for each instruction, named by its mnemonic, made from the table of [`crate::isa`].
//! Registers are virtual: an instruction with a result returns a fresh [`Reg`].
//! [`Assembler::finish`] divides the program into blocks, schedules each block for the two
//! pipes, finds physical registers, aligns pairs, places hints and gives a [`Program`]: an
//! image of local store and a listing with cycles and stalls.
//!
//! ```
//! use spu::asm::Assembler;
//! use spu::isa::channel::Channel;
//!
//! let mut a = Assembler::new();
//! // The arguments of an SPU thread; their lower 32 bits are in word 1.
//! let [argument, ..] = a.arguments();
//! let count = a.rotqbyi(argument, 4);
//!
//! // Local store: addresses become numbers at the end.
//! let xs = a.bss(1024, 128);
//! let ys = a.bss(1024, 128);
//!
//! // Two classes of memory access that never touch the same quadword.
//! let input = a.alias_class();
//! let output = a.alias_class();
//!
//! // ys[i] = 2 xs[i] + 1 in blocks of eight floats; `sum` is carried from one round to
//! // the next, so its register is named by `set`.
//! let two = a.float(2.0);
//! let one = a.float(1.0);
//! let sum = a.float(0.0);
//! let from = a.address(xs);
//! let to = a.address(ys);
//! a.repeat(count, |a| {
//!     for i in [0, 16] {
//!         let x = a.on(input).lqd(from, i);
//!         let y = a.fma(x, two, one);
//!         a.on(output).stqd(y, to, i);
//!         a.set(sum).fa(sum, y);
//!     }
//!     a.set(from).ai(from, 32);
//!     a.set(to).ai(to, 32);
//! });
//!
//! // The sum of the four partial sums, in every word.
//! let swapped = a.rotqbyi(sum, 8);
//! let pair = a.fa(sum, swapped);
//! let swapped = a.rotqbyi(pair, 4);
//! let total = a.fa(pair, swapped);
//! a.wrch(Channel::WR_OUT_MBOX, total);
//! a.stop(0x102);
//!
//! let program = a.finish()?;
//! assert_eq!(program.address(ys) % 128, 0);
//! println!("{}", program.listing());
//! # Ok::<(), spu::asm::AssembleError>(())
//! ```
//!
//! # Registers
//!
//! - `let y = a.fma(x, w, acc)` makes a new register. `a.set(acc).fma(x, w, acc)` writes to
//!   one that is there: accumulators, counters, pointers, whatever a loop carries.
//!   [`Assembler::reg`] makes one with nothing in it, [`Assembler::assign`] copies.
//! - Instructions that add to their target (`iohl`, `addx`, `mpyhha`, `dfma`, ...) take it
//!   first and update it in place.
//! - [`Reg::physical`] names a physical register; [`Assembler::arguments`] takes the four
//!   that a thread gets. All 128 registers are the allocator's, there is no stack.
//! - Reading a register that nothing was written to on some path is an error.
//!
//! # Values
//!
//! [`Assembler::word`], [`Assembler::float`] (all four words, one or two instructions),
//! [`Assembler::quad`], [`Assembler::words`], [`Assembler::floats`] (16 bytes from the pool
//! of constants), [`Assembler::address`] (of an object in local store),
//! [`Assembler::splat`] (the first word into all four), [`Assembler::copy`].
//!
//! # Operands
//!
//! Registers come first, in the order of the assembly language, then the immediate, in
//! bytes where it is an address or a displacement: `lqd $3,32($4)` is
//! `let r3 = a.lqd(r4, 32)`, `stqd $3,32($4)` is `a.stqd(r3, r4, 32)`. Right shifts have
//! their negative count as on the SPU: `rotmi(x, -3)`. Channels:
//! `a.rdch(Channel::RD_TAG_STAT)`, `a.wrch(Channel::EAL, r)`.
//!
//! # Control flow
//!
//! [`Assembler::repeat`], [`Assembler::count_up`], [`Assembler::do_while`],
//! [`Assembler::while_nonzero`], [`Assembler::forever`], [`Assembler::if_nonzero`],
//! [`Assembler::if_zero`], [`Assembler::if_else`], and underneath them
//! [`Assembler::label`], [`Assembler::bind`] and the branches (`br`, `brnz`, `brz`, ...).
//! Compares give all ones or zeros and so are conditions. The program must end by `stop`
//! or in a loop.
//!
//! # Functions
//!
//! [`Assembler::function`] records one, [`Assembler::call`] calls it by `brsl`. Arguments
//! and results are registers that both sides name; so are any other values:
//!
//! ```
//! # use spu::asm::Assembler;
//! # let mut a = Assembler::new();
//! let (x, y) = (a.reg(), a.reg());
//! let square = a.function("square", |a| {
//!     a.set(y).fm(x, x);
//! });
//! for value in [2.0, 3.0] {
//!     a.set(x).float(value);
//!     a.call(square);
//!     let result = a.copy(y);
//! #   a.wrch(spu::isa::channel::Channel::WR_OUT_MBOX, result);
//! }
//! # a.stop(0);
//! # a.finish().unwrap();
//! ```
//!
//! Allocation looks at the whole program: what is needed after a call never shares a
//! register with anything that the function writes to, so nothing is saved or restored.
//! Functions can call functions; recursion is refused.
//!
//! # Memory
//!
//! [`Assembler::bss`] and [`Assembler::data`] give an [`Address`]: a name until the end.
//! `lqa`, `stqa`, `lqr`, `stqr` take it, [`Address::offset`] moves it,
//! [`Address::HEAP`] is the first byte after everything, a multiple of 128.
//! [`Program::address`] gives numbers to the code that talks to the program.
//!
//! The scheduler keeps a store in its place among loads and stores that may touch the same
//! quadword. It sees that two accesses differ where they have the same base register and
//! different displacements, where they name different objects, and where the kernel says
//! so: `a.on(class).lqd(..)` with classes from [`Assembler::alias_class`]. Channel
//! instructions keep their order among themselves and with all loads and stores, so that a
//! DMA never overtakes the data; `sync`, `dsync`, `stop` and instructions given by
//! [`Assembler::raw`] stay where they are.

mod allocate;
mod assembler;
mod bits;
mod control;
mod depend;
mod error;
mod flow;
mod hints;
mod ir;
mod layout;
mod listing;
mod liveness;
mod methods;
mod passes;
mod program;
mod register;
mod schedule;
mod spill;
mod storage;
#[cfg(test)]
mod tests;
pub mod timing;
mod values;

pub use assembler::{Assembler, Options, With};
pub use error::{AssembleError, Source};
pub use ir::{Alias, Function, Label};
pub use listing::BlockTiming;
pub use program::Program;
pub use register::Reg;
pub use storage::Address;

/// Bytes of local store.
pub const LOCAL_STORE: u32 = 256 * 1024;
