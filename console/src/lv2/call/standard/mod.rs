//! What sysPrxForUser has of the C library: memory, strings, a heap, formatted text.

mod bytes;
mod format;
mod heap;
mod strings;

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) use bytes::LIBRARY_FUNCTIONS as BYTES;
pub(super) use format::LIBRARY_FUNCTIONS as FORMAT;
pub(in crate::lv2) use heap::Heaps;
pub(super) use heap::LIBRARY_FUNCTIONS as HEAP;
pub(super) use strings::LIBRARY_FUNCTIONS as STRINGS;

/// The library.
const LIBRARY: &str = "sysPrxForUser";

/// A pointer among the arguments.
fn pointer(caller: &Caller<'_>, argument: usize) -> u64 {
    caller.arguments[argument] & 0xffff_ffff
}

/// The byte at an address.
fn byte(machine: &Machine, address: u64) -> Result<u8, Errno> {
    let mut byte = [0];
    let read = machine.memory.space.read(address, &mut byte);
    read.map_err(|_| Errno::EFAULT)?;
    Ok(byte[0])
}

/// Writes bytes of any number.
fn write(machine: &mut Machine, address: u64, bytes: &[u8]) -> Result<(), Errno> {
    if !machine.memory.is_writable(address, bytes.len() as u64) {
        return Err(Errno::EFAULT);
    }
    let written = machine.memory.space.write(address, bytes);
    written.map_err(|_| Errno::EFAULT)
}

/// The result of a comparison: negative, zero or positive.
fn order(order: std::cmp::Ordering) -> Answer {
    Answer::Return(order as i64 as u64)
}
