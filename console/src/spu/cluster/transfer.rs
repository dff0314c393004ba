//! Carrying out MFC commands, between two quanta and in one fixed order.

use ::spu::isa::channel::Channel;

use super::address::{Place, Window, place};
use crate::spu::channels::event;
use crate::spu::fault::{FaultKind, Refusal};
use crate::spu::mfc::{Command, Kind, LINE, check_transfer};
use crate::spu::storage::{Storage, StorageFault};
use crate::spu::timing::{LATENCY, MemoryBus};
use crate::spu::unit::Unit;

/// Status of a `putllc` whose reservation was lost.
const PUT_CONDITIONAL_FAILED: u32 = 1;
/// Status of a `putlluc`.
const PUT_UNCONDITIONAL_DONE: u32 = 2;
/// Status of a `getllar`.
const GET_RESERVE_DONE: u32 = 4;

/// All that commands reach.
pub(super) struct Machine<'a> {
    pub(super) units: &'a mut [Box<Unit>],
    pub(super) windows: &'a [Window],
    pub(super) memory: &'a mut dyn Storage,
    pub(super) bus: &'a mut MemoryBus,
    /// For transfers from one local store to another.
    pub(super) buffer: &'a mut Vec<u8>,
}

/// How far a command came.
enum Progress {
    /// Carried out; complete at that cycle.
    Done(u64),
    /// A list that waits for an acknowledgement since that cycle.
    Stalled(u64),
}

