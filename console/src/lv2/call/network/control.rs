//! `cellNetCtl`: the connection's state. Errors: RPCS3 `cellNetCtl.h`, `cellNetCtl.cpp`.

use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "cellNetCtl";

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xbd5a_59fc, "cellNetCtlInit", 0, start),
    library_function(LIBRARY, 0x105e_e2cb, "cellNetCtlTerm", 0, end),
    library_function(LIBRARY, 0x8b3e_ba69, "cellNetCtlGetState", 1, state),
    library_function(LIBRARY, 0x1e58_5b5d, "cellNetCtlGetInfo", 2, information),
    library_function(LIBRARY, 0x3a12_865f, "cellNetCtlGetNatInfo", 1, nat),
    library_function(LIBRARY, 0x0ce1_3c6b, "cellNetCtlAddHandler", 3, add_handler),
    library_function(
        LIBRARY,
        0x9018_15c3,
        "cellNetCtlDelHandler",
        1,
        drop_handler,
    ),
];

/// `CELL_NET_CTL_ERROR_…`.
const NOT_STARTED: Errno = Errno(0x8013_0101);
const NOT_ENDED: Errno = Errno(0x8013_0102);
const TOO_MANY_HANDLERS: Errno = Errno(0x8013_0103);
const NO_SUCH_HANDLER: Errno = Errno(0x8013_0104);
const INVALID_HANDLER: Errno = Errno(0x8013_0105);
const INVALID_CODE: Errno = Errno(0x8013_0106);
const INVALID_ADDRESS: Errno = Errno(0x8013_0107);
const NOT_CONNECTED: Errno = Errno(0x8013_0108);
/// `CELL_NET_CTL_STATE_Disconnected`.
const DISCONNECTED: u32 = 0;
/// `CELL_NET_CTL_INFO_ETHER_ADDR`, and the last code.
const ETHERNET_ADDRESS: u32 = 2;
const LAST_CODE: u32 = 26;
/// An address of the kind that is given locally, and belongs to nobody.
const ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0, 1];

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn start(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    if std::mem::replace(&mut machine.network.controls, true) {
        return Err(NOT_ENDED);
    }
    DONE
}

fn end(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.network.controls = false;
    machine.network.handlers = [false; 4];
    DONE
}

/// A pointer for a result, once the library is started.
fn result(machine: &Machine, address: u64) -> Result<u64, Errno> {
    if !machine.network.controls {
        return Err(NOT_STARTED);
    }
    if address as u32 == 0 {
        return Err(INVALID_ADDRESS);
    }
    Ok(address)
}

/// `cellNetCtlGetState(*state)`.
fn state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let to = result(machine, caller.arguments[0])?;
    machine.memory.put(to, &DISCONNECTED.to_be_bytes())?;
    DONE
}

/// `cellNetCtlGetInfo(code, *information)`: without a connection there is the address of the
/// console alone.
fn information(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let to = result(machine, caller.arguments[1])?;
    match caller.arguments[0] as u32 {
        ETHERNET_ADDRESS => machine.memory.put(to, &ADDRESS)?,
        1..=LAST_CODE => return Err(NOT_CONNECTED),
        _ => return Err(INVALID_CODE),
    }
    DONE
}

fn nat(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    result(machine, caller.arguments[0])?;
    Err(NOT_CONNECTED)
}

/// `cellNetCtlAddHandler(function, user, *number)`: nothing ever changes.
fn add_handler(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let to = result(machine, caller.arguments[2])?;
    let mut handlers = machine.network.handlers.iter();
    let free = handlers.position(|taken| !taken).ok_or(TOO_MANY_HANDLERS)?;
    machine.memory.put(to, &(free as u32).to_be_bytes())?;
    machine.network.handlers[free] = true;
    DONE
}

/// `cellNetCtlDelHandler(number)`.
fn drop_handler(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if !machine.network.controls {
        return Err(NOT_STARTED);
    }
    let number = caller.arguments[0] as u32 as usize;
    let handler = machine.network.handlers.get_mut(number);
    let handler = handler.ok_or(INVALID_HANDLER)?;
    if !std::mem::replace(handler, false) {
        return Err(NO_SUCH_HANDLER);
    }
    DONE
}
