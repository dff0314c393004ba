//! Condition variables.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Condition, Locker, Mutex, Protocol, Sharing};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(105, "sys_cond_create", 3, create),
    system_call(106, "sys_cond_destroy", 1, destroy),
    system_call(107, "sys_cond_wait", 2, wait),
    system_call(108, "sys_cond_signal", 1, signal),
    system_call(109, "sys_cond_signal_all", 1, signal_all),
    system_call(110, "sys_cond_signal_to", 2, signal_to),
];

/// `sys_cond_create(*number, mutex, *attribute)`; the attribute has words for the sharing
/// and flags, the key at 8 and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, mutex, attribute, ..] = caller.arguments;
    let mutex = machine.objects.main::<Mutex>(mutex as u32)?;
    let memory = &machine.memory;
    let word = |offset| memory.word(attribute.wrapping_add(offset));
    let key = memory.double(attribute.wrapping_add(8))?;
    let sharing = Sharing::read(word(0)?, key, word(4)?)?;
    let answer = machine.make(result, sharing, Condition::new(mutex))?;
    machine.objects.get_mut::<Mutex>(mutex)?.conditions += 1;
    Ok(answer)
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let condition = machine.objects.get::<Condition>(number)?;
    if !condition.waiters.is_empty() {
        return Err(Errno::EBUSY);
    }
    let mutex = condition.mutex;
    machine.objects.remove::<Condition>(number)?;
    machine.objects.get_mut::<Mutex>(mutex)?.conditions -= 1;
    Ok(Answer::Return(0))
}

fn wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let main = machine.objects.main::<Condition>(number)?;
    let mutex = machine.objects.get::<Condition>(number)?.mutex;
    let mutex = machine.objects.get_mut::<Mutex>(mutex)?;
    let (depth, next) = mutex.release(caller.thread, &machine.threads)?;
    let condition = machine.objects.get_mut::<Condition>(number)?;
    condition.waiters.push(caller.thread, depth);
    machine.give_mutex(next);
    Ok(Answer::Wait(Wait::Object {
        object: main,
        until: clock::deadline(caller.now, caller.arguments[1]),
    }))
}

fn signal(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let mutex = machine.objects.get::<Condition>(number)?.mutex;
    let protocol = machine.objects.get::<Mutex>(mutex)?.protocol;
    let condition = machine.objects.get_mut::<Condition>(number)?;
    if let Some((thread, depth)) = condition.waiters.pop(protocol, &machine.threads) {
        let locker = Locker { depth, result: 0 };
        relock(machine, mutex, thread, locker);
    }
    Ok(Answer::Return(0))
}

fn signal_all(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let condition = machine
        .objects
        .get_mut::<Condition>(caller.arguments[0] as u32)?;
    let mutex = condition.mutex;
    let waiters = condition
        .waiters
        .drain(Protocol::Priority, &machine.threads);
    for (thread, depth) in waiters {
        let locker = Locker { depth, result: 0 };
        relock(machine, mutex, thread, locker);
    }
    Ok(Answer::Return(0))
}

fn signal_to(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, thread, ..] = caller.arguments;
    if !machine.threads.all.contains_key(&thread) {
        return Err(Errno::ESRCH);
    }
    let condition = machine.objects.get_mut::<Condition>(number as u32)?;
    let mutex = condition.mutex;
    let depth = condition.waiters.remove(thread).ok_or(Errno::EPERM)?;
    relock(machine, mutex, thread, Locker { depth, result: 0 });
    Ok(Answer::Return(0))
}

/// Gives a thread the mutex that it had when it began to wait, at once or later.
fn relock(machine: &mut Machine, number: u32, thread: u64, locker: Locker) {
    let Ok(mutex) = machine.objects.get_mut::<Mutex>(number) else {
        return;
    };
    if mutex.lock_or_wait(thread, locker) {
        machine.threads.wake(thread, locker.result);
    } else {
        machine.wait_for(thread, number, None);
        machine.inherit();
    }
}

/// Ends a wait for a signal without it.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    let Ok(condition) = machine.objects.get_mut::<Condition>(number) else {
        return;
    };
    let mutex = condition.mutex;
    if let Some(depth) = condition.waiters.remove(thread) {
        let result = Errno::ETIMEDOUT.register();
        relock(machine, mutex, thread, Locker { depth, result });
    }
}
