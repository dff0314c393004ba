//! Functions of the program for the RSX's interrupts.

use rsx_gcm::methods::driver;

use super::context::{Written, packet, write};
use super::{LIBRARY, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::clock::microseconds;
use crate::lv2::errno::Errno;
use crate::lv2::graphics::Interrupt;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

/// What the library's thread for interrupts runs. No program imports it.
pub(super) const SERVE: u32 = 0x0ce3_d298;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, SERVE, "_gcm_intr_thread", 0, serve),
    library_function(LIBRARY, 0xa41e_f7e8, "cellGcmSetFlipHandler", 1, |m, c| {
        set(m, c, Interrupt::Flip)
    }),
    library_function(
        LIBRARY,
        0xa91b_0402,
        "cellGcmSetVBlankHandler",
        1,
        |m, c| set(m, c, Interrupt::Blank),
    ),
    library_function(
        LIBRARY,
        0xdc49_4430,
        "cellGcmSetSecondVHandler",
        1,
        |m, c| set(m, c, Interrupt::SecondBlank),
    ),
    library_function(LIBRARY, 0x06ed_ea9e, "cellGcmSetUserHandler", 1, |m, c| {
        set(m, c, Interrupt::User)
    }),
    library_function(LIBRARY, 0x0a86_2772, "cellGcmSetQueueHandler", 1, |m, c| {
        set(m, c, Interrupt::Queue)
    }),
    library_function(
        LIBRARY,
        0xd01b_570d,
        "cellGcmSetGraphicsHandler",
        1,
        |m, c| set(m, c, Interrupt::Graphics),
    ),
    library_function(
        LIBRARY,
        0x8bde_5ebf,
        "cellGcmSetUserCommand",
        2,
        user_command,
    ),
    library_function(
        LIBRARY,
        0x4d7c_e993,
        "cellGcmSetSecondVFrequency",
        1,
        set_frequency,
    ),
    library_function(
        LIBRARY,
        0xffe0_160e,
        "cellGcmSetVBlankFrequency",
        1,
        set_frequency,
    ),
    library_function(
        LIBRARY,
        0x23ae_55a3,
        "cellGcmGetLastSecondVTime",
        0,
        last_second,
    ),
];

/// `CELL_GCM_DISPLAY_FREQUENCY_59_94HZ` and `…_SCANOUT`.
const HZ_59_94: u32 = 1;
const SCANOUT: u32 = 2;

/// One turn of the thread: the next function that is due, or the wait for one.
fn serve(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(match machine.graphics.interrupts.next() {
        Some(call) => Answer::Enter(call),
        None => Answer::Wait(Wait::Interrupt),
    })
}

/// The argument is the function's descriptor, or 0 for none.
fn set(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    interrupt: Interrupt,
) -> Result<Answer, Errno> {
    machine.graphics.interrupts.set(interrupt, word(caller, 0));
    machine.expect_blanks();
    Ok(Answer::Return(0))
}

/// `cellGcmSetUserCommand(context, cause)`: writes the command for the program's function.
fn user_command(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let words = packet(driver::SET_USER_COMMAND.at(0), &[word(caller, 1)]);
    Ok(match write(machine, caller, word(caller, 0), &words)? {
        Written::All => Answer::Return(0),
        Written::NoRoom(call) => Answer::Enter(call),
    })
}

/// How often functions for vertical blanks are called: as often as there are some. Other
/// frequencies are not there.
fn set_frequency(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    match word(caller, 0) {
        SCANOUT => Ok(Answer::Return(0)),
        HZ_59_94 if machine.graphics.video.rate() == Default::default() => Ok(Answer::Return(0)),
        _ => Err(Errno::ENOSYS),
    }
}

/// `cellGcmGetLastSecondVTime()`, in microseconds of the system's time.
fn last_second(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let last = machine.graphics.blanks.last(caller.now);
    Ok(Answer::Return(microseconds(last)))
}
