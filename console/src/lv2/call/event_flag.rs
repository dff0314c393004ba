//! Event flags.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{EventFlag, Pattern, Protocol, Sharing};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(82, "sys_event_flag_create", 3, create),
    system_call(83, "sys_event_flag_destroy", 1, destroy),
    system_call(85, "sys_event_flag_wait", 5, wait),
    system_call(86, "sys_event_flag_trywait", 4, try_wait),
    system_call(87, "sys_event_flag_set", 2, set),
    system_call(118, "sys_event_flag_clear", 2, clear),
    system_call(132, "sys_event_flag_cancel", 2, cancel),
    system_call(139, "sys_event_flag_get", 2, get),
];

/// Values of the attribute's type.
const ONE_WAITER: u32 = 0x1_0000;
const MANY_WAITERS: u32 = 0x2_0000;

/// `sys_event_flag_create(*number, *attribute, bits)`; the attribute has words for the
/// protocol and the sharing, the key at 8, flags at 0x10, the type at 0x14 and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, attribute, bits, ..] = caller.arguments;
    if result == 0 || attribute == 0 {
        return Err(Errno::EFAULT);
    }
    let memory = &machine.memory;
    let word = |offset| memory.word(attribute.wrapping_add(offset));
    let protocol = Protocol::read(word(0)?, &[Protocol::Fifo, Protocol::Priority])?;
    let many = match word(0x14)? {
        ONE_WAITER => false,
        MANY_WAITERS => true,
        _ => return Err(Errno::EINVAL),
    };
    let key = memory.double(attribute.wrapping_add(8))?;
    let sharing = Sharing::read(word(4)?, key, word(0x10)?)?;
    machine.make(result, sharing, EventFlag::new(protocol, many, bits))
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if !machine.objects.get::<EventFlag>(number)?.waiters.is_empty() {
        return Err(Errno::EBUSY);
    }
    machine.objects.remove::<EventFlag>(number)?;
    Ok(Answer::Return(0))
}

/// Writes the bits that a wait saw, where they are wanted; 0 if it failed.
fn tell(machine: &mut Machine, result: u64, bits: u64) -> Result<(), Errno> {
    match result {
        0 => Ok(()),
        address => machine.memory.put(address, &bits.to_be_bytes()),
    }
}

/// `sys_event_flag_wait(number, bits, mode, *result, timeout)`.
fn wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, bits, mode, result, timeout, ..] = caller.arguments;
    tell(machine, result, 0)?;
    let pattern = Pattern::read(bits, mode as u32, result)?;
    let number = number as u32;
    let object = machine.objects.main::<EventFlag>(number)?;
    let flag = machine.objects.get_mut::<EventFlag>(number)?;
    if let Some(seen) = flag.try_wait(&pattern) {
        tell(machine, result, seen)?;
        return Ok(Answer::Return(0));
    }
    if !flag.many && !flag.waiters.is_empty() {
        return Err(Errno::EPERM);
    }
    flag.waiters.push(caller.thread, pattern);
    let until = clock::deadline(caller.now, timeout);
    Ok(Answer::Wait(Wait::Object { object, until }))
}

/// `sys_event_flag_trywait(number, bits, mode, *result)`.
fn try_wait(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, bits, mode, result, ..] = caller.arguments;
    tell(machine, result, 0)?;
    let pattern = Pattern::read(bits, mode as u32, result)?;
    let flag = machine.objects.get_mut::<EventFlag>(number as u32)?;
    let seen = flag.try_wait(&pattern).ok_or(Errno::EBUSY)?;
    tell(machine, result, seen)?;
    Ok(Answer::Return(0))
}

fn set(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, bits, ..] = caller.arguments;
    machine.set_event_flag(number as u32, bits)?;
    Ok(Answer::Return(0))
}

/// `sys_event_flag_clear(number, bits)`: the bits are those that stay.
fn clear(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, bits, ..] = caller.arguments;
    machine.objects.get_mut::<EventFlag>(number as u32)?.bits &= bits;
    Ok(Answer::Return(0))
}

/// `sys_event_flag_cancel(number, *count)`: all who wait get `ECANCELED`.
fn cancel(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, count, ..] = caller.arguments;
    if count != 0 {
        machine.memory.put(count, &0_u32.to_be_bytes())?;
    }
    let flag = machine.objects.get_mut::<EventFlag>(number as u32)?;
    let bits = flag.bits;
    let waiters = flag.cancel(&machine.threads);
    let cancelled = waiters.len() as u32;
    for (thread, pattern) in waiters {
        end(machine, thread, &pattern, bits, Err(Errno::ECANCELED));
    }
    if count != 0 {
        machine.memory.put(count, &cancelled.to_be_bytes())?;
    }
    Ok(Answer::Return(0))
}

fn get(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    let flag = machine.objects.get::<EventFlag>(number as u32);
    let bits = flag.map_or(0, |flag| flag.bits);
    let found = flag.map(|_| Answer::Return(0));
    let told = machine.memory.put(result, &bits.to_be_bytes());
    let answer = found?;
    told?;
    Ok(answer)
}

/// Ends a wait: its bits go to memory that was good when it began.
fn end(
    machine: &mut Machine,
    thread: u64,
    pattern: &Pattern,
    bits: u64,
    result: Result<(), Errno>,
) {
    let told = tell(machine, pattern.result, bits);
    let error = result.and(told).err();
    machine
        .threads
        .wake(thread, error.map_or(0, Errno::register));
}

/// Ends a wait without success.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    let Ok(flag) = machine.objects.get_mut::<EventFlag>(number) else {
        return;
    };
    let bits = flag.bits;
    if let Some(pattern) = flag.waiters.remove(thread) {
        end(machine, thread, &pattern, bits, Err(Errno::ETIMEDOUT));
    }
}

impl Machine {
    /// Sets bits of an event flag, as threads of the PPU and the SPUs do.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no such flag.
    pub(in crate::lv2) fn set_event_flag(&mut self, number: u32, bits: u64) -> Result<(), Errno> {
        let flag = self.objects.get_mut::<EventFlag>(number)?;
        for (thread, pattern, seen) in flag.set(bits, &self.threads) {
            end(self, thread, &pattern, seen, Ok(()));
        }
        Ok(())
    }
}
