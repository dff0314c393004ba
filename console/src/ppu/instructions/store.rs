//! Fixed-point stores (book I, sections 3.3.3 and 3.3.4).

use super::super::exit::Stop;
use super::encoding::{d, ds, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("stb", "rs,d(ra)", 38, displaced::<Byte>),
    d("stbu", "rs,d(ra)", 39, displaced_update::<Byte>),
    x("stbx", "rs,ra0,rb", (31, 215), indexed::<Byte>),
    x("stbux", "rs,ra,rb", (31, 247), indexed_update::<Byte>),
    d("sth", "rs,d(ra)", 44, displaced::<Half>),
    d("sthu", "rs,d(ra)", 45, displaced_update::<Half>),
    x("sthx", "rs,ra0,rb", (31, 407), indexed::<Half>),
    x("sthux", "rs,ra,rb", (31, 439), indexed_update::<Half>),
    d("stw", "rs,d(ra)", 36, displaced::<FullWord>),
    d("stwu", "rs,d(ra)", 37, displaced_update::<FullWord>),
    x("stwx", "rs,ra0,rb", (31, 151), indexed::<FullWord>),
    x("stwux", "rs,ra,rb", (31, 183), indexed_update::<FullWord>),
    ds("std", "rs,ds(ra)", (62, 0), short_displaced::<Double>),
    ds(
        "stdu",
        "rs,ds(ra)",
        (62, 1),
        short_displaced_update::<Double>,
    ),
    x("stdx", "rs,ra0,rb", (31, 149), indexed::<Double>),
    x("stdux", "rs,ra,rb", (31, 181), indexed_update::<Double>),
    x("sthbrx", "rs,ra0,rb", (31, 918), indexed::<HalfReversed>),
    x("stwbrx", "rs,ra0,rb", (31, 662), indexed::<WordReversed>),
    x("stdbrx", "rs,ra0,rb", (31, 660), indexed::<DoubleReversed>),
];

/// What a store makes of a register.
pub(super) trait Store {
    /// Stores where memory takes it quickly.
    fn quickly(memory: &mut AddressSpace, address: u64, value: u64) -> Option<()>;

    /// Stores, or faults.
    fn store(memory: &mut AddressSpace, address: u64, value: u64) -> Outcome;
}

macro_rules! store {
    ($name:ident, |$value:ident| $bytes:expr) => {
        pub(super) struct $name;

        impl Store for $name {
            #[inline(always)]
            fn quickly(memory: &mut AddressSpace, address: u64, $value: u64) -> Option<()> {
                memory.store_quickly(address, $bytes)
            }

            fn store(memory: &mut AddressSpace, address: u64, $value: u64) -> Outcome {
                Ok(memory.store(address, $bytes)?)
            }
        }
    };
}

store!(Byte, |value| (value as u8).to_be_bytes());
store!(Half, |value| (value as u16).to_be_bytes());
store!(HalfReversed, |value| (value as u16).to_le_bytes());
store!(FullWord, |value| (value as u32).to_be_bytes());
store!(WordReversed, |value| (value as u32).to_le_bytes());
store!(Double, |value| value.to_be_bytes());
store!(DoubleReversed, |value| value.to_le_bytes());

/// Stores RS.
#[inline(always)]
fn store<S: Store>(cpu: &Ppu, memory: &mut AddressSpace, w: Word, address: u64) -> Outcome {
    match S::quickly(memory, address, cpu.registers.gpr[w.t()]) {
        Some(()) => Ok(()),
        None => store_slowly::<S>(cpu, memory, w, address),
    }
}

#[cold]
#[inline(never)]
fn store_slowly<S: Store>(cpu: &Ppu, memory: &mut AddressSpace, w: Word, address: u64) -> Outcome {
    S::store(memory, address, cpu.registers.gpr[w.t()])
}

fn displaced<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = cpu.registers.base(w.a()).wrapping_add(w.signed());
    store::<S>(cpu, memory, w, address)
}

fn short_displaced<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = cpu.registers.base(w.a()).wrapping_add(w.ds());
    store::<S>(cpu, memory, w, address)
}

fn indexed<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    store::<S>(cpu, memory, w, address)
}

/// Forms with update are invalid with RA 0.
#[inline(always)]
fn update<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word, offset: u64) -> Outcome {
    let r = &mut cpu.registers;
    let address = r.gpr[w.a()].wrapping_add(offset);
    if w.a() != 0 && S::quickly(memory, address, r.gpr[w.t()]).is_some() {
        r.gpr[w.a()] = address;
        return Ok(());
    }
    update_slowly::<S>(cpu, memory, w, address)
}

#[cold]
#[inline(never)]
fn update_slowly<S: Store>(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    address: u64,
) -> Outcome {
    if w.a() == 0 {
        return Err(Stop::illegal());
    }
    let r = &mut cpu.registers;
    S::store(memory, address, r.gpr[w.t()])?;
    r.gpr[w.a()] = address;
    Ok(())
}

fn displaced_update<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<S>(cpu, memory, w, w.signed())
}

fn short_displaced_update<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<S>(cpu, memory, w, w.ds())
}

fn indexed_update<S: Store>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<S>(cpu, memory, w, cpu.registers.gpr[w.b()])
}
