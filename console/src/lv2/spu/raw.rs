//! Raw SPUs: those that a program reaches by their registers, without the kernel.
//!
//! Each has a part of the address space: its local store, and behind it the registers of its
//! problem state (Cell Broadband Engine Architecture, "Problem state memory-mapped
//! registers"; PSL1GHT `sys/spu.h` has the offsets that programs use). No memory is mapped
//! there: a load or store that finds none comes here.

use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::spu::SpuProgram;
use crate::ppu::{Cause, Report};
use crate::spu::{FaultKind, LOCAL_STORE_SIZE, MAX_SPUS, Status};

/// Where raw SPUs are, and bytes from one to the next.
const BASE: u64 = 0xe000_0000;
const STEP: u64 = 0x10_0000;
/// Raw SPUs that there can be.
pub const MOST: usize = 5;
/// Where the registers are behind the start of an SPU's part.
const REGISTERS: u64 = 0x4_0000;

/// Offsets of registers.
mod at {
    pub const MFC_LOCAL_ADDRESS: u64 = 0x3004;
    pub const MFC_ADDRESS_HIGH: u64 = 0x3008;
    pub const MFC_ADDRESS_LOW: u64 = 0x300c;
    pub const MFC_SIZE_AND_TAG: u64 = 0x3010;
    /// The command; what is read is whether it was taken.
    pub const MFC_COMMAND: u64 = 0x3014;
    pub const MFC_QUEUE_STATUS: u64 = 0x3104;
    pub const QUERY_TYPE: u64 = 0x3204;
    pub const QUERY_MASK: u64 = 0x321c;
    pub const TAG_STATUS: u64 = 0x322c;
    pub const OUTBOUND: u64 = 0x4004;
    pub const INBOUND: u64 = 0x400c;
    pub const MAILBOX_STATUS: u64 = 0x4014;
    pub const RUN_CONTROL: u64 = 0x401c;
    pub const STATUS: u64 = 0x4024;
    pub const NEXT_PC: u64 = 0x4034;
    pub const SIGNAL_1: u64 = 0x1_400c;
    pub const SIGNAL_2: u64 = 0x1_c00c;
}

/// Run control: a request to stop, or to run.
const STOP: u32 = 0;
const RUN: u32 = 1;
/// Status: running, stopped by a `stop`, by a halt, waiting for a channel, stopped by what is
/// no instruction; the type of the `stop` is in the upper half.
const RUNNING: u32 = 1;
const STOPPED: u32 = 2;
const HALTED: u32 = 4;
const WAITING: u32 = 8;
const INVALID: u32 = 0x20;
/// The queue of commands is empty, and has eight places.
const QUEUE_EMPTY: u32 = 0x8000_0000 | 8;
/// A command was refused for the order in which its parts were written, or what it is.
const SEQUENCE_ERROR: u32 = 1;
const TAKEN: u32 = 0;
/// Words that the inbound mailbox has room for.
const ROOM: u32 = 4;
/// Commands: the bit of those that put, of those that get, those that also start the SPU,
/// and variants by barrier and fence.
const PUT: u32 = 0x20;
const GET: u32 = 0x40;
const AND_START: u32 = 8;
const VARIANTS: u32 = 0x1b;
const MOST_BYTES: u32 = 0x4000;

/// What the program has set of an SPU.
#[derive(Clone, Default)]
pub(in crate::lv2) struct RawSpu {
    /// Words of the command that is being put together.
    local: u32,
    address: [u32; 2],
    size_and_tag: u32,
    /// Whether the last command was taken.
    taken: u32,
    query_mask: u32,
    run_control: u32,
    /// Whether that it stopped is among the states.
    pub(super) stop_noted: bool,
    /// Words that were in its inbound mailbox.
    pub(super) words: u32,
    /// Whether a group of tags was asked for and is complete, which is not among the states.
    pub(super) tags_complete: bool,
    /// Numbers of the interrupt tags of classes 0 and 2.
    pub tags: [Option<u32>; 2],
    /// Masks and states of the interrupt classes 0 and 2.
    pub masks: [u64; 2],
    pub states: [u64; 2],
    /// Which signal registers collect values by or.
    pub signals: u32,
}

/// The SPU of a raw SPU: groups take the first, these the last.
pub(super) fn place(number: usize) -> usize {
    MAX_SPUS - 1 - number
}

