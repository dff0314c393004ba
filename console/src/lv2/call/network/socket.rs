//! Sockets: they are made and named, and what is sent finds no way. Numbers and errors: RPCS3
//! `sys_net.h`; a call that fails returns the error's number, negated.

use std::collections::BTreeMap;

use crate::lv2::call::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::thread::Wait;

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(700, "sys_net_bnet_accept", 3, receive),
    system_call(701, "sys_net_bnet_bind", 3, bind),
    system_call(702, "sys_net_bnet_connect", 3, connect),
    system_call(703, "sys_net_bnet_getpeername", 3, peer),
    system_call(706, "sys_net_bnet_listen", 2, any),
    system_call(707, "sys_net_bnet_recvfrom", 6, receive),
    system_call(708, "sys_net_bnet_recvmsg", 3, receive),
    system_call(709, "sys_net_bnet_sendmsg", 3, send),
    system_call(710, "sys_net_bnet_sendto", 6, send),
    system_call(711, "sys_net_bnet_setsockopt", 5, set_option),
    system_call(712, "sys_net_bnet_shutdown", 2, peer),
    system_call(713, "sys_net_bnet_socket", 3, make),
    system_call(714, "sys_net_bnet_close", 1, close),
];

/// `SYS_NET_E…`.
const BAD_NUMBER: u16 = 9;
const TOO_MANY: u16 = 24;
const WOULD_BLOCK: u16 = 35;
const NO_SUCH_TYPE: u16 = 43;
const NO_SUCH_FAMILY: u16 = 47;
const UNREACHABLE: u16 = 51;
const NOT_CONNECTED: u16 = 57;

/// `AF_INET`; the types: streams, datagrams, raw packets.
const INTERNET: u64 = 2;
const TYPES: std::ops::RangeInclusive<u64> = 1..=3;
/// `SOL_SOCKET` and `SO_NBIO`: calls do not wait.
const OF_SOCKETS: u64 = 0xffff;
const NO_WAITING: u64 = 0x1100;
/// `MSG_DONTWAIT`.
const DO_NOT_WAIT: u64 = 0x80;
/// Sockets that there can be.
const NUMBERS: std::ops::Range<u64> = 24..152;

/// A socket: whether calls wait.
struct Socket {
    waits: bool,
}

/// All sockets by number.
#[derive(Default)]
pub(super) struct Sockets(BTreeMap<u64, Socket>);

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

/// The answer of a call that fails: numbers of errors are small.
pub(super) fn failed(error: u16) -> Result<Answer, Errno> {
    Ok(Answer::Return(i64::from(error).wrapping_neg() as u64))
}

fn find<'a>(machine: &'a mut Machine, caller: &Caller<'_>) -> Option<&'a mut Socket> {
    let number = caller.arguments[0] as u32;
    machine.network.sockets.0.get_mut(&number.into())
}

/// `sys_net_bnet_socket(family, type, protocol)`: its number.
pub(super) fn make(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [family, kind, ..] = caller.arguments.map(|argument| argument & 0xffff_ffff);
    if family != INTERNET {
        return failed(NO_SUCH_FAMILY);
    }
    if !TYPES.contains(&kind) {
        return failed(NO_SUCH_TYPE);
    }
    let sockets = &mut machine.network.sockets.0;
    let Some(number) = NUMBERS
        .into_iter()
        .find(|number| !sockets.contains_key(number))
    else {
        return failed(TOO_MANY);
    };
    sockets.insert(number, Socket { waits: true });
    Ok(Answer::Return(number))
}

pub(super) fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    match machine.network.sockets.0.remove(&number.into()) {
        Some(_) => DONE,
        None => failed(BAD_NUMBER),
    }
}

/// A call that changes what is of no use without a network.
pub(super) fn any(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    match find(machine, caller) {
        Some(_) => DONE,
        None => failed(BAD_NUMBER),
    }
}

pub(super) fn bind(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    any(machine, caller)
}

/// There is no way to anybody.
pub(super) fn connect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    match find(machine, caller) {
        Some(_) => failed(UNREACHABLE),
        None => failed(BAD_NUMBER),
    }
}

pub(super) fn send(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    connect(machine, caller)
}

/// What needs somebody at the other end.
pub(super) fn peer(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    match find(machine, caller) {
        Some(_) => failed(NOT_CONNECTED),
        None => failed(BAD_NUMBER),
    }
}

/// Nothing ever comes: the call waits for it, or does not.
pub(super) fn receive(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let flags = caller.arguments[3];
    match find(machine, caller) {
        None => failed(BAD_NUMBER),
        Some(socket) if socket.waits && flags & DO_NOT_WAIT == 0 => {
            Ok(Answer::Wait(Wait::Other("something from the network")))
        }
        Some(_) => failed(WOULD_BLOCK),
    }
}

/// `sys_net_bnet_setsockopt(socket, level, option, *value, size)`.
pub(super) fn set_option(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, level, option, value, ..] = caller.arguments.map(|value| value & 0xffff_ffff);
    let is_waiting = level == OF_SOCKETS && option == NO_WAITING;
    let value = if is_waiting {
        machine.memory.word(value)?
    } else {
        0
    };
    match find(machine, caller) {
        Some(socket) => {
            if is_waiting {
                socket.waits = value == 0;
            }
            DONE
        }
        None => failed(BAD_NUMBER),
    }
}
