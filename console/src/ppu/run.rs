//! One PPU thread and its instruction loop.

use super::exit::{Cause, Exit, Reason, Report, Stop};
use super::instructions::{Flow, branch};
use super::memory::{AddressSpace, CodeCache, CodePage, LINE};
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
    /// How many instructions, at most, are executed before the clock is looked at again, where
    /// `left` cycles are left: all but the last of them take one cycle each, and only the last is
    /// shown to this trait's other functions.
    fn at_once(&self, left: u64) -> u64;

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
    fn at_once(&self, left: u64) -> u64 {
        left
    }

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
        let mut code = memory.take_code();
        let end = self.cycles.saturating_add(limit);
        let exit = self.go_on(memory, &mut code, end, clock);
        memory.put_code(code);
        exit
    }

    fn go_on<C: Clock>(
        &mut self,
        memory: &mut AddressSpace,
        code: &mut CodeCache,
        end: u64,
        clock: &mut C,
    ) -> Exit {
        while self.cycles < end {
            let page_number = CodeCache::page_number(self.registers.pc);
            let page = match code.page(memory, self.registers.pc) {
                Ok(page) => page,
                Err(fault) => {
                    return Exit::Fault(Report {
                        pc: self.registers.pc,
                        word: None,
                        cause: Cause::Access(fault),
                    });
                }
            };
            match self.go_on_in_page(memory, page, page_number, end, clock) {
                Ok(()) => {}
                Err(Ok(line)) => code.invalidate(line, LINE),
                Err(Err(exit)) => return exit,
            }
        }
        Exit::Limit
    }

    /// Executes one block after the other until the clock is at `end`, or execution leaves the
    /// page.
    #[inline(always)]
    fn go_on_in_page<C: Clock>(
        &mut self,
        memory: &mut AddressSpace,
        page: &CodePage,
        page_number: u64,
        end: u64,
        clock: &mut C,
    ) -> Result<(), Result<u64, Exit>> {
        let (mut pc, mut cycles) = (self.registers.pc, self.cycles);
        while cycles < end && CodeCache::page_number(pc) == page_number {
            let block = page.block(pc, clock.at_once(end - cycles));
            let Some((last, first)) = block.split_last() else {
                break;
            };
            let mut rest = first.iter();
            for decoded in rest.by_ref() {
                if let Err(stop) = (decoded.execute)(self, memory, decoded.word) {
                    let passed = (first.len() - rest.len() - 1) as u64;
                    self.come_to(pc.wrapping_add(4 * passed), cycles + passed);
                    return Err(self.stop(stop, decoded.word, clock));
                }
            }
            let passed = first.len() as u64;
            pc = pc.wrapping_add(4 * passed);
            cycles += passed;
            clock.before(&self.registers, last.word);
            // What most blocks end with is done here.
            let next = match last.flow {
                Flow::Conditional => branch::after_bc(&mut self.registers, pc, last.word),
                Flow::Always => branch::after_b(pc, last.word),
                Flow::Told => {
                    self.come_to(pc, cycles);
                    if let Err(stop) = (last.execute)(self, memory, last.word) {
                        return Err(self.stop(stop, last.word, clock));
                    }
                    self.next
                }
            };
            cycles = clock.after(cycles, pc, next);
            pc = next;
        }
        self.come_to(pc, cycles);
        Ok(())
    }

    /// Before the instruction at this address.
    #[inline(always)]
    fn come_to(&mut self, pc: u64, cycles: u64) {
        self.registers.pc = pc;
        self.next = pc.wrapping_add(4);
        self.cycles = cycles;
    }

    /// What follows when the present instruction, of which this is the word, answered so: the exit,
    /// or the line whose decoded code is to be dropped.
    #[cold]
    fn stop<C: Clock>(&mut self, stop: Stop, word: Word, clock: &mut C) -> Result<u64, Exit> {
        let pc = self.registers.pc;
        if let Reason::Cause(cause) = stop.reason() {
            let word = Some(word.0);
            let report = Report { pc, word, cause };
            return Err(match cause {
                Cause::Trap => Exit::Trap(report),
                _ => Exit::Fault(report),
            });
        }
        self.registers.pc = self.next;
        self.cycles = clock.after(self.cycles, pc, self.next);
        match stop.reason() {
            Reason::SystemCall(level) => Err(Exit::SystemCall { level }),
            Reason::DropCode(line) => Ok(line),
            Reason::Cause(_) => unreachable!("has come back above"),
        }
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

#[cfg(test)]
mod tests {
    use super::super::memory::{Access, GRANULE};
    use super::*;

    const CODE: u64 = 0x1_0000;

    /// Reads the time in the midst of other instructions, calls, loops, and faults at a load.
    const PROGRAM: [u32; 15] = [
        0x3860_0003, // li r3,3
        0x7c69_03a6, // mtctr r3
        0x3884_0001, // addi r4,r4,1
        0x7cac_42e6, // mftb r5
        0x7cc6_2a14, // add r6,r6,r5
        0x4800_0019, // bl .+24
        0x7ce8_02a6, // mflr r7
        0x4200_ffec, // bdnz to addi
        0x7d0c_42a6, // mfspr r8,268
        0x3920_0001, // li r9,1
        0x8140_0000, // lwz r10,0(0)
        0x3884_0064, // addi r4,r4,100
        0x7d6c_42e6, // mftb r11
        0x4e80_0020, // blr
        0x6000_0000, // nop
    ];

    fn started() -> (Ppu, AddressSpace) {
        let mut memory = AddressSpace::new();
        memory.map(CODE, GRANULE, Access::READ_EXECUTE).unwrap();
        let words = PROGRAM.iter().flat_map(|word| word.to_be_bytes());
        memory.write(CODE, &words.collect::<Vec<_>>()).unwrap();
        let mut ppu = Ppu::new(0);
        ppu.registers.pc = CODE;
        // Far enough for the time base to count the instructions.
        ppu.cycles = CYCLES_PER_TICK - 6;
        (ppu, memory)
    }

    #[test]
    fn one_by_one_and_in_blocks_is_the_same() {
        let (mut at_once, mut memory) = started();
        let exit = at_once.run(&mut memory, u64::MAX);
        assert!(
            matches!(&exit, Exit::Fault(report) if report.pc == CODE + 40),
            "{exit:?}"
        );
        for limit in 1..8 {
            let (mut ppu, mut memory) = started();
            let last = loop {
                let start = ppu.cycles;
                match ppu.run(&mut memory, limit) {
                    Exit::Limit => assert_eq!(ppu.cycles, start + limit),
                    other => break other,
                }
            };
            assert_eq!(last, exit);
            assert_eq!(ppu.registers, at_once.registers);
            assert_eq!(ppu.cycles, at_once.cycles);
        }
        // Three times around, and before and after.
        assert_eq!(at_once.cycles, CYCLES_PER_TICK - 6 + 2 + 3 * 9 + 2);
        assert_eq!(at_once.registers.gpr[4], 3 * 101);
        assert!(at_once.registers.gpr[5] > 0);
    }

    #[test]
    fn dropped_code_is_decoded_again() {
        let mut memory = AddressSpace::new();
        memory.map(CODE, GRANULE, Access::ALL).unwrap();
        let program = [
            0x9083_0010_u32, // stw r4,16(r3)
            0x3880_0000,     // li r4,0
            0x7c00_1fac,     // icbi 0,r3
            0x4c00_012c,     // isync
            0x38a0_0001,     // li r5,1, which becomes li r5,2
            0x4400_0002,     // sc
        ];
        for (at, word) in (0..).zip(program) {
            memory.write(CODE + 4 * at, &word.to_be_bytes()).unwrap();
        }
        let mut ppu = Ppu::new(0);
        for (changed, expected) in [(0x38a0_0001, 1), (0x38a0_0002, 2)] {
            ppu.registers.pc = CODE;
            ppu.registers.gpr[3] = CODE;
            ppu.registers.gpr[4] = changed;
            assert_eq!(ppu.run(&mut memory, 100), Exit::SystemCall { level: 0 });
            assert_eq!(ppu.registers.gpr[5], expected);
        }
        assert_eq!(ppu.cycles, 12);
    }
}
