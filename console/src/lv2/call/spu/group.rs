//! Groups of SPU threads.

use std::collections::BTreeMap;

use super::{Answer, Caller, DONE, SystemCall, name, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::spu::{Cause, Group, GroupState};
use crate::lv2::thread::Wait;
use crate::spu::{LOCAL_STORE_SIZE, MAX_SPUS};

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(169, "sys_spu_initialize", 2, initialize),
    system_call(170, "sys_spu_thread_group_create", 4, create),
    system_call(171, "sys_spu_thread_group_destroy", 1, destroy),
    system_call(173, "sys_spu_thread_group_start", 1, start),
    system_call(174, "sys_spu_thread_group_suspend", 1, suspend),
    system_call(175, "sys_spu_thread_group_resume", 1, resume),
    system_call(176, "sys_spu_thread_group_yield", 1, yield_group),
    system_call(177, "sys_spu_thread_group_terminate", 2, terminate),
    system_call(178, "sys_spu_thread_group_join", 3, join),
    system_call(179, "sys_spu_thread_group_set_priority", 2, set_priority),
    system_call(180, "sys_spu_thread_group_get_priority", 2, get_priority),
    system_call(
        250,
        "sys_spu_thread_group_set_cooperative_victims",
        2,
        set_victims,
    ),
    system_call(253, "sys_spu_thread_group_syscall_253", 2, cooperation),
];

/// SPUs that can be raw.
const MOST_RAW: u32 = 5;
const PRIORITIES: std::ops::RangeInclusive<i32> = 16..=255;

/// Types of groups (`SYS_SPU_THREAD_GROUP_TYPE_…`).
const NORMAL: u32 = 0;
const MEMORY_FROM_CONTAINER: u32 = 4;
const EXCLUSIVE_NON_CONTEXT: u32 = 0x18;
const COOPERATE_WITH_SYSTEM: u32 = 0x20;

/// The largest of the groups that share SPUs, and the SPUs of all that do not.
fn demand(machine: &Machine) -> (usize, usize) {
    let groups = machine.spus.groups.iter();
    groups.fold((0, 0), |(shared, exclusive), (_, group)| {
        if group.exclusive {
            (shared, exclusive + group.size)
        } else if group.cooperates {
            (shared.max(1), exclusive + group.size - 1)
        } else {
            (shared.max(group.size), exclusive)
        }
    })
}

/// `sys_spu_initialize(SPUs, raw SPUs)`: thread groups get what is not raw.
fn initialize(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let raw = caller.arguments[1] as u32;
    if raw > MOST_RAW {
        return Err(Errno::EINVAL);
    }
    let usable = MAX_SPUS - raw as usize;
    let (shared, exclusive) = demand(machine);
    if exclusive >= usable || shared > usable {
        return Err(Errno::EBUSY);
    }
    machine.spus.usable = usable;
    machine.spus.reconsider();
    DONE
}

/// `sys_spu_thread_group_create(*number, threads, priority, *attribute)`; the attribute has
/// words for the bytes of the name, its address, the type and, for some, a container.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, threads, priority, attribute, ..] = caller.arguments;
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let word = |offset| machine.memory.word(attribute.wrapping_add(offset));
    let (name_size, name_at, kind) = (word(0)?, word(4)?, word(8)?);
    let name = name(&machine.memory, name_at, name_size)?;
    let cooperates = kind & !MEMORY_FROM_CONTAINER == COOPERATE_WITH_SYSTEM;
    let exclusive = match kind {
        NORMAL | MEMORY_FROM_CONTAINER => false,
        EXCLUSIVE_NON_CONTEXT => true,
        _ if cooperates => false,
        // Other types are the system's own.
        _ => return Err(Errno::EINVAL),
    };
    let size = usize::try_from(threads as u32).unwrap_or(usize::MAX);
    let priority = priority as i32;
    let has_priority = !exclusive && !cooperates;
    let least = if cooperates { 2 } else { 1 };
    if !(least..=MAX_SPUS).contains(&size) || has_priority && !PRIORITIES.contains(&priority) {
        return Err(Errno::EINVAL);
    }
    let usable = machine.spus.usable;
    if size > usable {
        return Err(Errno::EINVAL);
    }
    let (shared, taken) = demand(machine);
    let taken = match (exclusive, cooperates) {
        (true, _) => taken + size,
        (_, true) => taken + size - 1,
        _ => taken,
    };
    if taken >= usable || shared > usable {
        return Err(Errno::EBUSY);
    }
    // The system keeps local stores there while others have the SPUs.
    let kept = match (exclusive, cooperates) {
        (true, _) => 0,
        (_, true) => 1,
        _ => size,
    };
    let memory = (kept * LOCAL_STORE_SIZE) as u64;
    let container = match kind & MEMORY_FROM_CONTAINER {
        MEMORY_FROM_CONTAINER if !exclusive => {
            Some(machine.memory.word(attribute.wrapping_add(12))?)
        }
        _ => None,
    };
    machine.memory.take(container, memory)?;
    let group = Group {
        name,
        size,
        priority: priority.unsigned_abs(),
        exclusive,
        cooperates,
        state: GroupState::Incomplete,
        threads: Vec::new(),
        order: 0,
        events: BTreeMap::new(),
        ended: None,
        memory,
        container,
    };
    let number = match machine.spus.groups.add(group) {
        Ok(number) => number,
        Err(error) => {
            machine.memory.give(container, memory);
            return Err(error);
        }
    };
    machine.memory.put(result, &number.to_be_bytes())?;
    DONE
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    match machine.spus.state(number)? {
        GroupState::Incomplete | GroupState::Initialized => {}
        _ => return Err(Errno::EBUSY),
    }
    if machine.spu_joiner(number).is_some() {
        return Err(Errno::EBUSY);
    }
    let group = machine.spus.groups.remove(number)?;
    machine.memory.give(group.container, group.memory);
    DONE
}

fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.start_spu_group(caller.arguments[0] as u32, caller.now)?;
    DONE
}

/// A group that shares its SPUs with others.
fn sharing(machine: &Machine, number: u32) -> Result<GroupState, Errno> {
    let group = machine.spus.groups.get(number)?;
    if group.exclusive {
        return Err(Errno::EINVAL);
    }
    Ok(group.state)
}

fn suspend(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let next = match sharing(machine, number)? {
        GroupState::Ready | GroupState::Running => GroupState::Suspended,
        GroupState::Waiting => GroupState::WaitingSuspended,
        GroupState::Suspended | GroupState::WaitingSuspended => return DONE,
        GroupState::Incomplete | GroupState::Initialized | GroupState::Stopped => {
            return Err(Errno::ESTAT);
        }
    };
    machine.spus.set_state(number, next)?;
    machine.schedule_spus(caller.now);
    DONE
}

fn resume(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let next = match sharing(machine, number)? {
        GroupState::Suspended => GroupState::Ready,
        GroupState::WaitingSuspended => GroupState::Waiting,
        _ => return Err(Errno::ESTAT),
    };
    machine.spus.set_state(number, next)?;
    machine.schedule_spus(caller.now);
    DONE
}

fn yield_group(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let group = machine.spus.groups.get(number)?;
    if group.exclusive {
        return DONE;
    }
    if group.state != GroupState::Running {
        return Err(Errno::ESTAT);
    }
    machine.yield_spu_group(number);
    DONE
}

/// `sys_spu_thread_group_terminate(number, status)`.
fn terminate(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, status, ..] = caller.arguments.map(|argument| argument as u32);
    match machine.spus.state(number)? {
        GroupState::Ready | GroupState::Running | GroupState::Suspended | GroupState::Stopped => {}
        GroupState::Incomplete
        | GroupState::Initialized
        | GroupState::Waiting
        | GroupState::WaitingSuspended => return Err(Errno::ESTAT),
    }
    machine.end_spu_group(number, Cause::Terminated, status);
    DONE
}

/// `sys_spu_thread_group_join(number, *cause, *status)`.
fn join(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, cause, status, ..] = caller.arguments;
    let number = number as u32;
    let state = machine.spus.state(number)?;
    if state == GroupState::Incomplete {
        return Err(Errno::ESTAT);
    }
    if machine.spu_joiner(number).is_some() {
        return Err(Errno::EBUSY);
    }
    let results = [cause, status];
    let ended = machine.spus.groups.get(number)?.ended.is_some();
    if ended && state == GroupState::Initialized {
        machine.give_end(number, results)?;
        return DONE;
    }
    Ok(Answer::Wait(Wait::SpuGroup {
        group: number,
        results,
    }))
}

fn set_priority(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, priority, ..] = caller.arguments;
    let (number, priority) = (number as u32, priority as i32);
    sharing(machine, number)?;
    if !PRIORITIES.contains(&priority) {
        return Err(Errno::EINVAL);
    }
    machine.spus.groups.get_mut(number)?.priority = priority.unsigned_abs();
    machine.spus.reconsider();
    machine.schedule_spus(caller.now);
    DONE
}

/// A group that lends an SPU to the system.
fn cooperating(machine: &Machine, number: u32) -> Result<&Group, Errno> {
    let group = machine.spus.groups.get(number)?;
    group.cooperates.then_some(group).ok_or(Errno::EINVAL)
}

/// `sys_spu_thread_group_set_cooperative_victims(number, threads)`: which the system may take
/// the SPU of. It has nothing to do for one here, so none has to give it.
fn set_victims(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, threads, ..] = caller.arguments.map(|argument| argument as u32);
    if threads >= 1 << cooperating(machine, number)?.size {
        return Err(Errno::EINVAL);
    }
    DONE
}

/// `sys_spu_thread_group_syscall_253(number, *information)`: words for how often the system's
/// work was in time and late, and the time base.
fn cooperation(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    cooperating(machine, number as u32)?;
    let mut bytes = [0; 16];
    let ticks = caller.now / crate::ppu::CYCLES_PER_TICK;
    bytes[8..].copy_from_slice(&ticks.to_be_bytes());
    machine.memory.put(result, &bytes)?;
    DONE
}

fn get_priority(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    let group = machine.spus.groups.get(number as u32)?;
    let priority = if group.exclusive { 0 } else { group.priority };
    machine.memory.put(result, &priority.to_be_bytes())?;
    DONE
}
