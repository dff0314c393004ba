//! Allocations of main memory.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::memory::Area;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(324, "sys_memory_container_create", 2, make_container),
    system_call(325, "sys_memory_container_destroy", 1, drop_container),
    system_call(341, "sys_memory_container_create", 2, make_container),
    system_call(342, "sys_memory_container_destroy", 1, drop_container),
    system_call(343, "sys_memory_container_get_size", 2, container_size),
    system_call(348, "sys_memory_allocate", 3, |machine, caller| {
        let [size, flags, result, ..] = caller.arguments;
        allocate(machine, size, flags, None, result)
    }),
    system_call(349, "sys_memory_free", 1, free),
    system_call(
        350,
        "sys_memory_allocate_from_container",
        4,
        |machine, caller| {
            let [size, container, flags, result, ..] = caller.arguments;
            allocate(machine, size, flags, Some(container as u32), result)
        },
    ),
    system_call(351, "sys_memory_get_page_attribute", 2, page),
    system_call(352, "sys_memory_get_user_memory_size", 1, size),
];

const LARGE_PAGES: u64 = 0x400;
const SMALL_PAGES: u64 = 0x200;
/// Protections, and who may access pages.
const READ_WRITE: u64 = 0x4_0000;
const READ_ONLY: u64 = 0x8_0000;
const BY_PPU_THREADS: u64 = 8;
const BY_ANY: u64 = 0xf;

/// Allocates pages, from a container or from what all have, and stores their address.
fn allocate(
    machine: &mut Machine,
    size: u64,
    flags: u64,
    container: Option<u32>,
    result: u64,
) -> Result<Answer, Errno> {
    let (area, page) = match flags {
        0 | LARGE_PAGES => (Area::LARGE_PAGES, 1 << 20),
        SMALL_PAGES => (Area::SMALL_PAGES, 64 << 10),
        _ => return Err(Errno::EINVAL),
    };
    if size == 0 || !size.is_multiple_of(page) {
        return Err(Errno::EALIGN);
    }
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let address = machine.memory.allocate_from(container, &area, size)?;
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

/// `sys_memory_container_create(*number, size)`.
fn make_container(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, size, ..] = caller.arguments;
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let number = machine.memory.make_container(size)?;
    machine.memory.put(result, &number.to_be_bytes())?;
    Ok(Answer::Return(0))
}

fn drop_container(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.memory.drop_container(caller.arguments[0] as u32)?;
    Ok(Answer::Return(0))
}

/// `sys_memory_container_get_size(*sizes, number)`: all of it, and what is free; words.
fn container_size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, number, ..] = caller.arguments;
    let (size, free) = machine.memory.container(number as u32)?;
    machine
        .memory
        .put(result, &(size << 32 | free).to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `sys_memory_get_page_attribute(address, *attribute)`: doublewords for the protection and
/// for who may access it, the size of a page, a word of padding.
fn page(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, result, ..] = caller.arguments;
    let access = machine.memory.space.access(address).ok_or(Errno::EINVAL)?;
    let protection: u64 = if access.write { READ_WRITE } else { READ_ONLY };
    let (who, size): (u64, u32) = if let Some(page) = machine.mapper.page(address) {
        (BY_ANY, page as u32)
    } else if Area::STACKS.contains(address) {
        (BY_PPU_THREADS, 4 << 10)
    } else if Area::SMALL_PAGES.contains(address) {
        (BY_ANY, 64 << 10)
    } else {
        (BY_ANY, 1 << 20)
    };
    let mut bytes = [0; 0x18];
    bytes[..8].copy_from_slice(&protection.to_be_bytes());
    bytes[8..0x10].copy_from_slice(&who.to_be_bytes());
    bytes[0x10..0x14].copy_from_slice(&size.to_be_bytes());
    machine.memory.put(result, &bytes)?;
    Ok(Answer::Return(0))
}

fn size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let total = machine.memory.outside_of_containers();
    let available = machine.memory.available();
    let both = (total << 32 | available).to_be_bytes();
    machine.memory.put(caller.arguments[0], &both)?;
    Ok(Answer::Return(0))
}
