//! What MFC commands do: the bytes that they move, at once, when they are begun, and what
//! the bus has to be told of them.

use std::collections::VecDeque;

use ::spu::isa::channel::Channel;

use super::address::{Place, Window, place};
use crate::spu::channels::event;
use crate::spu::fault::{FaultKind, Refusal};
use crate::spu::mfc::{Command, Effect, Kind, LINE, check_transfer};
use crate::spu::storage::{Storage, StorageFault};
use crate::spu::timing::{Bus, COHERENCE, Lane, Piece, Route};
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
    pub(super) bus: &'a mut Bus,
    /// For transfers from one local store to another.
    pub(super) buffer: &'a mut Vec<u8>,
}

/// What a command needs of the bus.
#[derive(Debug, Default)]
struct Requests {
    pieces: VecDeque<Piece>,
    /// Cycles that it takes where there are none.
    delay: u64,
}

impl Requests {
    fn add(&mut self, route: Route, address: u64, size: u32) {
        self.pieces.push_back(Piece {
            route,
            address,
            size,
        });
    }
}

impl Machine<'_> {
    /// Begins a command that can be begun: moves its bytes and hands it to the bus.
    /// Whether its end is known already.
    pub(super) fn begin(&mut self, spu: usize, index: usize) -> bool {
        let mut command = self.units[spu].channels.mfc.pending[index].clone();
        let start = self.units[spu].channels.mfc.start(&command);
        let mut requests = Requests::default();
        let result = self.execute(spu, &mut command, &mut requests);
        let unit = &mut self.units[spu];
        unit.statistics.commands += 1;
        if let Err(refusal) = result {
            unit.channels.mfc.pending.clear();
            self.bus.cancel(spu);
            let command_name = format!("command {} ({:#x})", command.name, command.opcode);
            unit.fault(command.pc, Some(Channel::CMD), refusal.within(command_name));
            return true;
        }
        let lane = lane(command.kind);
        let pending = &mut unit.channels.mfc.pending[index];
        *pending = command;
        if requests.pieces.is_empty() {
            finish(self.units, spu, index, start + requests.delay);
            return true;
        }
        pending.ticket = Some(self.bus.submit(spu, lane, start, requests.pieces));
        false
    }

    fn execute(
        &mut self,
        spu: usize,
        command: &mut Command,
        requests: &mut Requests,
    ) -> Result<(), Refusal> {
        let (lsa, ea) = (command.lsa, command.ea);
        match command.kind {
            Kind::Get => self.get(spu, lsa, ea, command.size, requests)?,
            Kind::Put | Kind::Signal => {
                self.put(spu, command, (lsa, ea, command.size), requests)?
            }
            Kind::GetList | Kind::PutList => self.list(spu, command, requests)?,
            Kind::Barrier | Kind::Touch => {}
            Kind::Synchronise => requests.delay = COHERENCE,
            Kind::Zero => self.zero(spu, command, requests)?,
            Kind::GetReserve => {
                self.check_memory(spu, ea)?;
                self.get(spu, lsa, ea, LINE, requests)?;
                self.units[spu].channels.mfc.reservation = Some(ea);
                command.effects.push(Effect::AtomicStatus(GET_RESERVE_DONE));
            }
            Kind::PutConditional => {
                self.check_memory(spu, ea)?;
                let mfc = &mut self.units[spu].channels.mfc;
                if mfc.reservation.take() == Some(ea) {
                    self.put(spu, command, (lsa, ea, LINE), requests)?;
                    command.effects.push(Effect::AtomicStatus(0));
                } else {
                    requests.delay = COHERENCE;
                    let failed = Effect::AtomicStatus(PUT_CONDITIONAL_FAILED);
                    command.effects.push(failed);
                }
            }
            Kind::PutUnconditional | Kind::PutQueued => {
                self.check_memory(spu, ea)?;
                self.units[spu].channels.mfc.reservation = None;
                self.put(spu, command, (lsa, ea, LINE), requests)?;
                if command.kind == Kind::PutUnconditional {
                    let done = Effect::AtomicStatus(PUT_UNCONDITIONAL_DONE);
                    command.effects.push(done);
                }
            }
        }
        Ok(())
    }

    /// Carries a list on from where it stands.
    fn list(
        &mut self,
        spu: usize,
        command: &mut Command,
        requests: &mut Requests,
    ) -> Result<(), Refusal> {
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
            let moved = if command.kind == Kind::GetList {
                self.get(spu, lsa, ea, size, requests)
            } else {
                self.put(spu, command, (lsa, ea, size), requests)
            };
            moved.map_err(within)?;
            command.list_done += 8;
            command.store_done += size.next_multiple_of(16);
            if stall {
                command.effects.push(Effect::Stall);
                break;
            }
        }
        Ok(())
    }

    /// Bytes from an effective address to local store.
    fn get(
        &mut self,
        spu: usize,
        lsa: u32,
        ea: u64,
        size: u32,
        requests: &mut Requests,
    ) -> Result<(), Refusal> {
        if size == 0 {
            return Ok(());
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
                requests.add(Route::FromMemory, ea, size);
            }
            Place::LocalStore { spu: from, offset } => {
                self.copy(from, offset, spu, lsa, size)?;
                self.units[spu].statistics.bytes_from_spus += u64::from(size);
                requests.add(Route::FromStore(from), ea, size);
            }
            Place::Signal { .. } | Place::Nothing => return Err(nowhere(ea, size)),
        }
        Ok(())
    }

    /// Bytes from local store to an effective address.
    fn put(
        &mut self,
        spu: usize,
        command: &mut Command,
        (lsa, ea, size): (u32, u64, u32),
        requests: &mut Requests,
    ) -> Result<(), Refusal> {
        if size == 0 {
            return Ok(());
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
                let snooped = unit.channels.mfc.start(command) + COHERENCE;
                lose_reservations(self.units, ea, length, snooped);
                requests.add(Route::ToMemory, ea, size);
            }
            Place::LocalStore { spu: to, offset } => {
                self.copy(spu, lsa, to, offset, size)?;
                self.units[spu].statistics.bytes_to_spus += u64::from(size);
                requests.add(Route::ToStore(to), ea, size);
            }
            Place::Signal { spu: to, register } => {
                let unit = &mut self.units[spu];
                let word = unit
                    .store
                    .bytes(lsa, 4)
                    .and_then(|b| <[u8; 4]>::try_from(b).ok());
                let value = u32::from_be_bytes(word.ok_or_else(|| outside(lsa, size))?);
                unit.statistics.signals += 1;
                command.effects.push(Effect::Signal {
                    spu: to,
                    register,
                    value,
                });
                requests.add(Route::ToStore(to), ea, size);
            }
            Place::Nothing => return Err(nowhere(ea, size)),
        }
        Ok(())
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
    fn zero(
        &mut self,
        spu: usize,
        command: &Command,
        requests: &mut Requests,
    ) -> Result<(), Refusal> {
        let line = u64::from(LINE);
        let start = command.ea & !(line - 1);
        let end = (command.ea + u64::from(command.size)).next_multiple_of(line);
        let length = (end - start) as usize;
        self.buffer.clear();
        self.buffer.resize(length, 0);
        let written = self.memory.write(start, self.buffer);
        written.map_err(|fault| storage(command.ea, command.size, fault))?;
        let snooped = self.units[spu].channels.mfc.start(command) + COHERENCE;
        lose_reservations(self.units, start, length, snooped);
        if length != 0 {
            requests.add(Route::ToMemory, start, length as u32);
        }
        Ok(())
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

/// A command of an SPU is complete at a cycle.
pub(super) fn finish(units: &mut [Box<Unit>], spu: usize, index: usize, done: u64) {
    let command = &mut units[spu].channels.mfc.pending[index];
    let tag = command.tag;
    let mut stalls = false;
    for effect in std::mem::take(&mut command.effects) {
        match effect {
            Effect::Signal {
                spu,
                register,
                value,
            } => units[spu].take_signal(register, value, done),
            Effect::AtomicStatus(status) => {
                let mfc = &mut units[spu].channels.mfc;
                mfc.set_atomic_status(status, done);
            }
            Effect::Stall => stalls = true,
        }
    }
    let channels = &mut units[spu].channels;
    if stalls {
        let command = &mut channels.mfc.pending[index];
        command.stalled = true;
        command.ticket = None;
        channels.mfc.stall(tag, done);
        channels.events.schedule(done, event::LIST_STALL);
        return;
    }
    let (satisfied, was_full) = channels.mfc.complete(index, done);
    if let Some(cycle) = satisfied {
        channels.events.schedule(cycle, event::TAG_STATUS);
    }
    if was_full {
        channels.events.schedule(done, event::QUEUE);
    }
}

/// Which commands a command takes turns with.
fn lane(kind: Kind) -> Lane {
    match kind {
        Kind::Get | Kind::GetList => Lane::Get,
        _ if kind.is_atomic() => Lane::Atomic,
        _ => Lane::Put,
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
