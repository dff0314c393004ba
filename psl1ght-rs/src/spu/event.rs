//! What SPU threads send to an event queue.

use crate::sync::Event;

/// [`Event::source`] of all events of SPU threads.
pub const EVENT_SOURCE: u64 = 0xffff_ffff_5350_5501;

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

#[cfg(test)]
mod tests {
    use super::*;

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
