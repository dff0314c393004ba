//! The process: its number, what it has, its end.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(1, "sys_process_getpid", 0, number),
    system_call(12, "sys_process_get_number_of_object", 2, objects),
    system_call(22, "sys_process_exit", 1, exit),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0xe6f2_c1e7,
    "sys_process_exit",
    1,
    exit,
)];

/// The number of the one process.
pub(super) const PROCESS: u64 = 1;

/// Types of objects (`sys/process.h`) of which there are none here: memory, interrupt tags
/// and handles, traces, SPU images, SPRX, SPU ports.
const NOT_HERE: [u8; 7] = [0x08, 0x0a, 0x0b, 0x21, 0x22, 0x23, 0x24];

fn number(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(PROCESS))
}

/// `sys_process_get_number_of_object(type, *count)`.
fn objects(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [kind, result, ..] = caller.arguments;
    let kind = u8::try_from(kind as u32).map_err(|_| Errno::EINVAL)?;
    let count = match machine.objects.count(kind) {
        Some(count) => count as u32,
        None if NOT_HERE.contains(&kind) => 0,
        None => return Err(Errno::EINVAL),
    };
    machine.memory.put(result, &count.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn exit(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::ProcessEnds(caller.arguments[0] as i32))
}
