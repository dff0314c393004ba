//! Flips: their commands, their status, their times.

use rsx_gcm::flip::FLIP_LABEL;
use rsx_gcm::methods::fields::{FlipHead, QueueFlip};
use rsx_gcm::methods::{channel, driver};

use super::context::{Written, packet, write, write_unchecked};
use super::{FAILURE, LIBRARY, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::clock::microseconds;
use crate::lv2::errno::Errno;
use crate::lv2::graphics::FlipMode;
use crate::lv2::graphics::driver::note_reset;
use crate::lv2::machine::Machine;
use crate::rsx::display::BUFFERS;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x4ae8_d215, "cellGcmSetFlipMode", 1, set_mode),
    library_function(LIBRARY, 0xdc09_357e, "cellGcmSetFlip", 2, flip),
    library_function(LIBRARY, 0x0b4b_62d5, "cellGcmSetPrepareFlip", 2, prepare),
    library_function(
        LIBRARY,
        0xacee_8542,
        "cellGcmSetFlipImmediate",
        1,
        flip_without_commands,
    ),
    library_function(
        LIBRARY,
        0x2139_7818,
        "_cellGcmSetFlipCommand",
        2,
        flip_unchecked,
    ),
    library_function(
        LIBRARY,
        0xd8f8_8e1a,
        "_cellGcmSetFlipCommandWithWaitLabel",
        4,
        flip_after_label,
    ),
    library_function(LIBRARY, 0x983f_b9aa, "cellGcmSetWaitFlip", 1, wait),
    library_function(
        LIBRARY,
        0xdf64_76bd,
        "cellGcmSetWaitFlipUnsafe",
        1,
        wait_unchecked,
    ),
    library_function(LIBRARY, 0x72a5_77ce, "cellGcmGetFlipStatus", 0, status),
    library_function(
        LIBRARY,
        0xb2e7_61d4,
        "cellGcmResetFlipStatus",
        0,
        reset_status,
    ),
    library_function(LIBRARY, 0xa47c_09ff, "cellGcmSetFlipStatus", 0, end_status),
    library_function(LIBRARY, 0x6338_7071, "cellGcmGetLastFlipTime", 0, last_flip),
    library_function(LIBRARY, 0x723b_bc7e, "cellGcmGetVBlankCount", 0, blanks),
    library_function(
        LIBRARY,
        0xe448_74f3,
        "cellGcmSysGetLastVBlankTime",
        0,
        last_blank,
    ),
    library_function(LIBRARY, 0xc8f3_bd09, "cellGcmGetCurrentField", 0, field),
];

/// `CELL_GCM_DISPLAY_HSYNC`, `…_VSYNC`.
const AT_ONCE: u32 = 1;
const AT_BLANK: u32 = 2;

/// `cellGcmSetFlipMode(mode)`.
fn set_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mode = match word(caller, 0) {
        AT_ONCE => FlipMode::AtOnce,
        AT_BLANK => FlipMode::Blank,
        _ => return Err(Errno::ENOSYS),
    };
    rsx(machine)?.flip_mode = mode;
    Ok(Answer::Return(0))
}

/// Says which buffer is next, and has the driver queue it.
fn queue_words(id: u32) -> Vec<u32> {
    let queue = u32::from(QueueFlip::default().with_buffer(id));
    packet(driver::QUEUE_FLIP.at(0), &[queue])
}

/// The label that is not 0 while a flip is to come, the queue, the flip. The rest of what the
/// firmware writes puts the 3D object's state back, which the device does by itself.
fn flip_words(id: u32) -> Vec<u32> {
    let flip = u32::from(FlipHead::default().with_buffer(id).with_queued(true));
    [
        packet(channel::SEMAPHORE_OFFSET, &[16 * u32::from(FLIP_LABEL)]),
        packet(channel::SEMAPHORE_RELEASE, &[1]),
        queue_words(id),
        packet(driver::FLIP_HEAD.at(0), &[flip]),
    ]
    .concat()
}

fn wait_words() -> Vec<u32> {
    packet(channel::SEMAPHORE_OFFSET, &[16 * u32::from(FLIP_LABEL), 0])
}

fn buffer(caller: &Caller<'_>, index: usize) -> Result<u32, Errno> {
    match word(caller, index) {
        id if (id as usize) < BUFFERS => Ok(id),
        _ => Err(FAILURE),
    }
}

fn put(
    machine: &mut Machine,
    caller: &Caller<'_>,
    words: &[u32],
    result: u32,
) -> Result<Answer, Errno> {
    Ok(match write(machine, caller, word(caller, 0), words)? {
        Written::All => Answer::Return(result.into()),
        Written::NoRoom(call) => Answer::Enter(call),
    })
}

/// `cellGcmSetFlip(context, buffer)`.
fn flip(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = buffer(caller, 1)?;
    put(machine, caller, &flip_words(id), 0)
}

/// `cellGcmSetPrepareFlip(context, buffer)`: queues the buffer; gives the number of the queued flip.
fn prepare(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = buffer(caller, 1)?;
    put(machine, caller, &queue_words(id), id)
}

/// `cellGcmSetFlipImmediate(buffer)`: flips without a command.
fn flip_without_commands(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = buffer(caller, 0)? as u8;
    let asked = rsx(machine)?.device.display_mut().ask_for_flip(id);
    machine.expect_flip();
    match asked {
        true => Ok(Answer::Return(0)),
        false => Err(FAILURE),
    }
}

/// `_cellGcmSetFlipCommand(context, buffer)`: the caller has made room.
fn flip_unchecked(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = buffer(caller, 1)?;
    write_unchecked(machine, word(caller, 0), &flip_words(id))?;
    Ok(Answer::Return(0))
}

/// `_cellGcmSetFlipCommandWithWaitLabel(context, buffer, label, value)`: the commands wait for the
/// label first.
fn flip_after_label(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = buffer(caller, 1)?;
    let label = word(caller, 2) % 256;
    let first = packet(channel::SEMAPHORE_OFFSET, &[16 * label, word(caller, 3)]);
    write_unchecked(machine, word(caller, 0), &[first, flip_words(id)].concat())?;
    Ok(Answer::Return(0))
}

/// `cellGcmSetWaitFlip(context)`: the commands wait until no flip is to come.
fn wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    put(machine, caller, &wait_words(), 0)
}

/// `cellGcmSetWaitFlipUnsafe(context)`: the caller has made room.
fn wait_unchecked(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    write_unchecked(machine, word(caller, 0), &wait_words())?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetFlipStatus()`: 0 when the last flip has happened, else 1.
fn status(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    let waits = rsx(machine)?.device.display().is_waiting();
    Ok(Answer::Return(waits.into()))
}

/// `cellGcmResetFlipStatus()`: 1 until the next flip.
fn reset_status(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?.device.display_mut().reset_status();
    note_reset(&mut machine.memory);
    Ok(Answer::Return(0))
}

/// `cellGcmSetFlipStatus()`: 0 without a flip.
fn end_status(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?.device.display_mut().end_status();
    Ok(Answer::Return(0))
}

/// `cellGcmGetLastFlipTime()`, in microseconds of the system's time.
fn last_flip(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(microseconds(rsx(machine)?.last_flip)))
}

/// `cellGcmGetVBlankCount()`.
fn blanks(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(machine.graphics.blanks.count(caller.now)))
}

/// `cellGcmSysGetLastVBlankTime()`, in microseconds of the system's time.
fn last_blank(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let last = machine.graphics.blanks.last(caller.now);
    Ok(Answer::Return(microseconds(last)))
}

/// `cellGcmGetCurrentField()`: modes that are not interlaced have one.
fn field(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}
