//! A PS3 program, from its sources to the console.
//!
//! - [`program`]: an ELF for the PPU, from a cargo package, checked.
//! - [`title`]: what the XMB knows of it.
//! - [`picture`]: what the XMB shows of it.
//! - [`sound`]: what the XMB plays with it.
//! - [`model`]: a llama2.c model and its tokenizer in one file with checksums.
//! - [`assembly`]: all of these in a package.
//! - [`ps3load`]: a program sent to a console over the network.
//!
//! The files that come out stand in their place whole or not at all, and are the same, byte for
//! byte, each time. The formats are those of the crate [`package`].

pub mod assembly;
pub mod model;
pub mod picture;
pub mod program;
pub mod ps3load;
pub mod sound;
pub mod title;