impl Machine<'_> {
    /// Carries out every command that can be, the earliest first; of two of the same
    /// cycle, that of the SPU with the smaller number.
    pub(super) fn carry_out_all(&mut self) {
        while let Some((spu, index)) = self.earliest() {
            self.carry_out(spu, index);
        }
    }

    fn earliest(&self) -> Option<(usize, usize)> {
        let mut best: Option<(u64, usize, usize)> = None;
        for (spu, unit) in self.units.iter().enumerate() {
            let mfc = &unit.channels.mfc;
            let Some(index) = (0..mfc.pending.len()).find(|&index| mfc.eligible(index)) else {
                continue;
            };
            let issued = mfc.pending[index].issued;
            if best.is_none_or(|(earliest, ..)| issued < earliest) {
                best = Some((issued, spu, index));
            }
        }
        best.map(|(_, spu, index)| (spu, index))
    }

    fn carry_out(&mut self, spu: usize, index: usize) {
        let mut command = self.units[spu].channels.mfc.pending[index].clone();
        let result = self.execute(spu, &mut command);
        let unit = &mut self.units[spu];
        unit.statistics.commands += 1;
        match result {
            Ok(Progress::Done(cycle)) => {
                let (satisfied, was_full) = unit.channels.mfc.complete(index, cycle);
                if let Some(cycle) = satisfied {
                    unit.channels.events.schedule(cycle, event::TAG_STATUS);
                }
                if was_full {
                    unit.channels.events.schedule(cycle, event::QUEUE);
                }
            }
            Ok(Progress::Stalled(cycle)) => {
                let tag = command.tag;
                command.stalled = true;
                unit.channels.mfc.pending[index] = command;
                unit.channels.mfc.stall(tag, cycle);
                unit.channels.events.schedule(cycle, event::LIST_STALL);
            }
            Err(refusal) => {
                unit.channels.mfc.pending.clear();
                let command_name = format!("command {} ({:#x})", command.name, command.opcode);
                unit.fault(command.pc, Some(Channel::CMD), refusal.within(command_name));
            }
        }
    }

    fn execute(&mut self, spu: usize, command: &mut Command) -> Result<Progress, Refusal> {
        let issued = command.issued;
        let done = match command.kind {
            Kind::Get => self.get(spu, command.lsa, command.ea, command.size, issued)?,
            Kind::Put | Kind::Signal => {
                self.put(spu, command.lsa, command.ea, command.size, issued)?
            }
            Kind::GetList | Kind::PutList => return self.list(spu, command),
            Kind::Barrier | Kind::Synchronise | Kind::Touch => issued,
            Kind::Zero => self.zero(spu, command)?,
            Kind::GetReserve => {
                self.check_memory(spu, command.ea)?;
                let done = self.get(spu, command.lsa, command.ea, LINE, issued)?;
                let mfc = &mut self.units[spu].channels.mfc;
                mfc.reservation = Some(command.ea);
                mfc.set_atomic_status(GET_RESERVE_DONE, done);
                done
            }
            Kind::PutConditional => {
                self.check_memory(spu, command.ea)?;
                let mfc = &mut self.units[spu].channels.mfc;
                if mfc.reservation.take() == Some(command.ea) {
                    let done = self.put(spu, command.lsa, command.ea, LINE, issued)?;
                    self.units[spu].channels.mfc.set_atomic_status(0, done);
                    done
                } else {
                    mfc.set_atomic_status(PUT_CONDITIONAL_FAILED, issued + LATENCY);
                    issued + LATENCY
                }
            }
            Kind::PutUnconditional | Kind::PutQueued => {
                self.check_memory(spu, command.ea)?;
                self.units[spu].channels.mfc.reservation = None;
                let done = self.put(spu, command.lsa, command.ea, LINE, issued)?;
                if command.kind == Kind::PutUnconditional {
                    let mfc = &mut self.units[spu].channels.mfc;
                    mfc.set_atomic_status(PUT_UNCONDITIONAL_DONE, done);
                }
                done
            }
        };
        Ok(Progress::Done(done))
    }

    /// Carries a list on from where it stands.
    fn list(&mut self, spu: usize, command: &mut Command) -> Result<Progress, Refusal> {
        let mut last = command.issued;
        while command.list_done < command.size {
            let at = command.ea as u32 + command.list_done;
            let element = self.units[spu]
                .store
                .bytes(at, 8)
                .and_then(|bytes| <[u8; 8]>::try_from(bytes).ok())
                .ok_or_else(|| outside(at, 8))?;
            let element = u64::from_be_bytes(element);
            let stall = element >> 63 == 1;
            let size = (element >> 32) as u32 & 0x7fff;
            let ea = command.ea & !0xffff_ffff | element & 0xffff_ffff;
            // Small elements keep their place within a quadword.
            let lsa = command.lsa + command.store_done + (ea as u32 & 15);
            let within = |refusal: Refusal| refusal.within(format!("list element at {at:#x}"));
            check_transfer(lsa, ea, size)
                .map_err(|reason| within(FaultKind::DmaAlignment.because(reason)))?;
            let done = if command.kind == Kind::GetList {
                self.get(spu, lsa, ea, size, command.issued)
            } else {
                self.put(spu, lsa, ea, size, command.issued)
            };
            last = last.max(done.map_err(within)?);
            command.list_done += 8;
            command.store_done += size.next_multiple_of(16);
            if stall {
                return Ok(Progress::Stalled(last));
            }
        }
        Ok(Progress::Done(last))
    }

    /// Bytes from an effective address to local store.
    fn get(
        &mut self,
        spu: usize,
        lsa: u32,
        ea: u64,
        size: u32,
        issued: u64,
    ) -> Result<u64, Refusal> {
        if size == 0 {
            return Ok(issued);
        }
        let length = size as usize;
        match place(ea, size, &self.windows[spu]) {
            Place::Memory => {
                let unit = &mut self.units[spu];
                let target = unit.store.bytes_mut(lsa, length);
                let target = target.ok_or_else(|| outside(lsa, size))?;
                let read = self.memory.read(ea, target);
                read.map_err(|fault| storage(ea, size, fault))?;
                unit.statistics.bytes_from_memory += u64::from(size);
                Ok(unit
                    .channels
                    .mfc
                    .port
                    .transfer(issued, size.into(), Some(self.bus)))
            }
            Place::LocalStore { spu: from, offset } => {
                self.copy(from, offset, spu, lsa, size)?;
                let unit = &mut self.units[spu];
                unit.statistics.bytes_from_spus += u64::from(size);
                Ok(unit.channels.mfc.port.transfer(issued, size.into(), None))
            }
            Place::Signal { .. } | Place::Nothing => Err(nowhere(ea, size)),
        }
    }

    /// Bytes from local store to an effective address.
    fn put(
        &mut self,
        spu: usize,
        lsa: u32,
        ea: u64,
        size: u32,
        issued: u64,
    ) -> Result<u64, Refusal> {
        if size == 0 {
            return Ok(issued);
        }
        let length = size as usize;
        match place(ea, size, &self.windows[spu]) {
            Place::Memory => {
                let unit = &mut self.units[spu];
                let source = unit
                    .store
                    .bytes(lsa, length)
                    .ok_or_else(|| outside(lsa, size))?;
                let written = self.memory.write(ea, source);
                written.map_err(|fault| storage(ea, size, fault))?;
                unit.statistics.bytes_to_memory += u64::from(size);
                let port = &mut unit.channels.mfc.port;
                let done = port.transfer(issued, size.into(), Some(self.bus));
                lose_reservations(self.units, ea, length, done);
                Ok(done)
            }
            Place::LocalStore { spu: to, offset } => {
                self.copy(spu, lsa, to, offset, size)?;
                let unit = &mut self.units[spu];
                unit.statistics.bytes_to_spus += u64::from(size);
                Ok(unit.channels.mfc.port.transfer(issued, size.into(), None))
            }
            Place::Signal { spu: to, register } => {
                let unit = &mut self.units[spu];
                let word = unit
                    .store
                    .bytes(lsa, 4)
                    .and_then(|b| <[u8; 4]>::try_from(b).ok());
                let value = u32::from_be_bytes(word.ok_or_else(|| outside(lsa, size))?);
                unit.statistics.signals += 1;
                let done = unit.channels.mfc.port.transfer(issued, size.into(), None);
                self.units[to].take_signal(register, value, done);
                Ok(done)
            }
            Place::Nothing => Err(nowhere(ea, size)),
        }
    }

    /// Bytes from one local store to another, or within one.
    fn copy(
        &mut self,
        from: usize,
        at: u32,
        to: usize,
        offset: u32,
        size: u32,
    ) -> Result<(), Refusal> {
        let length = size as usize;
        let source = self.units[from].store.bytes(at, length);
        self.buffer.clear();
        self.buffer
            .extend_from_slice(source.ok_or_else(|| outside(at, size))?);
        let target = self.units[to].store.bytes_mut(offset, length);
        target
            .ok_or_else(|| outside(offset, size))?
            .copy_from_slice(self.buffer);
        Ok(())
    }

    /// `sdcrz`: zeroes the lines that the range touches.
    fn zero(&mut self, spu: usize, command: &Command) -> Result<u64, Refusal> {
        let line = u64::from(LINE);
        let start = command.ea & !(line - 1);
        let end = (command.ea + u64::from(command.size)).next_multiple_of(line);
        let length = (end - start) as usize;
        self.buffer.clear();
        self.buffer.resize(length, 0);
        let written = self.memory.write(start, self.buffer);
        written.map_err(|fault| storage(command.ea, command.size, fault))?;
        let port = &mut self.units[spu].channels.mfc.port;
        let done = port.transfer(command.issued, length as u64, Some(self.bus));
        lose_reservations(self.units, start, length, done);
        Ok(done)
    }

    /// Atomic commands work on main storage alone.
    fn check_memory(&self, spu: usize, ea: u64) -> Result<(), Refusal> {
        if place(ea, LINE, &self.windows[spu]) == Place::Memory {
            return Ok(());
        }
        let reason = format!("the line at {ea:#x} is not in main storage");
        Err(FaultKind::Storage(ea).because(reason))
    }
}

