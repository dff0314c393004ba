//! Locks for readers and writers.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Protocol, RwLock, Sharing};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(120, "sys_rwlock_create", 2, create),
    system_call(121, "sys_rwlock_destroy", 1, destroy),
    system_call(122, "sys_rwlock_rlock", 2, read),
    system_call(123, "sys_rwlock_tryrlock", 1, try_read),
    system_call(124, "sys_rwlock_runlock", 1, end_read),
    system_call(125, "sys_rwlock_wlock", 2, write),
    system_call(126, "sys_rwlock_trywlock", 1, try_write),
    system_call(127, "sys_rwlock_wunlock", 1, end_write),
    system_call(148, "_sys_rwlock_trywlock", 1, try_write),
];

/// `sys_rwlock_create(*number, *attribute)`; the attribute has words for the protocol and
/// the sharing, the key at 8, flags at 0x10 and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, attribute, ..] = caller.arguments;
    let memory = &machine.memory;
    let word = |offset| memory.word(attribute.wrapping_add(offset));
    let protocol = Protocol::read(word(0)?, &[Protocol::Fifo, Protocol::Priority])?;
    let key = memory.double(attribute.wrapping_add(8))?;
    let sharing = Sharing::read(word(4)?, key, word(0x10)?)?;
    machine.make(result, sharing, RwLock::new(protocol))
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if machine.objects.get::<RwLock>(number)?.is_locked() {
        return Err(Errno::EBUSY);
    }
    machine.objects.remove::<RwLock>(number)?;
    Ok(Answer::Return(0))
}

fn read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let object = machine.objects.main::<RwLock>(number)?;
    let lock = machine.objects.get_mut::<RwLock>(number)?;
    if lock.try_read() {
        return Ok(Answer::Return(0));
    }
    lock.waiting_readers.push(caller.thread, ());
    let until = clock::deadline(caller.now, caller.arguments[1]);
    Ok(Answer::Wait(Wait::Object { object, until }))
}

fn try_read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    match machine.objects.get_mut::<RwLock>(number)?.try_read() {
        true => Ok(Answer::Return(0)),
        false => Err(Errno::EBUSY),
    }
}

fn end_read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let lock = machine.objects.get_mut::<RwLock>(number)?;
    let next = lock.end_read(&machine.threads)?;
    wake(machine, next);
    Ok(Answer::Return(0))
}

fn write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let object = machine.objects.main::<RwLock>(number)?;
    let lock = machine.objects.get_mut::<RwLock>(number)?;
    match lock.try_write(caller.thread) {
        Err(Errno::EBUSY) => {}
        other => return other.map(|()| Answer::Return(0)),
    }
    lock.waiting_writers.push(caller.thread, ());
    let until = clock::deadline(caller.now, caller.arguments[1]);
    Ok(Answer::Wait(Wait::Object { object, until }))
}

fn try_write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let lock = machine.objects.get_mut::<RwLock>(number)?;
    lock.try_write(caller.thread)?;
    Ok(Answer::Return(0))
}

fn end_write(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let lock = machine.objects.get_mut::<RwLock>(number)?;
    let next = lock.end_write(caller.thread, &machine.threads)?;
    wake(machine, next);
    Ok(Answer::Return(0))
}

/// Ends a wait without the lock.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    let next = match machine.objects.get_mut::<RwLock>(number) {
        Ok(lock) => lock.give_up(thread, &machine.threads),
        Err(_) => Vec::new(),
    };
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
    wake(machine, next);
}

fn wake(machine: &mut Machine, threads: Vec<u64>) {
    for thread in threads {
        machine.threads.wake(thread, 0);
    }
}
