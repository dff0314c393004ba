//! Carrying out MFC commands and their requests in the order of time.

use super::QUANTUM;
use super::transfer::{Machine, finish};
use crate::spu::timing::COMMAND_LATENCY;
use crate::spu::unit::State;

impl Machine<'_> {
    /// Carries out what is known to come before anything that an SPU may yet ask for: up to
    /// the cycle of the SPU that is behind the others, and at most to `end`.
    ///
    /// Of two commands of one cycle, that of the SPU with the smaller number comes first.
    pub(super) fn carry_out(&mut self, end: u64) {
        loop {
            // What an SPU asks for from now on makes no request before this.
            let horizon = self.horizon(end);
            let requests = horizon.saturating_add(COMMAND_LATENCY);
            loop {
                let command = self.first_command();
                let begins = command.map_or(u64::MAX, |(issued, ..)| issued);
                let completion = self.bus.advance(begins.min(requests));
                self.share_ports();
                if let Some(completion) = completion {
                    let mfc = &self.units[completion.spu].channels.mfc;
                    if let Some(index) = mfc.find(completion.ticket) {
                        finish(self.units, completion.spu, index, completion.done);
                    }
                    break;
                }
                let Some((issued, spu, index)) = command else {
                    return;
                };
                if issued >= horizon {
                    return;
                }
                if self.begin(spu, index) {
                    break;
                }
            }
        }
    }

    /// The cycle of the first instruction that may be executed next.
    fn horizon(&mut self, end: u64) -> u64 {
        let units = self.units.iter_mut();
        let next = units.filter_map(|unit| unit.next_cycle()).min();
        next.map_or(end, |cycle| cycle.min(end))
    }

    /// DMA takes the ports of local stores for a cycle a line. An SPU that is ahead of a line
    /// meets it whole quanta later: it runs on while others are looked after.
    fn share_ports(&mut self) {
        for (spu, cycle) in self.bus.take_moved() {
            let unit = &mut self.units[spu];
            if !matches!(unit.state, State::Running | State::Waiting(_)) {
                continue;
            }
            let late = unit.cycle().saturating_sub(cycle);
            let cycle = cycle + late.next_multiple_of(QUANTUM);
            unit.pipeline.take_port(cycle);
        }
    }

    /// The earliest command that can be begun: its cycle, its SPU, and its place there.
    fn first_command(&self) -> Option<(u64, usize, usize)> {
        let units = self.units.iter().enumerate();
        let commands = units.filter_map(|(spu, unit)| {
            let mfc = &unit.channels.mfc;
            let index = mfc.next()?;
            Some((mfc.pending[index].issued, spu, index))
        });
        commands.min()
    }
}
