//! Spinlocks: a word that is 0 while nobody has it. Who would spin sleeps until the one who
//! has it gives it on.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        "sysPrxForUser",
        0x8c2b_b498,
        "sys_spinlock_initialize",
        1,
        initialize,
    ),
    library_function("sysPrxForUser", 0xa285_139d, "sys_spinlock_lock", 1, lock),
    library_function(
        "sysPrxForUser",
        0x722a_0254,
        "sys_spinlock_trylock",
        1,
        try_lock,
    ),
    library_function(
        "sysPrxForUser",
        0x5267_cb35,
        "sys_spinlock_unlock",
        1,
        unlock,
    ),
];

const FREE: u32 = 0;
const TAKEN: u32 = 0xabad_cafe;

fn initialize(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let word = caller.arguments[0];
    machine.memory.put(word, &FREE.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn lock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let word = caller.arguments[0];
    match try_lock(machine, caller) {
        Err(Errno::EBUSY) => {
            machine.word_waiters.push(word, caller.thread);
            Ok(Answer::Wait(Wait::Other("a spinlock")))
        }
        other => other,
    }
}

fn try_lock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let word = caller.arguments[0];
    if machine.memory.word(word)? != FREE {
        return Err(Errno::EBUSY);
    }
    machine.memory.put(word, &TAKEN.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn unlock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let word = caller.arguments[0];
    match machine.word_waiters.pop(word) {
        Some(thread) => machine.threads.wake(thread, 0),
        None => machine.memory.put(word, &FREE.to_be_bytes())?,
    }
    Ok(Answer::Return(0))
}
