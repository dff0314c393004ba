//! SPU thread groups: images, start and end, mailboxes, signals, events.
//!
//! Tried as a whole: a group of six, arguments, mailboxes, events, signals among its SPUs, exit by
//! thread and by group, starting again after a join.

mod event;
mod group;
mod image;

pub use event::{Cause, EVENT_SOURCE, EXCEPTION_SOURCE, SpuEvent, SpuException};
pub use group::{Group, GroupBuilder, JoinCause};
pub use image::{Image, ImageError};

use crate::{Result, sys, syscall};

/// Most SPUs that a program may have; one of the console's seven belongs to the system.
pub const MOST: usize = 6;

/// Reserves SPUs for this program, all of them for thread groups. Once, before the first group. Tried.
///
/// # Errors
/// `EINVAL` for more than the system gives.
pub fn initialize(spus: usize) -> Result<()> {
    // SAFETY: the call touches no memory of this program.
    unsafe { syscall(sys::number::SPU_INITIALIZE, [spus as u64, 0]) }
}
