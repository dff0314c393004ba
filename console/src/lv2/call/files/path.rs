//! Calls on paths.

use super::{Answer, Caller, path_at, structures};
use crate::lv2::errno::Errno;
use crate::lv2::files::BLOCK;
use crate::lv2::machine::Machine;

/// Bytes of a sector of the disk.
const SECTOR: u64 = 512;
/// Bytes of the name of a device at most (`CELL_FS_MAX_MP_LENGTH`).
const LONGEST_DEVICE: usize = 31;
/// The bit of `access` that asks for writing.
const WRITE: u64 = 2;

/// `sys_fs_stat(*path, *status)`.
pub(super) fn status(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let path = path_at(machine, caller.arguments[0])?;
    let bytes = structures::status(&machine.files.status_of(&path)?);
    machine.memory.put(caller.arguments[1], &bytes)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_mkdir(*path, mode)`.
pub(super) fn make_folder(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let path = path_at(machine, caller.arguments[0])?;
    machine.files.make_folder(&path)?;
    Ok(Answer::Return(0))
}

pub(super) fn remove_folder(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
) -> Result<Answer, Errno> {
    let path = path_at(machine, caller.arguments[0])?;
    machine.files.remove_folder(&path)?;
    Ok(Answer::Return(0))
}

pub(super) fn remove_file(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let path = path_at(machine, caller.arguments[0])?;
    machine.files.remove_file(&path)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_rename(*from, *to)`.
pub(super) fn rename(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let from = path_at(machine, caller.arguments[0])?;
    let to = path_at(machine, caller.arguments[1])?;
    machine.files.rename(&from, &to)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_utime(*path, *times)`: the times of the last access and change.
pub(super) fn set_times(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, times, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    let access = machine.memory.double(times)? as i64;
    let change = machine.memory.double(times.wrapping_add(8))? as i64;
    machine.files.set_times(&path, access, change)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_access(*path, mode)`.
pub(super) fn access(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, mode, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    let status = machine.files.status_of(&path)?;
    match mode & WRITE != 0 && !status.writable {
        true => Err(Errno::EACCES),
        false => Ok(Answer::Return(0)),
    }
}

/// `sys_fs_truncate(*path, size)`.
pub(super) fn resize(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, size, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    machine.files.resize_path(&path, size)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_chmod(*path, mode)`. There is one user, who may do everything: the mode is not
/// kept.
pub(super) fn change_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let path = path_at(machine, caller.arguments[0])?;
    machine.files.check_change(&path)?;
    Ok(Answer::Return(0))
}

/// `sys_fs_get_block_size(*path, *sector, *block, *sector)`; the library's function has the
/// first three.
pub(super) fn block_size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, sector, block, ..] = caller.arguments;
    let path = path_at(machine, path)?;
    if path.names().is_empty() {
        return Err(Errno::EISDIR);
    }
    machine.files.status_of(&path)?;
    machine.memory.put(sector, &SECTOR.to_be_bytes())?;
    machine.memory.put(block, &BLOCK.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_fs_disk_free(*path, *total, *free)`, bytes of a device.
pub(super) fn space(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, total, free, ..] = caller.arguments;
    let text = machine.memory.text(path, LONGEST_DEVICE)?;
    if text.is_empty() {
        return Err(Errno::EINVAL);
    }
    let path = path_at(machine, path)?;
    if path.names().is_empty() {
        return Err(Errno::ENOTSUP);
    }
    let (size, left) = machine.files.space(&path)?;
    machine.memory.put(total, &size.to_be_bytes())?;
    machine.memory.put(free, &left.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellFsGetFreeSize(*path, *u32 block size, *u64 free blocks)`.
pub(super) fn free_blocks(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [path, block, blocks, ..] = caller.arguments;
    machine.memory.put(block, &0_u32.to_be_bytes())?;
    machine.memory.put(blocks, &0_u64.to_be_bytes())?;
    let path = path_at(machine, path)?;
    if path.names().is_empty() {
        return Err(Errno::ENOTSUP);
    }
    let (size, left) = machine.files.space(&path)?;
    if size == 0 {
        return Err(Errno::ENOTDIR);
    }
    machine.memory.put(block, &(BLOCK as u32).to_be_bytes())?;
    machine.memory.put(blocks, &(left / BLOCK).to_be_bytes())?;
    Ok(Answer::Return(0))
}