/// A load or store, as the PPU executes it.
struct Access {
    address: u64,
    size: u64,
    /// What is stored; none for a load.
    stored: Option<u64>,
    /// The register that a load fills.
    target: usize,
    /// The register that gets the address.
    update: Option<usize>,
}

impl Access {
    /// The access of an instruction of these registers.
    fn of(word: u32, registers: &[u64; 32]) -> Option<Self> {
        let (target, base) = ((word >> 21 & 31) as usize, (word >> 16 & 31) as usize);
        let index = (word >> 11 & 31) as usize;
        let low = i64::from(word as u16 as i16) as u64;
        let extended = word >> 1 & 0x3ff;
        // Bytes, whether it stores, whether it updates, what is added to the base.
        let (size, store, update, offset) = match word >> 26 {
            32 => (4, false, false, low),
            33 => (4, false, true, low),
            34 => (1, false, false, low),
            35 => (1, false, true, low),
            36 => (4, true, false, low),
            37 => (4, true, true, low),
            38 => (1, true, false, low),
            39 => (1, true, true, low),
            40 => (2, false, false, low),
            44 => (2, true, false, low),
            45 => (2, true, true, low),
            58 if word & 3 < 2 => (8, false, word & 1 != 0, low & !3),
            62 if word & 3 < 2 => (8, true, word & 1 != 0, low & !3),
            31 => {
                let (size, store) = match extended {
                    23 => (4, false),
                    151 => (4, true),
                    21 => (8, false),
                    149 => (8, true),
                    87 => (1, false),
                    215 => (1, true),
                    279 => (2, false),
                    407 => (2, true),
                    _ => return None,
                };
                (size, store, false, registers[index])
            }
            _ => return None,
        };
        let start = if base == 0 && !update {
            0
        } else {
            registers[base]
        };
        Some(Self {
            address: start.wrapping_add(offset) & 0xffff_ffff,
            size,
            stored: store.then_some(registers[target]),
            target,
            update: update.then_some(base),
        })
    }
}

impl Machine {
    /// Makes a raw SPU: its number.
    ///
    /// # Errors
    ///
    /// `EAGAIN` where there is none left, or a group has its SPU.
    pub(in crate::lv2) fn make_raw_spu(&mut self) -> Result<u32, Errno> {
        let spus = &mut self.spus;
        let number = spus.raw.iter().position(Option::is_none);
        let number = number.ok_or(Errno::EAGAIN)?;
        let spu = place(number);
        if spu < spus.usable || spus.owners[spu].is_some() {
            return Err(Errno::EAGAIN);
        }
        spus.raw[number] = Some(RawSpu::default());
        let unit = spus.cluster.unit_mut(spu);
        unit.clear();
        unit.clear_mailbox();
        unit.local_store_mut().fill(0);
        spus.cluster.share_host();
        Ok(number as u32)
    }

    /// Takes a raw SPU away.
    ///
    /// # Errors
    ///
    /// Here and below `ESRCH` where there is none with this number.
    pub(in crate::lv2) fn drop_raw_spu(&mut self, number: u32) -> Result<(), Errno> {
        for tag in self.raw_spu(number)?.tags.into_iter().flatten() {
            self.drop_interrupt_tag(tag);
        }
        self.spus.raw[number as usize] = None;
        self.spus.cluster.unit_mut(place(number as usize)).clear();
        Ok(())
    }

    pub(in crate::lv2) fn raw_spu(&mut self, number: u32) -> Result<&mut RawSpu, Errno> {
        let raw = self.spus.raw.get_mut(number as usize);
        raw.and_then(Option::as_mut).ok_or(Errno::ESRCH)
    }

    /// Loads a program into a raw SPU, which goes to its entry when it is told to run.
    ///
    /// # Errors
    ///
    /// Also `EFAULT` where the program is not there.
    pub(in crate::lv2) fn load_raw_spu(
        &mut self,
        number: u32,
        program: &SpuProgram,
    ) -> Result<(), Errno> {
        self.raw_spu(number)?;
        let unit = self.spus.cluster.unit_mut(place(number as usize));
        program.load(&self.memory, unit.local_store_mut())?;
        unit.set_pc(program.entry);
        Ok(())
    }

