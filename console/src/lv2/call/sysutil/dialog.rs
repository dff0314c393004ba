//! The message dialog.

use super::{BUSY, LIBRARY};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::clock::CYCLES_PER_SECOND;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::system::{Bar, Choice, Dialog, SystemEvent};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xf81e_ca25, "cellMsgDialogOpen", 5, open),
    library_function(LIBRARY, 0x7603_d3db, "cellMsgDialogOpen2", 5, open),
    library_function(
        LIBRARY,
        0x3e22_cb4b,
        "cellMsgDialogOpenErrorCode",
        4,
        open_error,
    ),
    library_function(LIBRARY, 0x2054_3730, "cellMsgDialogClose", 0, close),
    library_function(LIBRARY, 0x62b0_f803, "cellMsgDialogAbort", 0, abort),
    library_function(
        LIBRARY,
        0x9d6a_f72a,
        "cellMsgDialogProgressBarSetMsg",
        2,
        bar_text,
    ),
    library_function(
        LIBRARY,
        0x7bc2_c8a8,
        "cellMsgDialogProgressBarReset",
        1,
        bar_reset,
    ),
    library_function(
        LIBRARY,
        0x9486_2702,
        "cellMsgDialogProgressBarInc",
        2,
        bar_advance,
    ),
];

/// `CELL_MSGDIALOG_ERROR_PARAM`.
const PARAMETER: Errno = Errno(0x8002_b301);
/// `CELL_MSGDIALOG_ERROR_DIALOG_NOT_OPENED`.
const NOT_OPENED: Errno = Errno(0x8002_b302);

/// Bytes of a dialog's text, and of a bar's, with their final zero.
const TEXT: usize = 512;
const BAR_TEXT: usize = 64;

/// What a dialog's kind may have set; 1, 2 and 4 are about its sound and its background.
const KNOWN: u32 = 0x33f7;
const NO_CANCEL: u32 = 0x80;

/// Buttons, cursor and number of bars of a kind.
fn shape(kind: u32) -> Result<(Choice, bool, usize), Errno> {
    if kind & !KNOWN != 0 {
        return Err(PARAMETER);
    }
    let (buttons, cursor, bars) = (kind >> 4 & 7, kind >> 8 & 3, kind >> 12 & 3);
    match (buttons, cursor, bars) {
        (0, 0, 0..=2) => Ok((Choice::None, false, bars as usize)),
        (1, 0 | 1, 0) => Ok((Choice::YesNo, cursor == 1, 0)),
        (2, 0, 0) => Ok((Choice::Ok, false, 0)),
        _ => Err(PARAMETER),
    }
}

/// A text that has to end within `size` bytes.
fn text(machine: &Machine, address: u64, size: usize) -> Result<String, Errno> {
    if address == 0 {
        return Err(PARAMETER);
    }
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        let at = address.wrapping_add(bytes.len() as u64);
        let space = &machine.memory.space;
        space.read(at, &mut byte).map_err(|_| Errno::EFAULT)?;
        if byte[0] == 0 {
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        bytes.push(byte[0]);
        if bytes.len() == size {
            return Err(PARAMETER);
        }
    }
}

/// `cellMsgDialogOpen2(kind, text, function(reply, user), user, 0)`.
fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [kind, message, function, user, ..] = caller.arguments;
    let text = text(machine, message, TEXT)?;
    let shape = shape(kind as u32)?;
    let may_cancel = kind as u32 & NO_CANCEL == 0;
    show(machine, caller, text, shape, may_cancel, (function, user))
}

/// `cellMsgDialogOpenErrorCode(code, function, user, 0)`: the system has a text for each code;
/// here it is the code itself.
fn open_error(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [code, function, user, ..] = caller.arguments;
    let text = format!("An error has occurred. ({:08x})", code as u32);
    let shape = (Choice::Ok, false, 0);
    show(machine, caller, text, shape, true, (function, user))
}

fn show(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    text: String,
    (choice, on_no, bars): (Choice, bool, usize),
    may_cancel: bool,
    (function, user): (u64, u64),
) -> Result<Answer, Errno> {
    if machine.system.dialog.is_some() {
        return Err(BUSY);
    }
    let function = u32::try_from(function).map_err(|_| PARAMETER)?;
    let dialog = Dialog {
        text,
        choice,
        may_cancel,
        on_no,
        bars: vec![Bar::default(); bars],
        function: (function != 0).then_some((function, user)),
        closes_at: None,
    };
    caller.observer.dialog(&dialog);
    machine.system.dialog = Some(dialog);
    machine.system.events.send(SystemEvent::DrawingBegins);
    Ok(Answer::Return(0))
}

fn opened(machine: &mut Machine) -> Result<&mut Dialog, Errno> {
    machine.system.dialog.as_mut().ok_or(NOT_OPENED)
}

/// `cellMsgDialogClose(milliseconds)`: the number is in f1; then the program's function is
/// called as if nothing had been chosen.
fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let thread = machine.threads.all.get(&caller.thread);
    let bits = thread.map_or(0, |thread| thread.ppu.registers.fpr[1]);
    // Not a number, and numbers below 0, are now.
    let seconds = f64::from_bits(bits).max(0.0) / 1000.0;
    let cycles = (seconds * CYCLES_PER_SECOND as f64) as u64;
    opened(machine)?.closes_at = Some(caller.now.saturating_add(cycles));
    Ok(Answer::Return(0))
}

/// `cellMsgDialogAbort()`: closes it; the program's function is not called.
fn abort(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    opened(machine)?;
    machine.close_dialog(None);
    Ok(Answer::Return(0))
}

fn bar(machine: &mut Machine, index: u64) -> Result<&mut Bar, Errno> {
    let bars = &mut opened(machine)?.bars;
    bars.get_mut(index as u32 as usize).ok_or(PARAMETER)
}

/// `cellMsgDialogProgressBarSetMsg(index, text)`.
fn bar_text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let text = text(machine, caller.arguments[1], BAR_TEXT)?;
    bar(machine, caller.arguments[0])?.text = text;
    Ok(Answer::Return(0))
}

fn bar_reset(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    bar(machine, caller.arguments[0])?.percent = 0;
    Ok(Answer::Return(0))
}

/// `cellMsgDialogProgressBarInc(index, percent)`.
fn bar_advance(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let bar = bar(machine, caller.arguments[0])?;
    bar.percent = bar
        .percent
        .saturating_add(caller.arguments[1] as u32)
        .min(100);
    Ok(Answer::Return(0))
}
