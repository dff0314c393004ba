//! The video output. Structures, numbers and errors: RPCS3 `cellVideoOut.h`; what functions do
//! where the television is of one mode: RPCS3 `cellVideoOut.cpp`.

use super::LIBRARY;
use crate::display::Mode;
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::{Configuration, Listener, VideoOut, mode_number};
use crate::lv2::machine::Machine;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x8875_72d5, "cellVideoOutGetState", 3, state),
    library_function(
        LIBRARY,
        0xe558_748d,
        "cellVideoOutGetResolution",
        2,
        resolution,
    ),
    library_function(LIBRARY, 0x0bae_8772, "cellVideoOutConfigure", 4, configure),
    library_function(
        LIBRARY,
        0x15b0_b0cd,
        "cellVideoOutGetConfiguration",
        3,
        configuration,
    ),
    library_function(LIBRARY, 0x1e93_0eef, "cellVideoOutGetDeviceInfo", 3, device),
    library_function(
        LIBRARY,
        0x75bb_b672,
        "cellVideoOutGetNumberOfDevice",
        1,
        devices,
    ),
    library_function(
        LIBRARY,
        0xa322_db75,
        "cellVideoOutGetResolutionAvailability",
        4,
        availability,
    ),
    library_function(
        LIBRARY,
        0x8e8b_c444,
        "cellVideoOutRegisterCallback",
        3,
        register,
    ),
    library_function(
        LIBRARY,
        0x7871_bed4,
        "cellVideoOutUnregisterCallback",
        1,
        unregister,
    ),
];

/// `CELL_VIDEO_OUT_ERROR_ILLEGAL_PARAMETER`.
const ILLEGAL: Errno = Errno(0x8002_b222);
/// `CELL_VIDEO_OUT_ERROR_PARAMETER_OUT_OF_RANGE`.
const OUT_OF_RANGE: Errno = Errno(0x8002_b223);
/// `CELL_VIDEO_OUT_ERROR_DEVICE_NOT_FOUND`.
const NO_DEVICE: Errno = Errno(0x8002_b224);
/// `CELL_VIDEO_OUT_ERROR_UNSUPPORTED_VIDEO_OUT`.
const NO_OUTPUT: Errno = Errno(0x8002_b225);
/// `CELL_VIDEO_OUT_ERROR_UNSUPPORTED_DISPLAY_MODE`.
const NO_MODE: Errno = Errno(0x8002_b226);

/// Outputs.
const PRIMARY: u32 = 0;
const SECONDARY: u32 = 1;
/// The state of a device that is there.
const DEVICE_AVAILABLE: u8 = 1;
const RGB: u8 = 1;
const PROGRESSIVE: u8 = 1;
/// Shapes of the picture.
const AUTO: u8 = 0;
const NARROW: u8 = 1;
const WIDE: u8 = 2;
/// Rates of pictures, one bit each.
const HZ_59_94: u16 = 1;
const HZ_50: u16 = 2;
const HDMI: u8 = 1;
/// Formats of pixels: `X8R8G8B8`, the one that the display shows here.
const X8R8G8B8: u8 = 0;
/// Modes that a device tells of.
const MODES: usize = 32;

fn argument(caller: &Caller<'_>, index: usize) -> u32 {
    caller.arguments[index] as u32
}

fn aspect(wide: bool) -> u8 {
    if wide { WIDE } else { NARROW }
}

/// `CellVideoOutDisplayMode`, 8 bytes: resolution, scan, conversion, aspect, rates.
fn display_mode(mode: Mode, wide: bool) -> [u8; 8] {
    let rates = match mode {
        Mode::P576 => HZ_50,
        _ => HZ_59_94,
    };
    let [high, low] = rates.to_be_bytes();
    [
        mode_number(mode),
        PROGRESSIVE,
        0,
        aspect(wide),
        0,
        0,
        high,
        low,
    ]
}

/// How many devices an output has.
fn count(output: u32) -> Result<u32, Errno> {
    match output {
        PRIMARY => Ok(1),
        SECONDARY => Ok(0),
        _ => Err(NO_OUTPUT),
    }
}

fn check_device(output: u32, device: u32) -> Result<(), Errno> {
    if device < count(output)? {
        Ok(())
    } else {
        Err(NO_DEVICE)
    }
}

/// `cellVideoOutGetState(output, device, *state)`: on, RGB, the mode.
fn state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[2];
    if result == 0 {
        return Err(ILLEGAL);
    }
    check_device(argument(caller, 0), argument(caller, 1))?;
    let set = machine.graphics.video.configuration();
    let mut state = [0; 16];
    state[1] = RGB;
    state[8..].copy_from_slice(&display_mode(set.mode, set.wide));
    machine.memory.put(result, &state)?;
    Ok(Answer::Return(0))
}

/// The pixels of a mode by its number; the last four are stretched to 1920 × 1080.
fn size(number: u32) -> Option<(u16, u16)> {
    Some(match number {
        1 => (1920, 1080),
        2 => (1280, 720),
        4 => (720, 480),
        5 => (720, 576),
        10 => (1600, 1080),
        11 => (1440, 1080),
        12 => (1280, 1080),
        13 => (960, 1080),
        _ => return None,
    })
}

