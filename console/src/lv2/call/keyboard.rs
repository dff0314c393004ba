//! Keyboards: the part `cellKb` of the library `sys_io`.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::input::{KeyboardUse, Layout, convert};
use crate::lv2::machine::Machine;

const LIBRARY: &str = "sys_io";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x433f_6ec0, "cellKbInit", 1, start),
    library_function(LIBRARY, 0xbfce_3285, "cellKbEnd", 0, end),
    library_function(LIBRARY, 0x2073_b7f6, "cellKbClearBuf", 1, clear),
    library_function(LIBRARY, 0x2f17_74d5, "cellKbGetInfo", 1, info),
    library_function(LIBRARY, 0xff0a_21b7, "cellKbRead", 2, read),
    library_function(LIBRARY, 0xdeef_dfa7, "cellKbSetReadMode", 2, read_mode),
    library_function(LIBRARY, 0xa5f8_5e4d, "cellKbSetCodeType", 2, code_type),
    library_function(LIBRARY, 0x3f72_c56e, "cellKbSetLEDStatus", 2, lights),
    library_function(
        LIBRARY,
        0x1f71_ecbe,
        "cellKbGetConfiguration",
        2,
        configuration,
    ),
    library_function(LIBRARY, 0x4ab1_fa77, "cellKbCnvRawCode", 4, converted),
];

/// `CELL_KB_ERROR_FATAL`.
const FATAL: Errno = Errno(0x8012_1001);
/// `CELL_KB_ERROR_INVALID_PARAMETER`.
const PARAMETER: Errno = Errno(0x8012_1002);
/// `CELL_KB_ERROR_ALREADY_INITIALIZED`.
const ALREADY: Errno = Errno(0x8012_1003);
/// `CELL_KB_ERROR_UNINITIALIZED`.
const NOT_STARTED: Errno = Errno(0x8012_1004);
/// `CELL_KB_ERROR_NO_DEVICE`.
const NO_DEVICE: Errno = Errno(0x8012_1007);
/// `CELL_KB_ERROR_SYS_SETTING_FAILED`.
const SETTING: Errno = Errno(0x8012_1008);

/// Keyboards that programs may ask for; the one that there may be is the first.
const MOST: u64 = 127;
/// Keyboards that a program gets at most.
const PORTS: u32 = 7;
/// The lights that can be set: numbers, capitals, scrolling.
const LIGHTS: u64 = 7;

/// `cellKbInit(most)`.
fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let most = caller.arguments[0] & 0xffff_ffff;
    let keyboard = &mut machine.input.keyboard;
    if keyboard.used.is_some() {
        return Err(ALREADY);
    }
    if most == 0 || most > MOST {
        return Err(PARAMETER);
    }
    keyboard.clear();
    keyboard.used = Some(KeyboardUse {
        most: PORTS.min(most as u32),
        ..KeyboardUse::default()
    });
    Ok(Answer::Return(0))
}

fn end(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    let used = machine.input.keyboard.used.take();
    used.map(|_| Answer::Return(0)).ok_or(NOT_STARTED)
}

/// How the program uses keyboards, and the port that a call is about.
fn port<'a>(
    machine: &'a mut Machine,
    caller: &Caller<'_>,
) -> Result<(&'a mut KeyboardUse, u64), Errno> {
    let used = &mut machine.input.keyboard.used;
    let used = used.as_mut().ok_or(NOT_STARTED)?;
    let port = caller.arguments[0] & 0xffff_ffff;
    if port >= MOST {
        return Err(PARAMETER);
    }
    Ok((used, port))
}

/// The layout of the keyboard that a call is about.
fn keyboard(machine: &mut Machine, caller: &Caller<'_>) -> Result<Layout, Errno> {
    let (_, port) = port(machine, caller)?;
    let layout = machine.input.keyboard.layout();
    layout.filter(|_| port == 0).ok_or(NO_DEVICE)
}

