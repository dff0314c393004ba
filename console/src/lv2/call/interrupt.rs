//! Interrupt tags, and the threads that serve the interrupts of raw SPUs.
//!
//! Calls and errors: RPCS3 `sys_interrupt.cpp`; a thread's function ends with
//! `sys_interrupt_thread_eoi`, and starts anew with the next interrupt.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{InterruptService, InterruptTag, Sharing};
use crate::lv2::thread::{State, Thread, Wait};

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(81, "sys_interrupt_tag_destroy", 1, destroy),
    system_call(84, "_sys_interrupt_thread_establish", 5, establish),
    system_call(88, "sys_interrupt_thread_eoi", 0, end),
    system_call(89, "_sys_interrupt_thread_disestablish", 2, disestablish),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0x4a07_1d98,
    "sys_interrupt_thread_disestablish",
    1,
    // What the library does besides, giving back thread-local storage, is done with the thread.
    |machine, caller| take_away(machine, caller, 0),
)];

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let tag = machine.objects.get::<InterruptTag>(number)?;
    if tag.service.is_some() {
        return Err(Errno::EBUSY);
    }
    let (spu, class) = (tag.spu, tag.class);
    machine.objects.remove::<InterruptTag>(number)?;
    machine.raw_spu(spu)?.tags[class] = None;
    DONE
}

/// Whether a thread waits for an interrupt, or for a tag.
fn is_idle(thread: &Thread) -> bool {
    thread.state == State::Waits(Wait::Interrupt)
}

/// The service of an interrupt thread.
fn service_of(machine: &Machine, thread: u64) -> Option<u32> {
    let mut services = machine.objects.all::<InterruptService>();
    services.find_map(|(number, service)| (service.thread == thread).then_some(number))
}

/// `_sys_interrupt_thread_establish(*service, tag, thread, first, second)`.
fn establish(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, tag, thread, first, second, ..] = caller.arguments;
    let tag = tag as u32;
    let established = machine.objects.get::<InterruptTag>(tag)?.service.is_some();
    let found = machine.threads.all.get(&thread).ok_or(Errno::ESRCH)?;
    let idle = found.handler.is_some() && is_idle(found);
    if !idle || service_of(machine, thread).is_some() {
        return Err(Errno::EAGAIN);
    }
    if established {
        return Err(Errno::ESTAT);
    }
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let service = InterruptService {
        tag,
        thread,
        arguments: [first, second],
        ends: None,
    };
    let number = machine.objects.add(Sharing::Own, service)?;
    machine.objects.get_mut::<InterruptTag>(tag)?.service = Some(number);
    machine.memory.put(result, &number.to_be_bytes())?;
    DONE
}

/// The function of an interrupt thread is done.
fn end(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let thread = machine.threads.all.get(&caller.thread);
    if thread.is_none_or(|thread| thread.handler.is_none()) {
        return Err(Errno::EPERM);
    }
    let service = service_of(machine, caller.thread);
    let ends = service.and_then(|number| {
        let service = machine.objects.get::<InterruptService>(number).ok()?;
        Some((number, service.ends?))
    });
    let Some((number, (waiter, to))) = ends else {
        return Ok(Answer::Wait(Wait::Interrupt));
    };
    let local = machine.end_interrupt_service(number);
    let result = give_local(machine, local, to);
    machine
        .threads
        .wake(waiter, result.err().map_or(0, Errno::register));
    Ok(Answer::ThreadEnds)
}

/// Tells where a thread's local storage was, if an address is given.
fn give_local(machine: &mut Machine, local: u64, to: u64) -> Result<(), Errno> {
    match to {
        0 => Ok(()),
        to => machine.memory.put(to, &local.to_be_bytes()),
    }
}

/// `_sys_interrupt_thread_disestablish(service, *r13)`.
fn disestablish(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let to = caller.arguments[1];
    machine.memory.put(to, &0_u64.to_be_bytes())?;
    take_away(machine, caller, to)
}

/// Ends the thread of a service, when its function is done. A thread that was never
/// established can be named by its own number.
fn take_away(machine: &mut Machine, caller: &Caller<'_>, to: u64) -> Result<Answer, Errno> {
    let number = caller.arguments[0];
    let service = machine.objects.get::<InterruptService>(number as u32);
    let Ok(service) = service else {
        let thread = machine.threads.all.get(&number).ok_or(Errno::ESRCH)?;
        let unused = thread.handler.is_some() && is_idle(thread);
        if !unused || service_of(machine, number).is_some() {
            return Err(Errno::ESRCH);
        }
        let local = thread.ppu.registers.gpr[13];
        machine.drop_thread(number);
        give_local(machine, local, to)?;
        return DONE;
    };
    if service.thread == caller.thread {
        return Err(Errno::EDEADLK);
    }
    let number = number as u32;
    if service.ends.is_some() {
        return Err(Errno::EBUSY);
    }
    if machine
        .threads
        .all
        .get(&service.thread)
        .is_some_and(|thread| !is_idle(thread))
    {
        let service = machine.objects.get_mut::<InterruptService>(number)?;
        service.ends = Some((caller.thread, to));
        return Ok(Answer::Wait(Wait::Other(
            "the end of an interrupt's function",
        )));
    }
    let local = machine.end_interrupt_service(number);
    give_local(machine, local, to)?;
    DONE
}
