//! PARAM.SFO: the table of parameters by which the XMB knows a title.
//!
//! [`Sfo::parse`] reads a file, [`Sfo::to_bytes`] writes one, and
//! [`Sfo::validate`] checks the values that the XMB reads against what it accepts.
//! All integers of the format are little-endian, unlike nearly all else on the PS3.
//!
//! Source: PS3 Developer wiki, "PARAM.SFO" (header, index table, key table, data table,
//! and the list of parameters).
//!
//! ```
//! use sfo::{Sfo, Value};
//!
//! let mut sfo = Sfo::new();
//! sfo.set("TITLE", Value::text("StoryCell", 128))?;
//! sfo.set("BOOTABLE", Value::Integer(1))?;
//! let bytes = sfo.to_bytes();
//! assert_eq!(Sfo::parse(&bytes)?.get("TITLE").and_then(Value::as_text), Some("StoryCell"));
//! # Ok::<(), sfo::Error>(())
//! ```

mod error;
mod parameter;
mod read;
mod table;
mod write;

pub use error::Error;
pub use parameter::{Parameter, resolution, sound};
pub use table::{Sfo, Value};

/// The first four bytes of every file: a zero byte, then "PSF".
pub const MAGIC: [u8; 4] = *b"\0PSF";
/// The version that every known file has: 1.1, as bytes minor first.
pub const VERSION: u32 = 0x0000_0101;

/// Size of the header in bytes.
const HEADER: usize = 20;
/// Size of an entry of the index table in bytes.
const ENTRY: usize = 16;
/// Format code of text without a terminating NUL.
const FORMAT_BYTES: u16 = 0x0004;
/// Format code of text with a terminating NUL.
const FORMAT_TEXT: u16 = 0x0204;
/// Format code of a 32-bit integer.
const FORMAT_INTEGER: u16 = 0x0404;
