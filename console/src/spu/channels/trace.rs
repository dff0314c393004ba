//! What an SPU's program does with its channels, one by one, for people.

use std::fmt;

use ::spu::isa::channel::Channel;

use crate::spu::mfc::{Command, Kind};

/// A channel that an SPU read or wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    /// Number of the SPU in its cluster.
    pub spu: usize,
    /// The SPU's cycle.
    pub cycle: u64,
    /// The channel.
    pub channel: Channel,
    /// Whether it was written.
    pub write: bool,
    /// The word that was read or written.
    pub value: u32,
    /// The MFC command that the write has put into the queue, with its parameters.
    pub command: Option<String>,
}

impl fmt::Display for ChannelAccess {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.write { "wrch" } else { "rdch" };
        write!(to, "cycle {}: SPU {}: {direction} ", self.cycle, self.spu)?;
        match self.channel.name() {
            Some(name) => to.write_str(name)?,
            None => write!(to, "channel {}", self.channel.number())?,
        }
        write!(to, " {:#010x}", self.value)?;
        match &self.command {
            Some(command) => write!(to, ": {command}"),
            None => Ok(()),
        }
    }
}

/// The accesses of one SPU, while somebody wants to know them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Option<Vec<ChannelAccess>>);

impl Trace {
    /// Begins or ends to note.
    pub(crate) fn set(&mut self, on: bool) {
        match on {
            true => _ = self.0.get_or_insert_default(),
            false => self.0 = None,
        }
    }

    /// Notes an access; `command` is what it put into the MFC's queue.
    pub(crate) fn note(
        &mut self,
        channel: Channel,
        write: bool,
        value: u32,
        cycle: u64,
        command: Option<&Command>,
    ) {
        if let Some(accesses) = &mut self.0 {
            accesses.push(ChannelAccess {
                spu: 0,
                cycle,
                channel,
                write,
                value,
                command: command.map(describe),
            });
        }
    }

    /// Takes what was noted, by this SPU.
    pub(crate) fn take(&mut self, spu: usize) -> impl Iterator<Item = ChannelAccess> {
        let accesses = self.0.as_mut().map(std::mem::take).unwrap_or_default();
        accesses
            .into_iter()
            .map(move |access| ChannelAccess { spu, ..access })
    }
}

/// A command with the parameters that it has.
pub(crate) fn describe(command: &Command) -> String {
    let Command {
        name,
        lsa,
        ea,
        size,
        tag,
        ..
    } = command;
    match command.kind {
        Kind::PutList | Kind::GetList => format!(
            "{name} local store {lsa:#07x}, list of {size:#x} bytes at {:#07x}, tag {tag}",
            *ea as u32
        ),
        Kind::Barrier | Kind::Synchronise => format!("{name} tag {tag}"),
        Kind::GetReserve | Kind::PutConditional | Kind::PutUnconditional => {
            format!("{name} local store {lsa:#07x}, main storage {ea:#010x}")
        }
        _ => format!(
            "{name} local store {lsa:#07x}, main storage {ea:#010x}, {size:#x} bytes, tag {tag}"
        ),
    }
}
