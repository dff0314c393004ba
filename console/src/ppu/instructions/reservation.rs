//! Loads that reserve and stores that need the reservation (book II, section 3.3.2).

use super::super::memory::{AccessFault, AccessKind};
use super::super::registers::condition;
use super::encoding::{x, x_one};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("lwarx", "rt,ra0,rb", (31, 20), lwarx),
    x("ldarx", "rt,ra0,rb", (31, 84), ldarx),
    x_one("stwcx.", "rs,ra0,rb", (31, 150), stwcx),
    x_one("stdcx.", "rs,ra0,rb", (31, 214), stdcx),
];

fn aligned(cpu: &Ppu, w: Word, size: u64, kind: AccessKind) -> Result<u64, AccessFault> {
    let r = &cpu.registers;
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    if address.is_multiple_of(size) {
        Ok(address)
    } else {
        Err(AccessFault::misaligned(address, kind))
    }
}

fn lwarx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = aligned(cpu, w, 4, AccessKind::Load)?;
    cpu.registers.gpr[w.t()] = u64::from(u32::from_be_bytes(memory.load(address)?));
    cpu.reserve(memory, address);
    Ok(())
}

fn ldarx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = aligned(cpu, w, 8, AccessKind::Load)?;
    cpu.registers.gpr[w.t()] = u64::from_be_bytes(memory.load(address)?);
    cpu.reserve(memory, address);
    Ok(())
}

/// Stores if the reservation holds, and says so in condition register field 0.
fn store_conditionally<const N: usize>(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    value: [u8; N],
) -> Outcome {
    let address = aligned(cpu, w, N as u64, AccessKind::Store)?;
    memory.check(address, N as u64, AccessKind::Store)?;
    let stored = cpu.take_reservation(memory, address);
    if stored {
        memory.store(address, value)?;
    }
    let r = &mut cpu.registers;
    let equal = if stored { condition::EQ } else { 0 };
    r.set_cr_field(0, equal | u32::from(r.xer.so));
    Ok(())
}

fn stwcx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.gpr[w.t()] as u32;
    store_conditionally(cpu, memory, w, value.to_be_bytes())
}

fn stdcx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.gpr[w.t()];
    store_conditionally(cpu, memory, w, value.to_be_bytes())
}
