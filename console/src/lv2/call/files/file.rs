//! Calls on open files.

use super::{Answer, Caller, path_at, structures};
use crate::lv2::errno::Errno;
use crate::lv2::files::{Access, BLOCK, Seek};
use crate::lv2::machine::Machine;

/// Flags of `sys_fs_open`.
const ACCESS_MODE: u64 = 3;
const CREATE: u64 = 0o100;
const EXCLUSIVE: u64 = 0o200;
const TRUNCATE: u64 = 0o1000;
const APPEND: u64 = 0o2000;
/// The file is a collection of programs: a hint.
const MSELF: u64 = 0o10000;
const FLAGS: u64 = ACCESS_MODE | CREATE | EXCLUSIVE | TRUNCATE | APPEND | MSELF;

/// Bytes that are copied at a time.
const PIECE: u64 = 0x1_0000;
/// Bytes of a sector of the disk.
const SECTOR: u64 = 512;

fn access(flags: u64) -> Result<Access, Errno> {
    let (read, write) = match flags & ACCESS_MODE {
        0 => (true, false),
        1 => (false, true),
        2 => (true, true),
        _ => return Err(Errno::EINVAL),
    };
    if flags & !FLAGS != 0 {
        return Err(Errno::EINVAL);
    }
    Ok(Access {
        read,
        write,
        create: flags & CREATE != 0,
        exclusive: flags & EXCLUSIVE != 0,
        truncate: flags & TRUNCATE != 0,
        append: flags & APPEND != 0,
    })
}

fn number(caller: &Caller<'_>) -> u32 {
    caller.arguments[0] as u32
}

