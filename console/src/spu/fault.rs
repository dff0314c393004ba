//! Why an SPU stopped that should not have.

use std::fmt;

use ::spu::isa::channel::Channel;

/// What an SPU did wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
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
