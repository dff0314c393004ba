//! The on-screen keyboard. Rules, errors and events: RPCS3 `cellOskDialog.cpp`; structures:
//! PSL1GHT `sysutil/osk.h`.

use super::LIBRARY;
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::system::{Entered, SystemEvent, TextDialog};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x7fcf_c915, "cellOskDialogLoadAsync", 3, load),
    library_function(LIBRARY, 0x3d1e_1931, "cellOskDialogUnloadAsync", 1, unload),
    library_function(LIBRARY, 0x1d99_c3ee, "cellOskDialogGetInputText", 1, text),
    library_function(LIBRARY, 0xb6d8_4526, "cellOskDialogAbort", 0, abort),
    library_function(LIBRARY, 0x35be_ade0, "cellOskDialogGetSize", 3, size),
    library_function(
        LIBRARY,
        0x53e3_9df3,
        "cellOskDialogSetSeparateWindowOption",
        1,
        set_window,
    ),
    // How it looks and which keys it shows: there are none.
    library_function(LIBRARY, 0x41f2_0828, "cellOskDialogDisableDimmer", 0, done),
    library_function(
        LIBRARY,
        0x7f21_c918,
        "cellOskDialogAddSupportLanguage",
        1,
        done,
    ),
    library_function(LIBRARY, 0xf0ec_3ccc, "cellOskDialogSetLayoutMode", 1, done),
    library_function(
        LIBRARY,
        0xd379_0a86,
        "cellOskDialogSetDeviceMask",
        1,
        |_, caller| checked(caller, 0xff),
    ),
    library_function(
        LIBRARY,
        0xf3b4_b43e,
        "cellOskDialogSetInitialInputDevice",
        1,
        |_, caller| checked(caller, 1),
    ),
    library_function(
        LIBRARY,
        0xc427_890c,
        "cellOskDialogSetInitialKeyLayout",
        1,
        |_, caller| checked(caller, 2),
    ),
    library_function(
        LIBRARY,
        0xb53c_54fa,
        "cellOskDialogSetKeyLayoutOption",
        1,
        |_, caller| match caller.arguments[0] as u32 {
            0 => Err(PARAMETER),
            _ => checked(caller, 3),
        },
    ),
];

/// `CELL_OSKDIALOG_ERROR_IME_ALREADY_IN_USE` and `…_PARAM`.
const IN_USE: Errno = Errno(0x8002_b501);
const PARAMETER: Errno = Errno(0x8002_b504);
/// `CELL_MSGDIALOG_ERROR_DIALOG_NOT_OPENED`.
const NOT_OPENED: Errno = Errno(0x8002_b302);

/// UTF-16 words of a text, with the final zero.
const MOST: usize = 512;
/// What a text may not have, as bits. The enter key confirms always: other lines than the
/// first are for keyboards of several lines.
const NO_SPACE: u32 = 1;

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn done(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    DONE
}

/// A number that is at most this.
fn checked(caller: &Caller<'_>, most: u32) -> Result<Answer, Errno> {
    if caller.arguments[0] as u32 > most {
        return Err(PARAMETER);
    }
    DONE
}

/// UTF-16 words up to a zero.
fn utf16(machine: &Machine, address: u32) -> Result<String, Errno> {
    let mut words = Vec::new();
    for at in (u64::from(address)..).step_by(2).take(MOST) {
        let mut word = [0; 2];
        let read = machine.memory.space.read(at, &mut word);
        read.map_err(|_| Errno::EFAULT)?;
        match u16::from_be_bytes(word) {
            0 => break,
            word => words.push(word),
        }
    }
    Ok(String::from_utf16_lossy(&words))
}

