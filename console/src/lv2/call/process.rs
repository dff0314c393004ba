//! The end of the process.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[system_call(22, "sys_process_exit", 1, exit)];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0xe6f2_c1e7,
    "sys_process_exit",
    1,
    exit,
)];

fn exit(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::ProcessEnds(caller.arguments[0] as i32))
}
