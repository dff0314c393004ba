//! Memory and places in the address space that are put together: `sys_mmapper`, and virtual
//! memory, `sys_vm`.

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::mapper::Part;
use crate::ppu::Access;

const LIBRARY: &str = "sysPrxForUser";

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(300, "sys_vm_memory_map", 6, |machine, caller| {
        take_virtual(machine, caller, 1 << 20)
    }),
    system_call(301, "sys_vm_unmap", 1, drop_virtual),
    system_call(302, "sys_vm_append_memory", 2, grow),
    system_call(303, "sys_vm_return_memory", 2, shrink),
    // All of it is always in memory here, and nothing is stored elsewhere.
    system_call(304, "sys_vm_lock", 2, part),
    system_call(305, "sys_vm_unlock", 2, part),
    system_call(306, "sys_vm_touch", 2, part),
    system_call(307, "sys_vm_flush", 2, part),
    system_call(308, "sys_vm_invalidate", 2, part),
    system_call(309, "sys_vm_store", 2, part),
    system_call(310, "sys_vm_sync", 2, part),
    system_call(311, "sys_vm_test", 3, state),
    system_call(312, "sys_vm_get_statistics", 2, statistics),
    system_call(313, "sys_vm_memory_map_different", 6, |machine, caller| {
        take_virtual(machine, caller, 64 << 10)
    }),
    system_call(326, "sys_mmapper_allocate_fixed_address", 0, take_fixed),
    system_call(329, "sys_mmapper_free_shared_memory", 1, drop_memory),
    system_call(330, "sys_mmapper_allocate_address", 4, take_region),
    system_call(331, "sys_mmapper_free_address", 1, drop_region),
    system_call(
        332,
        "sys_mmapper_allocate_shared_memory",
        4,
        |machine, caller| {
            let [key, size, flags, result, ..] = caller.arguments;
            take_memory(machine, key, size, None, flags, result)
        },
    ),
    system_call(334, "sys_mmapper_map_shared_memory", 3, map),
    system_call(335, "sys_mmapper_unmap_shared_memory", 2, unmap),
    system_call(337, "sys_mmapper_search_and_map", 4, map_anywhere),
    system_call(
        362,
        "sys_mmapper_allocate_shared_memory_from_container",
        5,
        |machine, caller| {
            let [key, size, container, flags, result, ..] = caller.arguments;
            take_memory(machine, key, size, Some(container as u32), flags, result)
        },
    ),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0xb257_540b,
        "sys_mmapper_allocate_memory",
        3,
        |machine, caller| {
            let [size, flags, result, ..] = caller.arguments;
            take_memory(machine, NO_KEY, size, None, flags, result)
        },
    ),
    library_function(
        LIBRARY,
        0x7025_8515,
        "sys_mmapper_allocate_memory_from_container",
        4,
        |machine, caller| {
            let [size, container, flags, result, ..] = caller.arguments;
            take_memory(machine, NO_KEY, size, Some(container as u32), flags, result)
        },
    ),
    library_function(LIBRARY, 0xdc57_8057, "sys_mmapper_map_memory", 3, map),
    library_function(LIBRARY, 0x4643_ba6e, "sys_mmapper_unmap_memory", 2, unmap),
    library_function(
        LIBRARY,
        0x409a_d939,
        "sys_mmapper_free_memory",
        1,
        drop_memory,
    ),
];

/// `SYS_MMAPPER_NO_SHM_KEY`.
const NO_KEY: u64 = 0xffff_0000_0000_0000;
/// Sizes of pages, in flags.
const PAGES: u64 = 0xf00;
const LARGE_PAGES: u64 = 0x400;
const SMALL_PAGES: u64 = 0x200;
const READ_ONLY: u64 = 0x8_0000;
/// `SYS_MEMORY_CONTAINER_ID_INVALID`: what all have.
const NO_CONTAINER: u32 = u32::MAX;
/// `SYS_VM_POLICY_AUTO_RECOMMENDED`.
const POLICY: u64 = 1;
/// `SYS_VM_STATE_ON_MEMORY`.
const ON_MEMORY: u64 = 2;

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn address(caller: &Caller<'_>, argument: usize) -> u64 {
    caller.arguments[argument] & 0xffff_ffff
}

fn page(flags: u64) -> Result<u64, Errno> {
    match flags & PAGES {
        0 | LARGE_PAGES => Ok(1 << 20),
        SMALL_PAGES => Ok(64 << 10),
        _ => Err(Errno::EINVAL),
    }
}

fn access(flags: u64) -> Access {
    if flags & READ_ONLY == 0 {
        Access::READ_WRITE
    } else {
        Access::READ
    }
}

/// Stores a word that a call returns through a pointer.
fn store(machine: &mut Machine, result: u64, value: u64) -> Result<Answer, Errno> {
    // Addresses and numbers are below 4 GB.
    machine.memory.put(result, &(value as u32).to_be_bytes())?;
    DONE
}