/// `sys_fs_open(*path, flags, *number, mode, *argument, its size)`. The mode would be noted
/// with the file; the argument is about encrypted files.
pub(super) fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, flags, result, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    let access = access(flags & 0xffff_ffff)?;
    machine.memory.put(result, &[0; 4])?;
    let number = machine.files.open(&path, access)?;
    machine.memory.put(result, &number.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellFsOpen(*path, flags, *number, *argument, its size)`.
pub(super) fn open_without_mode(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
) -> Result<Answer, Errno> {
    open(machine, caller)
}

/// Reads from the position to memory: how many bytes.
fn read_bytes(machine: &mut Machine, number: u32, to: u64, size: u64) -> Result<u64, Errno> {
    machine.files.may_read(number)?;
    let size = size.min(machine.files.left(number)?);
    if !machine.memory.is_writable(to, size) {
        return Err(Errno::EFAULT);
    }
    let mut done = 0;
    while done < size {
        let mut piece = vec![0; PIECE.min(size - done) as usize];
        let read = machine.files.read(number, &mut piece)?;
        if read == 0 {
            break;
        }
        machine
            .memory
            .space
            .write(to + done, &piece[..read])
            .map_err(|_| Errno::EFAULT)?;
        done += read as u64;
    }
    Ok(done)
}

/// Writes memory at the position: how many bytes, fewer than asked for on a full device.
fn write_bytes(machine: &mut Machine, number: u32, from: u64, size: u64) -> Result<u64, Errno> {
    machine.files.may_write(number)?;
    let mut done = 0;
    while done < size {
        let mut piece = vec![0; PIECE.min(size - done) as usize];
        let at = from.checked_add(done).ok_or(Errno::EFAULT)?;
        let written = machine
            .memory
            .space
            .read(at, &mut piece)
            .map_err(|_| Errno::EFAULT)
            .and_then(|()| machine.files.write(number, &piece));
        match written {
            Ok(written) => {
                done += written as u64;
                if written < piece.len() {
                    break;
                }
            }
            Err(_) if done > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

type Transfer = fn(&mut Machine, u32, u64, u64) -> Result<u64, Errno>;

/// A transfer with its count: `(number, buffer, size, *count)`. The count is 0 if it fails.
fn counted(
    machine: &mut Machine,
    caller: &Caller<'_>,
    transfer: Transfer,
) -> Result<Answer, Errno> {
    let [number, buffer, size, count, ..] = caller.arguments;
    machine.memory.put(count, &0_u64.to_be_bytes())?;
    if buffer == 0 {
        return Err(Errno::EFAULT);
    }
    let done = transfer(machine, number as u32, buffer, size)?;
    machine.memory.put(count, &done.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// The same where nobody may want the count.
fn perhaps_counted(
    machine: &mut Machine,
    caller: &Caller<'_>,
    transfer: Transfer,
) -> Result<Answer, Errno> {
    let [number, buffer, size, count, ..] = caller.arguments;
    if count != 0 {
        return counted(machine, caller, transfer);
    }
    if buffer == 0 {
        return Err(Errno::EFAULT);
    }
    transfer(machine, number as u32, buffer, size)?;
    Ok(Answer::Return(0))
}

pub(super) fn read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    counted(machine, caller, read_bytes)
}

pub(super) fn write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    counted(machine, caller, write_bytes)
}

pub(super) fn read_unless_counted(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
) -> Result<Answer, Errno> {
    perhaps_counted(machine, caller, read_bytes)
}

pub(super) fn write_unless_counted(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
) -> Result<Answer, Errno> {
    perhaps_counted(machine, caller, write_bytes)
}

/// A transfer at an offset: `(number, offset, buffer, size, *count)`. The position stays.
fn at_offset(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    transfer: Transfer,
) -> Result<Answer, Errno> {
    let [number, offset, buffer, size, count, ..] = caller.arguments;
    let file = number as u32;
    let position = machine.files.seek(file, 0, Seek::Current)?;
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    machine.files.seek(file, offset, Seek::Start)?;
    caller.arguments = [number, buffer, size, count, 0, 0, 0, 0];
    let answer = perhaps_counted(machine, caller, transfer);
    // Positions are never above the largest offset.
    machine.files.seek(file, position as i64, Seek::Start)?;
    answer
}

pub(super) fn read_at(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    at_offset(machine, caller, read_bytes)
}

pub(super) fn write_at(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    at_offset(machine, caller, write_bytes)
}

pub(super) fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.files.close(number(caller))?;
    Ok(Answer::Return(0))
}

/// `sys_fs_lseek(number, offset, from, *position)`.
pub(super) fn seek(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, offset, from, result, ..] = caller.arguments;
    let from = match from as u32 {
        0 => Seek::Start,
        1 => Seek::Current,
        2 => Seek::End,
        _ => return Err(Errno::EINVAL),
    };
    if !machine.memory.is_writable(result, 8) {
        return Err(Errno::EFAULT);
    }
    let position = machine.files.seek(number(caller), offset as i64, from)?;
    machine.memory.put(result, &position.to_be_bytes())?;
    Ok(Answer::Return(0))
}

pub(super) fn status(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let status = machine.files.status(number(caller))?;
    let bytes = structures::status(&status);
    machine.memory.put(caller.arguments[1], &bytes)?;
    Ok(Answer::Return(0))
}

pub(super) fn resize(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.files.resize(number(caller), caller.arguments[1])?;
    Ok(Answer::Return(0))
}

/// Writes are never held back: there is nothing to wait for.
pub(super) fn sync(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.files.may_write(number(caller))?;
    Ok(Answer::Return(0))
}

/// `sys_fs_fget_block_size(number, *sector, *block, *sector, *flags)`; the library's
/// function has the first three.
pub(super) fn block_size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, sector, block, ..] = caller.arguments;
    machine.files.status(number(caller))?;
    machine.memory.put(sector, &SECTOR.to_be_bytes())?;
    machine.memory.put(block, &BLOCK.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// A hint about buffers, of which there are none.
pub(super) fn set_buffer(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.files.status(number(caller))?;
    Ok(Answer::Return(0))
}
