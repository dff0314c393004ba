//! Pads: the part `cellPad` of the library `sys_io`.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::input::{Motors, PORTS, Setting};
use crate::lv2::machine::Machine;

const LIBRARY: &str = "sys_io";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x1cf9_8800, "cellPadInit", 1, start),
    library_function(LIBRARY, 0x4d9b_75d5, "cellPadEnd", 0, end),
    library_function(LIBRARY, 0x0d5f_2c14, "cellPadClearBuf", 1, clear),
    library_function(LIBRARY, 0x3aaa_d464, "cellPadGetInfo", 1, info),
    library_function(LIBRARY, 0xa703_a51d, "cellPadGetInfo2", 1, info2),
    library_function(LIBRARY, 0x4cc9_b68d, "cellPadPeriphGetInfo", 1, kinds),
    library_function(LIBRARY, 0xdbf4_c59c, "cellPadGetCapabilityInfo", 2, able),
    library_function(LIBRARY, 0x8b72_cda1, "cellPadGetData", 2, data),
    library_function(LIBRARY, 0x6bc0_9c61, "cellPadGetDataExtra", 3, data_kind),
    library_function(LIBRARY, 0x8a00_f264, "cellPadPeriphGetData", 2, kind_data),
    library_function(LIBRARY, 0x578e_3c98, "cellPadSetPortSetting", 2, settings),
    library_function(LIBRARY, 0x0e2d_faad, "cellPadInfoPressMode", 1, has_mode),
    library_function(LIBRARY, 0x7820_0559, "cellPadInfoSensorMode", 1, has_mode),
    library_function(LIBRARY, 0xf83f_8182, "cellPadSetPressMode", 2, set_pressure),
    library_function(LIBRARY, 0xbe5b_e3ba, "cellPadSetSensorMode", 2, set_sensors),
    library_function(LIBRARY, 0xf655_44ee, "cellPadSetActDirect", 2, drive),
];

/// `CELL_PAD_ERROR_INVALID_PARAMETER`.
const PARAMETER: Errno = Errno(0x8012_1102);
/// `CELL_PAD_ERROR_ALREADY_INITIALIZED`.
const ALREADY: Errno = Errno(0x8012_1103);
/// `CELL_PAD_ERROR_UNINITIALIZED`.
const NOT_STARTED: Errno = Errno(0x8012_1104);
/// `CELL_PAD_ERROR_NO_DEVICE`.
const NO_DEVICE: Errno = Errno(0x8012_1107);

/// Pads that programs may ask for; ports from [`PORTS`] on never have any.
const MOST: u64 = 127;
/// What a DualShock 3 can do: it is of the PS3, reports pressure and motion, has precise
/// sticks and motors.
const CAPABILITIES: u32 = 0x1f;
/// Maker and product number of a DualShock 3.
const MAKER: u16 = 0x054c;
const PRODUCT: u16 = 0x0268;

/// `cellPadInit(most)`.
fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let most = caller.arguments[0] & 0xffff_ffff;
    let pads = &mut machine.input.pads;
    if pads.wanted().is_some() {
        return Err(ALREADY);
    }
    if most == 0 || most > MOST {
        return Err(PARAMETER);
    }
    pads.start(most as u32, caller.now);
    Ok(Answer::Return(0))
}

fn end(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    if machine.input.pads.end() {
        Ok(Answer::Return(0))
    } else {
        Err(NOT_STARTED)
    }
}

/// Most pads that the program wants.
fn wanted(machine: &Machine) -> Result<u32, Errno> {
    machine.input.pads.wanted().ok_or(NOT_STARTED)
}

/// The port that a call is about, whether there is a pad or not.
fn port(machine: &Machine, caller: &Caller<'_>) -> Result<usize, Errno> {
    wanted(machine)?;
    let port = caller.arguments[0] & 0xffff_ffff;
    if port >= MOST {
        return Err(PARAMETER);
    }
    Ok(port as usize)
}

/// The port of a pad.
fn pad(machine: &Machine, caller: &Caller<'_>) -> Result<usize, Errno> {
    let port = port(machine, caller)?;
    if machine.input.pads.is_connected(port, caller.now) {
        Ok(port)
    } else {
        Err(NO_DEVICE)
    }
}

/// An address that has to be one.
fn given(address: u64) -> Result<u64, Errno> {
    if address == 0 {
        return Err(PARAMETER);
    }
    Ok(address)
}

fn clear(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let port = pad(machine, caller)?;
    machine.input.pads.clear(port);
    Ok(Answer::Return(0))
}

/// The ports with a pad.
fn connected(machine: &Machine, caller: &Caller<'_>) -> [bool; PORTS] {
    std::array::from_fn(|port| machine.input.pads.is_connected(port, caller.now))
}

/// Most pads, pads that there are, and whether the system has them for itself.
fn counts(machine: &Machine, caller: &Caller<'_>) -> Result<Vec<u8>, Errno> {
    let most = wanted(machine)?;
    let there = connected(machine, caller).into_iter().filter(|&pad| pad);
    let system = machine.system.takes_input().into();
    let counts = [most, there.count() as u32, system];
    Ok(counts.into_iter().flat_map(u32::to_be_bytes).collect())
}

