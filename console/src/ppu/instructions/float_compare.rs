//! Floating-point compares (book I, section 4.6.8).

use super::super::float::{bit, is_nan, is_signaling};
use super::super::registers::condition;
use super::encoding::x;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("fcmpu", "bf,fra,frb", (63, 0), fcmpu),
    x("fcmpo", "bf,fra,frb", (63, 32), fcmpo),
];

#[inline(always)]
fn compare(cpu: &mut Ppu, w: Word) -> (u64, u64) {
    let r = &mut cpu.registers;
    let bits = (r.fpr[w.a()], r.fpr[w.b()]);
    let (left, right) = (f64::from_bits(bits.0), f64::from_bits(bits.1));
    // Without branches, which would be foreseen badly.
    let [less, greater, equal, unordered] = [
        left < right,
        left > right,
        left == right,
        left.is_nan() | right.is_nan(),
    ]
    .map(u32::from);
    let code = less * condition::LT
        + greater * condition::GT
        + equal * condition::EQ
        + unordered * condition::SO;
    r.fpscr.set_compared(code);
    r.set_cr_field(w.bf(), code);
    bits
}

fn fcmpu(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let (left, right) = compare(cpu, w);
    if is_signaling(left) || is_signaling(right) {
        cpu.registers.fpscr.raise(bit::VXSNAN);
    }
    Ok(())
}

/// A quiet NaN is invalid here; with a signaling one, both causes are set unless the
/// exception is enabled.
fn fcmpo(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let (left, right) = compare(cpu, w);
    let fpscr = &mut cpu.registers.fpscr;
    if is_signaling(left) || is_signaling(right) {
        let enabled = fpscr.is_set(bit::VE);
        fpscr.raise(bit::VXSNAN | if enabled { 0 } else { bit::VXVC });
    } else if is_nan(left) || is_nan(right) {
        fpscr.raise(bit::VXVC);
    }
    Ok(())
}
