//! The kernel calls behind lightweight mutexes.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{LightCondition, LightMutex, Protocol, Sharing, Signal};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(95, "_sys_lwmutex_create", 5, |machine, caller| {
        let [result, protocol, ..] = caller.arguments;
        create(machine, result, protocol as u32)
    }),
    system_call(96, "_sys_lwmutex_destroy", 1, |machine, caller| {
        destroy(machine, caller.thread, caller.arguments[0] as u32)
    }),
    system_call(97, "_sys_lwmutex_lock", 2, |machine, caller| {
        let [number, timeout, ..] = caller.arguments;
        let until = clock::deadline(caller.now, timeout);
        lock(machine, caller, number as u32, until)
    }),
    system_call(98, "_sys_lwmutex_unlock", 1, |machine, caller| {
        unlock(machine, caller.arguments[0] as u32, Signal::Owned)
    }),
    system_call(99, "_sys_lwmutex_trylock", 1, |machine, caller| {
        try_lock(machine, caller.arguments[0] as u32)
    }),
    system_call(117, "_sys_lwmutex_unlock2", 1, |machine, caller| {
        unlock(machine, caller.arguments[0] as u32, Signal::Retry)
    }),
];

/// Makes the sleepers' queue and stores its number.
pub(super) fn create(machine: &mut Machine, result: u64, protocol: u32) -> Result<Answer, Errno> {
    let allowed = [Protocol::Fifo, Protocol::Priority, Protocol::Retry];
    let protocol = Protocol::read(protocol, &allowed)?;
    machine.make(result, Sharing::Own, LightMutex::new(protocol))
}

/// Destroys it; waits until nobody is in its conditions, unless somebody locks it.
pub(super) fn destroy(machine: &mut Machine, thread: u64, number: u32) -> Result<Answer, Errno> {
    let mutex = machine.objects.get_mut::<LightMutex>(number)?;
    if !mutex.waiters.is_empty() || mutex.destroyer.is_some() {
        return Err(Errno::EBUSY);
    }
    if mutex.in_conditions > 0 {
        mutex.destroyer = Some(thread);
        return Ok(Answer::Wait(Wait::Object {
            object: number,
            until: None,
        }));
    }
    machine.objects.remove::<LightMutex>(number)?;
    Ok(Answer::Return(0))
}

/// Gets the lock from the kernel; `EBUSY` says to try again.
pub(super) fn lock(
    machine: &mut Machine,
    caller: &Caller<'_>,
    number: u32,
    until: Option<u64>,
) -> Result<Answer, Errno> {
    let mutex = machine.objects.get_mut::<LightMutex>(number)?;
    match mutex.take_signal() {
        Some(Signal::Owned) => return Ok(Answer::Return(0)),
        Some(Signal::Retry) => return Err(Errno::EBUSY),
        None => {}
    }
    sleep(machine, number, caller.thread, None)?;
    Ok(Answer::Wait(Wait::Object {
        object: number,
        until,
    }))
}

/// Adds a sleeper: who wanted to destroy the mutex cannot.
pub(super) fn sleep(
    machine: &mut Machine,
    number: u32,
    thread: u64,
    condition: Option<u32>,
) -> Result<(), Errno> {
    let mutex = machine.objects.get_mut::<LightMutex>(number)?;
    mutex.waiters.push(thread, condition);
    if let Some(destroyer) = mutex.destroyer.take() {
        machine.threads.wake(destroyer, Errno::EBUSY.register());
    }
    Ok(())
}

pub(super) fn try_lock(machine: &mut Machine, number: u32) -> Result<Answer, Errno> {
    match machine.objects.get_mut::<LightMutex>(number)?.try_lock() {
        true => Ok(Answer::Return(0)),
        false => Err(Errno::EBUSY),
    }
}

/// Wakes the next sleeper, or leaves a signal for it.
pub(super) fn unlock(machine: &mut Machine, number: u32, signal: Signal) -> Result<Answer, Errno> {
    let mutex = machine.objects.get_mut::<LightMutex>(number)?;
    if let Some((thread, condition)) = mutex.unlock(signal, &machine.threads) {
        let result = match signal {
            Signal::Owned => 0,
            Signal::Retry => Errno::EBUSY.register(),
        };
        machine.threads.wake(thread, result);
        if let Some(condition) = condition {
            leave(machine, condition, number);
        }
    }
    Ok(Answer::Return(0))
}

/// Notes that a thread has left a condition, and its mutex's queue: who waited for that
/// can destroy them.
pub(super) fn leave(machine: &mut Machine, condition: u32, mutex: u32) {
    if let Ok(found) = machine.objects.get_mut::<LightMutex>(mutex) {
        found.in_conditions = found.in_conditions.saturating_sub(1);
        if found.in_conditions == 0
            && let Some(destroyer) = found.destroyer.take()
        {
            let removed = machine.objects.remove::<LightMutex>(mutex);
            let result = removed.err().map_or(0, Errno::register);
            machine.threads.wake(destroyer, result);
        }
    }
    if let Ok(found) = machine.objects.get_mut::<LightCondition>(condition) {
        found.inside = found.inside.saturating_sub(1);
        if found.inside == 0
            && let Some(destroyer) = found.destroyer.take()
        {
            let removed = machine.objects.remove::<LightCondition>(condition);
            let result = removed.err().map_or(0, Errno::register);
            machine.threads.wake(destroyer, result);
        }
    }
}

/// Ends a sleep without the lock.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    let mutex = machine.objects.get_mut::<LightMutex>(number);
    let condition = mutex.ok().and_then(|mutex| mutex.waiters.remove(thread));
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
    if let Some(Some(condition)) = condition {
        leave(machine, condition, number);
    }
}
