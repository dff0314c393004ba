//! Why an SPU stopped that should not have.

use std::fmt;

use ::spu::isa::channel::Channel;

/// Which interrupt of the hardware a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The SPU's error: no instruction, no channel, or a value that a channel does not take.
    Spu,
    /// A halt instruction whose condition holds.
    Halt,
    /// A word that is no MFC command.
    DmaCommand,
    /// Size or alignment of a transfer.
    DmaAlignment,
    /// No segment at an effective address.
    Segment(u64),
    /// No page at an effective address, or one that may not be accessed so.
    Storage(u64),
    /// A call of the kernel that there is not, or that lacks what it needs: for software.
    Call,
    /// A `stop` whose type means nothing to the system: for software.
    Stop(u16),
}

impl FaultKind {
    pub(crate) fn because(self, reason: impl Into<String>) -> Refusal {
        let reason = reason.into();
        Refusal { kind: self, reason }
    }
}

/// A fault without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: FaultKind,
    pub(crate) reason: String,
}

impl Refusal {
    /// The same with more about the place.
    pub(crate) fn within(self, place: impl fmt::Display) -> Self {
        let reason = format!("{place}: {}", self.reason);
        Self { reason, ..self }
    }
}

/// What an SPU did wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which interrupt it is.
    pub kind: FaultKind,
    /// Address of the instruction in local store. For a DMA command that failed when it
    /// was carried out, the instruction that wrote the command.
    pub pc: u32,
    /// The instruction, disassembled.
    pub instruction: String,
    /// The channel, where one has to do with it.
    pub channel: Option<Channel>,
    /// What is wrong.
    pub reason: String,
}

/// A channel as the documents name it.
pub(crate) fn channel_name(channel: Channel) -> String {
    match channel.name() {
        Some(name) => format!("channel {} ({name})", channel.number()),
        None => format!("channel {}", channel.number()),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The disassembler separates with tabs; a report is one line of text.
        let instruction = self.instruction.replace('\t', " ");
        write!(f, "at {:#07x}: {instruction}: ", self.pc)?;
        if let Some(channel) = self.channel {
            write!(f, "{}: ", channel_name(channel))?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Fault {}
