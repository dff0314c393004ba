//! What an SPU did, in numbers.

use ::spu::isa::channel::Channel;

/// Channels that have a stall counter.
const CHANNELS: usize = 32;

/// Counters of one SPU since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Instructions executed.
    pub instructions: u64,
    /// Branches that went where no hint said, and interrupts.
    pub branch_misses: u64,
    /// Its clock, in cycles: instructions and waiting.
    pub cycles: u64,
    /// MFC commands carried out.
    pub commands: u64,
    /// Bytes that its DMA got from main storage.
    pub bytes_from_memory: u64,
    /// Bytes that its DMA put to main storage.
    pub bytes_to_memory: u64,
    /// Bytes that its DMA got from other local stores.
    pub bytes_from_spus: u64,
    /// Bytes that its DMA put to other local stores.
    pub bytes_to_spus: u64,
    /// Signals sent.
    pub signals: u64,
    /// Cycles spent waiting for each channel, by its number.
    pub stalled: [u64; CHANNELS],
}

impl Statistics {
    /// Cycles spent waiting for channels, all together.
    #[must_use]
    pub fn stalled_cycles(&self) -> u64 {
        self.stalled.iter().sum()
    }

    /// Cycles spent waiting for others: for signals and mailboxes.
    #[must_use]
    pub fn barrier_cycles(&self) -> u64 {
        let channels = [
            Channel::RD_SIG_NOTIFY_1,
            Channel::RD_SIG_NOTIFY_2,
            Channel::RD_IN_MBOX,
            Channel::WR_OUT_MBOX,
            Channel::WR_OUT_INTR_MBOX,
        ];
        let cycles = channels.map(|channel| self.stalled[usize::from(channel.number())]);
        cycles.into_iter().sum()
    }

    /// Cycles spent waiting for its own transfers (tags, a full queue, atomic commands) and
    /// for anything else but others.
    #[must_use]
    pub fn transfer_cycles(&self) -> u64 {
        self.stalled_cycles() - self.barrier_cycles()
    }

    pub(crate) fn stall(&mut self, channel: u8, cycles: u64) {
        if let Some(counter) = self.stalled.get_mut(usize::from(channel)) {
            *counter += cycles;
        }
    }
}
