//! A group of SPU threads that run at the same time.

use alloc::vec::Vec;

use super::{Image, MOST};
use crate::sync::EventQueue;
use crate::sys::number;
use crate::sys::spu::{EVENT_USER, GROUP_EVENT_EXCEPTION, GroupAttribute, ThreadAttribute};
use crate::syscall::{address, address32};
use crate::{Error, Result, syscall};

/// Why the threads of a group have stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinCause {
    /// An SPU ended the group (`stop 0x101`).
    GroupExit {
        /// The word in that SPU's outbound mailbox.
        status: i32,
    },
    /// Every thread ended by itself (`stop 0x102`).
    AllThreadsExit,
    /// The PPU ended the group.
    Terminated {
        /// The status it gave.
        status: i32,
    },
    /// Something else.
    Other {
        /// The system's number for it.
        cause: u32,
    },
}

/// How a group is made.
#[derive(Clone, Copy, Debug)]
pub struct GroupBuilder<'a> {
    /// Name for the debugger, at most 127 bytes.
    pub name: &'a str,
    /// 16 is the highest priority, 255 the lowest.
    pub priority: u32,
}

impl Default for GroupBuilder<'_> {
    /// Priority 100.
    fn default() -> Self {
        Self {
            name: "spus",
            priority: 100,
        }
    }
}

impl GroupBuilder<'_> {
    /// Makes a group with one SPU thread for each set of arguments, all running `image`. An SPU finds
    /// its four arguments in r3 to r6, each in the high doubleword.
    ///
    /// # Errors
    /// `EINVAL` for no thread or more than six or for a priority outside of 16 to 255, `EAGAIN` or
    /// `EBUSY` when the system has not that many SPUs, or what it returned.
    pub fn build(self, image: Image, arguments: &[[u64; 4]]) -> Result<Group> {
        let threads = arguments.len();
        if !(1..=MOST).contains(&threads) || !(16..=255).contains(&self.priority) {
            return Err(Error::EINVAL);
        }
        let mut name: Vec<u8> = self
            .name
            .bytes()
            .take(127)
            .filter(|byte| *byte != 0)
            .collect();
        name.push(0);
        let (name, name_size) = (address32(name.as_ptr()), name.len() as u32);
        let attribute = GroupAttribute {
            name_size,
            name,
            kind: 0,
            container: 0,
        };
        let mut id = 0u32;
        // SAFETY: the call reads attribute and name and writes one word.
        unsafe {
            syscall(
                number::SPU_THREAD_GROUP_CREATE,
                [
                    address(&raw mut id),
                    threads as u64,
                    self.priority.into(),
                    address(&raw const attribute),
                ],
            )?;
        }
        let mut group = Group {
            id,
            threads: Vec::with_capacity(threads),
            image,
            started: false,
        };
        let attribute = ThreadAttribute {
            name,
            name_size,
            option: 0,
        };
        for (index, arguments) in arguments.iter().enumerate() {
            let described = group.image.describe();
            let mut thread = 0u32;
            // SAFETY: the call reads image, attribute, name and arguments and writes one word. The
            // image's segments live as long as the group, which the kernel reads them for.
            unsafe {
                syscall(
                    number::SPU_THREAD_INITIALIZE,
                    [
                        address(&raw mut thread),
                        id.into(),
                        index as u64,
                        address(&raw const described),
                        address(&raw const attribute),
                        address(arguments.as_ptr()),
                    ],
                )?;
            }
            group.threads.push(thread);
        }
        Ok(group)
    }
}

/// A group of SPU threads. Dropped after a join, or before its start, it is destroyed; dropped while
/// its threads run, it is left to them, for ending it by force may hang.
///
/// The addresses that the SPUs got as arguments are theirs to read and write as they please: what
/// lies there must be memory that nothing else uses in the meantime.
#[derive(Debug)]
pub struct Group {
    id: u32,
    threads: Vec<u32>,
    image: Image,
    started: bool,
}

impl Group {
    /// Number of threads.
    pub fn len(&self) -> usize {
        self.threads.len()
    }

    /// Never: a group has at least one thread.
    pub fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// The index in the group of a thread's number, as events bring it.
    pub fn index_of(&self, thread: u32) -> Option<usize> {
        self.threads.iter().position(|own| *own == thread)
    }

    /// Loads the image into all SPUs and starts them; again after a join, if wanted.
    ///
    /// # Errors
    /// `ESTAT` if it runs, or what the system returned.
    ///
    /// # Safety
    /// The SPUs' program must touch only memory that this program does not use otherwise while it runs.
    pub unsafe fn start(&mut self) -> Result<()> {
        // SAFETY: the caller's promise.
        unsafe { syscall(number::SPU_THREAD_GROUP_START, [self.id.into()])? };
        self.started = true;
        Ok(())
    }

    /// Waits until all threads have stopped.
    ///
    /// # Errors
    /// `ESTAT` if it does not run, or what the system returned.
    pub fn join(&mut self) -> Result<JoinCause> {
        let (mut cause, mut status) = (0u32, 0i32);
        let arguments = [
            self.id.into(),
            address(&raw mut cause),
            address(&raw mut status),
        ];
        // SAFETY: the call writes two words.
        unsafe { syscall(number::SPU_THREAD_GROUP_JOIN, arguments)? };
        self.started = false;
        Ok(match cause {
            1 => JoinCause::GroupExit { status },
            2 => JoinCause::AllThreadsExit,
            4 => JoinCause::Terminated { status },
            cause => JoinCause::Other { cause },
        })
    }

