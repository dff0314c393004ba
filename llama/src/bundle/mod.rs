//! A model with its tokenizer in one file, with checksums: what the app finds on a disk or in
//! its package.
//!
//! All numbers are little-endian, as in llama2.c's files, so that the tensors can be used where
//! they stand. The file begins with a header of 128 bytes:
//!
//! | offset | what |
//! |---|---|
//! | 0 | `StoryLLM` |
//! | 8 | version, 1, in 32 bits |
//! | 12 | number of sections, 4, in 32 bits |
//! | 16 | size of the file in bytes, in 64 bits |
//! | 24 | for each section 24 bytes: its kind in 4 letters, its CRC-32, its offset and its size in bytes in 64 bits each |
//! | 120 | zero, in 32 bits |
//! | 124 | CRC-32 of the bytes ahead of it |
//!
//! Then come the sections in this order, each at the next multiple of 128 bytes with zeros in
//! between, the last one ending the file:
//!
//! | kind | what |
//! |---|---|
//! | `CONF` | ten numbers of 32 bits: the seven of [`Config`](crate::Config), the format (0 fp32, 1 Q8_0, 2 Q4), the group size (0 for fp32, 32 for Q4), and 1 where the token embedding is the classifier, else 0 |
//! | `NAME` | the model's name for people, UTF-8 |
//! | `TOKN` | a tokenizer file of llama2.c |
//! | `TENS` | the tensors as in a checkpoint of version 1 (fp32) or 2 (Q8_0), without its header; Q4 has the weights of all groups of a matrix, then all their scales ([`crate::quantise::q4`]) |
//!
//! CRC-32 is that of zip and PNG. It finds every error in up to 32 neighbouring bits.

mod error;
mod header;
mod open;
mod read;
mod write;

pub use error::BundleError;
pub use open::{OpenError, Opened};
pub use read::Bundle;
pub use write::{Contents, write};

/// What every file begins with.
pub const MAGIC: [u8; 8] = *b"StoryLLM";

const VERSION: u32 = 1;
const HEADER: usize = 128;
/// Where the checksum of the header stands.
const HEADER_CRC: usize = 124;
/// Where the table of sections begins.
const TABLE: usize = 24;
/// Size of an entry of the table.
const ENTRY: usize = 24;
/// Sections begin at multiples of this many bytes: a line of the cache.
const ALIGNMENT: u64 = 128;
/// The sections in their order.
const KINDS: [&str; 4] = ["CONF", "NAME", "TOKN", "TENS"];
/// Size of the first section.
const CONF: usize = 40;
/// The longest name in bytes.
const LONGEST_NAME: usize = 128;

/// Where the sections of these sizes begin, and where the file ends.
fn places(sizes: [u64; KINDS.len()]) -> Option<([u64; KINDS.len()], u64)> {
    let mut end = HEADER as u64;
    let mut offsets = [0; KINDS.len()];
    for (offset, size) in offsets.iter_mut().zip(sizes) {
        *offset = end.checked_next_multiple_of(ALIGNMENT)?;
        end = offset.checked_add(size)?;
    }
    Some((offsets, end))
}

#[cfg(test)]
mod tests;
