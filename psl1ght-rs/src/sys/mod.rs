//! The raw layer: what the system has, under its own names, with nothing added.
//!
//! Structures are laid out as the system reads them on the console: big-endian, pointers as `u32`.
//! Each says which call it belongs to; "tried" as explained at the top of the crate.

pub mod audio;
pub mod dialog;
pub mod fs;
pub mod gcm;
pub mod io;
pub mod number;
pub mod process;
pub mod spu;
pub mod sync;
pub mod sysutil;
pub mod thread;
pub mod video;
