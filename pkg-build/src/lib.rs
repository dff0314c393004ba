//! The files that a PS3 program comes in, and the way to a console.
//!
//! - [`program`]: an ELF for the PPU, from a cargo package, checked.
//! - [`pkg`]: packages, which the XMB installs; written, inspected, extracted.
//! - [`self_file`]: the wrapper that a console wants around an ELF, fake-signed.
//! - [`ps3load`]: a program sent to a console over the network.
//! - [`keys`]: the user's own key file, where a retail package is wanted.
//! - [`model`]: a llama2.c model and its tokenizer in one file with checksums.
//!
//! Everything that is written is the same, byte for byte, each time, and stands in its place
//! whole or not at all ([`whole_file`]). Everything that is read may be damaged: the answer is an
//! error that names the field, never a panic.

mod big_endian;
pub mod identifiers;
pub mod keys;
pub mod model;
pub mod pkg;
pub mod program;
pub mod ps3load;
pub mod self_file;
pub mod whole_file;
