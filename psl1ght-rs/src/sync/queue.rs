//! Event queues, and ports that feed them from this program. SPUs feed them, too: [`crate::spu`].

use core::time::Duration;

use crate::sys::number;
use crate::sys::sync::{FIFO, PORT_LOCAL, QUEUE_DESTROY_FORCE, QUEUE_PPU, QueueAttribute};
use crate::syscall::address;
use crate::{Error, Result, syscall, syscall_all, time};

/// An event as the system delivers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who sent it: for SPUs [`crate::spu::EVENT_SOURCE`], for ports the port's name.
    pub source: u64,
    /// Three words whose meaning is the sender's.
    pub data: [u64; 3],
}

/// A queue of events for PPU threads, served in the order in which they came. Tried.
#[derive(Debug)]
pub struct EventQueue {
    id: u32,
}

impl EventQueue {
    /// Makes a queue for 1 to 127 events.
    ///
    /// # Errors
    /// `EINVAL` for another size, or what the system returned.
    pub fn new(size: u32) -> Result<Self> {
        if !(1..=127).contains(&size) {
            return Err(Error::EINVAL);
        }
        let attribute = QueueAttribute {
            protocol: FIFO,
            kind: QUEUE_PPU,
            name: [0; 8],
        };
        let mut id = 0u32;
        // SAFETY: the call reads the attribute and writes one word.
        unsafe {
            syscall(
                number::EVENT_QUEUE_CREATE,
                [
                    address(&raw mut id),
                    address(&raw const attribute),
                    0,
                    size.into(),
                ],
            )?;
        }
        Ok(Self { id })
    }

    /// The queue with the kernel's number, which a system library has made for this program.
    pub(crate) fn from_id(id: u32) -> Self {
        Self { id }
    }

    /// Waits for the next event; `None` if there was none within the time.
    ///
    /// # Errors
    /// `ECANCELED` if the queue went away, or what the system returned.
    pub fn receive(&self, limit: Option<Duration>) -> Result<Option<Event>> {
        let arguments = [self.id.into(), 0, time::limit(limit)];
        // SAFETY: the event comes back in registers; no memory is touched.
        let [result, source, a, b, c] =
            unsafe { syscall_all(number::EVENT_QUEUE_RECEIVE, arguments) };
        match Error::check(result as u32) {
            Ok(()) => Ok(Some(Event {
                source,
                data: [a, b, c],
            })),
            Err(Error::ETIMEDOUT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The kernel's number, for calls that connect senders.
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl Drop for EventQueue {
    fn drop(&mut self) {
        // SAFETY: the queue is this value's.
        unsafe {
            let _ = syscall(
                number::EVENT_QUEUE_DESTROY,
                [self.id.into(), QUEUE_DESTROY_FORCE],
            );
        }
    }
}

/// A port that sends events of this program to a queue.
#[derive(Debug)]
pub struct EventPort<'a> {
    id: u32,
    _queue: &'a EventQueue,
}

impl<'a> EventPort<'a> {
    /// Makes a port that feeds `queue`; `name` is the events' [`Event::source`].
    ///
    /// # Errors
    /// What the system returned.
    pub fn new(queue: &'a EventQueue, name: u64) -> Result<Self> {
        let mut id = 0u32;
        // SAFETY: the call writes one word.
        unsafe {
            syscall(
                number::EVENT_PORT_CREATE,
                [address(&raw mut id), PORT_LOCAL, name],
            )?;
        }
        let port = Self { id, _queue: queue };
        // SAFETY: both exist; should this fail, the drop of `port` destroys it.
        unsafe {
            syscall(
                number::EVENT_PORT_CONNECT_LOCAL,
                [id.into(), queue.id.into()],
            )?
        };
        Ok(port)
    }

    /// Sends an event.
    ///
    /// # Errors
    /// `EBUSY` when the queue is full.
    pub fn send(&self, data: [u64; 3]) -> Result<()> {
        // SAFETY: the port exists as long as `self` does.
        unsafe {
            syscall(
                number::EVENT_PORT_SEND,
                [self.id.into(), data[0], data[1], data[2]],
            )
        }
    }
}

impl Drop for EventPort<'_> {
    fn drop(&mut self) {
        // SAFETY: the port is this value's; it may be unconnected, which is an error without effect.
        unsafe {
            let _ = syscall(number::EVENT_PORT_DISCONNECT, [self.id.into()]);
            let _ = syscall(number::EVENT_PORT_DESTROY, [self.id.into()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_before_the_system_is_asked() {
        assert_eq!(EventQueue::new(0).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(EventQueue::new(128).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(EventQueue::new(64).map(|_| ()), Err(Error::ENOSYS));
    }
}
