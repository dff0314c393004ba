//! What SPU threads send to an event queue, and what the system sends about them.

use core::fmt;

use crate::sync::Event;

/// [`Event::source`] of all events that SPU threads send.
pub const EVENT_SOURCE: u64 = 0xffff_ffff_5350_5501;
/// [`Event::source`] of what the system says of SPU threads that failed.
pub const EXCEPTION_SOURCE: u64 = 0xffff_ffff_5350_5503;

/// An event that an SPU sent: `data1` to its outbound mailbox, then
/// `0x40000000 | port << 24 | data0` to its outbound interrupt mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpuEvent {
    /// The SPU thread's number.
    pub thread: u32,
    /// The port, 0 to 63.
    pub port: u8,
    /// 24 bits of data.
    pub data0: u32,
    /// 32 bits of data.
    pub data1: u32,
}

impl SpuEvent {
    /// Reads an event; `None` if it is of another source.
    pub fn from_event(event: Event) -> Option<Self> {
        let [thread, port_and_data, data1] = event.data;
        (event.source == EVENT_SOURCE).then_some(Self {
            thread: thread as u32,
            port: (port_and_data >> 32) as u8,
            data0: port_and_data as u32,
            data1: data1 as u32,
        })
    }
}

/// An SPU thread did what it may not. Not tried yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpuException {
    /// The group's number.
    pub group: u32,
    /// The SPU thread's number.
    pub thread: u32,
    /// Local-store address of the instruction after the one at fault.
    pub next: u32,
    /// What it did.
    pub cause: Cause,
    /// The address that a DMA wanted, where the cause is one of memory.
    pub address: u64,
}

/// Causes of an exception, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause(pub u32);

const CAUSES: [(u32, &str); 12] = [
    (0x1, "misaligned DMA"),
    (0x2, "invalid DMA command"),
    (0x4, "error of the SPU, such as an invalid instruction"),
    (0x8, "fault isolation of the memory flow controller"),
    (0x10, "DMA outside of any segment"),
    (0x20, "DMA outside of the program's memory"),
    (0x100, "stop with a signal that is no system call"),
    (0x200, "breakpoint"),
    (0x400, "halt"),
    (0x800, "unknown signal"),
    (0x1000, "lost context"),
    (0x2000, "memory access trap"),
];

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found = false;
        for (_, name) in CAUSES.iter().filter(|(bit, _)| self.0 & bit != 0) {
            f.write_str(if found { ", " } else { "" })?;
            f.write_str(name)?;
            found = true;
        }
        if found {
            Ok(())
        } else {
            write!(f, "cause {:#x}", self.0)
        }
    }
}

impl fmt::Display for SpuException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ahead of {:#07x}", self.cause, self.next)?;
        if self.address == 0 {
            Ok(())
        } else {
            write!(f, ", address {:#x}", self.address)
        }
    }
}

impl SpuException {
    /// Reads an event; `None` if it is about something else.
    pub fn from_event(event: Event) -> Option<Self> {
        let [who, what, address] = event.data;
        (event.source == EXCEPTION_SOURCE).then_some(Self {
            group: (who >> 32) as u32,
            thread: who as u32,
            next: (what >> 32) as u32,
            cause: Cause(what as u32),
            address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn exceptions_say_what_happened() {
        let event = Event {
            source: EXCEPTION_SOURCE,
            data: [0x0400_0100_0200_0003, 0x0000_1a24_0000_0020, 0x1234_5678],
        };
        let exception = SpuException::from_event(event).expect("an exception");
        assert_eq!(
            (exception.group, exception.thread),
            (0x0400_0100, 0x0200_0003)
        );
        assert_eq!(
            exception.to_string(),
            "DMA outside of the program's memory ahead of 0x01a24, address 0x12345678"
        );
        assert_eq!(Cause(0x401).to_string(), "misaligned DMA, halt");
        assert_eq!(Cause(0).to_string(), "cause 0x0");
        assert_eq!(SpuEvent::from_event(event), None);
    }

    #[test]
    fn events_of_spus_are_told_from_others() {
        let data = [0x0200_0001, 5 << 32 | 0xab_cdef, 0xffff_ffff_8000_0000];
        let event = SpuEvent::from_event(Event {
            source: EVENT_SOURCE,
            data,
        });
        let expected = SpuEvent {
            thread: 0x0200_0001,
            port: 5,
            data0: 0xab_cdef,
            data1: 0x8000_0000,
        };
        assert_eq!(event, Some(expected));
        assert_eq!(SpuEvent::from_event(Event { source: 1, data }), None);
    }
}
