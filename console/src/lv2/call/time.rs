//! Time: all of it is the simulated clock's.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::clock::{CYCLES_PER_MICROSECOND, CYCLES_PER_SECOND, FREQUENCY};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(141, "sys_timer_usleep", 1, sleep_microseconds),
    system_call(142, "sys_timer_sleep", 1, sleep_seconds),
    system_call(144, "sys_time_get_timezone", 2, zone),
    system_call(145, "sys_time_get_current_time", 2, date),
    system_call(147, "sys_time_get_timebase_frequency", 0, frequency),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0x8461_e528,
    "sys_time_get_system_time",
    0,
    since_start,
)];

/// What the calendar says when the machine starts, in seconds since 1970: the same at every
/// run, eight in the evening (UTC) of 2006-11-11, the day on which the PS3 was first sold.
const START_DATE: u64 = 1_163_275_200;

fn frequency(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(FREQUENCY))
}

fn since_start(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(caller.now / CYCLES_PER_MICROSECOND))
}

fn date(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let seconds = START_DATE + caller.now / CYCLES_PER_SECOND;
    let rest = caller.now % CYCLES_PER_SECOND * 1000 / CYCLES_PER_MICROSECOND;
    let memory = &mut machine.memory;
    memory.put(caller.arguments[0], &seconds.to_be_bytes())?;
    memory.put(caller.arguments[1], &rest.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_time_get_timezone(*minutes east of Greenwich, *minutes of summer time)`.
fn zone(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let settings = &machine.system.settings;
    let summer = if settings.summer_time { 60 } else { 0 };
    for (address, minutes) in caller
        .arguments
        .into_iter()
        .zip([settings.time_zone, summer])
    {
        machine.memory.put(address, &minutes.to_be_bytes())?;
    }
    Ok(Answer::Return(0))
}

fn sleep(caller: &Caller<'_>, cycles_per_unit: u64) -> Answer {
    let cycles = caller.arguments[0].saturating_mul(cycles_per_unit);
    Answer::Wait(Wait::Until(caller.now.saturating_add(cycles)))
}

fn sleep_microseconds(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(sleep(caller, CYCLES_PER_MICROSECOND))
}

fn sleep_seconds(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(sleep(caller, CYCLES_PER_SECOND))
}
