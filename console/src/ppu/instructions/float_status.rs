//! The floating-point status and control register (book I, section 4.6.9).

use super::super::float::bit;
use super::encoding::{x, x_record};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x_record("mffs", "frt", (63, 583), mffs),
    x("mcrfs", "bf,bfa", (63, 64), mcrfs),
    x_record("mtfsfi", "bf,u", (63, 134), mtfsfi),
    x_record("mtfsf", "flm,frb", (63, 711), mtfsf),
    x_record("mtfsb0", "bt", (63, 70), mtfsb0),
    x_record("mtfsb1", "bt", (63, 38), mtfsb1),
];

fn finish(cpu: &mut Ppu, w: Word) -> Outcome {
    if w.rc() {
        cpu.registers.record_float();
    }
    Ok(())
}

/// The high word is undefined; it is 0xfff80000 here.
fn mffs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.fpr[w.t()] = 0xfff8_0000_0000_0000 | u64::from(r.fpscr.to_bits());
    finish(cpu, w)
}

/// Copies a field and clears the exceptions in it.
fn mcrfs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let shift = 28 - 4 * w.bfa();
    r.set_cr_field(w.bf(), r.fpscr.to_bits() >> shift);
    let cleared = (bit::FX | bit::EXCEPTIONS) & 15 << shift;
    r.fpscr.assign(cleared, 0);
    Ok(())
}

fn mtfsfi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let shift = 28 - 4 * w.bf();
    cpu.registers.fpscr.assign(15 << shift, w.u() << shift);
    finish(cpu, w)
}

fn mtfsf(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let mut mask = 0;
    for field in 0..8 {
        if w.flm() << field & 0x80 != 0 {
            mask |= 0xf000_0000 >> (4 * field);
        }
    }
    let source = cpu.registers.fpr[w.b()] as u32;
    cpu.registers.fpscr.assign(mask, source);
    finish(cpu, w)
}

/// The summaries FEX and VX cannot be written.
fn one_bit(w: Word) -> u32 {
    0x8000_0000 >> w.t() & !bit::SUMMARIES
}

fn mtfsb0(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.fpscr.assign(one_bit(w), 0);
    finish(cpu, w)
}

/// An exception that is set so sets FX, too.
fn mtfsb1(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let mask = one_bit(w);
    let fpscr = &mut cpu.registers.fpscr;
    fpscr.raise(mask & bit::EXCEPTIONS);
    fpscr.assign(mask, mask);
    finish(cpu, w)
}
