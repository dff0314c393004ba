//! Words that the library writes into the program's command buffer.

use rsx_gcm::fifo::packet::Command;
use rsx_gcm::methods::Method;

use super::FAILURE;
use crate::lv2::call::Caller;
use crate::lv2::errno::Errno;
use crate::lv2::guest::GuestCall;
use crate::lv2::machine::Machine;

/// Places in a context: its words' end, the next word, and the function that makes room.
const END: u64 = 4;
const CURRENT: u64 = 8;
const CALLBACK: u64 = 12;

/// How writing went.
pub(super) enum Written {
    /// The words are in the buffer.
    All,
    /// None is: the program's function has to make room first.
    NoRoom(GuestCall),
}

/// Writes words at the context's place for the next one, and moves that on. Where there is no
/// room the context's function is to be called, once.
pub(super) fn write(
    machine: &mut Machine,
    caller: &Caller<'_>,
    context: u32,
    words: &[u32],
) -> Result<Written, Errno> {
    if caller.returned.is_some_and(|result| result as u32 != 0) {
        return Err(FAILURE);
    }
    let at = u64::from(context);
    let end = machine.memory.word(at + END)?;
    let current = machine.memory.word(at + CURRENT)?;
    let room = u64::from(end.saturating_sub(current)) / 4;
    if room >= words.len() as u64 {
        write_unchecked(machine, context, words)?;
        return Ok(Written::All);
    }
    let descriptor = machine.memory.word(at + CALLBACK)?;
    if caller.returned.is_some() || descriptor == 0 {
        return Err(FAILURE);
    }
    Ok(Written::NoRoom(GuestCall {
        descriptor,
        arguments: [context.into(), words.len() as u64, 0, 0, 0, 0, 0, 0],
    }))
}

/// Writes words without a look at the buffer's end.
pub(super) fn write_unchecked(
    machine: &mut Machine,
    context: u32,
    words: &[u32],
) -> Result<(), Errno> {
    let at = u64::from(context);
    let current = machine.memory.word(at + CURRENT)?;
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    machine.memory.put(current.into(), &bytes)?;
    let next = current.wrapping_add(bytes.len() as u32);
    machine.memory.put(at + CURRENT, &next.to_be_bytes())
}

/// A packet: its header and its arguments.
pub(super) fn packet(method: Method, arguments: &[u32]) -> Vec<u32> {
    let header = Command::Packet {
        method,
        count: arguments.len() as u32,
        incrementing: true,
    };
    [&[header.encode()], arguments].concat()
}
