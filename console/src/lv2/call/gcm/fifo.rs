//! The library's own command buffer: segments that are used in turn.

use super::{FAILURE, LIBRARY, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::area;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

/// The function of the library's context that makes room. No program imports it: it gets its
/// address from the context.
pub(super) const MAKE_ROOM: u32 = 0x8dd3_9c9c;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, MAKE_ROOM, "cellGcmCallback", 2, make_room),
    library_function(
        LIBRARY,
        0xbc98_2946,
        "cellGcmSetDefaultCommandBuffer",
        0,
        set_default,
    ),
    library_function(
        LIBRARY,
        0x5e2e_e0f0,
        "cellGcmGetDefaultCommandWordSize",
        0,
        buffer_words,
    ),
    library_function(
        LIBRARY,
        0x8cdf_8c70,
        "cellGcmGetDefaultSegmentWordSize",
        0,
        segment_words,
    ),
    library_function(
        LIBRARY,
        0xcaab_d992,
        "cellGcmInitDefaultFifoMode",
        1,
        set_mode,
    ),
];

/// Bytes of a segment; the last word is for the jump to the next one.
const SEGMENT: u32 = 32 << 10;
/// Bytes at the start of the first that commands do not use.
const RESERVED: u32 = 0x1000;
const WORD: u32 = 4;
/// Bytes of a structure's word, and its place: see the context.
const BEGIN: u64 = 0;
const END: u64 = 4;
const CURRENT: u64 = 8;
/// A jump to an offset.
const JUMP: u32 = 0x2000_0000;

/// Begin and end of the first segment.
pub(super) fn first_segment(start: u32, bytes: u32) -> (u32, u32) {
    (
        start + RESERVED,
        start + SEGMENT.min(bytes.max(RESERVED + WORD)) - WORD,
    )
}

/// Begin and end of the segment after the one that an address lies in.
fn next_segment(start: u32, bytes: u32, address: u32) -> (u32, u32) {
    let count = bytes / SEGMENT;
    match address.saturating_sub(start) / SEGMENT + 1 {
        next if next < count => {
            let begin = start + next * SEGMENT;
            (begin, begin + SEGMENT - WORD)
        }
        _ => first_segment(start, bytes),
    }
}

/// What the library's context calls for room: sends what is there, jumps to the next segment
/// and waits until the RSX has left that. Arguments: the context, words that are wanted.
fn make_room(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let context = u64::from(word(caller, 0));
    let current = machine.memory.word(context + CURRENT)?;
    let rsx = rsx(machine)?;
    let (begin, end) = next_segment(rsx.io.0, rsx.command_bytes, current);
    let (from, to) = (machine.offset(current)?, machine.offset(begin)?);
    let memory = &mut machine.memory;
    memory.put(current.into(), &(JUMP | to).to_be_bytes())?;
    memory.put(area::CONTROL, &from.to_be_bytes())?;
    memory.put(context + BEGIN, &begin.to_be_bytes())?;
    memory.put(context + END, &end.to_be_bytes())?;
    memory.put(context + CURRENT, &begin.to_be_bytes())?;
    // Where it is the same segment again, all of it has to be executed first.
    if machine.fetches_outside(begin, end) {
        return Ok(Answer::Return(0));
    }
    Ok(Answer::Wait(Wait::Fifo { begin, end }))
}

/// `cellGcmSetDefaultCommandBuffer()`: the program's pointer leads to the library's context again.
fn set_default(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    let pointer = rsx(machine)?.context_pointer;
    machine
        .memory
        .put(pointer, &(area::CONTEXT as u32).to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetDefaultCommandWordSize()`.
fn buffer_words(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    let bytes = rsx(machine)?.command_bytes;
    Ok(Answer::Return(u64::from(bytes / WORD)))
}

/// `cellGcmGetDefaultSegmentWordSize()`.
fn segment_words(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    Ok(Answer::Return(u64::from(SEGMENT / WORD)))
}

/// `cellGcmInitDefaultFifoMode(mode)`: before the start; 0 is what there is, segments in turn.
/// The other modes help debuggers.
fn set_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if machine.graphics.rsx.is_some() {
        return Err(FAILURE);
    }
    match word(caller, 0) {
        0 => Ok(Answer::Return(0)),
        _ => Err(Errno::ENOSYS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_follow_each_other_in_a_ring() {
        let start = 0x3000_0000;
        let bytes = 3 * SEGMENT;
        let first = (start + RESERVED, start + SEGMENT - 4);
        assert_eq!(first_segment(start, bytes), first);
        let second = (start + SEGMENT, start + 2 * SEGMENT - 4);
        assert_eq!(next_segment(start, bytes, first.1), second);
        let third = next_segment(start, bytes, second.1);
        assert_eq!(third, (start + 2 * SEGMENT, start + 3 * SEGMENT - 4));
        assert_eq!(next_segment(start, bytes, third.0), first);
        assert_eq!(next_segment(start, SEGMENT, first.1), first, "alone");
        assert_eq!(
            first_segment(start, 0x2000),
            (start + 0x1000, start + 0x1ffc)
        );
    }
}
