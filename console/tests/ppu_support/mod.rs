//! Programs that run the same on a virtual PPU and under `qemu-ppc64`, and the comparison
//! of what they leave.

pub mod case;
pub mod compare;
pub mod elf;
pub mod program;
pub mod random;
pub mod run;
