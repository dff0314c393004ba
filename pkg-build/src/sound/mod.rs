//! SND0.AT3: what the XMB plays while the title is chosen.
//!
//! All arithmetic is that of the language and of `libm` in Rust, so that the same sources give the
//! same bytes on every machine.

pub mod atrac3;
pub mod melody;

/// The sound of StoryCell, an ATRAC3 file.
pub fn theme() -> Vec<u8> {
    atrac3::file(&melody::theme())
}
