//! One PPU thread and its instruction loop.

use super::exit::{Cause, Exit, Report, Stop};
use super::memory::{AddressSpace, CODE_PAGE_SHIFT, LINE};
use super::registers::Registers;
use super::timing::Timing;
use super::word::Word;

/// Core cycles in a tick of the time base: 3.192 GHz over 79.8 MHz.
pub const CYCLES_PER_TICK: u64 = 40;

/// A reservation of `lwarx` or `ldarx`.
#[derive(Clone, Copy, Debug)]
struct Reservation {
    line: u64,
    epoch: u64,
}

/// How long instructions take.
pub(super) trait Clock {
    /// Looks at an instruction before it is executed.
    fn before(&mut self, registers: &Registers, word: Word);

    /// The clock after the instruction at `pc`, which began when the clock was `cycles`. Execution
    /// goes on at `next`.
    fn after(&mut self, cycles: u64, pc: u64, next: u64) -> u64;
}

/// Every instruction takes one cycle.
struct OneEach;

impl Clock for OneEach {
    #[inline]
    fn before(&mut self, _: &Registers, _: Word) {}

    #[inline]
    fn after(&mut self, cycles: u64, _: u64, _: u64) -> u64 {
        cycles + 1
    }
}

/// One PPU thread. Threads of a process take turns on one [`AddressSpace`].
#[derive(Clone, Debug)]
pub struct Ppu {
    /// All that the program sees.
    pub registers: Registers,
    /// Simulated core cycles. The time base is derived from it, so a scheduler sets it to its own
    /// clock before it lets the thread run.
    pub cycles: u64,
    thread: u32,
    reservation: Option<Reservation>,
    /// Where execution goes on after the present instruction.
    pub(super) next: u64,
}

impl Ppu {
    /// A thread with zeroed registers. The number has to differ from those of the other
    /// threads on the same address space.
    #[must_use]
    pub fn new(thread: u32) -> Self {
        Self {
            registers: Registers::default(),
            cycles: 0,
            thread,
            reservation: None,
            next: 0,
        }
    }

    /// Executes one instruction.
    pub fn step(&mut self, memory: &mut AddressSpace) -> Exit {
        self.run(memory, 1)
    }

    /// Executes instructions until one stops the thread, at most `limit`; each is a cycle.
    ///
    /// Reservations of other threads on this address space are lost, which the architecture
    /// allows at any time.
    pub fn run(&mut self, memory: &mut AddressSpace, limit: u64) -> Exit {
        self.run_by(memory, limit, &mut OneEach)
    }

    /// As [`run`](Self::run), for at most `limit` cycles of the PPE's pipelines and caches. The
    /// last instruction can end after them.
    pub fn run_timed(
        &mut self,
        memory: &mut AddressSpace,
        limit: u64,
        timing: &mut Timing,
    ) -> Exit {
        self.run_by(memory, limit, timing)
    }

    fn run_by<C: Clock>(&mut self, memory: &mut AddressSpace, limit: u64, clock: &mut C) -> Exit {
        memory.enter(self.thread);
        let end = self.cycles.saturating_add(limit);
        while self.cycles < end {
            let page_number = self.registers.pc >> CODE_PAGE_SHIFT;
            let page = match memory.code(self.registers.pc) {
                Ok(page) => page,
                Err(fault) => {
                    return Exit::Fault(Report {
                        pc: self.registers.pc,
                        word: None,
                        cause: Cause::Access(fault),
                    });
                }
            };
            loop {
                let pc = self.registers.pc;
                let decoded = page.at(pc);
                self.next = pc.wrapping_add(4);
                clock.before(&self.registers, decoded.word);
                let outcome = (decoded.execute)(self, memory, decoded.word);
                if let Err(Stop::Cause(cause)) = outcome {
                    let word = Some(decoded.word.0);
                    let report = Report { pc, word, cause };
                    return match cause {
                        Cause::Trap => Exit::Trap(report),
                        _ => Exit::Fault(report),
                    };
                }
                self.registers.pc = self.next;
                self.cycles = clock.after(self.cycles, pc, self.next);
                match outcome {
                    Ok(()) => {}
                    Err(Stop::SystemCall(level)) => return Exit::SystemCall { level },
                    Err(_) => break,
                }
                if self.cycles >= end || self.next >> CODE_PAGE_SHIFT != page_number {
                    break;
                }
            }
        }
        Exit::Limit
    }

    /// The time base: ticks of 79.8 MHz.
    #[must_use]
    pub fn time_base(&self) -> u64 {
        self.cycles / CYCLES_PER_TICK
    }

    /// Forgets the reservation, as a switch to another thread does.
    pub fn lose_reservation(&mut self) {
        self.reservation = None;
    }

    pub(super) fn reserve(&mut self, memory: &AddressSpace, address: u64) {
        self.reservation = Some(Reservation {
            line: address / LINE,
            epoch: memory.reservation_epoch(),
        });
    }

    /// Ends the reservation and says whether it held for this address.
    pub(super) fn take_reservation(&mut self, memory: &AddressSpace, address: u64) -> bool {
        self.reservation.take().is_some_and(|reservation| {
            reservation.line == address / LINE && reservation.epoch == memory.reservation_epoch()
        })
    }
}
