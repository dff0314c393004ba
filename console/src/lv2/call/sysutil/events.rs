//! Functions of the program that the system calls for its events.

use super::{LIBRARY, VALUE};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::system::Listener;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0x9d98_afa0,
        "cellSysutilRegisterCallback",
        3,
        register,
    ),
    library_function(
        LIBRARY,
        0x02ff_3c1b,
        "cellSysutilUnregisterCallback",
        1,
        unregister,
    ),
    library_function(LIBRARY, 0x189a_74da, "cellSysutilCheckCallback", 0, check),
];

/// `cellSysutilRegisterCallback(slot, function(status, parameter, user), user)`.
fn register(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [slot, function, user, ..] = caller.arguments;
    let listener = Listener {
        descriptor: u32::try_from(function).map_err(|_| VALUE)?,
        user,
    };
    *place(machine, slot)? = Some(listener);
    Ok(Answer::Return(0))
}

fn unregister(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    *place(machine, caller.arguments[0])? = None;
    Ok(Answer::Return(0))
}

/// The slot is a word: what the upper half of the register holds does not count.
fn place(machine: &mut Machine, slot: u64) -> Result<&mut Option<Listener>, Errno> {
    let listeners = &mut machine.system.events.listeners;
    listeners.get_mut(slot as u32 as usize).ok_or(VALUE)
}

/// `cellSysutilCheckCallback()`: calls for all events that have come, one after the other.
fn check(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(match machine.system.events.next() {
        Some(call) => Answer::Enter(call),
        None => Answer::Return(0),
    })
}
