//! Initialisation by the first thread that wants it.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::guest::GuestCall;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0xa3e3_be68,
    "sys_ppu_thread_once",
    2,
    once,
)];

/// Values of the word: `SYS_PPU_THREAD_ONCE_INIT`, `SYS_PPU_THREAD_DONE_INIT`, and one of
/// this library's own.
const NOT_YET: u32 = 0;
const DONE: u32 = 1;
const UNDER_WAY: u32 = 2;

/// `sys_ppu_thread_once(*word, function)`.
fn once(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [word, function, ..] = caller.arguments;
    if caller.returned.is_some() {
        machine.memory.put(word, &DONE.to_be_bytes())?;
        while let Some(thread) = machine.word_waiters.pop(word) {
            machine.threads.wake(thread, 0);
        }
        return Ok(Answer::Return(0));
    }
    match machine.memory.word(word)? {
        NOT_YET => {
            machine.memory.put(word, &UNDER_WAY.to_be_bytes())?;
            Ok(Answer::Enter(GuestCall {
                descriptor: function as u32,
                arguments: [0; 8],
            }))
        }
        UNDER_WAY => {
            machine.word_waiters.push(word, caller.thread);
            Ok(Answer::Wait(Wait::Other("another thread's initialisation")))
        }
        _ => Ok(Answer::Return(0)),
    }
}
