//! The kernel calls behind lightweight condition variables.

use super::light_mutex::{leave, sleep};
use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{LightCondition, LightMutex, Protocol, Sharing, Signal};
use crate::lv2::thread::{State, Wait};

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(111, "_sys_lwcond_create", 4, |machine, caller| {
        let [result, mutex, ..] = caller.arguments;
        create(machine, result, mutex as u32)
    }),
    system_call(112, "_sys_lwcond_destroy", 1, |machine, caller| {
        destroy(machine, caller.thread, caller.arguments[0] as u32)
    }),
    system_call(113, "_sys_lwcond_queue_wait", 3, |machine, caller| {
        let [condition, mutex, timeout, ..] = caller.arguments;
        wait(machine, caller, condition as u32, mutex as u32, timeout)
    }),
    system_call(115, "_sys_lwcond_signal", 4, |machine, caller| {
        let [condition, mutex, thread, mode, ..] = caller.arguments;
        let how = How::read(mode as u32, mutex as u32)?;
        signal(machine, condition as u32, thread, how)
    }),
    system_call(116, "_sys_lwcond_signal_all", 3, |machine, caller| {
        let [condition, mutex, mode, ..] = caller.arguments;
        match How::read(mode as u32, mutex as u32)? {
            How::Taken(_) => Err(Errno::EINVAL),
            how => signal_all(machine, condition as u32, how),
        }
    }),
];

/// What a signal does with the thread that it wakes; mutexes are given by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The caller has the mutex: the thread waits for it.
    Owner(u32),
    /// The thread gets no mutex and has to lock it itself.
    Bare,
    /// The caller has locked the mutex for the thread.
    Taken(u32),
}

impl How {
    fn read(mode: u32, mutex: u32) -> Result<Self, Errno> {
        match mode {
            1 => Ok(Self::Owner(mutex)),
            2 => Ok(Self::Bare),
            3 => Ok(Self::Taken(mutex)),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Checks that the mutex is there.
    fn check(self, machine: &Machine) -> Result<(), Errno> {
        match self {
            Self::Owner(mutex) | Self::Taken(mutex) => {
                machine.objects.get::<LightMutex>(mutex).map(|_| ())
            }
            Self::Bare => Ok(()),
        }
    }
}

/// Any thread, as the number of one.
pub(super) const ANY: u64 = 0xffff_ffff;

/// Makes a condition for a lightweight mutex and stores its number.
pub(super) fn create(machine: &mut Machine, result: u64, mutex: u32) -> Result<Answer, Errno> {
    let protocol = match machine.objects.get::<LightMutex>(mutex)?.protocol {
        Protocol::Retry => Protocol::Priority,
        protocol => protocol,
    };
    machine.make(result, Sharing::Own, LightCondition::new(protocol))
}

/// Destroys it; waits until those who were signalled have the mutex.
pub(super) fn destroy(machine: &mut Machine, thread: u64, number: u32) -> Result<Answer, Errno> {
    let condition = machine.objects.get_mut::<LightCondition>(number)?;
    if !condition.waiters.is_empty() || condition.destroyer.is_some() {
        return Err(Errno::EBUSY);
    }
    if condition.inside > 0 {
        condition.destroyer = Some(thread);
        return Ok(Answer::Wait(Wait::Object {
            object: number,
            until: None,
        }));
    }
    machine.objects.remove::<LightCondition>(number)?;
    Ok(Answer::Return(0))
}

/// Gives the mutex up and waits for a signal.
pub(super) fn wait(
    machine: &mut Machine,
    caller: &Caller<'_>,
    number: u32,
    mutex: u32,
    timeout: u64,
) -> Result<Answer, Errno> {
    machine.objects.get::<LightCondition>(number)?;
    machine.objects.get_mut::<LightMutex>(mutex)?.in_conditions += 1;
    let condition = machine.objects.get_mut::<LightCondition>(number)?;
    condition.inside += 1;
    condition.waiters.push(caller.thread, mutex);
    super::light_mutex::unlock(machine, mutex, Signal::Owned)?;
    Ok(Answer::Wait(Wait::Object {
        object: number,
        until: clock::deadline(caller.now, timeout),
    }))
}

/// Wakes the next thread or a certain one; [`ANY`] is any.
pub(super) fn signal(
    machine: &mut Machine,
    number: u32,
    thread: u64,
    how: How,
) -> Result<Answer, Errno> {
    if thread != ANY && !machine.threads.all.contains_key(&thread) {
        return Err(Errno::ESRCH);
    }
    how.check(machine)?;
    let condition = machine.objects.get_mut::<LightCondition>(number)?;
    let protocol = condition.protocol;
    let found = match thread {
        ANY => condition.waiters.pop(protocol, &machine.threads),
        thread => condition
            .waiters
            .remove(thread)
            .map(|mutex| (thread, mutex)),
    };
    let Some((found, waits_for)) = found else {
        return match how {
            How::Bare if thread == ANY => Ok(Answer::Return(0)),
            How::Taken(_) if thread == ANY => Err(Errno::ENOENT),
            _ => Err(Errno::EPERM),
        };
    };
    match how {
        How::Owner(mutex) => queue(machine, number, mutex, found)?,
        How::Bare => {
            machine.threads.wake(found, Errno::EBUSY.register());
            leave(machine, number, waits_for);
        }
        // Those who wait for the mutex already come first if the protocol says so.
        How::Taken(mutex) => {
            queue(machine, number, mutex, found)?;
            super::light_mutex::unlock(machine, mutex, Signal::Owned)?;
        }
    }
    Ok(Answer::Return(0))
}

/// Wakes all threads; returns how many wait for the mutex now.
pub(super) fn signal_all(machine: &mut Machine, number: u32, how: How) -> Result<Answer, Errno> {
    how.check(machine)?;
    let condition = machine.objects.get_mut::<LightCondition>(number)?;
    let protocol = condition.protocol;
    let waiters = condition.waiters.drain(protocol, &machine.threads);
    let mut queued = 0;
    for (thread, waits_for) in waiters {
        match how {
            How::Owner(mutex) | How::Taken(mutex) => {
                queue(machine, number, mutex, thread)?;
                queued += 1;
            }
            How::Bare => {
                machine.threads.wake(thread, Errno::EBUSY.register());
                leave(machine, number, waits_for);
            }
        }
    }
    Ok(Answer::Return(queued))
}

/// Lets a thread wait for the mutex, as long as it would have waited for the signal.
fn queue(machine: &mut Machine, condition: u32, mutex: u32, thread: u64) -> Result<(), Errno> {
    let until = match machine.threads.all.get(&thread).map(|thread| thread.state) {
        Some(State::Waits(Wait::Object { until, .. })) => until,
        _ => None,
    };
    machine.wait_for(thread, mutex, until);
    sleep(machine, mutex, thread, Some(condition))
}

/// Ends a wait without a signal.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    let condition = machine.objects.get_mut::<LightCondition>(number);
    let mutex = condition
        .ok()
        .and_then(|condition| condition.waiters.remove(thread));
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
    if let Some(mutex) = mutex {
        leave(machine, number, mutex);
    }
}
