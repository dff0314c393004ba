//! `cellMouse`: there are no mice. Structures, numbers and errors: RPCS3 `cellMouse.h`,
//! `cellMouse.cpp`.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "sys_io";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xc903_0138, "cellMouseInit", 1, start),
    library_function(LIBRARY, 0xe101_83ce, "cellMouseEnd", 0, end),
    library_function(LIBRARY, 0x5baf_30fb, "cellMouseGetInfo", 1, information),
    library_function(LIBRARY, 0x3ef6_6b95, "cellMouseClearBuf", 1, none),
    library_function(LIBRARY, 0x3138_e632, "cellMouseGetData", 2, none),
    library_function(LIBRARY, 0x6bd1_31f0, "cellMouseGetDataList", 2, none),
    library_function(LIBRARY, 0xa328_cc35, "cellMouseGetRawData", 2, none),
];

/// `CELL_MOUSE_ERROR_…`.
const PARAMETER: Errno = Errno(0x8012_1202);
const STARTED: Errno = Errno(0x8012_1203);
const NOT_STARTED: Errno = Errno(0x8012_1204);
const NO_DEVICE: Errno = Errno(0x8012_1207);
/// Mice that there could be, and what is told of at most.
const MOST: u32 = 127;
const MOST_TOLD: u32 = 7;

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

/// `cellMouseInit(most)`.
fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if machine.input.mice.is_some() {
        return Err(STARTED);
    }
    let most = caller.arguments[0] as u32;
    if !(1..=MOST).contains(&most) {
        return Err(PARAMETER);
    }
    machine.input.mice = Some(most.min(MOST_TOLD));
    DONE
}

fn end(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.input.mice.take().ok_or(NOT_STARTED)?;
    DONE
}

/// `cellMouseGetInfo(*information)`: words for the most that there can be, how many there are,
/// and whether the system has them; then for each its maker, its product, and its state.
fn information(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let most = machine.input.mice.ok_or(NOT_STARTED)?;
    let to = caller.arguments[0] & 0xffff_ffff;
    if to == 0 {
        return Err(PARAMETER);
    }
    let mut bytes = [0; 12 + 5 * MOST as usize];
    bytes[..4].copy_from_slice(&most.to_be_bytes());
    machine.memory.put(to, &bytes)?;
    DONE
}

/// Something of one mouse.
fn none(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.input.mice.ok_or(NOT_STARTED)?;
    if caller.arguments[0] as u32 >= MOST {
        return Err(PARAMETER);
    }
    Err(NO_DEVICE)
}
