//! Loads and stores of several registers and of byte strings (book I, sections 3.3.5 and
//! 3.3.6). Nothing is changed where part of the range faults.

use super::super::exit::Stop;
use super::super::memory::{AccessFault, AccessKind};
use super::encoding::{d, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("lmw", "rt,d(ra)", 46, lmw),
    d("stmw", "rs,d(ra)", 47, stmw),
    x("lswi", "rt,ra0,nb", (31, 597), lswi),
    x("lswx", "rt,ra0,rb", (31, 533), lswx),
    x("stswi", "rs,ra0,nb", (31, 725), stswi),
    x("stswx", "rs,ra0,rb", (31, 661), stswx),
];

fn multiple(
    cpu: &Ppu,
    memory: &AddressSpace,
    w: Word,
    kind: AccessKind,
) -> Result<u64, AccessFault> {
    let address = cpu.registers.base(w.a()).wrapping_add(w.signed());
    if !address.is_multiple_of(4) {
        return Err(AccessFault::misaligned(address, kind));
    }
    memory.check(address, 4 * (32 - w.t() as u64), kind)?;
    Ok(address)
}

/// Invalid where RA is among the registers that are loaded.
fn lmw(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    if w.a() >= w.t() {
        return Err(Stop::illegal());
    }
    let address = multiple(cpu, memory, w, AccessKind::Load)?;
    for (at, register) in (w.t()..32).enumerate() {
        let word = u32::from_be_bytes(memory.load(address + 4 * at as u64)?);
        cpu.registers.gpr[register] = u64::from(word);
    }
    Ok(())
}

fn stmw(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = multiple(cpu, memory, w, AccessKind::Store)?;
    for (at, register) in (w.t()..32).enumerate() {
        let word = cpu.registers.gpr[register] as u32;
        memory.store(address + 4 * at as u64, word.to_be_bytes())?;
    }
    Ok(())
}

/// Four bytes to the low word of each register from RT on, around the end; the last one
/// is filled up with zeros.
fn load_string(cpu: &mut Ppu, memory: &AddressSpace, w: Word, address: u64, count: u64) -> Outcome {
    memory.check(address, count, AccessKind::Load)?;
    let mut register = w.t();
    for at in 0..count {
        let [byte] = memory.load(address + at)?;
        let shift = 24 - 8 * (at % 4);
        if at % 4 == 0 {
            cpu.registers.gpr[register] = 0;
        }
        cpu.registers.gpr[register] |= u64::from(byte) << shift;
        if at % 4 == 3 {
            register = (register + 1) % 32;
        }
    }
    Ok(())
}

fn store_string(
    cpu: &Ppu,
    memory: &mut AddressSpace,
    w: Word,
    address: u64,
    count: u64,
) -> Outcome {
    memory.check(address, count, AccessKind::Store)?;
    let mut register = w.t();
    for at in 0..count {
        let word = (cpu.registers.gpr[register] as u32).to_be_bytes();
        memory.store(address + at, [word[at as usize % 4]])?;
        if at % 4 == 3 {
            register = (register + 1) % 32;
        }
    }
    Ok(())
}

/// NB, where 0 stands for 32.
fn immediate_count(w: Word) -> u64 {
    if w.b() == 0 { 32 } else { w.b() as u64 }
}

/// Whether the string reaches a register that the address comes from.
fn overwrites(w: Word, count: u64, register: usize) -> bool {
    ((register + 32 - w.t()) % 32) < count.div_ceil(4) as usize
}

fn lswi(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let count = immediate_count(w);
    if overwrites(w, count, w.a()) {
        return Err(Stop::illegal());
    }
    let address = cpu.registers.base(w.a());
    load_string(cpu, memory, w, address, count)
}

fn lswx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let count = u64::from(r.xer.count);
    if overwrites(w, count, w.a()) || overwrites(w, count, w.b()) {
        return Err(Stop::illegal());
    }
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    load_string(cpu, memory, w, address, count)
}

fn stswi(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = cpu.registers.base(w.a());
    store_string(cpu, memory, w, address, immediate_count(w))
}

fn stswx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    store_string(cpu, memory, w, address, u64::from(r.xer.count))
}
