//! Libraries and what they register. All that there are is linked when a program is loaded.

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        "sysPrxForUser",
        0x42b2_3552,
        "sys_prx_register_library",
        1,
        note,
    ),
    library_function(
        "sysPrxForUser",
        0xd0ea_47a7,
        "sys_prx_unregister_library",
        1,
        note,
    ),
    library_function(
        "sysPrxForUser",
        0xa2c7_ba64,
        "sys_prx_exitspawn_with_level",
        1,
        note,
    ),
];

/// A program offers functions to libraries that would be loaded later, takes the offer back,
/// or has its own libraries' ends called: with no such libraries, each is done at once.
fn note(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}
