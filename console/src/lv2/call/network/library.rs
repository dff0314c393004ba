//! `sys_net`: the library over the sockets. Where the kernel's calls return an error's number,
//! negated, it returns -1 and notes the number where the thread can find it.

use std::net::Ipv4Addr;

use super::socket;
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::memory::Area;

const LIBRARY: &str = "sys_net";

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0x139a_9e9b,
        "sys_net_initialize_network_ex",
        1,
        done,
    ),
    library_function(LIBRARY, 0xb68d_5625, "sys_net_finalize_network", 0, done),
    library_function(LIBRARY, 0xfdb8_f926, "sys_net_free_thread_context", 2, done),
    library_function(
        LIBRARY,
        0x6005_cde1,
        "_sys_net_errno_loc",
        0,
        |machine, caller| Ok(Answer::Return(errors(machine, caller.thread)?)),
    ),
    library_function(
        LIBRARY,
        0xc915_7d30,
        "_sys_net_h_errno_loc",
        0,
        |machine, caller| Ok(Answer::Return(errors(machine, caller.thread)? + HOST_ERROR)),
    ),
    library_function(LIBRARY, 0x9c05_6962, "socket", 3, |machine, caller| {
        noted(machine, caller, socket::make)
    }),
    library_function(LIBRARY, 0x6db6_e8cd, "socketclose", 1, |machine, caller| {
        noted(machine, caller, socket::close)
    }),
    library_function(LIBRARY, 0xb0a5_9804, "bind", 3, |machine, caller| {
        noted(machine, caller, socket::bind)
    }),
    library_function(LIBRARY, 0x28e2_08bb, "listen", 2, |machine, caller| {
        noted(machine, caller, socket::any)
    }),
    library_function(LIBRARY, 0x64f6_6d35, "connect", 3, |machine, caller| {
        noted(machine, caller, socket::connect)
    }),
    library_function(LIBRARY, 0xc94f_6939, "accept", 3, |machine, caller| {
        // The fourth argument of those that receive is flags.
        caller.arguments[3] = 0;
        noted(machine, caller, socket::receive)
    }),
    library_function(LIBRARY, 0xfba0_4f37, "recv", 4, |machine, caller| {
        noted(machine, caller, socket::receive)
    }),
    library_function(LIBRARY, 0x1f95_3b9f, "recvfrom", 6, |machine, caller| {
        noted(machine, caller, socket::receive)
    }),
    library_function(LIBRARY, 0xdc75_1b40, "send", 4, |machine, caller| {
        noted(machine, caller, socket::send)
    }),
    library_function(LIBRARY, 0x9647_570b, "sendto", 6, |machine, caller| {
        noted(machine, caller, socket::send)
    }),
    library_function(LIBRARY, 0x88f0_3575, "setsockopt", 5, |machine, caller| {
        noted(machine, caller, socket::set_option)
    }),
    library_function(LIBRARY, 0xa507_77c6, "shutdown", 2, |machine, caller| {
        noted(machine, caller, socket::peer)
    }),
    library_function(LIBRARY, 0xf9ec_2db6, "getpeername", 3, |machine, caller| {
        noted(machine, caller, socket::peer)
    }),
    library_function(LIBRARY, 0x8af3_825e, "inet_pton", 3, to_address),
    library_function(LIBRARY, 0xc98a_3146, "inet_ntop", 4, to_text),
    library_function(LIBRARY, 0x71f4_c717, "gethostbyname", 1, no_host),
    library_function(LIBRARY, 0xf7ac_8941, "gethostbyaddr", 3, no_host),
];

/// `AF_INET`; errors `EAFNOSUPPORT` and `ENOSPC` of sockets (`net/errno.h`).
const INTERNET: u32 = 2;
const NO_FAMILY: u32 = 47;
const NO_SPACE: u32 = 28;
/// Longest text of an address.
const ADDRESS_TEXT: usize = 15;
/// Where the error about hosts is behind the other.
const HOST_ERROR: u64 = 4;
/// `TRY_AGAIN`: no server answered (`netdb.h`).
const TRY_AGAIN: u32 = 2;
const BYTES: u64 = 8;

fn done(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(0))
}

/// Where a thread's errors are in memory.
fn errors(machine: &mut Machine, thread: u64) -> Result<u64, Errno> {
    if let Some(address) = machine.network.errors.get(&thread) {
        return Ok(*address);
    }
    let address = machine.memory.allocate(&Area::HEAPS, BYTES)?;
    machine.network.errors.insert(thread, address);
    Ok(address)
}

/// A call of the kernel whose error is noted.
fn noted(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    call: fn(&mut Machine, &mut Caller<'_>) -> Result<Answer, Errno>,
) -> Result<Answer, Errno> {
    let answer = call(machine, caller)?;
    let Answer::Return(value) = answer else {
        return Ok(answer);
    };
    let Ok(error) = u32::try_from((value as i64).wrapping_neg()) else {
        return Ok(answer);
    };
    if error == 0 {
        return Ok(answer);
    }
    let to = errors(machine, caller.thread)?;
    machine.memory.put(to, &error.to_be_bytes())?;
    Ok(Answer::Return(-1_i64 as u64))
}

/// A family of addresses other than that of the Internet, version 4: -1, and the number of
/// that error is noted.
fn family(machine: &mut Machine, caller: &Caller<'_>) -> Result<bool, Errno> {
    if caller.arguments[0] as u32 == INTERNET {
        return Ok(true);
    }
    let to = errors(machine, caller.thread)?;
    machine.memory.put(to, &NO_FAMILY.to_be_bytes())?;
    Ok(false)
}

/// `inet_pton(family, *text, *address)`: 1, or 0 where the text is none of an address.
fn to_address(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if !family(machine, caller)? {
        return Ok(Answer::Return(-1_i64 as u64));
    }
    let [_, text, result, ..] = caller.arguments;
    let text = machine.memory.text(text, ADDRESS_TEXT);
    let text = text.ok().and_then(|text| String::from_utf8(text).ok());
    let address = text.and_then(|text| text.parse::<Ipv4Addr>().ok());
    let Some(address) = address else {
        return Ok(Answer::Return(0));
    };
    machine.memory.put(result, &address.octets())?;
    Ok(Answer::Return(1))
}

/// `inet_ntop(family, *address, *text, size)`: the text's address, or 0 where it does not fit.
fn to_text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if !family(machine, caller)? {
        return Ok(Answer::Return(0));
    }
    let [_, address, result, size, ..] = caller.arguments;
    let text = Ipv4Addr::from(machine.memory.word(address)?).to_string();
    if text.len() as u64 >= u64::from(size as u32) {
        let to = errors(machine, caller.thread)?;
        machine.memory.put(to, &NO_SPACE.to_be_bytes())?;
        return Ok(Answer::Return(0));
    }
    let mut bytes = text.into_bytes();
    bytes.push(0);
    machine.memory.put(result, &bytes)?;
    Ok(Answer::Return(result))
}

/// No host is found: 0.
fn no_host(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let to = errors(machine, caller.thread)? + HOST_ERROR;
    machine.memory.put(to, &TRY_AGAIN.to_be_bytes())?;
    Ok(Answer::Return(0))
}
