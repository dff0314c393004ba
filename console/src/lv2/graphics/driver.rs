//! What the driver tells programs in memory: versions, clocks, and the state of each head.
//!
//! Layout: RPCS3 `sys_rsx.h`, `RsxDriverInfo`; what queues do to it: ps3autotests,
//! `methods_sce_driver`, recorded on a console.

use super::super::clock;
use super::super::errno::Errno;
use super::super::memory::UserMemory;
use super::area::{DRIVER, LOCAL_BYTES};

/// State of the first head, and bytes from one to the next.
const HEADS: u64 = DRIVER + 0x10b8;
const HEAD_BYTES: u64 = 0x40;
/// In a head: when the last flip was, flags, the buffer that is shown, and the one queued.
const FLIP_TIME: u64 = 0;
const FLAGS: u64 = 8;
const SHOWN: u64 = 0x10;
const QUEUED: u64 = 0x14;
/// Flags: a bit for each buffer that is queued below these.
const FLIPPED: u32 = 0x8000_0000;
const ANY_QUEUED: u32 = 0x4000_0000;
/// The head that the display is at.
const HEAD: u64 = 1;

/// Offset and word of what never changes: versions of the driver and of the RSX, bytes of
/// local memory, channel, clocks, and where notifications and reports are.
const FIXED: [(u64, u32); 8] = [
    (0x00, 0x211),
    (0x04, 0x5c),
    (0x08, LOCAL_BYTES as u32),
    (0x0c, 1),
    (0x10, 500_000_000),
    (0x14, 650_000_000),
    (0x2c, 0x1000),
    (0x34, 0x1400),
];

/// Writes what never changes.
pub fn describe(memory: &mut UserMemory) -> Result<(), Errno> {
    for (offset, word) in FIXED {
        memory.put(DRIVER + offset, &word.to_be_bytes())?;
    }
    Ok(())
}

fn change(memory: &mut UserMemory, at: u64, f: impl FnOnce(u32) -> u32) {
    // A program that gives the page away hears of nothing.
    if let Ok(word) = memory.word(at) {
        let _ = memory.put(at, &f(word).to_be_bytes());
    }
}

/// A buffer was queued for a head; numbers from 32 on have no bit.
pub fn note_queued(memory: &mut UserMemory, head: u8, buffer: u32) {
    let head = HEADS + HEAD_BYTES * u64::from(head);
    let bit = 1_u32.checked_shl(buffer).unwrap_or(0);
    change(memory, head + FLAGS, |flags| flags | ANY_QUEUED | bit);
    change(memory, head + QUEUED, |_| buffer);
}

/// A flip to a buffer has happened.
pub fn note_flipped(memory: &mut UserMemory, buffer: u8, now: u64) {
    let head = HEADS + HEAD_BYTES * HEAD;
    let time = clock::microseconds(now);
    change(memory, head + FLIP_TIME, |_| (time >> 32) as u32);
    change(memory, head + FLIP_TIME + 4, |_| time as u32);
    change(memory, head + FLAGS, |flags| flags | FLIPPED);
    change(memory, head + SHOWN, |_| buffer.into());
}

/// Keeps some of a head's flags and sets others.
pub fn set_flags(memory: &mut UserMemory, head: u8, kept: u32, set: u32) {
    let flags = HEADS + HEAD_BYTES * u64::from(head) + FLAGS;
    change(memory, flags, |flags| flags & kept | set);
}

/// The flip's flags are reset, as `cellGcmResetFlipStatus` does.
pub fn note_reset(memory: &mut UserMemory) {
    let flags = HEADS + HEAD_BYTES * HEAD + FLAGS;
    change(memory, flags, |flags| flags & !FLIPPED);
}
