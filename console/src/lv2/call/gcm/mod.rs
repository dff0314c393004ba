//! `cellGcmSys`, the firmware's library for the RSX.
//!
//! What the functions do: RPCS3 `cellGcmSys.cpp` and `sys_rsx.cpp`, PSL1GHT `rsx/gcm_sys.h`,
//! and what was tried (see the project's notes on the RSX).

mod context;
pub(super) mod display;
pub(super) mod fifo;
pub(super) mod flip;
pub(super) mod handler;
pub(super) mod memory;
pub(super) mod region;
pub(super) mod report;
pub(super) mod start;

use super::{Answer, Caller};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::Rsx;
use crate::lv2::machine::Machine;

/// The library's name.
const LIBRARY: &str = "cellGcmSys";
/// `CELL_GCM_ERROR_FAILURE`.
const FAILURE: Errno = Errno(0x8021_00ff);
/// `CELL_GCM_ERROR_INVALID_ENUM`.
const INVALID_ENUM: Errno = Errno(0x8021_0002);
/// `CELL_GCM_ERROR_INVALID_VALUE`.
const INVALID_VALUE: Errno = Errno(0x8021_0003);
/// `CELL_GCM_ERROR_INVALID_ALIGNMENT`.
const INVALID_ALIGNMENT: Errno = Errno(0x8021_0004);

/// Functions that programs do not import.
pub(super) const HIDDEN: &[(&str, u32)] = &[(LIBRARY, fifo::MAKE_ROOM), (LIBRARY, handler::SERVE)];

/// The RSX, if the program has started it.
fn rsx(machine: &mut Machine) -> Result<&mut Rsx, Errno> {
    machine.graphics.rsx.as_deref_mut().ok_or(FAILURE)
}

/// A word as an argument: what the upper half of the register holds does not count.
fn word(caller: &Caller<'_>, index: usize) -> u32 {
    caller.arguments[index] as u32
}

/// Nothing to do, and nothing to say.
fn nothing(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}
