//! Floating-point loads and stores (book I, sections 4.6.2 and 4.6.3).

use super::super::exit::Stop;
use super::encoding::{d, x};
use super::load::{Double, Load};
use super::store::{self, Store};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("lfs", "frt,d(ra)", 48, |c, m, w| {
        load::<Widened, false>(c, m, w, w.signed())
    }),
    x("lfsx", "frt,ra0,rb", (31, 535), |c, m, w| {
        load::<Widened, false>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("lfsu", "frt,d(ra)", 49, |c, m, w| {
        load::<Widened, true>(c, m, w, w.signed())
    }),
    x("lfsux", "frt,ra,rb", (31, 567), |c, m, w| {
        load::<Widened, true>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("lfd", "frt,d(ra)", 50, |c, m, w| {
        load::<Double, false>(c, m, w, w.signed())
    }),
    x("lfdx", "frt,ra0,rb", (31, 599), |c, m, w| {
        load::<Double, false>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("lfdu", "frt,d(ra)", 51, |c, m, w| {
        load::<Double, true>(c, m, w, w.signed())
    }),
    x("lfdux", "frt,ra,rb", (31, 631), |c, m, w| {
        load::<Double, true>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("stfs", "frs,d(ra)", 52, |c, m, w| {
        store::<Narrowed, false>(c, m, w, w.signed())
    }),
    x("stfsx", "frs,ra0,rb", (31, 663), |c, m, w| {
        store::<Narrowed, false>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("stfsu", "frs,d(ra)", 53, |c, m, w| {
        store::<Narrowed, true>(c, m, w, w.signed())
    }),
    x("stfsux", "frs,ra,rb", (31, 695), |c, m, w| {
        store::<Narrowed, true>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("stfd", "frs,d(ra)", 54, |c, m, w| {
        store::<store::Double, false>(c, m, w, w.signed())
    }),
    x("stfdx", "frs,ra0,rb", (31, 727), |c, m, w| {
        store::<store::Double, false>(c, m, w, c.registers.gpr[w.b()])
    }),
    d("stfdu", "frs,d(ra)", 55, |c, m, w| {
        store::<store::Double, true>(c, m, w, w.signed())
    }),
    x("stfdux", "frs,ra,rb", (31, 759), |c, m, w| {
        store::<store::Double, true>(c, m, w, c.registers.gpr[w.b()])
    }),
    x("stfiwx", "frs,ra0,rb", (31, 983), |c, m, w| {
        store::<store::FullWord, false>(c, m, w, c.registers.gpr[w.b()])
    }),
];

/// A single, made a double.
struct Widened;

impl Load for Widened {
    #[inline(always)]
    fn quickly(memory: &AddressSpace, address: u64) -> Option<u64> {
        let bytes = *memory.load_quickly(address)?;
        Some(widen(u32::from_be_bytes(bytes)))
    }

    fn load(memory: &AddressSpace, address: u64) -> Result<u64, Stop> {
        Ok(widen(u32::from_be_bytes(memory.load(address)?)))
    }
}

/// A double, made a single.
struct Narrowed;

impl Store for Narrowed {
    #[inline(always)]
    fn quickly(memory: &mut AddressSpace, address: u64, value: u64) -> Option<()> {
        memory.store_quickly(address, narrow(value).to_be_bytes())
    }

    fn store(memory: &mut AddressSpace, address: u64, value: u64) -> Outcome {
        Ok(memory.store(address, narrow(value).to_be_bytes())?)
    }
}

/// `(RA|0)` plus the offset, or RA plus it where RA is to receive the sum.
#[inline(always)]
fn address<const UPDATE: bool>(cpu: &Ppu, w: Word, offset: u64) -> u64 {
    let r = &cpu.registers;
    let base = if UPDATE { r.gpr[w.a()] } else { r.base(w.a()) };
    base.wrapping_add(offset)
}

#[inline(always)]
fn load<L: Load, const UPDATE: bool>(
    cpu: &mut Ppu,
    memory: &AddressSpace,
    w: Word,
    offset: u64,
) -> Outcome {
    let address = address::<UPDATE>(cpu, w, offset);
    match L::quickly(memory, address) {
        Some(value) if !UPDATE || w.a() != 0 => {
            cpu.registers.fpr[w.t()] = value;
            if UPDATE {
                cpu.registers.gpr[w.a()] = address;
            }
            Ok(())
        }
        _ => load_slowly::<L, UPDATE>(cpu, memory, w, address),
    }
}

/// Forms with update are invalid with RA 0.
#[cold]
#[inline(never)]
fn load_slowly<L: Load, const UPDATE: bool>(
    cpu: &mut Ppu,
    memory: &AddressSpace,
    w: Word,
    address: u64,
) -> Outcome {
    if UPDATE && w.a() == 0 {
        return Err(Stop::illegal());
    }
    cpu.registers.fpr[w.t()] = L::load(memory, address)?;
    if UPDATE {
        cpu.registers.gpr[w.a()] = address;
    }
    Ok(())
}

#[inline(always)]
fn store<S: Store, const UPDATE: bool>(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    offset: u64,
) -> Outcome {
    let address = address::<UPDATE>(cpu, w, offset);
    let allowed = !UPDATE || w.a() != 0;
    if allowed && S::quickly(memory, address, cpu.registers.fpr[w.t()]).is_some() {
        if UPDATE {
            cpu.registers.gpr[w.a()] = address;
        }
        return Ok(());
    }
    store_slowly::<S, UPDATE>(cpu, memory, w, address)
}

#[cold]
#[inline(never)]
fn store_slowly<S: Store, const UPDATE: bool>(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    address: u64,
) -> Outcome {
    if UPDATE && w.a() == 0 {
        return Err(Stop::illegal());
    }
    S::store(memory, address, cpu.registers.fpr[w.t()])?;
    if UPDATE {
        cpu.registers.gpr[w.a()] = address;
    }
    Ok(())
}

/// A single in double format; NaNs keep their fraction and stay signaling (`DOUBLE(x)`).
fn widen(bits: u32) -> u64 {
    let sign = u64::from(bits >> 31) << 63;
    let exponent = u64::from(bits >> 23 & 0xff);
    let fraction = u64::from(bits & 0x007f_ffff);
    sign | match (exponent, fraction) {
        (0, 0) => 0,
        (0, _) => {
            let shift = fraction.leading_zeros() - 40;
            let exponent = 896 - u64::from(shift);
            (exponent << 52) + (fraction << (29 + shift) & ((1 << 52) - 1)) + (1 << 52)
        }
        (0xff, _) => 0x7ff << 52 | fraction << 29,
        _ => (exponent + 896) << 52 | fraction << 29,
    }
}

/// A double's bits in single format, without rounding (`SINGLE(x)`). What is too small for
/// a denormalised single is undefined; here it is a zero.
fn narrow(bits: u64) -> u32 {
    let exponent = bits >> 52 & 0x7ff;
    let sign = (bits >> 32) as u32 & 0x8000_0000;
    if exponent > 896 || bits << 1 == 0 {
        return (bits >> 32) as u32 & 0xc000_0000 | (bits >> 29) as u32 & 0x3fff_ffff;
    }
    if exponent < 874 {
        return sign;
    }
    let fraction = bits & ((1 << 52) - 1) | 1 << 52;
    sign | (fraction >> (29 + 897 - exponent)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singles_survive_the_registers() {
        for bits in [
            0,
            1,
            2,
            0x007f_ffff,
            0x0080_0000,
            0x3f80_0000,
            0x7f7f_ffff,
            0x7f80_0000,
            0x7f80_0001,
            0x7fc0_0001,
            0x8000_0000,
            0x8000_0001,
            0xff80_0000,
        ] {
            assert_eq!(narrow(widen(bits)), bits, "{bits:#x}");
            let value = f32::from_bits(bits);
            if !value.is_nan() {
                assert_eq!(widen(bits), f64::from(value).to_bits(), "{bits:#x}");
            }
        }
    }
}