    /// Ends all threads from outside; [`join`](Self::join) must follow. Not tried, and an emulator
    /// hangs here when an SPU waits in a channel: a command that makes the SPUs end is better.
    ///
    /// # Errors
    /// What the system returned.
    pub fn terminate(&mut self, status: i32) -> Result<()> {
        let arguments = [self.id.into(), u64::from(status as u32)];
        // SAFETY: the threads stop; what they had begun to write stays as it is.
        unsafe { syscall(number::SPU_THREAD_GROUP_TERMINATE, arguments) }
    }

    /// What a thread left in its outbound mailbox when it ended.
    ///
    /// # Errors
    /// `ESTAT` while it runs; `EINVAL` for an index that the group does not have.
    pub fn exit_status(&self, index: usize) -> Result<i32> {
        let mut status = 0i32;
        let arguments = [self.thread(index)?, address(&raw mut status)];
        // SAFETY: the call writes one word.
        unsafe { syscall(number::SPU_THREAD_GET_EXIT_STATUS, arguments)? };
        Ok(status)
    }

    /// Writes a thread's inbound mailbox. It holds four words; when it is full the newest is
    /// overwritten, and nobody waits.
    ///
    /// # Errors
    /// `ESTAT` if it does not run; `EINVAL` for an index that the group does not have.
    pub fn write_mailbox(&self, index: usize, value: u32) -> Result<()> {
        let arguments = [self.thread(index)?, value.into()];
        // SAFETY: a word to an SPU; what its program does with it was promised at the start.
        unsafe { syscall(number::SPU_THREAD_WRITE_SPU_MB, arguments) }
    }

    /// Writes signal register 1 or 2 of a thread.
    ///
    /// # Errors
    /// `EINVAL` for another register or an index that the group does not have.
    pub fn write_signal(&self, index: usize, register: u32, value: u32) -> Result<()> {
        if !(1..=2).contains(&register) {
            return Err(Error::EINVAL);
        }
        let arguments = [self.thread(index)?, (register - 1).into(), value.into()];
        // SAFETY: as `write_mailbox`.
        unsafe { syscall(number::SPU_THREAD_WRITE_SNR, arguments) }
    }

    /// Sets how a thread's signal registers take values: bit 0 for register 1, bit 1 for register 2;
    /// set means OR, clear means overwrite.
    ///
    /// # Errors
    /// `EINVAL` for an index that the group does not have, or what the system returned.
    pub fn configure_signals(&self, index: usize, or_bits: u64) -> Result<()> {
        let arguments = [self.thread(index)?, or_bits];
        // SAFETY: changes the SPU's configuration alone.
        unsafe { syscall(number::SPU_THREAD_SET_SPU_CFG, arguments) }
    }

    /// Connects an event port, 0 to 63, of one thread to a queue, which has to outlive the group.
    ///
    /// # Errors
    /// `EISCONN` if the port is connected, or what the system returned.
    pub fn connect(&self, index: usize, queue: &EventQueue, port: u8) -> Result<()> {
        let arguments = [
            self.thread(index)?,
            queue.id().into(),
            EVENT_USER,
            port.into(),
        ];
        // SAFETY: connects two objects of the kernel.
        unsafe { syscall(number::SPU_THREAD_CONNECT_EVENT, arguments) }
    }

    /// Connects one port of all threads to a queue: the lowest free one of those in `ports`, whose
    /// number is returned.
    ///
    /// # Errors
    /// `EISCONN` if none is free, or what the system returned.
    pub fn connect_all(&self, queue: &EventQueue, ports: u64) -> Result<u8> {
        let mut port = 0u8;
        let arguments = [
            self.id.into(),
            queue.id().into(),
            ports,
            address(&raw mut port),
        ];
        // SAFETY: the call writes one byte.
        unsafe {
            syscall(
                number::SPU_THREAD_GROUP_CONNECT_EVENT_ALL_THREADS,
                arguments,
            )?
        };
        Ok(port)
    }

    /// Has the system send a [`SpuException`](super::SpuException) to a queue, which has to outlive
    /// the group, when a thread of the group does what it may not. Otherwise the system ends the
    /// whole program then. Not tried.
    ///
    /// # Errors
    /// `EBUSY` if a queue is connected, or what the system returned.
    pub fn connect_exceptions(&self, queue: &EventQueue) -> Result<()> {
        let arguments = [self.id.into(), queue.id().into(), GROUP_EVENT_EXCEPTION];
        // SAFETY: connects two objects of the kernel.
        unsafe { syscall(number::SPU_THREAD_GROUP_CONNECT_EVENT, arguments) }
    }

    /// Reads 1, 2, 4 or 8 bytes of a thread's local store at a multiple of that.
    ///
    /// # Errors
    /// `EINVAL` for another size, address or index; `ESTAT` if it does not run.
    pub fn read_local(&self, index: usize, local: u32, size: u32) -> Result<u64> {
        let mut value = 0u64;
        let arguments = [
            self.thread(index)?,
            local.into(),
            address(&raw mut value),
            size.into(),
        ];
        // SAFETY: the call writes one word of 64 bits.
        unsafe { syscall(number::SPU_THREAD_READ_LS, arguments)? };
        Ok(value)
    }

    fn thread(&self, index: usize) -> Result<u64> {
        self.threads
            .get(index)
            .map(|thread| (*thread).into())
            .ok_or(Error::EINVAL)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.started {
            // SAFETY: no thread of the group runs.
            unsafe {
                let _ = syscall(number::SPU_THREAD_GROUP_DESTROY, [self.id.into()]);
            }
        }
    }
}
