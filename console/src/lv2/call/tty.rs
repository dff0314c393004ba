//! The terminal.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(402, "sys_tty_read", 4, read),
    system_call(403, "sys_tty_write", 4, write),
];

/// Channels that there are.
const CHANNELS: u64 = 16;
const PIECE: u64 = 0x1000;

/// `sys_tty_read(channel, *text, size, *read)`: what has been typed so far.
fn read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [channel, text, size, read, ..] = caller.arguments;
    let size = u64::try_from(size as i32).unwrap_or(0).min(PIECE);
    if channel >= CHANNELS {
        return Err(Errno::EINVAL);
    }
    machine.memory.put(read, &0_u32.to_be_bytes())?;
    if !machine.memory.is_writable(text, size) {
        return Err(Errno::EFAULT);
    }
    let mut piece = vec![0; size as usize];
    let done = caller.observer.tty_input(channel as u32, &mut piece);
    let done = done.min(piece.len());
    machine
        .memory
        .space
        .write(text, &piece[..done])
        .map_err(|_| Errno::EFAULT)?;
    machine.memory.put(read, &(done as u32).to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [channel, text, size, written, ..] = caller.arguments;
    if channel >= CHANNELS {
        return Err(Errno::EINVAL);
    }
    let done = print(machine, caller, channel as u32, text, size)?;
    machine.memory.put(written, &done.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// Writes text to a channel; a negative size, which is a word, writes nothing.
pub(super) fn print(
    machine: &Machine,
    caller: &mut Caller<'_>,
    channel: u32,
    text: u64,
    size: u64,
) -> Result<u32, Errno> {
    let size = u64::try_from(size as i32).unwrap_or(0);
    let mut done = 0;
    while done < size {
        let mut piece = vec![0; PIECE.min(size - done) as usize];
        let address = text.checked_add(done).ok_or(Errno::EFAULT)?;
        machine
            .memory
            .space
            .read(address, &mut piece)
            .map_err(|_| Errno::EFAULT)?;
        caller.observer.tty(channel, &piece);
        done += piece.len() as u64;
    }
    Ok(done as u32)
}
