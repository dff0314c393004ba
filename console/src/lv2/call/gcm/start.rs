//! The start of the RSX, and what it is.

use super::{FAILURE, LIBRARY, nothing, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::{Rsx, area};
use crate::lv2::machine::Machine;
use crate::rsx::{Device, Layout};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x15ba_e46b, "_cellGcmInitBody", 4, start),
    library_function(
        LIBRARY,
        0xfce9_e764,
        "cellGcmInitSystemMode",
        1,
        set_system_mode,
    ),
    library_function(
        LIBRARY,
        0xe315_a0b2,
        "cellGcmGetConfiguration",
        1,
        configuration,
    ),
    library_function(
        LIBRARY,
        0xa547_adde,
        "cellGcmGetControlRegister",
        0,
        control,
    ),
    // It does nothing on the console, either.
    library_function(LIBRARY, 0x527c_6439, "cellGcmTerminate", 0, nothing),
    // Checks of the debug library, which programs are not linked with.
    library_function(
        LIBRARY,
        0x51c9_d62b,
        "cellGcmSetDebugOutputLevel",
        1,
        nothing,
    ),
];

/// `CELL_GCM_SYSTEM_MODE_IOMAP_512MB`.
const LARGE_MAP: u64 = 1;
/// Where the library's commands begin in the memory that the program gives.
const FIRST_COMMAND: u32 = 0x1000;
/// The reference word before the first one.
const NO_REFERENCE: u32 = u32::MAX;
const MEMORY_HZ: u32 = 650_000_000;
const CORE_HZ: u32 = 500_000_000;
/// Of the thread that calls the program's functions.
const THREAD_PRIORITY: u32 = 1;
const THREAD_STACK: u64 = 0x4000;

/// What the kernel starts the RSX with: where it fetches first, and the reference.
pub(in crate::lv2::call) const STARTED: (u32, u32) = (0, 0);

/// Makes the RSX, with nothing mapped for it yet.
pub(in crate::lv2::call) fn begin(machine: &mut Machine, now: u64, (first, reference): (u32, u32)) {
    let layout = Layout {
        local: area::LOCAL_EXTENT,
        reports: area::REPORT_EXTENT,
        ..Layout::default()
    };
    let mut device = Device::default();
    device.watch_caches();
    device.set_get(first);
    device.set_put(first);
    device.set_reference(reference);
    let mut rsx = Rsx::new(device, layout);
    rsx.start(now);
    machine.graphics.rsx = Some(Box::new(rsx));
}

/// `_cellGcmInitBody(**context, bytes of commands, bytes of main memory, its address)`.
fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [context_pointer, ..] = caller.arguments;
    let (command_bytes, size, address) = (word(caller, 1), word(caller, 2), word(caller, 3));
    if machine.graphics.rsx.is_some() {
        return Err(FAILURE);
    }
    if command_bytes > size {
        return Err(FAILURE);
    }
    machine.memory.put(context_pointer, &0_u32.to_be_bytes())?;
    area::map_local(&mut machine.memory)?;
    area::map(&mut machine.memory)?;
    begin(machine, caller.now, (FIRST_COMMAND, NO_REFERENCE));
    let graphics = &mut machine.graphics;
    let mapped = graphics.rsx.as_mut().is_some_and(|rsx| {
        rsx.context_pointer = context_pointer;
        rsx.io = (address, size);
        rsx.command_bytes = command_bytes;
        let (mapping, io) = (&mut graphics.mapping, &mut rsx.layout.io);
        let mapped = mapping.map(io, &mut machine.memory, address, 0, size);
        mapped.is_ok()
    });
    if !mapped {
        machine.graphics.rsx = None;
        area::unmap(&mut machine.memory);
        // It was mapped above.
        let _ = area::unmap_local(&mut machine.memory);
        return Err(FAILURE);
    }

    let callback = machine.stub(LIBRARY, super::fifo::MAKE_ROOM)?;
    let (begin, end) = super::fifo::first_segment(address, command_bytes);
    let words = [
        (area::CONTEXT, begin),
        (area::CONTEXT + 4, end),
        (area::CONTEXT + 8, begin),
        (area::CONTEXT + 12, callback),
        (area::CONTROL, FIRST_COMMAND),
        (area::CONTROL + 4, FIRST_COMMAND),
        (area::CONTROL + 8, NO_REFERENCE),
        (context_pointer, area::CONTEXT as u32),
    ];
    for (at, value) in words {
        machine.memory.put(at, &value.to_be_bytes())?;
    }
    let stub = machine.stub(LIBRARY, super::handler::SERVE)?;
    let name = "_gcm_intr_thread".to_owned();
    let id = machine.make_thread(THREAD_PRIORITY, false, name, THREAD_STACK)?;
    if machine.local.is_some() {
        machine.give_local(id)?;
    }
    let code = machine.memory.word(stub.into())?;
    if let Some(thread) = machine.threads.all.get_mut(&id) {
        // The stub returns to itself.
        thread.ppu.registers.pc = code.into();
        thread.ppu.registers.lr = code.into();
    }
    machine.graphics.interrupts.thread = Some(id);
    machine.expect_blanks();
    Ok(Answer::Return(0))
}

/// `cellGcmInitSystemMode(mode)`: before the start.
fn set_system_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mode = caller.arguments[0];
    if mode & !LARGE_MAP != 0 {
        return Err(Errno::ENOSYS);
    }
    machine.graphics.mapping.set_large(mode == LARGE_MAP);
    Ok(Answer::Return(0))
}

/// `cellGcmGetConfiguration(*configuration)`: addresses and bytes of local memory and of what
/// was mapped at the start, clocks.
fn configuration(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (io, io_size) = rsx(machine)?.io;
    let words = [
        area::LOCAL as u32,
        io,
        area::LOCAL_BYTES as u32,
        io_size,
        MEMORY_HZ,
        CORE_HZ,
    ];
    let bytes = words.map(u32::to_be_bytes).concat();
    machine.memory.put(caller.arguments[0], &bytes)?;
    Ok(Answer::Return(0))
}

/// `cellGcmGetControlRegister()`: the address of put, get and reference.
fn control(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    Ok(Answer::Return(area::CONTROL))
}
