//! Timers that send events.

use super::process::PROCESS;
use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{EventQueue, Run, Sharing, Target, Timer};

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(70, "sys_timer_create", 1, create),
    system_call(71, "sys_timer_destroy", 1, destroy),
    system_call(72, "sys_timer_get_information", 2, information),
    system_call(73, "_sys_timer_start", 3, start),
    system_call(74, "sys_timer_stop", 1, stop),
    system_call(75, "sys_timer_connect_event_queue", 5, connect),
    system_call(76, "sys_timer_disconnect_event_queue", 1, disconnect),
];

/// The shortest period, in microseconds.
const SHORTEST: u64 = 100;
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.make(caller.arguments[0], Sharing::Own, Timer::default())
}

/// Whether a timer's queue is still there.
fn is_connected(machine: &Machine, number: u32) -> Result<bool, Errno> {
    let target = machine.objects.get::<Timer>(number)?.target;
    Ok(target.is_some_and(|target| machine.objects.get::<EventQueue>(target.queue).is_ok()))
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if is_connected(machine, number)? {
        return Err(Errno::EISCONN);
    }
    machine.objects.remove::<Timer>(number)?;
    Ok(Answer::Return(0))
}

/// `sys_timer_get_information(number, *information)`: the next time, the period, a word
/// that is 1 while it runs.
fn information(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let run = machine
        .objects
        .get::<Timer>(caller.arguments[0] as u32)?
        .run;
    let mut bytes = [0; 0x18];
    if let Some(run) = run {
        bytes[..8].copy_from_slice(&run.next.to_be_bytes());
        bytes[8..0x10].copy_from_slice(&run.period.to_be_bytes());
        bytes[0x13] = 1;
    }
    machine.memory.put(caller.arguments[1], &bytes)?;
    Ok(Answer::Return(0))
}

/// `_sys_timer_start(number, base, period)`, in microseconds since the start.
fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, base, period, ..] = caller.arguments;
    if (1..SHORTEST).contains(&period) {
        return Err(Errno::EINVAL);
    }
    machine.wake_due(caller.now);
    let timer = machine.objects.get_mut::<Timer>(number as u32)?;
    if timer.target.is_none() {
        return Err(Errno::ENOTCONN);
    }
    if timer.run.is_some() {
        return Err(Errno::EBUSY);
    }
    let now = clock::microseconds(caller.now);
    timer.run = Some(Run::start(now, base, period).ok_or(Errno::ETIMEDOUT)?);
    Ok(Answer::Return(0))
}

fn stop(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let number = caller.arguments[0] as u32;
    machine.objects.get_mut::<Timer>(number)?.run = None;
    Ok(Answer::Return(0))
}

/// `sys_timer_connect_event_queue(number, queue, name, data1, data2)`.
fn connect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, queue, name, first, second, ..] = caller.arguments;
    let number = number as u32;
    let connected = is_connected(machine, number)?;
    let queue = machine.objects.main::<EventQueue>(queue as u32)?;
    if connected {
        return Err(Errno::EISCONN);
    }
    let source = match name {
        0 => PROCESS << 32 | u64::from(number),
        name => name,
    };
    machine.objects.get_mut::<Timer>(number)?.target = Some(Target {
        queue,
        source,
        data: [first, second],
    });
    Ok(Answer::Return(0))
}

fn disconnect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.wake_due(caller.now);
    let number = caller.arguments[0] as u32;
    let connected = is_connected(machine, number)?;
    let timer = machine.objects.get_mut::<Timer>(number)?;
    timer.run = None;
    if !connected {
        return Err(Errno::ENOTCONN);
    }
    timer.target = None;
    Ok(Answer::Return(0))
}
