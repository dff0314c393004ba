//! Offsets and addresses: local memory, and main memory that is mapped for the RSX.

use super::{FAILURE, INVALID_ALIGNMENT, INVALID_VALUE, LIBRARY, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::{Mapping, area};
use crate::lv2::machine::Machine;
use crate::lv2::memory::UserMemory;
use crate::rsx::memory::{IO_PAGE, IoMap};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x21ac_3697, "cellGcmAddressToOffset", 2, offset),
    library_function(LIBRARY, 0x2a6f_ba9c, "cellGcmIoOffsetToAddress", 2, address),
    library_function(
        LIBRARY,
        0xa114_ec67,
        "cellGcmMapMainMemory",
        3,
        map_anywhere,
    ),
    library_function(LIBRARY, 0x6344_1cb4, "cellGcmMapEaIoAddress", 3, map),
    // The flag is about the order of accesses, which is strict here.
    library_function(
        LIBRARY,
        0x626e_8518,
        "cellGcmMapEaIoAddressWithFlags",
        4,
        map,
    ),
    library_function(
        LIBRARY,
        0xdb23_e867,
        "cellGcmUnmapIoAddress",
        1,
        unmap_offset,
    ),
    library_function(
        LIBRARY,
        0xefd0_0f54,
        "cellGcmUnmapEaIoAddress",
        1,
        unmap_address,
    ),
    library_function(LIBRARY, 0xfb81_c03e, "cellGcmGetMaxIoMapSize", 0, available),
    library_function(LIBRARY, 0xa7ed_e268, "cellGcmReserveIoMapSize", 1, reserve),
    library_function(
        LIBRARY,
        0x3b9b_d5bd,
        "cellGcmUnreserveIoMapSize",
        1,
        unreserve,
    ),
    library_function(LIBRARY, 0x2922_aed0, "cellGcmGetOffsetTable", 1, tables),
];

/// The map of main memory with all that a change of it touches.
fn mapped(machine: &mut Machine) -> Result<(&mut Mapping, &mut IoMap, &mut UserMemory), Errno> {
    let graphics = &mut machine.graphics;
    let rsx = graphics.rsx.as_mut().ok_or(FAILURE)?;
    Ok((
        &mut graphics.mapping,
        &mut rsx.layout.io,
        &mut machine.memory,
    ))
}

/// `cellGcmAddressToOffset(address, *offset)`.
fn offset(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    let address = word(caller, 0);
    let local = u64::from(address).checked_sub(area::LOCAL);
    let offset = match local {
        Some(offset) if offset < area::LOCAL_BYTES => offset as u32,
        _ => machine.offset(address)?,
    };
    machine
        .memory
        .put(caller.arguments[1], &offset.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellGcmIoOffsetToAddress(offset, *address)`.
fn address(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let io = &rsx(machine)?.layout.io;
    let address = crate::lv2::graphics::address_of(io, word(caller, 0)).ok_or(FAILURE)?;
    machine
        .memory
        .put(caller.arguments[1], &address.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellGcmMapMainMemory(address, size, *offset)`: at the first offset where there is room.
fn map_anywhere(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (address, size) = (word(caller, 0), word(caller, 1));
    let result = caller.arguments[2];
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let (mapping, io, memory) = mapped(machine)?;
    let offset = mapping.map_anywhere(io, memory, address, size)?;
    machine.memory.put(result, &offset.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellGcmMapEaIoAddress(address, offset, size)`.
fn map(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, offset, size] = [0, 1, 2].map(|at| word(caller, at));
    let (mapping, io, memory) = mapped(machine)?;
    mapping.map(io, memory, address, offset, size)?;
    Ok(Answer::Return(0))
}

/// `cellGcmUnmapIoAddress(offset)`: all that was mapped together.
fn unmap_offset(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (mapping, io, memory) = mapped(machine)?;
    mapping.unmap(io, memory, word(caller, 0))?;
    Ok(Answer::Return(0))
}

/// `cellGcmUnmapEaIoAddress(address)`: all that was mapped together.
fn unmap_address(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    let offset = machine.offset(word(caller, 0))?;
    let (mapping, io, memory) = mapped(machine)?;
    mapping.unmap(io, memory, offset)?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetMaxIoMapSize()`.
fn available(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    let available = machine.graphics.mapping.available();
    Ok(Answer::Return(available.into()))
}

/// `cellGcmReserveIoMapSize(size)`: at the end of the offsets.
fn reserve(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let size = word(caller, 0);
    let mapping = &mut machine.graphics.mapping;
    if !size.is_multiple_of(IO_PAGE) {
        return Err(INVALID_ALIGNMENT);
    }
    if size > mapping.available() {
        return Err(INVALID_VALUE);
    }
    mapping.reserved += size;
    Ok(Answer::Return(0))
}

/// `cellGcmUnreserveIoMapSize(size)`.
fn unreserve(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let size = word(caller, 0);
    let mapping = &mut machine.graphics.mapping;
    if !size.is_multiple_of(IO_PAGE) {
        return Err(INVALID_ALIGNMENT);
    }
    mapping.reserved = mapping.reserved.checked_sub(size).ok_or(INVALID_VALUE)?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetOffsetTable(*tables)`: addresses of the table of offsets and of that of addresses.
fn tables(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    let both = [area::IO_TABLE, area::EA_TABLE].map(|at| (at as u32).to_be_bytes());
    machine.memory.put(caller.arguments[0], &both.concat())?;
    Ok(Answer::Return(0))
}