/// `cellVideoOutGetResolution(mode, *(width, height))`: a halfword each.
fn resolution(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[1];
    if result == 0 {
        return Err(ILLEGAL);
    }
    let (width, height) = size(argument(caller, 0)).ok_or(ILLEGAL)?;
    let both = [width.to_be_bytes(), height.to_be_bytes()].concat();
    machine.memory.put(result, &both)?;
    Ok(Answer::Return(0))
}

/// The television's mode with this number, if it has one.
fn mode(video: &VideoOut, number: u32) -> Option<Mode> {
    let mut modes = video.modes();
    modes.find(|mode| u32::from(mode_number(*mode)) == number)
}

/// `cellVideoOutConfigure(output, *configuration, option, wait)`.
fn configure(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = caller.arguments[1];
    if address == 0 {
        return Err(ILLEGAL);
    }
    match argument(caller, 0) {
        PRIMARY => {}
        SECONDARY => return Err(NO_DEVICE),
        _ => return Err(NO_OUTPUT),
    }
    let mut bytes = [0; 16];
    let space = &machine.memory.space;
    space.read(address, &mut bytes).map_err(|_| Errno::EFAULT)?;
    let [number, format, shape, ..] = bytes;
    let pitch = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    if pitch == 0 {
        return Err(OUT_OF_RANGE);
    }
    let video = &mut machine.graphics.video;
    let mode = mode(video, number.into()).ok_or(NO_MODE)?;
    let wide = video.is_wide(mode);
    if shape > WIDE || shape != AUTO && shape != aspect(wide) {
        return Err(NO_MODE);
    }
    if format != X8R8G8B8 {
        // The console has two more, which this display does not.
        return Err(Errno::ENOSYS);
    }
    video.configure(Configuration {
        mode,
        format,
        wide,
        pitch,
    });
    let rate = video.rate();
    machine.graphics.blanks.set_rate(rate, caller.now);
    machine.expect_blanks();
    Ok(Answer::Return(0))
}

/// `cellVideoOutGetConfiguration(output, *configuration, *option)`.
fn configuration(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, result, option, ..] = caller.arguments;
    if result == 0 {
        return Err(ILLEGAL);
    }
    let mut bytes = [0; 16];
    if count(argument(caller, 0))? > 0 {
        let set = machine.graphics.video.configuration();
        bytes[0] = mode_number(set.mode);
        bytes[1] = set.format;
        bytes[2] = aspect(set.wide);
        bytes[12..].copy_from_slice(&set.pitch.to_be_bytes());
    }
    if option != 0 {
        machine.memory.put(option, &0_u32.to_be_bytes())?;
    }
    machine.memory.put(result, &bytes)?;
    Ok(Answer::Return(0))
}

/// `cellVideoOutGetDeviceInfo(output, device, *information)`: 460 bytes, with the modes that the
/// television has.
fn device(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[2];
    if result == 0 {
        return Err(ILLEGAL);
    }
    check_device(argument(caller, 0), argument(caller, 1))?;
    let video = &machine.graphics.video;
    let modes: Vec<[u8; 8]> = video
        .modes()
        .map(|mode| display_mode(mode, video.is_wide(mode)))
        .collect();
    // Port, colours, latency in milliseconds, modes, state, full range of RGB.
    let mut bytes = vec![HDMI, RGB, 0, 100, modes.len() as u8, DEVICE_AVAILABLE, 1];
    // After 5 bytes of nothing: the colours of the screen, which it does not tell, and gamma 1.
    bytes.resize(12, 0);
    bytes.resize(12 + 16, 0xff);
    bytes.extend(100_u32.to_be_bytes());
    bytes.extend(modes.concat());
    // The rest of the modes, and no list of keys.
    bytes.resize(32 + 8 * MODES + 168, 0);
    machine.memory.put(result, &bytes)?;
    Ok(Answer::Return(0))
}

/// `cellVideoOutGetNumberOfDevice(output)`.
fn devices(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(count(argument(caller, 0))?.into()))
}

/// `cellVideoOutGetResolutionAvailability(output, mode, aspect, option)`: 1 where it is there.
fn availability(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if count(argument(caller, 0))? == 0 {
        return Ok(Answer::Return(0));
    }
    let video = &machine.graphics.video;
    let shape = argument(caller, 2);
    let there = mode(video, argument(caller, 1)).is_some_and(|mode| {
        shape == u32::from(AUTO) || shape == u32::from(aspect(video.is_wide(mode)))
    });
    Ok(Answer::Return(there.into()))
}

fn slot(machine: &mut Machine, index: u32) -> Result<&mut Option<Listener>, Errno> {
    let listeners = &mut machine.graphics.video.listeners;
    listeners.get_mut(index as usize).ok_or(ILLEGAL)
}

/// `cellVideoOutRegisterCallback(slot, function(slot, output, device, event, *information, user),
/// user)`: it is called when the program asks for the system's events.
fn register(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let listener = Listener {
        descriptor: argument(caller, 1),
        user: argument(caller, 2),
    };
    *slot(machine, argument(caller, 0))? = Some(listener);
    Ok(Answer::Return(0))
}

/// `cellVideoOutUnregisterCallback(slot)`.
fn unregister(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    *slot(machine, argument(caller, 0))? = None;
    Ok(Answer::Return(0))
}
