//! SPU threads.

use super::{Answer, Caller, DONE, SystemCall, image, name, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::memory::UserMemory;
use crate::lv2::spu::{GroupState, SpuThread, thread_number};
use crate::spu::LOCAL_STORE_SIZE;

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(165, "sys_spu_thread_get_exit_status", 2, exit_status),
    system_call(166, "sys_spu_thread_set_argument", 2, set_argument),
    system_call(172, "sys_spu_thread_initialize", 6, initialize),
    system_call(181, "sys_spu_thread_write_ls", 4, write_local),
    system_call(182, "sys_spu_thread_read_ls", 4, read_local),
    system_call(184, "sys_spu_thread_write_snr", 3, write_signal),
    system_call(187, "sys_spu_thread_set_spu_cfg", 2, configure),
    system_call(188, "sys_spu_thread_get_spu_cfg", 2, configuration),
    system_call(190, "sys_spu_thread_write_spu_mb", 2, write_mailbox),
];

/// Numbers in the windows of a group.
const WINDOWS: u64 = 0x100;
/// `SYS_SPU_THREAD_OPTION_…`: interrupts, and a decrementer that goes with the time base.
const OPTIONS: u32 = 1 | 2;

fn arguments(memory: &UserMemory, address: u64) -> Result<[u64; 4], Errno> {
    let mut arguments = [0; 4];
    for (at, argument) in (0..).zip(&mut arguments) {
        *argument = memory.double(address.wrapping_add(8 * at))?;
    }
    Ok(arguments)
}

/// `sys_spu_thread_initialize(*number, group, window, *image, *attribute, *arguments)`; the
/// attribute has words for the name's address, its bytes and the options.
fn initialize(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, group, window, image, attribute, values, ..] = caller.arguments;
    let group = group as u32;
    if window & 0xffff_ffff >= WINDOWS {
        return Err(Errno::EINVAL);
    }
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let word = |offset| machine.memory.word(attribute.wrapping_add(offset));
    let (name_at, name_size, option) = (word(0)?, word(4)?, word(8)?);
    let name = name(&machine.memory, name_at, name_size)?;
    let values = arguments(&machine.memory, values)?;
    if option & !OPTIONS != 0 {
        return Err(Errno::EINVAL);
    }
    let program = image::program(machine, image)?;
    let mut thread = SpuThread::new(window as u8, name, option, program);
    thread.arguments = values;
    let of = machine.spus.groups.get_mut(group)?;
    let taken = of.threads.iter().any(|one| one.window == thread.window);
    if of.state != GroupState::Incomplete || taken {
        return Err(Errno::EBUSY);
    }
    let number = thread_number(group, of.threads.len());
    of.threads.push(thread);
    if of.threads.len() == of.size {
        of.state = GroupState::Initialized;
    }
    machine.memory.put(result, &number.to_be_bytes())?;
    DONE
}

fn set_argument(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, values, ..] = caller.arguments;
    let values = arguments(&machine.memory, values)?;
    machine.spus.groups.thread_mut(thread as u32)?.arguments = values;
    DONE
}

fn exit_status(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, result, ..] = caller.arguments;
    let status = machine.spus.groups.thread(thread as u32)?.exit_status;
    let status = status.ok_or(Errno::ESTAT)?;
    machine.memory.put(result, &status.to_be_bytes())?;
    DONE
}

/// Checks an access to a thread's local store, of 1, 2, 4 or 8 bytes at a multiple of that.
fn check_local(machine: &Machine, thread: u32, address: u32, size: u32) -> Result<(), Errno> {
    let aligned = matches!(size, 1 | 2 | 4 | 8) && address.is_multiple_of(size);
    if !aligned || address >= LOCAL_STORE_SIZE as u32 {
        return Err(Errno::EINVAL);
    }
    let (group, _) = machine.spus.groups.find(thread)?;
    match machine.spus.state(group)? {
        GroupState::Running
        | GroupState::Waiting
        | GroupState::Suspended
        | GroupState::WaitingSuspended => Ok(()),
        _ => Err(Errno::ESTAT),
    }
}

/// `sys_spu_thread_write_ls(number, address, value, bytes)`.
fn write_local(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, address, _, size, ..] = caller.arguments.map(|argument| argument as u32);
    check_local(machine, thread, address, size)?;
    let value = caller.arguments[2].to_be_bytes();
    let unit = machine.spus.unit_mut(thread)?;
    let place = unit.local_bytes_mut(address, size as usize);
    let place = place.ok_or(Errno::EINVAL)?;
    place.copy_from_slice(&value[value.len() - place.len()..]);
    DONE
}

/// `sys_spu_thread_read_ls(number, address, *value, bytes)`: the value has 64 bits.
fn read_local(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, address, _, size, ..] = caller.arguments.map(|argument| argument as u32);
    check_local(machine, thread, address, size)?;
    let store = machine.spus.unit_mut(thread)?.local_store();
    let place = &store[address as usize..(address + size) as usize];
    let mut value = [0; 8];
    value[8 - place.len()..].copy_from_slice(place);
    machine.memory.put(caller.arguments[2], &value)?;
    DONE
}

/// `sys_spu_thread_write_snr(number, register, value)`.
fn write_signal(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, register, value, ..] = caller.arguments.map(|argument| argument as u32);
    if register > 1 {
        return Err(Errno::EINVAL);
    }
    let unit = machine.spus.unit_mut(thread)?;
    unit.write_signal(register as usize, value, caller.now);
    DONE
}

/// `sys_spu_thread_set_spu_cfg(number, bits)`: which signal registers collect by or.
fn configure(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, bits, ..] = caller.arguments;
    if bits > 3 {
        return Err(Errno::EINVAL);
    }
    let thread = thread as u32;
    machine.spus.groups.thread_mut(thread)?.signal_bits = bits;
    let unit = machine.spus.unit_mut(thread)?;
    unit.set_signal_or(0, bits & 1 != 0);
    unit.set_signal_or(1, bits & 2 != 0);
    DONE
}

fn configuration(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, result, ..] = caller.arguments;
    let bits = machine.spus.groups.thread(thread as u32)?.signal_bits;
    machine.memory.put(result, &bits.to_be_bytes())?;
    DONE
}

/// `sys_spu_thread_write_spu_mb(number, value)`: of a full mailbox the newest is replaced.
fn write_mailbox(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, value, ..] = caller.arguments.map(|argument| argument as u32);
    let unit = machine.spus.unit_mut(thread)?;
    unit.write_mailbox(value, caller.now);
    DONE
}
