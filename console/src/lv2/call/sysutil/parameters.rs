//! The user's settings.

use super::{LIBRARY, SIZE, VALUE};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::system::Settings;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0x40e8_95d3,
        "cellSysutilGetSystemParamInt",
        2,
        number,
    ),
    library_function(
        LIBRARY,
        0x9380_13a0,
        "cellSysutilGetSystemParamString",
        3,
        text,
    ),
];

/// The setting with a number; what a console without parental control, network account,
/// camera and special keyboard says where [`Settings`] has nothing.
fn value(settings: &Settings, id: u32) -> Option<i32> {
    Some(match id {
        0x111 => settings.language as i32,
        0x112 => settings.enter_button as i32,
        0x114 => settings.date_format as i32,
        0x115 => settings.clock_24_hours.into(),
        0x116 => settings.time_zone,
        0x117 => settings.summer_time.into(),
        // Parental level and its restriction, network account, camera's power line: none.
        0x121 | 0x123 | 0x141 | 0x151 => 0,
        // Pads may rumble.
        0x152 => 1,
        // Keyboard with 101 keys, its two entry methods, pads stay on, no magnetometer.
        0x153..=0x157 => 0,
        _ => return None,
    })
}

/// `cellSysutilGetSystemParamInt(id, *i32)`.
fn number(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, result, ..] = caller.arguments;
    if result == 0 {
        return Err(VALUE);
    }
    let value = value(&machine.system.settings, id as u32).ok_or(VALUE)?;
    machine.memory.put(result, &value.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellSysutilGetSystemParamString(id, *text, size)`: the size has to be exactly that of the
/// setting, its final zero included.
fn text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, result, size, ..] = caller.arguments;
    let settings = &machine.system.settings;
    let (text, room) = match id as u32 {
        0x113 => (&settings.nickname, 128),
        0x131 => (&settings.user_name, 64),
        _ => return Err(VALUE),
    };
    if result == 0 {
        return Err(VALUE);
    }
    if size as u32 != room {
        return Err(SIZE);
    }
    let mut bytes = text.clone().into_bytes();
    bytes.truncate(room as usize - 1);
    bytes.resize(room as usize, 0);
    machine.memory.put(result, &bytes)?;
    Ok(Answer::Return(0))
}
