//! A PS3 program, from its sources to the console.
//!
//! - [`program`]: an ELF for the PPU, from a cargo package, checked.
//! - [`model`]: a llama2.c model and its tokenizer in one file with checksums.
//! - [`ps3load`]: a program sent to a console over the network.
//!
//! The files that come out stand in their place whole or not at all, and are the same, byte for
//! byte, each time. The formats are those of the crate [`package`].

pub mod model;
pub mod program;
pub mod ps3load;
