//! Packages (`.pkg`): what the XMB installs with "Install Package Files".
//!
//! A package has, all numbers big-endian:
//!
//! | offset | what |
//! |---|---|
//! | 0 | the [header](Header): sizes, content ID, QA digest |
//! | 0x80 | 0x40 bytes of digests of the header |
//! | 0xc0 | [metadata](Metadata): packets that say what kind of package it is |
//! | behind them | 0x40 bytes of digests of the metadata |
//! | data offset | enciphered: a table of [items](Item), their names, then the files, each aligned to 16 bytes |
//! | the end − 0x60 | 0x40 bytes of zeros, the SHA-1 of all bytes up to here, 12 bytes of zeros |
//!
//! A *debug* package is enciphered with a keystream made of its own QA digest, so that it needs
//! no key. A *retail* package needs a key, which the user has to bring ([`RetailKey`]).
//!
//! There is no digest of a single file in the format. [`Builder`] therefore adds an item,
//! [`MANIFEST`], in the form that `sha1sum -c` reads, by which [`Package::verify`] can name the
//! file that is damaged.
//!
//! Sources: PS3 Developer wiki, "PKG files"; the layout that PSL1GHT's `pkg.py` and
//! `package_finalize` write; the limits that RPCS3's installer has.

mod check;
mod cipher;
mod contents;
mod digest;
mod error;
mod extract;
mod header;
mod item;
mod metadata;
mod plan;
mod program;
mod qa_digest;
mod read;
mod source;
mod write;

pub use check::{DigestCheck, ItemCheck, Report, State};
pub use cipher::RetailKey;
pub use error::Error;
pub use extract::extract;
pub use header::{Header, Release};
pub use item::{Item, Kind};
pub use metadata::{Metadata, Packet};
pub use read::Package;
pub use source::Source;
pub use write::{Builder, Settings};

/// The first four bytes of every package.
pub const MAGIC: [u8; 4] = *b"\x7fPKG";
/// Name of the item that has the SHA-1 of every other file.
pub const MANIFEST: &str = "USRDIR/SHA1SUMS";

/// Bytes of digests behind the header, and behind the metadata.
const DIGESTS: usize = 0x40;
/// Bytes behind the data.
const FOOTER: u64 = 0x60;
/// Bytes at the end that the package's own digest does not cover, because they hold it.
const FOOTER_DIGEST: usize = 0x20;
/// Where metadata begins in a PS3 package.
const METADATA_OFFSET: u32 = 0xc0;
/// Names and files begin at multiples of this many bytes, a block of either cipher.
const ALIGNMENT: u64 = 16;
/// Bytes that are hashed and enciphered at a time.
const CHUNK: usize = 1 << 16;

#[cfg(test)]
mod tests;
