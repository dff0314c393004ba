//! The files that a PS3 program comes in.
//!
//! - [`pkg`]: packages, which the XMB installs; written, inspected, extracted.
//! - [`self_file`]: the wrapper that a console wants around an ELF, fake-signed or signed.
//! - [`keys`]: the user's own key file, where a retail package is wanted.
//! - [`identifiers`]: the names of titles and packages.
//!
//! Everything that is written is the same, byte for byte, each time, and stands in its place
//! whole or not at all ([`whole_file`]). Everything that is read may be damaged: the answer is an
//! error that names the field, never a panic.

mod big_endian;
pub mod identifiers;
pub mod keys;
pub mod pkg;
pub mod self_file;
pub mod whole_file;
