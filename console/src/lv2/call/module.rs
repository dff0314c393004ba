//! `cellSysmodule`: loading the system's libraries. All that there is here is there from the
//! start; loading keeps count, as programs can ask.

use std::collections::BTreeMap;

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "cellSysmodule";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x63ff_6ff9, "cellSysmoduleInitialize", 0, done),
    library_function(LIBRARY, 0x96c0_7adf, "cellSysmoduleFinalize", 0, done),
    library_function(LIBRARY, 0x3226_7a31, "cellSysmoduleLoadModule", 1, load),
    library_function(LIBRARY, 0x112a_5ee9, "cellSysmoduleUnloadModule", 1, unload),
    library_function(LIBRARY, 0x5a59_e258, "cellSysmoduleIsLoaded", 1, is_loaded),
];

/// `CELL_SYSMODULE_ERROR_UNKNOWN`.
const UNKNOWN: Errno = Errno(0x8001_2002);
/// `CELL_SYSMODULE_ERROR_UNLOADED`.
const UNLOADED: Errno = Errno(0x8001_2003);

/// The numbers of modules (PSL1GHT, `sysmodule/sysmodule.h`): the public ones, and from 0xf000
/// on the internal ones.
const PUBLIC: std::ops::RangeInclusive<u16> = 0x00..=0x5c;
const INTERNAL: std::ops::RangeInclusive<u16> = 0xf000..=0xf056;

/// Modules that the system loads with every program: SPURS, files, the RSX, audio, the
/// system's dealings, pads and keyboards, trophies.
const ALWAYS: [u16; 7] = [0x0a, 0x0e, 0x10, 0x11, 0x15, 0x17, 0xf035];

/// How often the program has loaded each module.
#[derive(Default)]
pub(in crate::lv2) struct Modules(BTreeMap<u16, u32>);

/// The module that a call is about; its number is a half-word.
fn module(caller: &Caller<'_>) -> Result<u16, Errno> {
    let module = caller.arguments[0] as u16;
    if PUBLIC.contains(&module) || INTERNAL.contains(&module) {
        Ok(module)
    } else {
        Err(UNKNOWN)
    }
}

fn done(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}

fn load(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let module = module(caller)?;
    *machine.modules.0.entry(module).or_default() += 1;
    Ok(Answer::Return(0))
}

fn unload(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let module = module(caller)?;
    let loaded = machine.modules.0.get_mut(&module).ok_or(UNLOADED)?;
    *loaded -= 1;
    if *loaded == 0 {
        machine.modules.0.remove(&module);
    }
    Ok(Answer::Return(0))
}

fn is_loaded(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let module = module(caller)?;
    if ALWAYS.contains(&module) || machine.modules.0.contains_key(&module) {
        Ok(Answer::Return(0))
    } else {
        Err(UNLOADED)
    }
}
