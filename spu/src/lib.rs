//! Everything SPU: instruction set, assembler, kernels, images and the driver on the PPU
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod asm;
pub mod disasm;
pub mod driver;
pub mod elf;
pub mod engine;
pub mod isa;
pub mod kernels;
