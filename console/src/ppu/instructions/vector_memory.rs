//! Vector loads and stores (PEM, section 6.2), with the PPE's own for unaligned data
//! ("Cell Broadband Engine Programming Handbook", "Vector/SIMD Multimedia Extension").

use super::super::registers::Vscr;
use super::super::vector::Vector;
use super::encoding::{vx, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("lvx", "vd,ra0,rb", (31, 103), lvx),
    x("lvxl", "vd,ra0,rb", (31, 359), lvx),
    x("stvx", "vs,ra0,rb", (31, 231), stvx),
    x("stvxl", "vs,ra0,rb", (31, 487), stvx),
    x("lvebx", "vd,ra0,rb", (31, 7), lvx),
    x("lvehx", "vd,ra0,rb", (31, 39), lvx),
    x("lvewx", "vd,ra0,rb", (31, 71), lvx),
    x("stvebx", "vs,ra0,rb", (31, 135), store_element::<1>),
    x("stvehx", "vs,ra0,rb", (31, 167), store_element::<2>),
    x("stvewx", "vs,ra0,rb", (31, 199), store_element::<4>),
    x("lvsl", "vd,ra0,rb", (31, 6), lvsl),
    x("lvsr", "vd,ra0,rb", (31, 38), lvsr),
    x("lvlx", "vd,ra0,rb", (31, 519), lvlx),
    x("lvlxl", "vd,ra0,rb", (31, 775), lvlx),
    x("lvrx", "vd,ra0,rb", (31, 551), lvrx),
    x("lvrxl", "vd,ra0,rb", (31, 807), lvrx),
    x("stvlx", "vs,ra0,rb", (31, 647), stvlx),
    x("stvlxl", "vs,ra0,rb", (31, 903), stvlx),
    x("stvrx", "vs,ra0,rb", (31, 679), stvrx),
    x("stvrxl", "vs,ra0,rb", (31, 935), stvrx),
    vx("mfvscr", "vd", 1540, mfvscr),
    vx("mtvscr", "vb", 1604, mtvscr),
];

#[inline(always)]
fn address(cpu: &Ppu, w: Word) -> u64 {
    let r = &cpu.registers;
    r.base(w.a()).wrapping_add(r.gpr[w.b()])
}

fn quadword(memory: &AddressSpace, address: u64) -> Result<u128, super::Stop> {
    Ok(u128::from_be_bytes(memory.load(address & !15)?))
}

/// Serves the loads of one element, too: their other elements are undefined, and come from
/// memory here.
fn lvx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w) & !15;
    let Some(bytes) = memory.load_quickly(address) else {
        return lvx_slowly(cpu, memory, w);
    };
    cpu.registers.vr[w.t()] = Vector::from_bytes(*bytes);
    Ok(())
}

#[cold]
#[inline(never)]
fn lvx_slowly(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.vr[w.t()] = Vector::from_bits(quadword(memory, address(cpu, w))?);
    Ok(())
}

fn stvx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.vr[w.t()].bytes();
    match memory.store_quickly(address(cpu, w) & !15, value) {
        Some(()) => Ok(()),
        None => stvx_slowly(cpu, memory, w),
    }
}

#[cold]
#[inline(never)]
fn stvx_slowly(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.vr[w.t()].bytes();
    memory.store(address(cpu, w) & !15, value)?;
    Ok(())
}

fn store_element<const N: usize>(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w) & !(N as u64 - 1);
    let bytes = cpu.registers.vr[w.t()].bytes();
    let start = address as usize % 16;
    let element: [u8; N] = std::array::from_fn(|at| bytes[start + at]);
    memory.store(address, element)?;
    Ok(())
}

fn lvsl(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let shift = (address(cpu, w) & 15) as u8;
    cpu.registers.vr[w.t()] = Vector::from_bytes(std::array::from_fn(|at| at as u8 + shift));
    Ok(())
}

fn lvsr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let shift = (address(cpu, w) & 15) as u8;
    let bytes = std::array::from_fn(|at| at as u8 + 16 - shift);
    cpu.registers.vr[w.t()] = Vector::from_bytes(bytes);
    Ok(())
}

/// From the address to the end of its quadword, on the left; zeros follow.
fn lvlx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w);
    let value = quadword(memory, address)? << (8 * (address & 15));
    cpu.registers.vr[w.t()] = Vector::from_bits(value);
    Ok(())
}

/// From the start of the quadword to before the address, on the right; zeros precede.
/// An aligned address loads zeros, and reads nothing.
fn lvrx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w);
    let value = if address & 15 == 0 {
        0
    } else {
        quadword(memory, address)? >> (128 - 8 * (address & 15))
    };
    cpu.registers.vr[w.t()] = Vector::from_bits(value);
    Ok(())
}

/// The left bytes, from the address to the end of its quadword.
fn stvlx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w);
    let bytes = cpu.registers.vr[w.t()].bytes();
    for (at, byte) in (address..=address | 15).zip(bytes) {
        memory.store(at, [byte])?;
    }
    Ok(())
}

/// The right bytes, from the start of the quadword to before the address.
fn stvrx(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let address = address(cpu, w);
    let count = address as usize & 15;
    let bytes = cpu.registers.vr[w.t()].bytes();
    for (at, &byte) in (address & !15..address).zip(&bytes[16 - count..]) {
        memory.store(at, [byte])?;
    }
    Ok(())
}

fn mfvscr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_bits(u128::from(r.vscr.to_bits()));
    Ok(())
}

fn mtvscr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vscr = Vscr::from_bits(r.vr[w.b()].to_bits() as u32);
    Ok(())
}
