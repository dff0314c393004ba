//! Allocations of main memory.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::memory::{Area, USER_MEMORY};

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(348, "sys_memory_allocate", 3, allocate),
    system_call(349, "sys_memory_free", 1, free),
    system_call(352, "sys_memory_get_user_memory_size", 1, size),
];

const LARGE_PAGES: u64 = 0x400;
const SMALL_PAGES: u64 = 0x200;

fn allocate(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [size, flags, result, ..] = caller.arguments;
    let (area, page) = match flags {
        0 | LARGE_PAGES => (Area::LARGE_PAGES, 1 << 20),
        SMALL_PAGES => (Area::SMALL_PAGES, 64 << 10),
        _ => return Err(Errno::EINVAL),
    };
    if size == 0 || size % page != 0 {
        return Err(Errno::EALIGN);
    }
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let address = machine.memory.allocate(&area, size)?;
    // All areas are below 4 GB.
    machine
        .memory
        .put(result, &(address as u32).to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn free(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = caller.arguments[0];
    if !machine.memory.is_allocation(address) {
        return Err(Errno::EINVAL);
    }
    machine.memory.free(address)?;
    Ok(Answer::Return(0))
}

fn size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (total, available) = (USER_MEMORY, machine.memory.available());
    let both = (total << 32 | available).to_be_bytes();
    machine.memory.put(caller.arguments[0], &both)?;
    Ok(Answer::Return(0))
}
