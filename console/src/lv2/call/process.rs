//! The process: its number, what it has, its end.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::memory::Area;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(1, "sys_process_getpid", 0, number),
    system_call(12, "sys_process_get_number_of_object", 2, objects),
    system_call(13, "sys_process_get_id", 4, numbers),
    system_call(
        14,
        "sys_process_is_spu_lock_line_reservation_address",
        2,
        is_reservable,
    ),
    system_call(18, "sys_process_getppid", 0, parent),
    system_call(22, "sys_process_exit", 1, exit),
    system_call(25, "sys_process_get_sdk_version", 2, version),
    system_call(30, "_sys_process_get_paramsfo", 1, parameters),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function("sysPrxForUser", 0xe6f2_c1e7, "sys_process_exit", 1, exit),
    library_function(
        "sysPrxForUser",
        0x4f71_72c9,
        "sys_process_is_stack",
        1,
        is_stack,
    ),
    library_function(
        "sysPrxForUser",
        0x2c84_7572,
        "_sys_process_atexitspawn",
        1,
        at_spawn,
    ),
    library_function(
        "sysPrxForUser",
        0x9632_8741,
        "_sys_process_at_Exitspawn",
        1,
        at_spawn,
    ),
];

/// The numbers of the process and of the one that started it, as a console had them.
pub(super) const PROCESS: u64 = 0x0100_0500;
const PARENT: u64 = 0x0100_0300;

/// The type of open files and folders.
const OPEN_FILES: u8 = 0x73;
/// Types of objects (`sys/process.h`) of which there are none here: interrupt tags and
/// handles, traces, SPRX, SPU ports.
const NOT_HERE: [u8; 5] = [0x0a, 0x0b, 0x21, 0x23, 0x24];
/// The type of memory that can be mapped.
const MAPPED_MEMORY: u8 = 0x08;
/// The type of SPU programs that the kernel keeps.
const SPU_IMAGES: u8 = 0x22;

fn number(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(PROCESS))
}

fn parent(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(PARENT))
}

/// `sys_process_get_id(type, *numbers, most, *count)`: the numbers of objects.
fn numbers(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [kind, to, most, count, ..] = caller.arguments;
    let kind = u8::try_from(kind as u32).map_err(|_| Errno::EINVAL)?;
    let numbers = match machine.objects.numbers(kind) {
        Some(numbers) => numbers,
        None if kind == MAPPED_MEMORY => machine.mapper.numbers(),
        None if kind == SPU_IMAGES => machine.spus.images.keys().copied().collect(),
        None if NOT_HERE.contains(&kind) => Vec::new(),
        None => return Err(Errno::EINVAL),
    };
    // The console takes no or a negative room for one entry.
    let most = (most as i32).max(1) as usize;
    let told = numbers.len().min(most);
    for (number, at) in numbers[..told].iter().zip(0..) {
        let place = to.wrapping_add(4 * at);
        machine.memory.put(place, &number.to_be_bytes())?;
    }
    machine.memory.put(count, &(told as u32).to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_process_is_spu_lock_line_reservation_address(address, who)`: bit 1 of `who` is SPU
/// threads, bit 0 raw SPUs. All memory but stacks can be reserved.
fn is_reservable(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, who, ..] = caller.arguments;
    let address = address & 0xffff_ffff;
    if who == 0 || who & !3 != 0 {
        return Err(Errno::EINVAL);
    }
    if Area::STACKS.contains(address) {
        return Err(Errno::EPERM);
    }
    let mapped = machine.memory.space.access(address).is_some();
    mapped.then_some(Answer::Return(0)).ok_or(Errno::EINVAL)
}

/// `sys_process_get_sdk_version(process, *version)`.
fn version(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [process, result, ..] = caller.arguments;
    if process as u32 != PROCESS as u32 {
        return Err(Errno::ESRCH);
    }
    let version = machine.process.sdk_version.to_be_bytes();
    machine.memory.put(result, &version)?;
    Ok(Answer::Return(0))
}

/// `_sys_process_get_paramsfo(*buffer)`: 64 bytes about the PARAM.SFO; those that a console
/// gave to a program that was started without one.
fn parameters(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mut bytes = [0; 0x40];
    bytes[0] = 1;
    bytes[0x17] = 4;
    bytes[0x1f] = 1;
    machine.memory.put(caller.arguments[0], &bytes)?;
    Ok(Answer::Return(0))
}

/// Whether an address is in the area of stacks.
fn is_stack(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let found = Area::STACKS.contains(caller.arguments[0] & 0xffff_ffff);
    Ok(Answer::Return(found.into()))
}

/// Notes a function that the library calls before another program takes the place of this
/// one; here none ever does.
fn at_spawn(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}

/// `sys_process_get_number_of_object(type, *count)`.
fn objects(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [kind, result, ..] = caller.arguments;
    let kind = u8::try_from(kind as u32).map_err(|_| Errno::EINVAL)?;
    let count = match machine.objects.numbers(kind) {
        Some(numbers) => numbers.len() as u32,
        None if kind == OPEN_FILES => machine.files.open_count() as u32,
        None if kind == MAPPED_MEMORY => machine.mapper.numbers().len() as u32,
        None if kind == SPU_IMAGES => machine.spus.images.len() as u32,
        None if NOT_HERE.contains(&kind) => 0,
        None => return Err(Errno::EINVAL),
    };
    machine.memory.put(result, &count.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn exit(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::ProcessEnds(caller.arguments[0] as i32))
}
