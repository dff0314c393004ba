//! The SPUs of LV2, as the engine's driver wants them.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use core::time::Duration;

use ::spu::driver::{Event, SpuSystem, SystemError};
use psl1ght_rs::memory::{Shared, user_memory};
use psl1ght_rs::spu::{Group, GroupBuilder, Image, MOST, SpuEvent, SpuException, initialize};
use psl1ght_rs::sync::EventQueue;
use psl1ght_rs::time::Instant;

use crate::report::note;

/// Events that may wait: a token has one.
const QUEUE: u32 = 32;
/// The port by which the SPUs' program sends events.
const PORT: u8 = ::spu::engine::program::EVENT_PORT;
/// Signal register 1 collects.
const SIGNAL_1_OR: u64 = 1;
/// How long a token may take. The largest model that fits into memory takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many SPUs this program has, of all that there may be.
pub fn reserve() -> Result<usize, SystemError> {
    // The system may keep some for itself, whatever it has promised.
    (1..=MOST)
        .rev()
        .find(|&spus| initialize(spus).is_ok())
        .ok_or_else(|| SystemError::Refused {
            reason: "there are no SPUs for this program".into(),
        })
}

/// A group of SPU threads and the memory that it works on.
#[derive(Debug)]
pub struct Lv2 {
    spus: usize,
    /// Ahead of the memory, so that it is gone before.
    group: Option<Group>,
    queue: EventQueue,
    /// Memory by its address.
    memory: BTreeMap<u32, Shared>,
    begun: Instant,
}

impl Lv2 {
    /// A system whose groups have up to `spus` threads, as [`reserve`] counted them.
    pub fn new(spus: usize) -> Result<Lv2, SystemError> {
        Ok(Lv2 {
            spus,
            group: None,
            queue: EventQueue::new(QUEUE).map_err(refused("an event queue"))?,
            memory: BTreeMap::new(),
            begun: Instant::now(),
        })
    }

    fn group(&self) -> Result<&Group, SystemError> {
        self.group.as_ref().ok_or_else(|| SystemError::Refused {
            reason: "no SPU thread group runs".into(),
        })
    }

    /// The memory that holds an address, and the address's place in it.
    fn find(&mut self, address: u32) -> Result<(&mut Shared, usize), SystemError> {
        let below = self.memory.range_mut(..=address).next_back();
        let (start, memory) = below.ok_or_else(|| SystemError::Refused {
            reason: format!("{address:#x} is no memory of the SPUs"),
        })?;
        Ok((memory, (address - start) as usize))
    }
}

impl SpuSystem for Lv2 {
    fn available(&self) -> usize {
        self.spus
    }

    fn allocate(&mut self, size: usize, align: usize) -> Result<u32, SystemError> {
        let memory =
            Shared::allocate(size, align).map_err(|_| SystemError::OutOfMemory { size })?;
        let address = memory.address();
        self.memory.insert(address, memory);
        Ok(address)
    }

    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), SystemError> {
        let (memory, offset) = self.find(address)?;
        let written = memory.write(offset, bytes);
        written.map_err(refused(&format!("{} bytes to {address:#x}", bytes.len())))
    }

    fn read(&mut self, address: u32, out: &mut [u8]) -> Result<(), SystemError> {
        let (memory, offset) = self.find(address)?;
        let size = out.len();
        let read = memory.read(offset, out);
        read.map_err(refused(&format!("{size} bytes from {address:#x}")))
    }

    fn start(&mut self, image: &[u8], arguments: &[[u64; 4]]) -> Result<(), SystemError> {
        let image = Image::from_elf(image).map_err(|error| SystemError::Refused {
            reason: format!("the SPU program: {error}"),
        })?;
        let builder = GroupBuilder {
            name: "engine",
            ..GroupBuilder::default()
        };
        let of_group = "an SPU thread group";
        let mut group = builder.build(image, arguments).map_err(refused(of_group))?;
        for index in 0..group.len() {
            let signals = group.configure_signals(index, SIGNAL_1_OR);
            signals.map_err(refused("the SPUs' signals"))?;
            let connected = group.connect(index, &self.queue, PORT);
            connected.map_err(refused("the SPUs' events"))?;
        }
        let connected = group.connect_exceptions(&self.queue);
        connected.map_err(refused("the SPUs' exceptions"))?;
        start_engine(&mut group).map_err(refused("the start of the SPUs"))?;
        self.group = Some(group);
        Ok(())
    }

    fn write_mailbox(&mut self, spu: usize, value: u32) -> Result<(), SystemError> {
        let written = self.group()?.write_mailbox(spu, value);
        written.map_err(refused("a word to an SPU"))
    }

    fn wait_event(&mut self) -> Result<Event, SystemError> {
        let group = self.group()?;
        let received = self.queue.receive(Some(PATIENCE));
        let event = received.map_err(refused("the wait for the SPUs"))?;
        let event = event.ok_or_else(|| SystemError::Deadlock {
            report: format!("no answer for {} seconds", PATIENCE.as_secs()),
        })?;
        let unknown = || SystemError::Refused {
            reason: format!("an event that nobody sends: {event:?}"),
        };
        if let Some(exception) = SpuException::from_event(event) {
            let spu = group.index_of(exception.thread).ok_or_else(unknown)?;
            let report = exception.to_string();
            return Err(SystemError::Fault { spu, report });
        }
        let event = SpuEvent::from_event(event).ok_or_else(unknown)?;
        let spu = group.index_of(event.thread).ok_or_else(unknown)?;
        Ok(Event {
            spu,
            port: event.port,
            data0: event.data0,
            data1: event.data1,
        })
    }

    fn join(&mut self) -> Result<(), SystemError> {
        if let Some(group) = &mut self.group {
            group.join().map_err(refused("the end of the SPUs"))?;
        }
        self.group = None;
        Ok(())
    }

    fn time_ns(&mut self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Drop for Lv2 {
    fn drop(&mut self) {
        let Some(group) = &mut self.group else {
            return;
        };
        // Only after a fault the group is still there: what has not stopped waits for what has.
        let ended = group.terminate(1).and_then(|()| group.join());
        if let Err(error) = ended {
            note(format_args!("the SPUs do not end: {error}"));
            // Memory that an SPU may still write belongs to nobody else.
            core::mem::forget(core::mem::take(&mut self.memory));
        }
    }
}

/// Starts a group that runs the engine's program.
#[allow(unsafe_code)]
fn start_engine(group: &mut Group) -> psl1ght_rs::Result<()> {
    // SAFETY: the engine's program touches what its parameters name: memory that this system has
    // allocated, to which there are no references, and which is freed after the group has ended.
    unsafe { group.start() }
}

/// An error of the system while `what` was wanted of it.
fn refused(what: &str) -> impl FnOnce(psl1ght_rs::Error) -> SystemError {
    move |error| SystemError::Refused {
        reason: format!("{what}: {error}"),
    }
}

/// What is left of the program's memory, in words.
pub fn memory_left() -> alloc::string::String {
    match user_memory() {
        Ok(memory) => format!(
            "{} of {} MB are free",
            memory.available >> 20,
            memory.total >> 20
        ),
        Err(error) => error.to_string(),
    }
}
