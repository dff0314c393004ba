//! What commands cost: the device's simulated time.
//!
//! The device's clock counts ticks of a quarter of a nanosecond, eight to a cycle of its core
//! at 500 MHz. The costs are a simple model of the console's chip when nothing holds it up:
//!
//! - a word of the FIFO takes a cycle, the rate of its front end;
//! - a vertex takes a cycle, what eight vertex units do with a program of eight instructions;
//! - eight pixels take a cycle, drawn or cleared: as many as its raster operators write.
//!
//! Long programs, texture reads, blending, and what memory holds up cost nothing more; a
//! console is slower than this. (Clocks and unit counts: PS3 developer wiki, "RSX".)
//!
//! A command's effects are there when its time begins; what follows it comes when its time
//! is over.

use super::shade::Counts;

/// Ticks of a cycle of the core.
pub const TICKS_PER_CYCLE: u64 = 8;
/// Ticks of a nanosecond.
pub const TICKS_PER_NANOSECOND: u64 = 4;

/// The ticks that this work takes.
#[must_use]
pub(super) fn ticks(words: u64, counts: Counts) -> u64 {
    TICKS_PER_CYCLE * (words + counts.vertices) + counts.fragments + counts.cleared
}

/// Whole nanoseconds of a number of ticks.
#[must_use]
pub fn nanoseconds(ticks: u64) -> u64 {
    ticks / TICKS_PER_NANOSECOND
}
