//! The kernel's own calls for the RSX, under `cellGcmSys`: memory, a context, main memory for
//! it, and its attributes. Arguments and packages: RPCS3 `sys_rsx.cpp`.
//!
//! There are no events: a program that waits for the driver's queue is told that there is
//! none.

use super::gcm::start::{STARTED, begin};
use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::{FlipMode, Mapping, Rsx, area, driver};
use crate::lv2::machine::Machine;
use crate::lv2::memory::UserMemory;
use crate::rsx::display::Buffer;
use crate::rsx::memory::IoMap;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(666, "sys_rsx_device_open", 0, done),
    system_call(667, "sys_rsx_device_close", 0, done),
    system_call(668, "sys_rsx_memory_allocate", 7, allocate),
    system_call(669, "sys_rsx_memory_free", 1, free),
    system_call(670, "sys_rsx_context_allocate", 6, make_context),
    system_call(671, "sys_rsx_context_free", 1, drop_context),
    system_call(672, "sys_rsx_context_iomap", 5, map),
    system_call(673, "sys_rsx_context_iounmap", 3, unmap),
    system_call(674, "sys_rsx_context_attribute", 6, set_attribute),
    system_call(675, "sys_rsx_device_map", 3, map_device),
    system_call(676, "sys_rsx_device_unmap", 1, done),
    system_call(677, "sys_rsx_attribute", 5, done),
];

/// Numbers of the memory and of the context.
const MEMORY: u32 = 0x5a5a_5a5b;
const CONTEXT: u32 = 0x5555_5555;
/// The device whose page a program can have mapped.
const DEVICE: u32 = 8;
const MEGABYTE: u64 = 1 << 20;
/// Arguments that the hypervisor refuses (`LV1_ILLEGAL_PARAMETER_VALUE`): -17.
const ILLEGAL: u64 = -17_i64 as u64;

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

/// Packages of attributes.
mod package {
    pub const FIFO: u32 = 1;
    pub const MODE: u32 = 0x100;
    pub const FLIP_MODE: u32 = 0x101;
    pub const FLIP: u32 = 0x102;
    pub const BUFFER: u32 = 0x104;
    pub const DROP_BUFFER: u32 = 0x105;
    pub const FREQUENCY: u32 = 0x108;
    pub const FLIP_STATUS: u32 = 0x10a;
    pub const TILE: u32 = 0x300;
    pub const DEPTH_REGION: u32 = 0x301;
}

fn done(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    DONE
}

fn put_address(memory: &mut UserMemory, to: u64, address: u64) -> Result<(), Errno> {
    memory.put(to, &address.to_be_bytes())
}

/// `sys_rsx_memory_allocate(*number, *address, size, …)`: of local memory, of which there is
/// always all.
fn allocate(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, address, size, ..] = caller.arguments;
    if size == 0 || !size.is_multiple_of(MEGABYTE) || size > area::LOCAL_BYTES {
        return Ok(Answer::Return(ILLEGAL));
    }
    area::map_local(&mut machine.memory)?;
    put_address(&mut machine.memory, address, area::LOCAL)?;
    machine.memory.put(number, &MEMORY.to_be_bytes())?;
    DONE
}

fn free(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    if machine.graphics.rsx.is_some() {
        return Err(Errno::EBUSY);
    }
    area::unmap_local(&mut machine.memory).map_err(|_| Errno::ENOMEM)?;
    DONE
}

/// `sys_rsx_context_allocate(*number, *control, *driver, *reports, memory, mode)`.
fn make_context(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, control, information, reports, _, mode, ..] = caller.arguments;
    if machine.memory.space.access(area::LOCAL).is_none() {
        return Err(Errno::EINVAL);
    }
    if machine.graphics.rsx.is_some() {
        return Err(Errno::EBUSY);
    }
    area::map(&mut machine.memory)?;
    machine.graphics.mapping = Mapping::default();
    machine.graphics.mapping.set_large(mode & 1 != 0);
    begin(machine, caller.now, STARTED);
    // The registers are behind 64 bytes of something else.
    let places = [
        (control, area::CONTROL & !0xff),
        (information, area::DRIVER),
        (reports, area::LABELS),
    ];
    for (to, address) in places {
        put_address(&mut machine.memory, to, address)?;
    }
    machine.memory.put(number, &CONTEXT.to_be_bytes())?;
    machine.expect_blanks();
    DONE
}