/// `cellPadGetInfo(*info)`: makers and products of all pads in two bytes each, then a byte
/// whether it is there.
fn info(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let mut info = counts(machine, caller)?;
    let address = given(caller.arguments[0])?;
    let ports = connected(machine, caller);
    let is_there = |pad: u64| ports.get(pad as usize) == Some(&true);
    for number in [MAKER, PRODUCT] {
        let of = |pad| if is_there(pad) { number } else { 0 };
        info.extend((0..MOST).flat_map(|pad| of(pad).to_be_bytes()));
    }
    info.extend((0..MOST).map(|pad| u8::from(is_there(pad))));
    machine.memory.put(address, &info)?;
    Ok(Answer::Return(0))
}

/// `cellPadGetInfo2(*info)`: for each port its status, then the settings, then what the pad
/// can do, then its kind.
fn info2(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    put_info(machine, caller, 1)
}

/// `cellPadPeriphGetInfo(*info)`: as [`info2`], then the pads' class and profile.
fn kinds(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    put_info(machine, caller, 3)
}

/// `zeros` is the number of words at the end that are 0 for a DualShock 3: a kind, a class.
fn put_info(machine: &mut Machine, caller: &mut Caller<'_>, zeros: usize) -> Result<Answer, Errno> {
    let mut info = counts(machine, caller)?;
    let address = given(caller.arguments[0])?;
    // Here the number of pads is cut to that of the ports.
    let most = wanted(machine)?.min(PORTS as u32);
    info[..4].copy_from_slice(&most.to_be_bytes());
    let ports = connected(machine, caller);
    let pads = &mut machine.input.pads;
    let status: [u32; PORTS] = std::array::from_fn(|port| pads.take_status(port, caller.now));
    let settings: [u32; PORTS] = std::array::from_fn(|port| pads.settings(port));
    let able = ports.map(|there| if there { CAPABILITIES } else { 0 });
    for words in [status, settings, able] {
        info.extend(words.into_iter().flat_map(u32::to_be_bytes));
    }
    info.resize(info.len() + zeros * 4 * PORTS, 0);
    machine.memory.put(address, &info)?;
    Ok(Answer::Return(0))
}

/// `cellPadGetCapabilityInfo(port, *words[32])`.
fn able(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    port(machine, caller)?;
    let address = given(caller.arguments[1])?;
    pad(machine, caller)?;
    let mut info = [0; 128];
    info[..4].copy_from_slice(&CAPABILITIES.to_be_bytes());
    machine.memory.put(address, &info)?;
    Ok(Answer::Return(0))
}

/// Writes a report: its number of words, then the words; only the number where it is 0.
fn put_report(machine: &mut Machine, port: usize, at: u64, now: u64) -> Result<(), Errno> {
    let words = if machine.system.takes_input() {
        Vec::new()
    } else {
        machine.input.pads.report(port, now)
    };
    let mut data = (words.len() as u32).to_be_bytes().to_vec();
    data.extend(words.into_iter().flat_map(u16::to_be_bytes));
    machine.memory.put(at, &data)
}

/// `cellPadGetData(port, *data)`.
fn data(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    port(machine, caller)?;
    let address = given(caller.arguments[1])?;
    let port = pad(machine, caller)?;
    put_report(machine, port, address, caller.now)?;
    Ok(Answer::Return(0))
}

/// `cellPadGetDataExtra(port, *kind, *data)`: the kind is 0, a pad and no remote control.
fn data_kind(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, kind, data, ..] = caller.arguments;
    port(machine, caller)?;
    given(data)?;
    let port = pad(machine, caller)?;
    put_report(machine, port, data, caller.now)?;
    if kind != 0 {
        machine.memory.put(kind, &[0; 4])?;
    }
    Ok(Answer::Return(0))
}

/// `cellPadPeriphGetData(port, *data)`: class and profile come before the report.
fn kind_data(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if port(machine, caller)? >= PORTS {
        return Err(PARAMETER);
    }
    let address = given(caller.arguments[1])?;
    let port = pad(machine, caller)?;
    machine.memory.put(address, &[0; 8])?;
    put_report(machine, port, address.wrapping_add(8), caller.now)?;
    Ok(Answer::Return(0))
}

/// `cellPadSetPortSetting(port, settings)`.
fn settings(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let port = port(machine, caller)?;
    for setting in [Setting::Pressure, Setting::Sensors] {
        let on = caller.arguments[1] & setting as u64 != 0;
        machine.input.pads.set(port, setting, on);
    }
    Ok(Answer::Return(0))
}

/// Every pad here has both modes.
fn has_mode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    pad(machine, caller)?;
    Ok(Answer::Return(1))
}

fn set(machine: &mut Machine, caller: &Caller<'_>, setting: Setting) -> Result<Answer, Errno> {
    let port = port(machine, caller)?;
    let mode = caller.arguments[1] & 0xffff_ffff;
    if mode > 1 {
        return Err(PARAMETER);
    }
    machine.input.pads.set(port, setting, mode == 1);
    Ok(Answer::Return(0))
}

fn set_pressure(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    set(machine, caller, Setting::Pressure)
}

fn set_sensors(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    set(machine, caller, Setting::Sensors)
}

/// `cellPadSetActDirect(port, *motors)`: a byte for the small motor, one for the large one, six
/// zeros.
fn drive(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    port(machine, caller)?;
    let address = given(caller.arguments[1])?;
    let mut motors = [0; 8];
    let space = &machine.memory.space;
    space
        .read(address, &mut motors)
        .map_err(|_| Errno::EFAULT)?;
    let [small, large, reserved @ ..] = motors;
    if reserved != [0; 6] {
        return Err(PARAMETER);
    }
    let port = pad(machine, caller)?;
    let motors = Motors {
        small: small != 0,
        large,
    };
    machine.input.pads.drive(port, motors);
    Ok(Answer::Return(0))
}
