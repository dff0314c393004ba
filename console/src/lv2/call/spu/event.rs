//! Event queues of groups and of their threads.

use super::{Answer, Caller, DONE, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{EventQueue, QueueKind};
use crate::lv2::spu::{GroupEvent, GroupState};

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(185, "sys_spu_thread_group_connect_event", 3, connect_group),
    system_call(
        186,
        "sys_spu_thread_group_disconnect_event",
        2,
        disconnect_group,
    ),
    system_call(191, "sys_spu_thread_connect_event", 4, connect),
    system_call(192, "sys_spu_thread_disconnect_event", 3, disconnect),
    system_call(193, "sys_spu_thread_bind_queue", 3, bind),
    system_call(194, "sys_spu_thread_unbind_queue", 2, unbind),
    system_call(
        251,
        "sys_spu_thread_group_connect_event_all_threads",
        4,
        connect_all,
    ),
    system_call(
        252,
        "sys_spu_thread_group_disconnect_event_all_threads",
        2,
        disconnect_all,
    ),
];

/// Events of groups (`SYS_SPU_THREAD_GROUP_EVENT_…`). The third kind is for groups that
/// cooperate with the system, which there are not.
const RUN: u32 = 1;
const EXCEPTION: u32 = 2;
/// `SYS_SPU_THREAD_EVENT_USER`: what a thread sends.
const USER: u32 = 1;
const PORTS: u8 = 64;

/// The number under which a queue is kept.
fn queue(machine: &Machine, number: u32) -> Result<u32, Errno> {
    machine.objects.main::<EventQueue>(number)
}

/// A queue that is connected, if it is still there.
fn alive(machine: &Machine, connected: Option<&u32>) -> bool {
    connected.is_some_and(|number| machine.objects.get::<EventQueue>(*number).is_ok())
}

/// `sys_spu_thread_group_connect_event(group, queue, kind)`.
fn connect_group(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [group, number, kind, ..] = caller.arguments.map(|argument| argument as u32);
    let events = &machine.spus.groups.get(group)?.events;
    let kind = match kind {
        RUN => GroupEvent::Run,
        EXCEPTION => GroupEvent::Exception,
        _ => return Err(Errno::EINVAL),
    };
    if alive(machine, events.get(&kind)) {
        return Err(Errno::EBUSY);
    }
    let queue = queue(machine, number)?;
    let group = machine.spus.groups.get_mut(group)?;
    group.events.insert(kind, queue);
    DONE
}

fn disconnect_group(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [group, kind, ..] = caller.arguments.map(|argument| argument as u32);
    let events = &mut machine.spus.groups.get_mut(group)?.events;
    match kind {
        RUN => events.remove(&GroupEvent::Run),
        EXCEPTION => events.remove(&GroupEvent::Exception),
        _ => None,
    };
    DONE
}

/// The port of a thread's event.
fn port(kind: u32, port: u32) -> Result<u8, Errno> {
    let port = u8::try_from(port).ok().filter(|port| *port < PORTS);
    port.filter(|_| kind == USER).ok_or(Errno::EINVAL)
}

/// `sys_spu_thread_connect_event(thread, queue, kind, port)`.
fn connect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, number, kind, port_number, ..] = caller.arguments.map(|word| word as u32);
    let queue = queue(machine, number)?;
    let ports = &machine.spus.groups.thread(thread)?.ports;
    let port = port(kind, port_number)?;
    if alive(machine, ports.get(&port)) {
        return Err(Errno::EISCONN);
    }
    let thread = machine.spus.groups.thread_mut(thread)?;
    thread.ports.insert(port, queue);
    DONE
}

fn disconnect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, kind, port_number, ..] = caller.arguments.map(|argument| argument as u32);
    let ports = &machine.spus.groups.thread(thread)?.ports;
    let port = port(kind, port_number)?;
    let connected = alive(machine, ports.get(&port));
    machine.spus.groups.thread_mut(thread)?.ports.remove(&port);
    if connected {
        DONE
    } else {
        Err(Errno::ENOTCONN)
    }
}

/// `sys_spu_thread_bind_queue(thread, queue, number)`.
fn bind(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, number, bound, ..] = caller.arguments.map(|argument| argument as u32);
    let queue = queue(machine, number)?;
    let kind = machine.objects.get::<EventQueue>(queue)?.kind;
    machine.spus.groups.thread(thread)?;
    if kind != QueueKind::Spu {
        return Err(Errno::EINVAL);
    }
    machine.spus.groups.thread_mut(thread)?.bind(bound, queue)?;
    DONE
}

fn unbind(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [thread, bound, ..] = caller.arguments.map(|argument| argument as u32);
    let queues = &mut machine.spus.groups.thread_mut(thread)?.queues;
    queues.remove(&bound).ok_or(Errno::ESRCH)?;
    DONE
}

/// `sys_spu_thread_group_connect_event_all_threads(group, queue, ports, *port)`: the first
/// of the ports that no thread has connected.
fn connect_all(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [group, number, wanted, result, ..] = caller.arguments;
    if wanted == 0 {
        return Err(Errno::EINVAL);
    }
    let number_of_group = group as u32;
    let group = machine.spus.groups.get(number_of_group)?;
    let queue = queue(machine, number as u32)?;
    if group.state == GroupState::Incomplete {
        return Err(Errno::ESTAT);
    }
    let free = |port: &u8| {
        let mut threads = group.threads.iter();
        wanted >> port & 1 == 1 && threads.all(|one| !alive(machine, one.ports.get(port)))
    };
    let port = (0..PORTS).find(free).ok_or(Errno::EISCONN)?;
    machine.memory.put(result, &[port])?;
    for thread in &mut machine.spus.groups.get_mut(number_of_group)?.threads {
        thread.ports.insert(port, queue);
    }
    DONE
}

fn disconnect_all(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [group, port, ..] = caller.arguments.map(|argument| argument as u32);
    let port = u8::try_from(port).ok().filter(|port| *port < PORTS);
    let port = port.ok_or(Errno::EINVAL)?;
    for thread in &mut machine.spus.groups.get_mut(group)?.threads {
        thread.ports.remove(&port);
    }
    DONE
}
