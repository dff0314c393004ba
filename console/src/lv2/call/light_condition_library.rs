//! Lightweight condition variables: the library's half.
//!
//! `sys_lwcond_t` has words for the address of its mutex and the number of the kernel's
//! queue.

use super::light_condition::{self as kernel, ANY, How};
use super::light_mutex_library::{LightMutex, RESERVED, lock_then, try_lock, unlock};
use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function("sysPrxForUser", 0xda0e_b71a, "sys_lwcond_create", 3, create),
    library_function(
        "sysPrxForUser",
        0x1c9a_942c,
        "sys_lwcond_destroy",
        1,
        destroy,
    ),
    library_function("sysPrxForUser", 0x2a6d_9d51, "sys_lwcond_wait", 2, wait),
    library_function(
        "sysPrxForUser",
        0xef87_a695,
        "sys_lwcond_signal",
        1,
        |machine, caller| {
            let found = signal(machine, caller, ANY);
            // That nobody waits is no error here.
            match found {
                Err(Errno::EPERM | Errno::ENOENT) => Ok(Answer::Return(0)),
                other => other,
            }
        },
    ),
    library_function(
        "sysPrxForUser",
        0x52aa_dadf,
        "sys_lwcond_signal_to",
        2,
        |machine, caller| {
            let thread = caller.arguments[1];
            signal(machine, caller, thread)
        },
    ),
    library_function(
        "sysPrxForUser",
        0xe9a1_bd84,
        "sys_lwcond_signal_all",
        1,
        signal_all,
    ),
];

/// What stands for the queue of a condition that is destroyed.
const DEAD: u32 = 0xffff_fffe;

/// Mutex and queue of the condition at an address.
fn parts(machine: &Machine, address: u64) -> Result<(LightMutex, u32), Errno> {
    let mutex = machine.memory.word(address)?;
    let queue = machine.memory.word(address.wrapping_add(4))?;
    Ok((LightMutex::at(mutex.into()), queue))
}

/// `sys_lwcond_create(*condition, *mutex, *attribute)`; the attribute is a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, mutex, ..] = caller.arguments;
    let queue = LightMutex::at(mutex).queue(machine)?;
    machine.memory.put(address, &(mutex as u32).to_be_bytes())?;
    kernel::create(machine, address.wrapping_add(4), queue)
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = caller.arguments[0];
    let (_, queue) = parts(machine, address)?;
    let answer = kernel::destroy(machine, caller.thread, queue);
    machine.after(caller, answer, destroyed, [address, 0, 0, 0])
}

fn destroyed(
    machine: &mut Machine,
    _: &mut Caller<'_>,
    result: u64,
    [address, ..]: [u64; 4],
) -> Result<Answer, Errno> {
    Errno::of_register(result)?;
    let queue = address.wrapping_add(4);
    machine.memory.put(queue, &DEAD.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_lwcond_wait(*condition, timeout)`.
fn wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, timeout, ..] = caller.arguments;
    let (mutex, condition) = parts(machine, address)?;
    if u64::from(mutex.owner(machine)?) != caller.thread {
        return Err(Errno::EPERM);
    }
    let depth = mutex.depth(machine)?;
    mutex.set_owner(machine, RESERVED)?;
    mutex.set_depth(machine, 0)?;
    let queue = mutex.queue(machine)?;
    let answer = kernel::wait(machine, caller, condition, queue, timeout);
    machine.after(caller, answer, waited, [address, depth.into(), 0, 0])
}

fn waited(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    result: u64,
    [address, depth, ..]: [u64; 4],
) -> Result<Answer, Errno> {
    let (mutex, _) = parts(machine, address)?;
    let depth = depth as u32;
    match Errno::of_register(result) {
        // The kernel gave the mutex; who signalled has counted this thread as waiting for it.
        Ok(_) => {
            mutex.drop_waiter(machine)?;
            mutex.set_owner(machine, caller.thread as u32)?;
            mutex.set_depth(machine, depth)?;
            Ok(Answer::Return(0))
        }
        // Signalled without the mutex.
        Err(Errno::EBUSY) => lock_then(machine, caller, mutex, None, depth, 0),
        Err(Errno::ETIMEDOUT) => {
            let result = Errno::ETIMEDOUT.register();
            lock_then(machine, caller, mutex, None, depth, result)
        }
        Err(error) => {
            mutex.set_owner(machine, caller.thread as u32)?;
            mutex.set_depth(machine, depth)?;
            Err(error)
        }
    }
}

/// Signals a thread or any; the errors are those of the kernel.
fn signal(machine: &mut Machine, caller: &mut Caller<'_>, thread: u64) -> Result<Answer, Errno> {
    let (mutex, condition) = parts(machine, caller.arguments[0])?;
    if mutex.is_retried(machine)? {
        return kernel::signal(machine, condition, thread, How::Bare);
    }
    let queue = mutex.queue(machine)?;
    if u64::from(mutex.owner(machine)?) == caller.thread {
        mutex.add_waiters(machine, 1)?;
        let answer = kernel::signal(machine, condition, thread, How::Owner(queue));
        if answer.is_err() {
            mutex.drop_waiter(machine)?;
        }
        return answer;
    }
    match try_lock(machine, caller.thread, mutex) {
        Ok(()) => {}
        Err(Errno::EBUSY) => return kernel::signal(machine, condition, thread, How::Bare),
        Err(_) => return Err(Errno::ESRCH),
    }
    mutex.add_waiters(machine, 1)?;
    mutex.set_owner(machine, RESERVED)?;
    let answer = kernel::signal(machine, condition, thread, How::Taken(queue));
    if answer.is_err() {
        mutex.drop_waiter(machine)?;
        mutex.set_owner(machine, caller.thread as u32)?;
        unlock(machine, caller.thread, mutex)?;
    }
    answer
}

fn signal_all(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (mutex, condition) = parts(machine, caller.arguments[0])?;
    let own = u64::from(mutex.owner(machine)?) == caller.thread;
    let locked = match mutex.is_retried(machine)? {
        true => false,
        false if own => true,
        false => match try_lock(machine, caller.thread, mutex) {
            Ok(()) => true,
            Err(Errno::EBUSY) => false,
            Err(_) => return Err(Errno::ESRCH),
        },
    };
    if !locked {
        return kernel::signal_all(machine, condition, How::Bare);
    }
    let how = How::Owner(mutex.queue(machine)?);
    let answer = kernel::signal_all(machine, condition, how);
    if let Ok(Answer::Return(queued)) = answer {
        mutex.add_waiters(machine, queued as u32)?;
    }
    if !own {
        unlock(machine, caller.thread, mutex)?;
    }
    answer.map(|_| Answer::Return(0))
}
