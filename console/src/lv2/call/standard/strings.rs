//! Strings that end with a zero.

use super::{
    Answer, Caller, Errno, LIBRARY, LibraryFunction, Machine, library_function, order, pointer,
    write,
};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x2d36_462b, "_sys_strlen", 1, length),
    library_function(LIBRARY, 0x99c8_8692, "_sys_strcpy", 2, copy),
    library_function(LIBRARY, 0xd303_9d4d, "_sys_strncpy", 3, copy_some),
    library_function(LIBRARY, 0x052d_29a6, "_sys_strcat", 2, append),
    library_function(LIBRARY, 0x996f_7cf8, "_sys_strncat", 3, append_some),
    library_function(LIBRARY, 0x7498_887b, "_sys_strchr", 2, find_first),
    library_function(LIBRARY, 0x191f_0c4a, "_sys_strrchr", 2, find_last),
    library_function(LIBRARY, 0x459b_4393, "_sys_strcmp", 2, compare),
    library_function(LIBRARY, 0x04e8_3d2c, "_sys_strncmp", 3, compare_some),
    library_function(LIBRARY, 0x1ca5_25a2, "_sys_strncasecmp", 3, compare_letters),
    library_function(LIBRARY, 0x4b2f_301a, "_sys_tolower", 1, |_, caller| {
        Ok(letter(caller, u8::to_ascii_lowercase))
    }),
    library_function(LIBRARY, 0xeef7_5113, "_sys_toupper", 1, |_, caller| {
        Ok(letter(caller, u8::to_ascii_uppercase))
    }),
];

/// The string that an argument points to, without its zero.
fn string(machine: &Machine, caller: &Caller<'_>, argument: usize) -> Result<Vec<u8>, Errno> {
    machine.memory.text(pointer(caller, argument), usize::MAX)
}

/// The first bytes of a string, its zero among them where it is that short.
fn first_bytes(
    machine: &Machine,
    caller: &Caller<'_>,
    argument: usize,
    most: u64,
) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    for at in 0..most {
        let byte = super::byte(machine, pointer(caller, argument) + at)?;
        bytes.push(byte);
        if byte == 0 {
            break;
        }
    }
    Ok(bytes)
}

fn length(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    // The library takes no string for an empty one (RPCS3 `sys_libc_.cpp`).
    if pointer(caller, 0) == 0 {
        return Ok(Answer::Return(0));
    }
    Ok(Answer::Return(string(machine, caller, 0)?.len() as u64))
}

/// `_sys_strcpy(to, from)`: `to`.
fn copy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mut text = string(machine, caller, 1)?;
    text.push(0);
    write(machine, pointer(caller, 0), &text)?;
    Ok(Answer::Return(caller.arguments[0]))
}

/// `_sys_strncpy(to, from, size)`: `to`; zeros fill what is left of the size.
fn copy_some(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let size = caller.arguments[2];
    let mut text = first_bytes(machine, caller, 1, size)?;
    if !machine.memory.is_writable(pointer(caller, 0), size) {
        return Err(Errno::EFAULT);
    }
    text.resize(size as usize, 0);
    write(machine, pointer(caller, 0), &text)?;
    Ok(Answer::Return(caller.arguments[0]))
}

/// `_sys_strcat(to, from)`: `to`.
fn append(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let text = string(machine, caller, 1)?;
    append_text(machine, caller, text)
}

/// `_sys_strncat(to, from, most)`: `to`; the zero comes on top of the most.
fn append_some(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mut text = first_bytes(machine, caller, 1, caller.arguments[2])?;
    text.retain(|byte| *byte != 0);
    append_text(machine, caller, text)
}

fn append_text(
    machine: &mut Machine,
    caller: &Caller<'_>,
    mut text: Vec<u8>,
) -> Result<Answer, Errno> {
    let end = pointer(caller, 0) + string(machine, caller, 0)?.len() as u64;
    text.push(0);
    write(machine, end, &text)?;
    Ok(Answer::Return(caller.arguments[0]))
}

/// Where in a string, its zero included, a letter is; 0 where it is nowhere.
fn place(
    machine: &Machine,
    caller: &Caller<'_>,
    find: impl Fn(&[u8], u8) -> Option<usize>,
) -> Result<Answer, Errno> {
    let mut text = string(machine, caller, 0)?;
    text.push(0);
    let at = find(&text, caller.arguments[1] as u8);
    let address = at.map_or(0, |at| pointer(caller, 0) + at as u64);
    Ok(Answer::Return(address))
}

fn find_first(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    place(machine, caller, |text, letter| {
        text.iter().position(|byte| *byte == letter)
    })
}

fn find_last(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    place(machine, caller, |text, letter| {
        text.iter().rposition(|byte| *byte == letter)
    })
}

fn compare(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let left = string(machine, caller, 0)?;
    Ok(order(left.cmp(&string(machine, caller, 1)?)))
}

/// `_sys_strncmp(left, right, most)`.
fn compare_some(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let most = caller.arguments[2];
    let left = first_bytes(machine, caller, 0, most)?;
    Ok(order(left.cmp(&first_bytes(machine, caller, 1, most)?)))
}

/// `_sys_strncasecmp(left, right, most)`: small and capital letters are the same.
fn compare_letters(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let most = caller.arguments[2];
    let mut left = first_bytes(machine, caller, 0, most)?;
    let mut right = first_bytes(machine, caller, 1, most)?;
    left.make_ascii_lowercase();
    right.make_ascii_lowercase();
    Ok(order(left.cmp(&right)))
}

fn letter(caller: &Caller<'_>, f: impl Fn(&u8) -> u8) -> Answer {
    let letter = caller.arguments[0];
    Answer::Return(match u8::try_from(letter) {
        Ok(letter) => f(&letter).into(),
        Err(_) => letter,
    })
}
