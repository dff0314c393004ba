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
trait Load {
    fn load(memory: &AddressSpace, address: u64) -> Result<u64, Stop>;
}

macro_rules! load {
    ($name:ident, |$bytes:ident| $value:expr) => {
        struct $name;

        impl Load for $name {
            #[inline]
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

fn displaced<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let address = r.base(w.a()).wrapping_add(w.signed());
    r.gpr[w.t()] = L::load(memory, address)?;
    Ok(())
}

fn short_displaced<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let address = r.base(w.a()).wrapping_add(w.ds());
    r.gpr[w.t()] = L::load(memory, address)?;
    Ok(())
}

fn indexed<L: Load>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let address = r.base(w.a()).wrapping_add(r.gpr[w.b()]);
    r.gpr[w.t()] = L::load(memory, address)?;
    Ok(())
}

/// Forms with update are invalid with RA 0 and with RA the target.
#[inline]
fn update<L: Load>(cpu: &mut Ppu, memory: &AddressSpace, w: Word, offset: u64) -> Outcome {
    if w.a() == 0 || w.a() == w.t() {
        return Err(Stop::ILLEGAL);
    }
    let r = &mut cpu.registers;
    let address = r.gpr[w.a()].wrapping_add(offset);
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
