//! The library's way to the terminal.

use super::{Answer, Caller, LibraryFunction, library_function, tty};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function("sysPrxForUser", 0xe66b_ac36, "console_putc", 1, letter),
    library_function("sysPrxForUser", 0xf57e_1d6f, "console_write", 2, write),
];

/// `console_putc(letter)`.
fn letter(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let letter = caller.arguments[0] as u8;
    caller.observer.tty(0, &[letter]);
    Ok(Answer::Return(0))
}

/// `console_write(*text, size)`.
fn write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [text, size, ..] = caller.arguments;
    tty::print(machine, caller, 0, text, size)?;
    Ok(Answer::Return(0))
}