fn storage(ea: u64, size: u32, fault: StorageFault) -> Refusal {
    // A program has segments for all 32-bit addresses.
    let kind = match u32::try_from(ea) {
        Ok(_) => FaultKind::Storage(ea),
        Err(_) => FaultKind::Segment(ea),
    };
    kind.because(format!(
        "{size:#x} bytes at effective address {ea:#x} are {fault}"
    ))
}

fn nowhere(ea: u64, size: u32) -> Refusal {
    storage(ea, size, StorageFault::Nothing)
}

fn outside(address: u32, size: u32) -> Refusal {
    FaultKind::DmaAlignment.because(format!(
        "{size:#x} bytes at {address:#x} go beyond the end of local store"
    ))
}

/// A write to main storage takes the reservations of the lines that it touches. The
/// writer's own is taken too: only `putllc` writes under a reservation, and it gives its
/// reservation up before.
pub(super) fn lose_reservations(units: &mut [Box<Unit>], ea: u64, size: usize, cycle: u64) {
    for unit in units {
        if let Some(line) = unit.channels.mfc.reservation
            && line < ea + size as u64
            && ea < line + u64::from(LINE)
        {
            unit.channels.mfc.reservation = None;
            unit.channels
                .events
                .schedule(cycle, event::LOST_RESERVATION);
        }
    }
}
