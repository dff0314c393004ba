//! What the driver needs of the machine that the SPUs belong to.
//!
//! On a console this is LV2 (SPU thread groups, system calls 170 to 191), in the
//! preview the simulated SPUs. Addresses are effective addresses of 32 bits, as LV2
//! programs have them.

use alloc::string::String;
use core::fmt;

/// An event that an SPU thread sent to the PPU without asking for an acknowledgement.
///
/// The SPU writes `data1` to its outbound mailbox, then
/// `0x4000_0000 | port << 24 | data0` to its outbound interrupt mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Index of the SPU in its group, from 0.
    pub spu: usize,
    /// The event port, 0 to 63.
    pub port: u8,
    /// 24 bits of data.
    pub data0: u32,
    /// 32 bits of data.
    pub data1: u32,
}

/// Why the machine could not do what the driver asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemError {
    /// Main storage for `size` bytes is not to be had.
    OutOfMemory {
        /// Bytes asked for.
        size: usize,
    },
    /// An SPU stopped on a fault; the report names program counter, instruction and channel.
    Fault {
        /// Index of the SPU in its group.
        spu: usize,
        /// The machine's report.
        report: String,
    },
    /// All SPUs wait for something that nobody can send any more.
    Deadlock {
        /// What each SPU waits for.
        report: String,
    },
    /// The system refused a call.
    Refused {
        /// What was asked for and what the system answered.
        reason: String,
    },
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { size } => write!(f, "no memory left for {size} bytes"),
            Self::Fault { spu, report } => write!(f, "SPU {spu} stopped: {report}"),
            Self::Deadlock { report } => write!(f, "the SPUs wait for one another: {report}"),
            Self::Refused { reason } => write!(f, "the system refused: {reason}"),
        }
    }
}

impl core::error::Error for SystemError {}

/// One SPU thread group and the main storage that it shares with the PPU.
pub trait SpuSystem {
    /// How many SPUs a group may have here: 1 to 6.
    fn available(&self) -> usize;

    /// Allocates zeroed main storage of `size` bytes at a multiple of `align` (a power
    /// of two, at least 16) and returns its effective address.
    fn allocate(&mut self, size: usize, align: usize) -> Result<u32, SystemError>;

    /// Copies `bytes` to main storage at `address`.
    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), SystemError>;

    /// Copies main storage at `address` to `out`.
    fn read(&mut self, address: u32, out: &mut [u8]) -> Result<(), SystemError>;

    /// Loads the SPU ELF `image` into as many SPUs as there are `arguments` and starts
    /// them. Each argument is in the high doubleword of r3 to r6. Signal register 1 of each
    /// collects by OR, register 2 is overwritten (LV2 call 187 with bit 0 set).
    fn start(&mut self, image: &[u8], arguments: &[[u64; 4]]) -> Result<(), SystemError>;

    /// Writes the inbound mailbox of an SPU; it holds four words, and the newest is
    /// overwritten when it is full (LV2 call 190).
    fn write_mailbox(&mut self, spu: usize, value: u32) -> Result<(), SystemError>;

    /// Waits for the next event from any SPU of the group.
    fn wait_event(&mut self) -> Result<Event, SystemError>;

    /// Waits until every SPU has stopped (`stop 0x101` or `stop 0x102`).
    fn join(&mut self) -> Result<(), SystemError>;

    /// The machine's clock in nanoseconds: simulated time on a simulated machine.
    fn time_ns(&mut self) -> u64;
}