/// `cellOskDialogLoadAsync(container, *parameters, *field)`: parameters of words for the panels,
/// the first panel, its place and what is prohibited; of the field the message, the text to
/// begin with, and the most characters.
fn load(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, parameters, field, ..] = caller.arguments;
    if parameters == 0 || field == 0 {
        return Err(PARAMETER);
    }
    if machine.system.text_dialog.is_some() {
        return Err(IN_USE);
    }
    let prohibited = machine.memory.word(parameters + 16)?;
    let [message, start, most] = [0, 4, 8].map(|at| machine.memory.word(field + at));
    let most = usize::try_from(most? as i32).map_err(|_| PARAMETER)?;
    let most = if most == 0 { MOST - 1 } else { most };
    let optional = |address: u32| match address {
        0 => Ok(String::new()),
        address => utf16(machine, address),
    };
    let dialog = TextDialog {
        message: optional(message?)?,
        text: optional(start?)?,
        most: most.min(MOST - 1),
        spaces: prohibited & NO_SPACE == 0,
        stays: std::mem::take(&mut machine.system.text_stays),
        entered: None,
    };
    caller.observer.text_dialog(&dialog);
    machine.system.text_dialog = Some(dialog);
    let events = &mut machine.system.events;
    events.send(SystemEvent::DrawingBegins);
    events.send(SystemEvent::TextLoaded);
    DONE
}

fn opened(machine: &mut Machine) -> Result<&mut TextDialog, Errno> {
    machine.system.text_dialog.as_mut().ok_or(NOT_OPENED)
}

/// `cellOskDialogAbort()`.
fn abort(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    opened(machine)?;
    machine.end_text(Entered::Aborted);
    DONE
}

/// Stores a text: words for the result, the room in UTF-16 words, and where the text goes. It
/// ends with a zero where there is room.
fn store(machine: &mut Machine, to: u64, entered: Entered, text: &str) -> Result<(), Errno> {
    let room = machine.memory.word(to + 4)? as i32;
    let room = usize::try_from(room).map_err(|_| PARAMETER)?;
    let address = machine.memory.word(to + 8)?;
    machine.memory.put(to, &(entered as u32).to_be_bytes())?;
    if address == 0 || !matches!(entered, Entered::Confirmed | Entered::Nothing) {
        return Ok(());
    }
    let words = text.encode_utf16().chain([0]).take(room);
    let bytes: Vec<u8> = words.flat_map(u16::to_be_bytes).collect();
    let address = u64::from(address);
    if !machine.memory.is_writable(address, bytes.len() as u64) {
        return Err(Errno::EFAULT);
    }
    let written = machine.memory.space.write(address, &bytes);
    written.map_err(|_| Errno::EFAULT)
}

/// `cellOskDialogUnloadAsync(*result)`: what was entered; the keyboard is gone.
fn unload(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[0];
    if result == 0 {
        return Err(PARAMETER);
    }
    let dialog = opened(machine)?;
    let entered = dialog.entered.unwrap_or(Entered::Aborted);
    let (text, was_open) = (dialog.text.clone(), dialog.entered.is_none());
    store(machine, result, entered, &text)?;
    machine.system.text_dialog = None;
    let events = &mut machine.system.events;
    if was_open {
        events.send(SystemEvent::DrawingEnds);
    }
    events.send(SystemEvent::TextUnloaded);
    DONE
}

/// `cellOskDialogGetInputText(*result)`: of a keyboard that stays.
fn text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[0];
    if result == 0 {
        return Err(PARAMETER);
    }
    let dialog = opened(machine)?;
    let text = dialog.text.clone();
    let entered = if text.is_empty() {
        Entered::Nothing
    } else {
        Entered::Confirmed
    };
    store(machine, result, entered, &text)?;
    DONE
}

/// `cellOskDialogGetSize(*width, *height, type)`, halfwords: as emulators answer, which show
/// nothing either.
fn size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    /// The first type of keyboards that are in a window of their own.
    const SEPARATE: u32 = 4;
    let [width, height, kind, ..] = caller.arguments;
    if width == 0 || height == 0 {
        return Err(PARAMETER);
    }
    let wide = u16::from((kind as u32) < SEPARATE);
    machine.memory.put(width, &wide.to_be_bytes())?;
    machine.memory.put(height, &1_u16.to_be_bytes())?;
    DONE
}

/// `cellOskDialogSetSeparateWindowOption(*option)`: its first word says whether the keyboard
/// that is loaded next stays; the rest is about its looks.
fn set_window(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let option = caller.arguments[0];
    if option == 0 {
        return Err(PARAMETER);
    }
    let mode = machine.memory.word(option)?;
    if mode > 3 {
        return Err(PARAMETER);
    }
    machine.system.text_stays = mode != 0;
    DONE
}
