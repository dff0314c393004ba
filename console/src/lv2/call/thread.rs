//! PPU threads and their thread-local storage.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::program::Tls;
use crate::lv2::thread::{Handler, State, Wait};

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(41, "sys_ppu_thread_exit", 1, exit),
    system_call(43, "sys_ppu_thread_yield", 0, give_way),
    system_call(44, "sys_ppu_thread_join", 2, join),
    system_call(45, "sys_ppu_thread_detach", 1, detach),
    system_call(46, "sys_ppu_thread_get_join_state", 1, join_state),
    system_call(47, "sys_ppu_thread_set_priority", 2, set_priority),
    system_call(48, "sys_ppu_thread_get_priority", 2, get_priority),
    system_call(49, "sys_ppu_thread_get_stack_information", 1, stack),
    system_call(56, "sys_ppu_thread_rename", 2, rename),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        "sysPrxForUser",
        0x7446_80a2,
        "sys_initialize_tls",
        4,
        initialize_local,
    ),
    library_function(
        "sysPrxForUser",
        0x24a1_ea07,
        "sys_ppu_thread_create",
        7,
        create,
    ),
    library_function("sysPrxForUser", 0xaff0_80a4, "sys_ppu_thread_exit", 1, exit),
    library_function(
        "sysPrxForUser",
        0x350d_454e,
        "sys_ppu_thread_get_id",
        1,
        number,
    ),
];

const LOWEST_PRIORITY: u64 = 3071;
/// Creation flags.
const JOINABLE: u64 = 1;
const INTERRUPT: u64 = 2;
/// Bytes of a name with its final zero.
const NAME: u64 = 28;

/// `sys_initialize_tls(thread, template, bytes of it, bytes of a block)`: remembers the
/// template for later threads, too.
fn initialize_local(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, address, file_size, memory_size, ..] = caller.arguments;
    let word = |value: u64| u32::try_from(value).map_err(|_| Errno::EINVAL);
    let tls = Tls {
        address: word(address)?,
        file_size: word(file_size)?,
        memory_size: word(memory_size)?,
    };
    if tls.file_size > tls.memory_size {
        return Err(Errno::EINVAL);
    }
    machine.local = Some(tls);
    machine.give_local(caller.thread)?;
    Ok(Answer::Return(0))
}

/// `sys_ppu_thread_create(*id, entry, argument, priority, stack, flags, name)`.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, entry, argument, priority, stack, flags, name, _] = caller.arguments;
    if priority > LOWEST_PRIORITY {
        return Err(Errno::EINVAL);
    }
    if flags & (JOINABLE | INTERRUPT) == JOINABLE | INTERRUPT {
        return Err(Errno::EPERM);
    }
    if flags & !(JOINABLE | INTERRUPT) != 0 {
        return Err(Errno::ENOSYS);
    }
    machine.memory.put(result, &0_u64.to_be_bytes())?;
    let code = machine.memory.word(entry)?;
    let toc = machine.memory.word(entry.wrapping_add(4))?;
    let name = text(machine, name);
    let id = machine.make_thread(priority as u32, flags & JOINABLE != 0, name, stack)?;
    if machine.local.is_some()
        && let Err(error) = machine.give_local(id)
    {
        machine.drop_thread(id);
        return Err(error);
    }
    if let Some(thread) = machine.threads.all.get_mut(&id) {
        let registers = &mut thread.ppu.registers;
        registers.pc = code.into();
        registers.gpr[2] = toc.into();
        registers.gpr[3] = argument;
        if flags & INTERRUPT != 0 {
            thread.handler = Some(Handler {
                pc: code.into(),
                toc: toc.into(),
                stack: registers.gpr[1],
            });
            thread.state = State::Waits(Wait::Interrupt);
        }
    }
    machine.memory.put(result, &id.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// A name as far as it can be read: it is for reports alone.
fn text(machine: &Machine, address: u64) -> String {
    let mut bytes = Vec::new();
    for at in 0..NAME {
        let mut byte = [0];
        let place = address.wrapping_add(at);
        if machine.memory.space.read(place, &mut byte).is_err() || byte[0] == 0 {
            break;
        }
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn exit(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.end_thread(caller.thread, caller.arguments[0]);
    Ok(Answer::ThreadEnds)
}

fn give_way(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Yield)
}

fn join(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, value, ..] = caller.arguments;
    let thread = machine.threads.all.get(&id).ok_or(Errno::ESRCH)?;
    if id == caller.thread {
        return Err(Errno::EDEADLK);
    }
    if !thread.joinable || machine.joiner(id).is_some() {
        return Err(Errno::EINVAL);
    }
    let ended = match thread.state {
        State::Ended(result) => Some(result),
        _ => None,
    };
    if value != 0 {
        machine
            .memory
            .put(value, &ended.unwrap_or(0).to_be_bytes())?;
    }
    if ended.is_none() {
        return Ok(Answer::Wait(Wait::Join { thread: id, value }));
    }
    machine.drop_thread(id);
    Ok(Answer::Return(0))
}

fn detach(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = caller.arguments[0];
    let waited_for = machine.joiner(id).is_some();
    let thread = machine.threads.all.get_mut(&id).ok_or(Errno::ESRCH)?;
    if !thread.joinable || waited_for {
        return Err(Errno::EINVAL);
    }
    thread.joinable = false;
    if matches!(thread.state, State::Ended(_)) {
        machine.drop_thread(id);
    }
    Ok(Answer::Return(0))
}

fn set_priority(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, priority, ..] = caller.arguments;
    if priority > LOWEST_PRIORITY {
        return Err(Errno::EINVAL);
    }
    let thread = machine.threads.all.get_mut(&id).ok_or(Errno::ESRCH)?;
    thread.priority = priority as u32;
    Ok(Answer::Return(0))
}

fn get_priority(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, result, ..] = caller.arguments;
    let thread = machine.threads.all.get(&id).ok_or(Errno::ESRCH)?;
    let priority = thread.priority.to_be_bytes();
    machine.memory.put(result, &priority)?;
    Ok(Answer::Return(0))
}

/// `sys_ppu_thread_get_join_state(*joinable)`, a word.
fn join_state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let thread = machine.threads.all.get(&caller.thread);
    let joinable = u32::from(thread.is_some_and(|thread| thread.joinable));
    machine
        .memory
        .put(caller.arguments[0], &joinable.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_ppu_thread_get_stack_information(*{start, size})`, words.
fn stack(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let thread = machine.threads.all.get(&caller.thread);
    let start = thread.ok_or(Errno::ESRCH)?.stack;
    let (start, size) = machine.memory.block(start).ok_or(Errno::ESRCH)?;
    machine
        .memory
        .put(caller.arguments[0], &(start << 32 | size).to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_ppu_thread_rename(thread, *name)`.
fn rename(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, name, ..] = caller.arguments;
    machine.memory.word(name)?;
    let name = text(machine, name);
    let thread = machine.threads.all.get_mut(&id).ok_or(Errno::ESRCH)?;
    thread.name = name;
    Ok(Answer::Return(0))
}

/// `sys_ppu_thread_get_id(*u64)`.
fn number(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.thread.to_be_bytes();
    machine.memory.put(caller.arguments[0], &number)?;
    Ok(Answer::Return(0))
}
