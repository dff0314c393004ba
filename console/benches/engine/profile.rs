//! What the SPUs spend their time on.

use console::spu::ThreadGroup;
use spu::driver::SpuEngine;

/// The channel by which an SPU hears of the others.
const SIGNAL: usize = 3;

/// Cycles of all SPUs.
#[derive(Clone, Copy, Default)]
pub struct Shares {
    all: u64,
    signals: u64,
    channels: u64,
}

impl Shares {
    /// What has been since the start.
    pub fn of(engine: &SpuEngine<ThreadGroup>) -> Self {
        let mut sum = Self::default();
        for spu in 0..engine.layout().spus() {
            let one = engine.system().statistics(spu);
            sum.all += one.cycles;
            sum.signals += one.stalled[SIGNAL];
            sum.channels += one.stalled_cycles();
        }
        sum
    }

    /// What has been since an earlier time.
    pub fn since(self, before: &Self) -> Self {
        Self {
            all: self.all - before.all,
            signals: self.signals - before.signals,
            channels: self.channels - before.channels,
        }
    }

    /// The part in which they wait for one another.
    pub fn barriers(&self) -> f64 {
        self.signals as f64 / self.all as f64
    }

    /// The part in which they wait for any other channel.
    pub fn stalls(&self) -> f64 {
        (self.channels - self.signals) as f64 / self.all as f64
    }
}
