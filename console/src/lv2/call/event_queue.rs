//! Event queues and event ports.

use super::process::PROCESS;
use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{
    Creation, Event, EventPort, EventQueue, PortKind, Protocol, QueueKind, Sharing,
};
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(128, "sys_event_queue_create", 4, create),
    system_call(129, "sys_event_queue_destroy", 2, destroy),
    system_call(130, "sys_event_queue_receive", 3, receive),
    system_call(131, "sys_event_queue_tryreceive", 4, try_receive),
    system_call(133, "sys_event_queue_drain", 1, drain),
    system_call(134, "sys_event_port_create", 3, create_port),
    system_call(135, "sys_event_port_destroy", 1, destroy_port),
    system_call(136, "sys_event_port_connect_local", 2, connect_local),
    system_call(137, "sys_event_port_disconnect", 1, disconnect),
    system_call(138, "sys_event_port_send", 4, send),
    system_call(140, "sys_event_port_connect_ipc", 2, connect_keyed),
];

/// Events that a queue can hold at most.
const LARGEST: i32 = 127;
/// `sys_event_queue_create(*number, *attribute, key, size)`; the attribute has words for the
/// protocol and the type, and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, attribute, key, size, ..] = caller.arguments;
    let size = size as i32;
    if !(1..=LARGEST).contains(&size) {
        return Err(Errno::EINVAL);
    }
    let memory = &machine.memory;
    let protocol = Protocol::read(
        memory.word(attribute)?,
        &[Protocol::Fifo, Protocol::Priority],
    )?;
    let kind = match memory.word(attribute.wrapping_add(4))? {
        1 => QueueKind::Ppu,
        2 => QueueKind::Spu,
        _ => return Err(Errno::EINVAL),
    };
    let sharing = match key {
        0 => Sharing::Own,
        key => Sharing::Key(key, Creation::New),
    };
    let queue = EventQueue::new(protocol, kind, size as usize);
    machine.make(result, sharing, queue)
}

/// `sys_event_queue_destroy(number, mode)`: mode 1 cancels those who wait.
fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let [number, mode, ..] = caller.arguments;
    let number = number as u32;
    let force = match mode as u32 {
        0 => false,
        1 => true,
        _ => return Err(Errno::EINVAL),
    };
    let queue = machine.objects.get_mut::<EventQueue>(number)?;
    if !force && !queue.waiters.is_empty() {
        return Err(Errno::EBUSY);
    }
    let waiters = queue.waiters.drain(Protocol::Fifo, &machine.threads);
    for (thread, ()) in waiters {
        machine.threads.wake(thread, Errno::ECANCELED.register());
    }
    machine.objects.remove::<EventQueue>(number)?;
    Ok(Answer::Return(0))
}

/// `sys_event_queue_receive(number, unused, timeout)`: the event comes in r4 to r7.
fn receive(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let [number, _, timeout, ..] = caller.arguments;
    let number = number as u32;
    let object = machine.objects.main::<EventQueue>(number)?;
    let queue = machine.objects.get_mut::<EventQueue>(number)?;
    if queue.kind != QueueKind::Ppu {
        return Err(Errno::EINVAL);
    }
    if let Some(event) = queue.take() {
        machine.put_event(caller.thread, event);
        return Ok(Answer::Return(0));
    }
    queue.waiters.push(caller.thread, ());
    let until = clock::deadline(caller.now, timeout);
    Ok(Answer::Wait(Wait::Object { object, until }))
}

/// `sys_event_queue_tryreceive(number, *events, size, *count)`.
fn try_receive(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let [number, events, size, count, ..] = caller.arguments;
    let queue = machine.objects.get_mut::<EventQueue>(number as u32)?;
    if queue.kind != QueueKind::Ppu {
        return Err(Errno::EINVAL);
    }
    // What cannot be written stays in the queue.
    machine.memory.put(count, &0_u32.to_be_bytes())?;
    let mut done: u32 = 0;
    while i64::from(done) < i64::from(size as i32) {
        let at = events.wrapping_add(0x20 * u64::from(done));
        machine.memory.put(at, &[0; 0x20])?;
        let Some(event) = queue.take() else { break };
        let mut bytes = [0; 0x20];
        let words = [event.source, event.data[0], event.data[1], event.data[2]];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        machine.memory.put(at, &bytes)?;
        done += 1;
    }
    machine.memory.put(count, &done.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn drain(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let number = caller.arguments[0] as u32;
    machine.objects.get_mut::<EventQueue>(number)?.clear();
    Ok(Answer::Return(0))
}

/// `sys_event_port_create(*number, kind, name)`.
fn create_port(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, kind, name, ..] = caller.arguments;
    let kind = match kind as u32 {
        1 => PortKind::Local,
        3 => PortKind::Keyed,
        _ => return Err(Errno::EINVAL),
    };
    let port = EventPort {
        kind,
        name,
        queue: None,
    };
    machine.make(result, Sharing::Own, port)
}

fn destroy_port(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if target(machine, number)?.is_some() {
        return Err(Errno::EISCONN);
    }
    machine.objects.remove::<EventPort>(number)?;
    Ok(Answer::Return(0))
}

/// The queue that a port is connected to, if it is still there.
fn target(machine: &Machine, port: u32) -> Result<Option<u32>, Errno> {
    let queue = machine.objects.get::<EventPort>(port)?.queue;
    Ok(queue.filter(|queue| machine.objects.get::<EventQueue>(*queue).is_ok()))
}

fn connect(
    machine: &mut Machine,
    port: u32,
    kind: PortKind,
    queue: Option<u32>,
) -> Result<Answer, Errno> {
    let connected = target(machine, port)?.is_some();
    let queue = queue.ok_or(Errno::ESRCH)?;
    let port = machine.objects.get_mut::<EventPort>(port)?;
    if port.kind != kind {
        return Err(Errno::EINVAL);
    }
    if connected {
        return Err(Errno::EISCONN);
    }
    port.queue = Some(queue);
    Ok(Answer::Return(0))
}

fn connect_local(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [port, queue, ..] = caller.arguments.map(|argument| argument as u32);
    let queue = machine.objects.main::<EventQueue>(queue).ok();
    connect(machine, port, PortKind::Local, queue)
}

fn connect_keyed(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [port, key, ..] = caller.arguments;
    if key == 0 {
        return Err(Errno::EINVAL);
    }
    let queue = machine.objects.with_key::<EventQueue>(key);
    connect(machine, port as u32, PortKind::Keyed, queue)
}

fn disconnect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    target(machine, number)?.ok_or(Errno::ENOTCONN)?;
    machine.objects.get_mut::<EventPort>(number)?.queue = None;
    Ok(Answer::Return(0))
}

/// `sys_event_port_send(number, data1, data2, data3)`.
fn send(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let [number, first, second, third, ..] = caller.arguments;
    let number = number as u32;
    let queue = target(machine, number)?.ok_or(Errno::ENOTCONN)?;
    let source = match machine.objects.get::<EventPort>(number)?.name {
        0 => PROCESS << 32 | u64::from(number),
        name => name,
    };
    let event = Event {
        source,
        data: [first, second, third],
    };
    machine.send_event(queue, event)?;
    Ok(Answer::Return(0))
}

/// Ends a wait without an event.
pub(super) fn time_out(machine: &mut Machine, thread: u64, number: u32) {
    if let Ok(queue) = machine.objects.get_mut::<EventQueue>(number) {
        queue.waiters.remove(thread);
    }
    machine.threads.wake(thread, Errno::ETIMEDOUT.register());
}
