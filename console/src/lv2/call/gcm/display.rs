//! Display buffers.

use super::{FAILURE, LIBRARY, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::area;
use crate::lv2::machine::Machine;
use crate::rsx::Buffer;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xa53d_12ae, "cellGcmSetDisplayBuffer", 5, set),
    library_function(LIBRARY, 0x0e6b_0dae, "cellGcmGetDisplayInfo", 0, table),
    library_function(
        LIBRARY,
        0x9380_6525,
        "cellGcmGetCurrentDisplayBufferId",
        1,
        current,
    ),
    library_function(
        LIBRARY,
        0x3716_74cf,
        "cellGcmGetDisplayBufferByFlipIndex",
        1,
        queued,
    ),
];

/// `cellGcmSetDisplayBuffer(number, offset, pitch, width, height)`: in local memory.
fn set(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = word(caller, 0) as u8;
    let words: [u32; 4] = std::array::from_fn(|at| word(caller, at + 1));
    let [offset, pitch, width, height] = words;
    // What the display cannot show is said here, not when it is flipped to.
    let bytes = u64::from(pitch) * u64::from(height);
    let fits = u64::from(offset) + bytes <= area::LOCAL_BYTES;
    let aligned = offset.is_multiple_of(64) && pitch.is_multiple_of(64);
    let shown = (1..=4096).contains(&width) && (1..=4096).contains(&height) && 4 * width <= pitch;
    if !fits || !aligned || !shown {
        return Err(FAILURE);
    }
    let buffer = Buffer {
        offset,
        pitch,
        width,
        height,
    };
    if !rsx(machine)?.device.set_display_buffer(id, buffer) {
        return Err(FAILURE);
    }
    let entry = area::BUFFERS + 16 * u64::from(id);
    let bytes = words.map(u32::to_be_bytes).concat();
    machine.memory.put(entry, &bytes)?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetDisplayInfo()`: the address of what was set, eight of offset, pitch, width, height.
fn table(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    Ok(Answer::Return(area::BUFFERS))
}

/// `cellGcmGetCurrentDisplayBufferId(*number)`: the buffer that is shown, 0 before the first flip.
fn current(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let shown = rsx(machine)?.device.display().shown().unwrap_or(0);
    machine.memory.put(caller.arguments[0], &[shown])?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetDisplayBufferByFlipIndex(flip)`: queued flips have their buffers' numbers.
fn queued(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = word(caller, 0);
    let known = u8::try_from(id).ok();
    let known = known.and_then(|id| rsx(machine).ok()?.device.display().buffer(id));
    Ok(Answer::Return(match known {
        Some(_) => id.into(),
        None => u64::MAX,
    }))
}
