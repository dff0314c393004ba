//! Who prints what SPUs want printed: functions of the program, which the library calls for
//! groups and threads that come and go (RPCS3 `sys_spu_.cpp`).

use super::{Answer, Caller, DONE, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::guest::GuestCall;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "sysPrxForUser";

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0x45fe_2fce,
        "_sys_spu_printf_initialize",
        4,
        |machine, caller| {
            let functions = caller.arguments.first_chunk();
            machine.spus.printers = functions.map_or([0; 4], |all| all.map(|at| at as u32));
            DONE
        },
    ),
    library_function(
        LIBRARY,
        0xdd3b_27ac,
        "_sys_spu_printf_finalize",
        0,
        |machine, _| {
            machine.spus.printers = [0; 4];
            DONE
        },
    ),
    library_function(
        LIBRARY,
        0xdd0c_1e09,
        "_sys_spu_printf_attach_group",
        1,
        |machine, caller| call(machine, caller, 0),
    ),
    library_function(
        LIBRARY,
        0x5fdf_b2fe,
        "_sys_spu_printf_detach_group",
        1,
        |machine, caller| call(machine, caller, 1),
    ),
    library_function(
        LIBRARY,
        0x1ae1_0b92,
        "_sys_spu_printf_attach_thread",
        1,
        |machine, caller| call(machine, caller, 2),
    ),
    library_function(
        LIBRARY,
        0xb3bb_cf2a,
        "_sys_spu_printf_detach_thread",
        1,
        |machine, caller| call(machine, caller, 3),
    ),
];

/// Calls the program's function for a group's or a thread's number; what that returns is
/// returned.
fn call(machine: &mut Machine, caller: &mut Caller<'_>, which: usize) -> Result<Answer, Errno> {
    if let Some(returned) = caller.returned {
        return Ok(Answer::Return(returned));
    }
    match machine.spus.printers[which] {
        0 => Err(Errno::ESTAT),
        descriptor => Ok(Answer::Enter(GuestCall {
            descriptor,
            arguments: [caller.arguments[0], 0, 0, 0, 0, 0, 0, 0],
        })),
    }
}
