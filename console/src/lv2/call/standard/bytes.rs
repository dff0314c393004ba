//! Bytes in memory.

use super::{
    Answer, Caller, Errno, LIBRARY, LibraryFunction, Machine, byte, library_function, order,
    pointer, write,
};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x3bd5_3c7b, "_sys_memchr", 3, find),
    library_function(LIBRARY, 0xfb5d_b080, "_sys_memcmp", 3, compare),
    library_function(LIBRARY, 0x6bf6_6ea7, "_sys_memcpy", 3, copy),
    // Both copy all that they read before they write.
    library_function(LIBRARY, 0x2742_7742, "_sys_memmove", 3, copy),
    library_function(LIBRARY, 0x68b9_b011, "_sys_memset", 3, fill),
];

/// Most bytes of one call: a program has no more.
const MOST: u64 = 256 << 20;

fn read(machine: &Machine, address: u64, size: u64) -> Result<Vec<u8>, Errno> {
    if size > MOST {
        return Err(Errno::EFAULT);
    }
    let mut bytes = vec![0; size as usize];
    let read = machine.memory.space.read(address, &mut bytes);
    read.map_err(|_| Errno::EFAULT)?;
    Ok(bytes)
}

/// `_sys_memchr(bytes, value, size)`: the address of the first that is so, or 0. What comes
/// after that one does not have to be there.
fn find(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, value, size, ..] = caller.arguments;
    let start = pointer(caller, 0);
    for address in start..start.saturating_add(size) {
        if byte(machine, address)? == value as u8 {
            return Ok(Answer::Return(address));
        }
    }
    Ok(Answer::Return(0))
}

/// `_sys_memcmp(left, right, size)`.
fn compare(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let size = caller.arguments[2];
    let left = read(machine, pointer(caller, 0), size)?;
    let right = read(machine, pointer(caller, 1), size)?;
    Ok(order(left.cmp(&right)))
}

/// `_sys_memcpy(to, from, size)`: `to`.
fn copy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [to, _, size, ..] = caller.arguments;
    let bytes = read(machine, pointer(caller, 1), size)?;
    write(machine, pointer(caller, 0), &bytes)?;
    Ok(Answer::Return(to))
}

/// `_sys_memset(to, value, size)`: `to`.
fn fill(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [to, value, size, ..] = caller.arguments;
    if size > MOST {
        return Err(Errno::EFAULT);
    }
    write(
        machine,
        pointer(caller, 0),
        &vec![value as u8; size as usize],
    )?;
    Ok(Answer::Return(to))
}
