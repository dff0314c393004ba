//! Everything SPU: instruction set, assembler, kernels, images and the driver on the PPU
#![no_std]

extern crate alloc;

pub mod driver;
pub mod isa;
