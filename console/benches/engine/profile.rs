//! What the SPUs spend their time on.

use console::spu::ThreadGroup;
use spu::driver::SpuEngine;
use spu::isa::channel::Channel;

/// The channels by which an SPU hears of the others and of the PPU.
const OTHERS: [Channel; 3] = [
    Channel::RD_SIG_NOTIFY_1,
    Channel::RD_SIG_NOTIFY_2,
    Channel::RD_IN_MBOX,
];

/// Cycles of an SPU, the mean of all.
#[derive(Clone, Copy, Default)]
pub struct Shares {
    all: f64,
    barriers: f64,
    transfers: f64,
}

impl Shares {
    /// What has been since the start.
    pub fn of(engine: &SpuEngine<ThreadGroup>) -> Self {
        let mut mean = Self::default();
        let spus = engine.layout().spus();
        let part = |cycles: u64| cycles as f64 / spus as f64;
        for spu in 0..spus {
            let one = engine.system().statistics(spu);
            let barriers = OTHERS.map(|channel| one.stalled[usize::from(channel.number())]);
            let barriers: u64 = barriers.into_iter().sum();
            mean.all += part(one.cycles);
            mean.barriers += part(barriers);
            mean.transfers += part(one.stalled_cycles() - barriers);
        }
        mean
    }

    /// What has been since an earlier time.
    pub fn since(self, before: &Self) -> Self {
        Self {
            all: self.all - before.all,
            barriers: self.barriers - before.barriers,
            transfers: self.transfers - before.transfers,
        }
    }

    /// The part in which an SPU waits for others.
    pub fn barriers(&self) -> f64 {
        self.barriers / self.all
    }

    /// The part in which it waits for its transfers longer than memory makes it: where memory takes
    /// `limit` cycles at the least, and there is less to compute, the difference is no stall but
    /// the limit itself.
    pub fn stalls(&self, limit: f64) -> f64 {
        let busy = self.all - self.barriers - self.transfers;
        let at_limit = (limit - busy).max(0.0);
        (self.transfers - at_limit).max(0.0) / self.all
    }
}