    /// Sets which signal registers collect values by or.
    ///
    /// # Errors
    ///
    /// As [`Machine::raw_spu`].
    pub(in crate::lv2) fn configure_raw_spu(
        &mut self,
        number: u32,
        bits: u32,
    ) -> Result<(), Errno> {
        self.raw_spu(number)?.signals = bits;
        let unit = self.spus.cluster.unit_mut(place(number as usize));
        unit.set_signal_or(0, bits & 1 != 0);
        unit.set_signal_or(1, bits & 2 != 0);
        Ok(())
    }

    /// Takes the word of the outbound interrupt mailbox; 0 where there is none.
    ///
    /// # Errors
    ///
    /// As [`Machine::raw_spu`].
    pub(in crate::lv2) fn raw_interrupt_word(&mut self, number: u32) -> Result<u32, Errno> {
        self.raw_spu(number)?;
        let now = self.cycles();
        let unit = self.spus.cluster.unit_mut(place(number as usize));
        Ok(unit.read_interrupt_mailbox(now).unwrap_or(0))
    }

    /// Whether any raw SPU executes something.
    pub(super) fn raw_spus_run(&self) -> bool {
        let mut there = self.spus.raw.iter().enumerate();
        there.any(|(number, raw)| {
            raw.is_some() && self.spus.cluster.status(place(number)) == Status::Running
        })
    }

    /// What a thread's load or store does that found no memory, if it is one of a raw SPU;
    /// `false` where it is not.
    pub(in crate::lv2) fn access_raw_spu(&mut self, thread: u64, report: &Report) -> bool {
        let (Cause::Access(_), Some(word)) = (report.cause, report.word) else {
            return false;
        };
        let Some(of) = self.threads.all.get(&thread) else {
            return false;
        };
        let Some(access) = Access::of(word, &of.ppu.registers.gpr) else {
            return false;
        };
        let Some(distance) = access.address.checked_sub(BASE) else {
            return false;
        };
        let (number, offset) = (distance / STEP, distance % STEP);
        if number >= MOST as u64 || self.raw_spu(number as u32).is_err() {
            return false;
        }
        let number = number as usize;
        let loaded = match offset.checked_sub(REGISTERS) {
            None => self.access_local(number, offset, &access),
            // Registers are words.
            Some(_) if access.size != 4 => None,
            Some(register) => match access.stored {
                None => self.read_register(number, register).map(u64::from),
                Some(value) => self
                    .write_register(number, register, value as u32)
                    .then_some(0),
            },
        };
        let Some(loaded) = loaded else { return false };
        if let Some(thread) = self.threads.all.get_mut(&thread) {
            let registers = &mut thread.ppu.registers;
            if access.stored.is_none() {
                registers.gpr[access.target] = loaded;
            }
            if let Some(base) = access.update {
                registers.gpr[base] = access.address;
            }
            registers.pc = registers.pc.wrapping_add(4);
        }
        true
    }

    fn access_local(&mut self, number: usize, offset: u64, access: &Access) -> Option<u64> {
        let size = access.size as usize;
        let unit = self.spus.cluster.unit_mut(place(number));
        let bytes = unit.local_bytes_mut(u32::try_from(offset).ok()?, size)?;
        let mut value = [0; 8];
        match access.stored {
            None => value[8 - size..].copy_from_slice(bytes),
            Some(stored) => bytes.copy_from_slice(&stored.to_be_bytes()[8 - size..]),
        }
        Some(u64::from_be_bytes(value))
    }

    fn read_register(&mut self, number: usize, register: u64) -> Option<u32> {
        let now = self.cycles();
        let unit = self.spus.cluster.unit_mut(place(number));
        let raw = self.spus.raw[number].as_ref()?;
        Some(match register {
            at::MFC_COMMAND => raw.taken,
            at::MFC_QUEUE_STATUS => QUEUE_EMPTY,
            at::QUERY_TYPE => 0,
            at::QUERY_MASK => raw.query_mask,
            // All commands are over as soon as they are taken.
            at::TAG_STATUS => raw.query_mask,
            at::OUTBOUND => unit.read_mailbox(now).unwrap_or(0),
            at::MAILBOX_STATUS => {
                let room = ROOM.saturating_sub(unit.mailbox_count());
                let interrupt = u32::from(unit.has_interrupt());
                u32::from(unit.has_mail()) | room << 8 | interrupt << 16
            }
            at::RUN_CONTROL => raw.run_control,
            at::STATUS => match unit.status() {
                Status::Idle => 0,
                Status::Running => RUNNING,
                Status::Faulted(fault) => match fault.kind {
                    FaultKind::Halt => HALTED,
                    FaultKind::Spu => INVALID,
                    _ => RUNNING,
                },
                Status::Waiting(_) => RUNNING | WAITING,
                Status::Stopped(code) => STOPPED | u32::from(code) << 16,
            },
            at::NEXT_PC => unit.pc(),
            _ => return None,
        })
    }

