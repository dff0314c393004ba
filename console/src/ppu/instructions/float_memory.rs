//! Floating-point loads and stores (book I, sections 4.6.2 and 4.6.3).

use super::super::exit::Stop;
use super::encoding::{d, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("lfs", "frt,d(ra)", 48, |c, m, w| {
        load(c, m, w, displaced, single)
    }),
    d("lfsu", "frt,d(ra)", 49, |c, m, w| {
        load(c, m, w, displaced_update, single)
    }),
    x("lfsx", "frt,ra0,rb", (31, 535), |c, m, w| {
        load(c, m, w, indexed, single)
    }),
    x("lfsux", "frt,ra,rb", (31, 567), |c, m, w| {
        load(c, m, w, indexed_update, single)
    }),
    d("lfd", "frt,d(ra)", 50, |c, m, w| {
        load(c, m, w, displaced, double)
    }),
    d("lfdu", "frt,d(ra)", 51, |c, m, w| {
        load(c, m, w, displaced_update, double)
    }),
    x("lfdx", "frt,ra0,rb", (31, 599), |c, m, w| {
        load(c, m, w, indexed, double)
    }),
    x("lfdux", "frt,ra,rb", (31, 631), |c, m, w| {
        load(c, m, w, indexed_update, double)
    }),
    d("stfs", "frs,d(ra)", 52, |c, m, w| {
        store(c, m, w, displaced, put_single)
    }),
    d("stfsu", "frs,d(ra)", 53, |c, m, w| {
        store(c, m, w, displaced_update, put_single)
    }),
    x("stfsx", "frs,ra0,rb", (31, 663), |c, m, w| {
        store(c, m, w, indexed, put_single)
    }),
    x("stfsux", "frs,ra,rb", (31, 695), |c, m, w| {
        store(c, m, w, indexed_update, put_single)
    }),
    d("stfd", "frs,d(ra)", 54, |c, m, w| {
        store(c, m, w, displaced, put_double)
    }),
    d("stfdu", "frs,d(ra)", 55, |c, m, w| {
        store(c, m, w, displaced_update, put_double)
    }),
    x("stfdx", "frs,ra0,rb", (31, 727), |c, m, w| {
        store(c, m, w, indexed, put_double)
    }),
    x("stfdux", "frs,ra,rb", (31, 759), |c, m, w| {
        store(c, m, w, indexed_update, put_double)
    }),
    x("stfiwx", "frs,ra0,rb", (31, 983), |c, m, w| {
        store(c, m, w, indexed, put_low_word)
    }),
];

/// The address of an access, and the register that receives it.
type Address = fn(&Ppu, Word) -> Result<(u64, Option<usize>), Stop>;

fn displaced(cpu: &Ppu, w: Word) -> Result<(u64, Option<usize>), Stop> {
    Ok((cpu.registers.base(w.a()).wrapping_add(w.signed()), None))
}

fn indexed(cpu: &Ppu, w: Word) -> Result<(u64, Option<usize>), Stop> {
    let r = &cpu.registers;
    Ok((r.base(w.a()).wrapping_add(r.gpr[w.b()]), None))
}

/// Forms with update are invalid with RA 0.
fn update(cpu: &Ppu, w: Word, offset: u64) -> Result<(u64, Option<usize>), Stop> {
    if w.a() == 0 {
        return Err(Stop::ILLEGAL);
    }
    Ok((cpu.registers.gpr[w.a()].wrapping_add(offset), Some(w.a())))
}

fn displaced_update(cpu: &Ppu, w: Word) -> Result<(u64, Option<usize>), Stop> {
    update(cpu, w, w.signed())
}

fn indexed_update(cpu: &Ppu, w: Word) -> Result<(u64, Option<usize>), Stop> {
    update(cpu, w, cpu.registers.gpr[w.b()])
}

#[inline(always)]
fn load(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    address: Address,
    get: fn(&AddressSpace, u64) -> Result<u64, Stop>,
) -> Outcome {
    let (address, updated) = address(cpu, w)?;
    cpu.registers.fpr[w.t()] = get(memory, address)?;
    if let Some(register) = updated {
        cpu.registers.gpr[register] = address;
    }
    Ok(())
}

#[inline(always)]
fn store(
    cpu: &mut Ppu,
    memory: &mut AddressSpace,
    w: Word,
    address: Address,
    put: fn(&mut AddressSpace, u64, u64) -> Outcome,
) -> Outcome {
    let (address, updated) = address(cpu, w)?;
    put(memory, address, cpu.registers.fpr[w.t()])?;
    if let Some(register) = updated {
        cpu.registers.gpr[register] = address;
    }
    Ok(())
}

fn double(memory: &AddressSpace, address: u64) -> Result<u64, Stop> {
    Ok(u64::from_be_bytes(memory.load(address)?))
}

fn single(memory: &AddressSpace, address: u64) -> Result<u64, Stop> {
    Ok(widen(u32::from_be_bytes(memory.load(address)?)))
}

fn put_double(memory: &mut AddressSpace, address: u64, bits: u64) -> Outcome {
    Ok(memory.store(address, bits.to_be_bytes())?)
}

fn put_single(memory: &mut AddressSpace, address: u64, bits: u64) -> Outcome {
    Ok(memory.store(address, narrow(bits).to_be_bytes())?)
}

fn put_low_word(memory: &mut AddressSpace, address: u64, bits: u64) -> Outcome {
    Ok(memory.store(address, (bits as u32).to_be_bytes())?)
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
