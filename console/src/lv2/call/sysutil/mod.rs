//! `cellSysutil`, the library of the system's dealings with a program.

pub(super) mod dialog;
pub(super) mod events;
pub(super) mod keyboard;
pub(super) mod parameters;
pub(super) mod video;

use crate::lv2::errno::Errno;

/// The library's name.
const LIBRARY: &str = "cellSysutil";
/// `CELL_SYSUTIL_ERROR_VALUE`: a wrong argument.
const VALUE: Errno = Errno(0x8002_b102);
/// `CELL_SYSUTIL_ERROR_SIZE`: a buffer of a wrong size.
const SIZE: Errno = Errno(0x8002_b103);
/// `CELL_SYSUTIL_ERROR_BUSY`: something like it is under way.
const BUSY: Errno = Errno(0x8002_b105);