    fn write_register(&mut self, number: usize, register: u64, value: u32) -> bool {
        let now = self.cycles();
        let unit = self.spus.cluster.unit_mut(place(number));
        let Some(raw) = self.spus.raw[number].as_mut() else {
            return false;
        };
        match register {
            at::MFC_LOCAL_ADDRESS => raw.local = value,
            at::MFC_ADDRESS_HIGH => raw.address[0] = value,
            at::MFC_ADDRESS_LOW => raw.address[1] = value,
            at::MFC_SIZE_AND_TAG => raw.size_and_tag = value,
            at::MFC_COMMAND => {
                let taken = self.raw_transfer(number, value & 0xffff);
                if let Some(raw) = self.spus.raw[number].as_mut() {
                    raw.taken = if taken { TAKEN } else { SEQUENCE_ERROR };
                }
            }
            // What is asked for is there at once.
            at::QUERY_TYPE if value <= 2 => raw.tags_complete |= value != 0,
            at::QUERY_MASK => raw.query_mask = value,
            at::INBOUND => {
                unit.write_mailbox(value, now);
                raw.words = unit.mailbox_count();
            }
            at::RUN_CONTROL => {
                raw.run_control = value;
                match value {
                    RUN if !matches!(unit.status(), Status::Running | Status::Waiting(_)) => {
                        raw.stop_noted = false;
                        unit.start(unit.pc(), now);
                    }
                    RUN => {}
                    STOP => unit.halt(),
                    _ => return false,
                }
            }
            at::NEXT_PC => unit.set_pc(value & (LOCAL_STORE_SIZE as u32 - 4)),
            at::SIGNAL_1 => unit.write_signal(0, value, now),
            at::SIGNAL_2 => unit.write_signal(1, value, now),
            _ => return false,
        }
        true
    }

    /// Copies between memory and local store, as the command says; whether it could.
    fn raw_transfer(&mut self, number: usize, command: u32) -> bool {
        let now = self.cycles();
        let Some(raw) = self.spus.raw[number].as_ref() else {
            return false;
        };
        let [high, low] = raw.address.map(u64::from);
        let (address, local) = (high << 32 | low, raw.local % LOCAL_STORE_SIZE as u32);
        let size = raw.size_and_tag >> 16;
        let small = matches!(size, 1 | 2 | 4 | 8) && low % u64::from(size) == 0;
        let large = size % 16 == 0 && low % 16 == 0 && size <= MOST_BYTES;
        if !small && !large || low % 16 != u64::from(local % 16) {
            return false;
        }
        let unit = self.spus.cluster.unit_mut(place(number));
        let Some(bytes) = unit.local_bytes_mut(local, size as usize) else {
            return false;
        };
        let space = &mut self.memory.space;
        let done = match command & !VARIANTS {
            PUT => space.write(address, bytes).is_ok(),
            GET => space.read(address, bytes).is_ok(),
            _ => false,
        };
        if done && command & AND_START != 0 {
            unit.start(unit.pc(), now);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_are_those_of_the_instructions() {
        let mut registers = [0; 32];
        registers[9] = 0xe004_0000;
        registers[10] = 0x8;
        registers[3] = 0x1_2345_6789;
        let access = |word| Access::of(word, &registers).expect("an access");
        // lwz r5,0x401c(r9); stw r3,0x401c(r9); stdu r3,-8(r9); lbzx r5,r9,r10.
        let load = access(0x80a9_401c);
        assert_eq!(
            (load.address, load.size, load.stored),
            (0xe004_401c, 4, None)
        );
        assert_eq!(load.target, 5);
        let store = access(0x9069_401c);
        assert_eq!(store.stored, Some(0x1_2345_6789));
        let update = access(0xf869_fff9);
        assert_eq!((update.address, update.size), (0xe003_fff8, 8));
        assert_eq!(update.update, Some(9));
        let indexed = access(0x7ca9_50ae);
        assert_eq!((indexed.address, indexed.size), (0xe004_0008, 1));
        // addi is none.
        assert!(Access::of(0x3863_0001, &registers).is_none());
    }
}
