//! Mutexes.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Locker, Mutex, Protocol, Sharing};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(100, "sys_mutex_create", 2, create),
    system_call(101, "sys_mutex_destroy", 1, destroy),
    system_call(102, "sys_mutex_lock", 2, lock),
    system_call(103, "sys_mutex_trylock", 1, try_lock),
    system_call(104, "sys_mutex_unlock", 1, unlock),
];

/// Values of the attribute's field.
const RECURSIVE: u32 = 0x10;
const NOT_RECURSIVE: u32 = 0x20;

/// `sys_mutex_create(*number, *attribute)`; the attribute has words for the protocol, the
/// recursion, the sharing and adaptation, the key at 0x10, flags at 0x18 and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, attribute, ..] = caller.arguments;
    let memory = &machine.memory;
    let word = |offset| memory.word(attribute.wrapping_add(offset));
    let protocol = Protocol::read(
        word(0)?,
        &[Protocol::Fifo, Protocol::Priority, Protocol::Inherit],
    )?;
    let recursive = match word(4)? {
        RECURSIVE => true,
        NOT_RECURSIVE => false,
        _ => return Err(Errno::EINVAL),
    };
    let key = memory.double(attribute.wrapping_add(0x10))?;
    let sharing = Sharing::read(word(8)?, key, word(0x18)?)?;
    machine.make(result, sharing, Mutex::new(protocol, recursive))
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let mutex = machine.objects.get::<Mutex>(number)?;
    if mutex.owner().is_some() {
        return Err(Errno::EBUSY);
    }
    if mutex.conditions > 0 {
        return Err(Errno::EPERM);
    }
    machine.objects.remove::<Mutex>(number)?;
    Ok(Answer::Return(0))
}

fn lock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let main = machine.objects.main::<Mutex>(number)?;
    let mutex = machine.objects.get_mut::<Mutex>(number)?;
    match mutex.try_lock(caller.thread) {
        Err(Errno::EBUSY) => {}
        other => return other.map(|()| Answer::Return(0)),
    }
    mutex.waiters.push(caller.thread, Locker::default());
    let until = clock::deadline(caller.now, caller.arguments[1]);
    machine.inherit();
    Ok(Answer::Wait(Wait::Object {
        object: main,
        until,
    }))
}

fn try_lock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let mutex = machine.objects.get_mut::<Mutex>(number)?;
    mutex.try_lock(caller.thread)?;
    Ok(Answer::Return(0))
}

fn unlock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let mutex = machine.objects.get_mut::<Mutex>(number)?;
    let next = mutex.unlock(caller.thread, &machine.threads)?;
    machine.give_mutex(next);
    Ok(Answer::Return(0))
}

/// Ends a wait for a mutex without it.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    if let Ok(mutex) = machine.objects.get_mut::<Mutex>(number) {
        mutex.waiters.remove(thread);
    }
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
    machine.inherit();
}

impl Machine {
    /// Wakes the thread that has a mutex now.
    pub(super) fn give_mutex(&mut self, next: Option<(u64, Locker)>) {
        if let Some((thread, locker)) = next {
            self.threads.wake(thread, locker.result);
        }
        self.inherit();
    }

    /// Sets what threads inherit from those who wait for their mutexes.
    pub(super) fn inherit(&mut self) {
        let mutexes: Vec<_> = self
            .objects
            .all::<Mutex>()
            .filter(|(_, mutex)| mutex.protocol == Protocol::Inherit)
            .filter_map(|(_, mutex)| Some((mutex.owner()?, mutex)))
            .collect();
        // Only while there is such a mutex has a thread inherited anything.
        if mutexes.is_empty() && !self.threads.inherit {
            return;
        }
        self.threads.inherit = !mutexes.is_empty();
        for thread in self.threads.all.values_mut() {
            thread.inherited = None;
        }
        // Who inherits may wait for a mutex itself: each round reaches one owner further.
        for _ in 0..=mutexes.len() {
            for (owner, mutex) in &mutexes {
                let waiting = mutex.waiters.threads();
                let highest = waiting.map(|thread| self.threads.priority(thread)).min();
                if let Some(owner) = self.threads.all.get_mut(owner) {
                    let both = owner.inherited.into_iter().chain(highest);
                    owner.inherited = both.min();
                }
            }
        }
    }
}
