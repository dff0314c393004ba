//! SPUs on the machine's clock.

use crate::lv2::machine::{Machine, Outcome};
use crate::spu::Step;

/// Cycles that SPUs run while no PPU thread does, before they are looked after.
const SPAN: u64 = 8192;
/// Bytes of a line.
const LINE: usize = 128;

impl Machine {
    /// Lets SPUs run until the machine's clock, and serves them.
    pub(in crate::lv2) fn run_spus(&mut self, left: &mut u64) -> Option<Outcome> {
        let end = self.cycles();
        while self.step_spus(end, left) {
            if let Some(outcome) = self.serve_spus() {
                return Some(outcome);
            }
        }
        None
    }

    /// Lets SPUs run for a while, and serves them, when no PPU thread can run before a
    /// cycle. None can where nothing happened before it.
    pub(in crate::lv2) fn run_spus_alone(
        &mut self,
        event: Option<u64>,
        left: &mut u64,
    ) -> Option<Result<(), Outcome>> {
        let now = self.cycles();
        let event = event.unwrap_or(u64::MAX);
        let next = self.spus.cluster.next_cycle()?.max(now);
        if next >= event {
            return None;
        }
        let end = event.min(next + SPAN);
        if !self.step_spus(end, left) {
            return None;
        }
        // Where all wait before the end, nothing is known to happen until then.
        self.set_clock(self.spus.cluster.cycle().clamp(now, end));
        Some(match self.serve_spus() {
            Some(outcome) => Err(outcome),
            None => Ok(()),
        })
    }

    /// One step of those SPUs that are before a cycle. Whether there were any.
    fn step_spus(&mut self, end: u64, left: &mut u64) -> bool {
        for line in self.memory.space.take_touched() {
            self.spus.cluster.lose_reservations(line, LINE, end);
        }
        let cluster = &mut self.spus.cluster;
        let before = cluster.instructions();
        let ran = cluster.step_until(&mut self.memory.space, end) == Step::Ran;
        *left = left.saturating_sub(cluster.instructions() - before);
        ran
    }
}
