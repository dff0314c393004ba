//! Semaphores.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Protocol, Semaphore, Sharing};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(90, "sys_semaphore_create", 4, create),
    system_call(91, "sys_semaphore_destroy", 1, destroy),
    system_call(92, "sys_semaphore_wait", 2, wait),
    system_call(93, "sys_semaphore_trywait", 1, try_wait),
    system_call(94, "sys_semaphore_post", 2, post),
    system_call(114, "sys_semaphore_get_value", 2, value),
];

/// `sys_semaphore_create(*number, *attribute, value, most)`; the attribute has words for the
/// protocol and the sharing, the key at 8, flags at 0x10 and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, attribute, value, most, ..] = caller.arguments;
    if result == 0 || attribute == 0 {
        return Err(Errno::EFAULT);
    }
    let (value, most) = (value as i32, most as i32);
    if most <= 0 || !(0..=most).contains(&value) {
        return Err(Errno::EINVAL);
    }
    let memory = &machine.memory;
    let word = |offset| memory.word(attribute.wrapping_add(offset));
    let protocol = Protocol::read(word(0)?, &[Protocol::Fifo, Protocol::Priority])?;
    let key = memory.double(attribute.wrapping_add(8))?;
    let sharing = Sharing::read(word(4)?, key, word(0x10)?)?;
    let semaphore = Semaphore::new(protocol, value as u32, most as u32);
    machine.make(result, sharing, semaphore)
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if !machine.objects.get::<Semaphore>(number)?.waiters.is_empty() {
        return Err(Errno::EBUSY);
    }
    machine.objects.remove::<Semaphore>(number)?;
    Ok(Answer::Return(0))
}

fn wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let object = machine.objects.main::<Semaphore>(number)?;
    let semaphore = machine.objects.get_mut::<Semaphore>(number)?;
    if semaphore.try_wait() {
        return Ok(Answer::Return(0));
    }
    semaphore.waiters.push(caller.thread, ());
    let until = clock::deadline(caller.now, caller.arguments[1]);
    Ok(Answer::Wait(Wait::Object { object, until }))
}

fn try_wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    match machine.objects.get_mut::<Semaphore>(number)?.try_wait() {
        true => Ok(Answer::Return(0)),
        false => Err(Errno::EBUSY),
    }
}

fn post(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let semaphore = machine
        .objects
        .get_mut::<Semaphore>(caller.arguments[0] as u32)?;
    let count = caller.arguments[1] as i32;
    if count <= 0 {
        return Err(Errno::EINVAL);
    }
    for thread in semaphore.post(count as u32, &machine.threads)? {
        machine.threads.wake(thread, 0);
    }
    Ok(Answer::Return(0))
}

fn value(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    let value = machine.objects.get::<Semaphore>(number as u32)?.value();
    machine.memory.put(result, &value.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// Ends a wait without success.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    if let Ok(semaphore) = machine.objects.get_mut::<Semaphore>(number) {
        semaphore.waiters.remove(thread);
    }
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
}