/// The context, which is that of the call's first argument.
fn context<'a>(machine: &'a mut Machine, caller: &Caller<'_>) -> Result<&'a mut Rsx, Errno> {
    let is_it = caller.arguments[0] as u32 == CONTEXT;
    let rsx = machine.graphics.rsx.as_deref_mut();
    rsx.filter(|_| is_it).ok_or(Errno::EINVAL)
}

fn drop_context(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    context(machine, caller)?;
    machine.graphics.rsx = None;
    area::unmap(&mut machine.memory);
    DONE
}

/// The map of main memory with all that a change of it touches.
fn mapped<'a>(
    machine: &'a mut Machine,
    caller: &Caller<'_>,
) -> Result<(&'a mut Mapping, &'a mut IoMap, &'a mut UserMemory), Errno> {
    context(machine, caller)?;
    let graphics = &mut machine.graphics;
    let rsx = graphics.rsx.as_mut().ok_or(Errno::EINVAL)?;
    let (mapping, io) = (&mut graphics.mapping, &mut rsx.layout.io);
    Ok((mapping, io, &mut machine.memory))
}

fn word(caller: &Caller<'_>, at: usize) -> Result<u32, Errno> {
    u32::try_from(caller.arguments[at]).map_err(|_| Errno::EINVAL)
}

/// `sys_rsx_context_iomap(number, offset, address, size, flags)`.
fn map(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [offset, address, size] = [word(caller, 1)?, word(caller, 2)?, word(caller, 3)?];
    let (mapping, io, memory) = mapped(machine, caller)?;
    // Whatever is wrong, the kernel calls it an invalid argument.
    let mapped = mapping.map(io, memory, address, offset, size);
    mapped.map_err(|_| Errno::EINVAL)?;
    DONE
}

/// `sys_rsx_context_iounmap(number, offset, size)`.
fn unmap(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [offset, size] = [word(caller, 1)?, word(caller, 2)?];
    let (mapping, io, memory) = mapped(machine, caller)?;
    mapping.unmap_range(io, memory, offset, size)?;
    DONE
}

/// `sys_rsx_device_map(*address, *, device)`.
fn map_device(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, _, device, ..] = caller.arguments;
    if device as u32 != DEVICE {
        return Err(Errno::EINVAL);
    }
    put_address(&mut machine.memory, address, area::CONTEXT)?;
    DONE
}

/// `sys_rsx_context_attribute(number, package, …)`.
fn set_attribute(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, package, a, b, c, ..] = caller.arguments;
    let rsx = context(machine, caller)?;
    match package as u32 {
        package::FIFO => {
            rsx.device.set_get(a as u32);
            let words = [(area::CONTROL, b as u32), (area::CONTROL + 4, a as u32)];
            for (at, value) in words {
                machine.memory.put(at, &value.to_be_bytes())?;
            }
        }
        package::FLIP_MODE => {
            rsx.flip_mode = match b {
                1 => FlipMode::AtOnce,
                _ => FlipMode::Blank,
            };
        }
        package::FLIP => {
            // The highest bit: the buffer's number is in the lowest, else it is an offset.
            let display = rsx.device.display();
            let id = match b & 0x8000_0000 {
                0 => (0..8).find(|id| {
                    let buffer = display.buffer(*id);
                    buffer.is_some_and(|buffer| u64::from(buffer.offset) == b)
                }),
                _ => Some((b & 7) as u8),
            };
            let id = id.ok_or(Errno::EINVAL)?;
            if !rsx.device.display_mut().ask_for_flip(id) {
                return Err(Errno::EINVAL);
            }
            machine.expect_flip();
        }
        package::BUFFER => {
            let buffer = Buffer {
                offset: c as u32,
                pitch: (c >> 32) as u32,
                width: (b >> 32) as u32,
                height: b as u32,
            };
            if !rsx.device.set_display_buffer(a as u8, buffer) {
                return Ok(Answer::Return(ILLEGAL));
            }
        }
        package::FLIP_STATUS => {
            let head = u8::try_from(a).ok().filter(|head| *head < 8);
            let Some(head) = head else {
                return Ok(Answer::Return(ILLEGAL));
            };
            driver::set_flags(&mut machine.memory, head, b as u32, c as u32);
        }
        // Compression and culling are not here; what they do shows in time alone.
        package::TILE | package::DEPTH_REGION => {}
        package::MODE | package::DROP_BUFFER | package::FREQUENCY => {}
        _ => return Err(Errno::ENOSYS),
    }
    DONE
}