/// `sys_mmapper_allocate_address(size, flags, alignment, *address)`.
fn take_region(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [size, flags, alignment, result, ..] = caller.arguments;
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let start = machine.mapper.take_region(size, page(flags)?, alignment)?;
    store(machine, result, start)
}

fn take_fixed(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.mapper.take_fixed()?;
    DONE
}

fn drop_region(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let start = address(caller, 0);
    let range = machine.mapper.range(start).ok_or(Errno::EINVAL)?;
    // Somebody has to look after the fault first.
    if machine.faults_within(&range) {
        return Err(Errno::EBUSY);
    }
    machine.mapper.drop_region(start)?;
    machine.page_faults.disconnect(start);
    DONE
}

fn take_memory(
    machine: &mut Machine,
    key: u64,
    size: u64,
    container: Option<u32>,
    flags: u64,
    result: u64,
) -> Result<Answer, Errno> {
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let key = (key != NO_KEY).then_some(key);
    let (mapper, memory) = (&mut machine.mapper, &mut machine.memory);
    let number = mapper.take_memory(memory, size, page(flags)?, container, key)?;
    store(machine, result, number.into())
}

fn drop_memory(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    machine.mapper.drop_memory(&mut machine.memory, number)?;
    DONE
}

/// `sys_mmapper_map_shared_memory(address, memory, flags)`.
fn map(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, number, flags, ..] = caller.arguments;
    let (mapper, memory) = (&mut machine.mapper, &mut machine.memory);
    mapper.map(memory, address(caller, 0), number as u32, access(flags))?;
    DONE
}

/// `sys_mmapper_search_and_map(region, memory, flags, *address)`.
fn map_anywhere(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, number, flags, result, ..] = caller.arguments;
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let (mapper, memory) = (&mut machine.mapper, &mut machine.memory);
    let start = address(caller, 0);
    let at = mapper.map_anywhere(memory, start, number as u32, access(flags))?;
    store(machine, result, at)
}

/// `sys_mmapper_unmap_shared_memory(address, *memory)`.
fn unmap(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[1];
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let at = address(caller, 0);
    let number = machine.mapper.unmap(&mut machine.memory, at)?;
    store(machine, result, number.into())
}

/// `sys_vm_memory_map(size, memory, container, flags, policy, *address)`.
fn take_virtual(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    least: u64,
) -> Result<Answer, Errno> {
    let [size, physical, container, _, policy, result, ..] = caller.arguments;
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    if policy != POLICY || physical < least {
        return Err(Errno::EINVAL);
    }
    let container = container as u32;
    let container = (container != NO_CONTAINER).then_some(container);
    let (mapper, memory) = (&mut machine.mapper, &mut machine.memory);
    let start = mapper.take_virtual(memory, size, physical, container)?;
    store(machine, result, start)
}

fn drop_virtual(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let start = address(caller, 0);
    machine.mapper.drop_virtual(&mut machine.memory, start)?;
    DONE
}

fn grow(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (start, more) = (address(caller, 0), caller.arguments[1]);
    machine.mapper.grow(&mut machine.memory, start, more)?;
    DONE
}

fn shrink(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (start, less) = (address(caller, 0), caller.arguments[1]);
    machine.mapper.shrink(&mut machine.memory, start, less)?;
    DONE
}

/// Something about a part of virtual memory that makes no difference here.
fn part(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (address, size) = (address(caller, 0), address(caller, 1));
    if size == 0 || !machine.mapper.is_virtual(Part { address, size }) {
        return Err(Errno::EINVAL);
    }
    DONE
}

/// `sys_vm_test(address, size, *state)`: a doubleword.
fn state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (address, size) = (address(caller, 0), address(caller, 1));
    if !machine.mapper.is_virtual(Part { address, size }) {
        return Err(Errno::EINVAL);
    }
    let result = caller.arguments[2];
    machine.memory.put(result, &ON_MEMORY.to_be_bytes())?;
    DONE
}

/// `sys_vm_get_statistics(address, *statistics)`: four counts of faults and of transfers in
/// doublewords, the memory and how much is in use in words, the time in a doubleword.
fn statistics(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let physical = machine.mapper.physical(address(caller, 0));
    let physical = physical.ok_or(Errno::EINVAL)? as u32;
    let mut bytes = [0; 0x30];
    bytes[0x20..0x24].copy_from_slice(&physical.to_be_bytes());
    bytes[0x24..0x28].copy_from_slice(&physical.to_be_bytes());
    let time = clock::microseconds(caller.now);
    bytes[0x28..].copy_from_slice(&time.to_be_bytes());
    machine.memory.put(caller.arguments[1], &bytes)?;
    DONE
}