fn clear(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    keyboard(machine, caller)?;
    machine.input.keyboard.clear();
    Ok(Answer::Return(0))
}

/// `cellKbGetInfo(*info)`: most keyboards, keyboards that there are, whether the system has them
/// for itself; a byte for each, whether it is there.
fn info(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let keyboard = &machine.input.keyboard;
    let used = keyboard.used.ok_or(NOT_STARTED)?;
    let address = caller.arguments[0];
    if address == 0 {
        return Err(PARAMETER);
    }
    let there = u8::from(keyboard.layout().is_some());
    let counts = [used.most, there.into(), machine.system.takes_input().into()];
    let mut info = counts.map(u32::to_be_bytes).concat();
    info.push(there);
    // The structure ends with a byte that aligns it.
    info.resize(4 * counts.len() + MOST as usize + 1, 0);
    machine.memory.put(address, &info)?;
    Ok(Answer::Return(0))
}

/// `cellKbRead(port, *data)`: lights, modifiers, the number of codes, the codes.
fn read(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = caller.arguments[1];
    port(machine, caller)?;
    if address == 0 {
        return Err(PARAMETER);
    }
    keyboard(machine, caller)?;
    let report = if machine.system.takes_input() {
        Default::default()
    } else {
        machine.input.keyboard.read()
    };
    let words = [report.lights, report.modifiers, report.codes.len() as u32];
    let mut data = words.map(u32::to_be_bytes).concat();
    data.extend(report.codes.into_iter().flat_map(u16::to_be_bytes));
    machine.memory.put(address, &data)?;
    Ok(Answer::Return(0))
}

/// The mode that a call sets: 0 or 1, of the first keyboard; the others do not care.
fn mode<'a>(
    machine: &'a mut Machine,
    caller: &Caller<'_>,
    set: fn(&'a mut KeyboardUse) -> &'a mut bool,
) -> Result<Answer, Errno> {
    let (used, port) = port(machine, caller)?;
    let mode = caller.arguments[1] & 0xffff_ffff;
    if mode > 1 {
        return Err(PARAMETER);
    }
    if port == 0 {
        *set(used) = mode == 1;
    }
    Ok(Answer::Return(0))
}

/// `cellKbSetReadMode(port, 0 each key as typed, 1 all that are held)`.
fn read_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    mode(machine, caller, |used| &mut used.held)
}

/// `cellKbSetCodeType(port, 0 usages, 1 characters)`.
fn code_type(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    mode(machine, caller, |used| &mut used.characters)
}

/// `cellKbSetLEDStatus(port, lights)`.
fn lights(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    port(machine, caller)?;
    let lights = caller.arguments[1] & 0xff;
    if lights > LIGHTS {
        return Err(SETTING);
    }
    keyboard(machine, caller).map_err(|_| FATAL)?;
    port(machine, caller)?.0.lights = lights as u32;
    Ok(Answer::Return(0))
}

/// `cellKbGetConfiguration(port, *configuration)`: layout, read mode, code type.
fn configuration(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let layout = keyboard(machine, caller)?;
    let address = caller.arguments[1];
    if address == 0 {
        return Err(PARAMETER);
    }
    let (used, _) = port(machine, caller)?;
    let words = [layout as u32, used.held.into(), used.characters.into()];
    let words = words.map(u32::to_be_bytes).concat();
    machine.memory.put(address, &words)?;
    Ok(Answer::Return(0))
}

/// `cellKbCnvRawCode(layout, modifiers, lights, usage)`: the code is the result.
fn converted(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [layout, modifiers, lights, usage, ..] = caller.arguments;
    // Layouts that are not known here are told as calls that there are not.
    let layout = Layout::from_number(layout as u32).ok_or(Errno::ENOSYS)?;
    let code = convert(layout, modifiers as u32, lights as u32, usage as u16);
    Ok(Answer::Return(code.into()))
}
