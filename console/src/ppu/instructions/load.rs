//! Fixed-point loads (book I, sections 3.3.2 and 3.3.4).

use super::super::exit::Stop;
use super::encoding::{d, ds, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("lbz", "rt,d(ra)", 34, displaced::<Byte>),
    d("lbzu", "rt,d(ra)", 35, displaced_update::<Byte>),
    x("lbzx", "rt,ra0,rb", (31, 87), indexed::<Byte>),
    x("lbzux", "rt,ra,rb", (31, 119), indexed_update::<Byte>),
    d("lhz", "rt,d(ra)", 40, displaced::<Half>),
    d("lhzu", "rt,d(ra)", 41, displaced_update::<Half>),
    x("lhzx", "rt,ra0,rb", (31, 279), indexed::<Half>),
    x("lhzux", "rt,ra,rb", (31, 311), indexed_update::<Half>),
    d("lha", "rt,d(ra)", 42, displaced::<HalfAlgebraic>),
    d("lhau", "rt,d(ra)", 43, displaced_update::<HalfAlgebraic>),
    x("lhax", "rt,ra0,rb", (31, 343), indexed::<HalfAlgebraic>),
    x(
        "lhaux",
        "rt,ra,rb",
        (31, 375),
        indexed_update::<HalfAlgebraic>,
    ),
    d("lwz", "rt,d(ra)", 32, displaced::<WordZero>),
    d("lwzu", "rt,d(ra)", 33, displaced_update::<WordZero>),
    x("lwzx", "rt,ra0,rb", (31, 23), indexed::<WordZero>),
    x("lwzux", "rt,ra,rb", (31, 55), indexed_update::<WordZero>),
    ds(
        "lwa",
        "rt,ds(ra)",
        (58, 2),
        short_displaced::<WordAlgebraic>,
    ),
    x("lwax", "rt,ra0,rb", (31, 341), indexed::<WordAlgebraic>),
    x(
        "lwaux",
        "rt,ra,rb",
        (31, 373),
        indexed_update::<WordAlgebraic>,
    ),
    ds("ld", "rt,ds(ra)", (58, 0), short_displaced::<Double>),
    ds(
        "ldu",
        "rt,ds(ra)",
        (58, 1),
        short_displaced_update::<Double>,
    ),
    x("ldx", "rt,ra0,rb", (31, 21), indexed::<Double>),
    x("ldux", "rt,ra,rb", (31, 53), indexed_update::<Double>),
    x("lhbrx", "rt,ra0,rb", (31, 790), indexed::<HalfReversed>),
    x("lwbrx", "rt,ra0,rb", (31, 534), indexed::<WordReversed>),
    x("ldbrx", "rt,ra0,rb", (31, 532), indexed::<DoubleReversed>),
];

/// What a load makes of memory.
pub(super) trait Load {
    /// The value where memory answers quickly.
    fn quickly(memory: &AddressSpace, address: u64) -> Option<u64>;

    /// The value, or the fault.
    fn load(memory: &AddressSpace, address: u64) -> Result<u64, Stop>;
}

macro_rules! load {
    ($name:ident, |$bytes:ident| $value:expr) => {
        pub(super) struct $name;

        impl Load for $name {
            #[inline(always)]
            fn quickly(memory: &AddressSpace, address: u64) -> Option<u64> {
                let $bytes = *memory.load_quickly(address)?;
                Some($value)
            }

            fn load(memory: &AddressSpace, address: u64) -> Result<u64, Stop> {
                let $bytes = memory.load(address)?;
                Ok($value)
            }
        }
    };
}

load!(Byte, |bytes| u64::from(u8::from_be_bytes(bytes)));
load!(Half, |bytes| u64::from(u16::from_be_bytes(bytes)));
load!(HalfAlgebraic, |bytes| i16::from_be_bytes(bytes) as u64);
load!(HalfReversed, |bytes| u64::from(u16::from_le_bytes(bytes)));
load!(WordZero, |bytes| u64::from(u32::from_be_bytes(bytes)));
load!(WordAlgebraic, |bytes| i32::from_be_bytes(bytes) as u64);
load!(WordReversed, |bytes| u64::from(u32::from_le_bytes(bytes)));
load!(Double, |bytes| u64::from_be_bytes(bytes));
load!(DoubleReversed, |bytes| u64::from_le_bytes(bytes));

/// Loads RT.
#[inline(always)]
fn load<L: Load>(cpu: &mut Ppu, memory: &AddressSpace, w: Word, address: u64) -> Outcome {
    match L::quickly(memory, address) {
        Some(value) => {
            cpu.registers.gpr[w.t()] = value;
            Ok(())
        }
        None => load_slowly::<L>(cpu, memory, w, address),
    }
}

#[cold]
#[inline(never)]
fn load_slowly<L: Load>(cpu: &mut Ppu, memory: &AddressSpace, w: Word, address: u64) -> Outcome {
    cpu.registers.gpr[w.t()] = L::load(memory, address)?;
    Ok(())
}

fn displaced<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = cpu.registers.base(w.a()).wrapping_add(w.signed());
    load::<L>(cpu, memory, w, address)
}

fn short_displaced<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = cpu.registers.base(w.a()).wrapping_add(w.ds());
    load::<L>(cpu, memory, w, address)
}

fn indexed<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    load::<L>(cpu, memory, w, address)
}

/// Forms with update are invalid with RA 0 and with RA the target.
#[inline(always)]
fn update<L: Load>(cpu: &mut Ppu, memory: &AddressSpace, w: Word, offset: u64) -> Outcome {
    let address = cpu.registers.gpr[w.a()].wrapping_add(offset);
    match L::quickly(memory, address) {
        Some(value) if w.a() != 0 && w.a() != w.t() => {
            cpu.registers.gpr[w.t()] = value;
            cpu.registers.gpr[w.a()] = address;
            Ok(())
        }
        _ => update_slowly::<L>(cpu, memory, w, address),
    }
}

#[cold]
#[inline(never)]
fn update_slowly<L: Load>(cpu: &mut Ppu, memory: &AddressSpace, w: Word, address: u64) -> Outcome {
    if w.a() == 0 || w.a() == w.t() {
        return Err(Stop::illegal());
    }
    let r = &mut cpu.registers;
    r.gpr[w.t()] = L::load(memory, address)?;
    r.gpr[w.a()] = address;
    Ok(())
}

fn displaced_update<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<L>(cpu, memory, w, w.signed())
}

fn short_displaced_update<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<L>(cpu, memory, w, w.ds())
}

fn indexed_update<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    update::<L>(cpu, memory, w, cpu.registers.gpr[w.b()])
}
