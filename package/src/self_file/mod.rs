//! SELFs: the wrapper that a console wants around an ELF.
//!
//! A *fake-signed* SELF has the ELF in it as it is, behind headers that say where its segments
//! are. Consoles for developers, and those that accept their programs, start it without a key.
//!
//! [`wrap`] makes one of an ELF, [`SelfFile`] reads one and gives the ELF back. [`sign`] makes one
//! that is signed and encrypted with the user's own keys; the headers of such a file are read
//! without keys, its ELF with them ([`SelfFile::unseal`]).
//!
//! All numbers are big-endian. Sources: PS3 Developer wiki, "SELF - SPRX" and "Certified File";
//! the layout that PSL1GHT's `fself` writes.

mod elf;
mod error;
mod layout;
pub(crate) mod npd;
mod read;
mod seal;
mod sign;
mod unseal;
mod wrap;

pub use elf::{Elf, Segment};
pub use error::Error;
pub use read::{Block, SelfFile, npd_offset};
pub use sign::sign;
pub use wrap::{Wrapping, wrap};

/// The first four bytes of every SELF.
pub const MAGIC: [u8; 4] = *b"SCE\0";

#[cfg(test)]
mod tests;
