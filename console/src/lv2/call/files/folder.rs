//! Calls on open folders.

use super::{Answer, Caller, path_at, structures};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

/// `sys_fs_opendir(*path, *number)`.
pub(super) fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, result, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    machine.memory.put(result, &[0; 4])?;
    let number = machine.files.open_folder(&path)?;
    machine.memory.put(result, &number.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_fs_readdir(number, *entry, *size)`: the size is that of an entry, or 0 at the end.
pub(super) fn read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, to, size, ..] = caller.arguments;
    let memory = &machine.memory;
    if !memory.is_writable(to, structures::ENTRY as u64) || !memory.is_writable(size, 8) {
        return Err(Errno::EFAULT);
    }
    let entry = machine.files.read_folder(number as u32)?;
    let read = match entry {
        Some(_) => structures::ENTRY as u64,
        None => 0,
    };
    let bytes = structures::entry(entry.as_ref());
    machine.memory.put(to, &bytes)?;
    machine.memory.put(size, &read.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellFsGetDirectoryEntries(number, *entries, size, *count)`: one entry at a time, with
/// what is known of it; what is left of the buffer becomes zeros.
pub(super) fn read_with_status(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
) -> Result<Answer, Errno> {
    let [number, to, size, count, ..] = caller.arguments;
    let number = number as u32;
    let room = u64::from(size as u32) / structures::ENTRY_WITH_STATUS as u64;
    let size = room * structures::ENTRY_WITH_STATUS as u64;
    machine.memory.put(count, &0_u32.to_be_bytes())?;
    if !machine.memory.is_writable(to, size) {
        return Err(Errno::EFAULT);
    }
    let entry = match room {
        0 => None,
        _ => machine.files.read_folder(number)?,
    };
    let mut bytes = vec![0; size as usize];
    if let Some(entry) = &entry {
        let status = machine.files.status_in(number, entry);
        let (first, rest) = bytes.split_at_mut(structures::STATUS);
        first.copy_from_slice(&structures::status(&status));
        rest[..structures::ENTRY].copy_from_slice(&structures::entry(Some(entry)));
    }
    machine.memory.put(to, &bytes)?;
    let read = u32::from(entry.is_some());
    machine.memory.put(count, &read.to_be_bytes())?;
    Ok(Answer::Return(0))
}

pub(super) fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.files.close_folder(caller.arguments[0] as u32)?;
    Ok(Answer::Return(0))
}
