//! Vector floating point: single precision, always rounded to nearest, no exceptions (PEM,
//! section 3.2). The host's arithmetic on `f32` is IEEE 754's; what the standard leaves
//! open, that is NaNs, is made here.
//!
//! All elements are computed in the same steps, so that they become vector operations of the host;
//! only where a result is a NaN each element is looked at by itself.

use super::super::run::Ppu;
use super::super::vector::Vector;
use super::encoding::{va, vx};
use super::{AddressSpace, Instruction, Outcome, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vaddfp", "vd,va,vb", 10, |c, _, w| {
        binary(c, w, |left, right| left + right)
    }),
    vx("vsubfp", "vd,va,vb", 74, |c, _, w| {
        binary(c, w, |left, right| left - right)
    }),
    vx("vmaxfp", "vd,va,vb", 1034, |c, _, w| {
        binary(c, w, |left, right| {
            chosen(left, right, key(left) >= key(right))
        })
    }),
    vx("vminfp", "vd,va,vb", 1098, |c, _, w| {
        binary(c, w, |left, right| {
            chosen(left, right, key(left) <= key(right))
        })
    }),
    va("vmaddfp", "vd,va,vc,vb", 46, |c, _, w| fused(c, w, false)),
    va("vnmsubfp", "vd,va,vc,vb", 47, |c, _, w| fused(c, w, true)),
    vx("vrfin", "vd,vb", 522, |c, _, w| {
        unary(c, w, f32::round_ties_even)
    }),
    vx("vrfiz", "vd,vb", 586, |c, _, w| unary(c, w, f32::trunc)),
    vx("vrfip", "vd,vb", 650, |c, _, w| unary(c, w, f32::ceil)),
    vx("vrfim", "vd,vb", 714, |c, _, w| unary(c, w, f32::floor)),
    vx("vcfux", "vd,vb,uim", 778, vcfux),
    vx("vcfsx", "vd,vb,uim", 842, vcfsx),
    vx("vctuxs", "vd,vb,uim", 906, vctuxs),
    vx("vctsxs", "vd,vb,uim", 970, vctsxs),
];

const QUIET: u32 = 1 << 22;
const DEFAULT_NAN: u32 = 0x7fc0_0000;

/// In non-Java mode a denormalised number counts as a zero of its sign.
#[inline(always)]
fn flush(values: [f32; 4], non_java: bool) -> [f32; 4] {
    let kept = if non_java { 0x8000_0000 } else { u32::MAX };
    values.map(|value| {
        let bits = value.to_bits();
        let denormal = bits & 0x7f80_0000 == 0;
        f32::from_bits(bits & if denormal { kept } else { u32::MAX })
    })
}

/// Writes the results: those of the arithmetic, or the first NaN among the operands, quiet.
#[inline(always)]
fn finish<const N: usize>(
    cpu: &mut Ppu,
    w: Word,
    operands: [[f32; 4]; N],
    results: [f32; 4],
) -> Outcome {
    let nans = results.map(|result| u32::from(result.is_nan()));
    if nans[0] | nans[1] | nans[2] | nans[3] != 0 {
        return finish_with_nans(cpu, w, &operands, results);
    }
    cpu.registers.vr[w.t()] = Vector::from_floats(results);
    Ok(())
}

#[cold]
#[inline(never)]
fn finish_with_nans(cpu: &mut Ppu, w: Word, operands: &[[f32; 4]], results: [f32; 4]) -> Outcome {
    cpu.registers.vr[w.t()] = Vector::from_words(std::array::from_fn(|at| {
        if !results[at].is_nan() {
            return results[at].to_bits();
        }
        let mut elements = operands.iter().map(|operand| operand[at]);
        let nan = elements.find(|element| element.is_nan());
        nan.map_or(DEFAULT_NAN, |nan| nan.to_bits() | QUIET)
    }));
    Ok(())
}

/// VA and VB as numbers.
#[inline(always)]
pub(super) fn operands(cpu: &Ppu, w: Word) -> ([f32; 4], [f32; 4]) {
    let r = &cpu.registers;
    let numbers = |register: usize| flush(r.vr[register].floats(), r.vscr.nj);
    (numbers(w.a()), numbers(w.b()))
}

#[inline(always)]
fn binary(cpu: &mut Ppu, w: Word, result: impl Fn(f32, f32) -> f32) -> Outcome {
    let (lefts, rights) = operands(cpu, w);
    let results = std::array::from_fn(|at| result(lefts[at], rights[at]));
    let results = flush(results, cpu.registers.vscr.nj);
    finish(cpu, w, [lefts, rights], results)
}

/// VA × VC + VB, or -(VA × VC - VB), with one rounding. NaNs come first from VA, then VB,
/// then VC.
#[inline(always)]
fn fused(cpu: &mut Ppu, w: Word, subtract: bool) -> Outcome {
    let (lefts, addends) = operands(cpu, w);
    let r = &cpu.registers;
    let rights = flush(r.vr[w.c()].floats(), r.vscr.nj);
    // Below this a result is denormalised, which is detected before rounding.
    let least = if r.vscr.nj { f32::MIN_POSITIVE } else { 0.0 };
    let signed = |value: f32| if subtract { -value } else { value };
    let results = std::array::from_fn(|at| {
        let sum = odd_sum(lefts[at], rights[at], signed(addends[at]));
        let dropped = ones(sum.abs() < f64::from(least)) >> 1;
        signed(f64::from_bits(sum.to_bits() & !dropped) as f32)
    });
    finish(cpu, w, [lefts, addends, rights], results)
}

/// `left × right + addend`, rounded to odd: what is between two numbers becomes the one whose last
/// bit is 1. Rounded to single precision, it is what the exact value would be, since there are
/// more than two bits in between (Boldo and Melquiond, "Emulation of a FMA and Correctly Rounded
/// Sums", 2008); and it is below the smallest normal number where the exact value is.
#[inline(always)]
fn odd_sum(left: f32, right: f32, addend: f32) -> f64 {
    // The product is exact, and nothing overflows or underflows.
    let (product, addend) = (f64::from(left) * f64::from(right), f64::from(addend));
    let sum = product + addend;
    // What the sum lost in rounding, exactly; a NaN with infinities.
    let part = sum - product;
    let lost = (product - (sum - part)) + (addend - part);
    let inexact = ones(lost.abs() > 0.0);
    let toward_zero = (lost.to_bits() ^ sum.to_bits()) >> 63;
    let toward_odd = sum.to_bits().wrapping_sub(toward_zero & inexact);
    f64::from_bits(toward_odd | inexact & 1)
}

/// A condition as a mask.
#[inline(always)]
fn ones(condition: bool) -> u64 {
    if condition { u64::MAX } else { 0 }
}

#[inline(always)]
pub(super) fn unary(cpu: &mut Ppu, w: Word, result: impl Fn(f32) -> f32) -> Outcome {
    let r = &cpu.registers;
    let values = flush(r.vr[w.b()].floats(), r.vscr.nj);
    let results = flush(values.map(result), r.vscr.nj);
    finish(cpu, w, [values], results)
}

/// Orders all numbers; +0 is greater than -0.
#[inline(always)]
fn key(value: f32) -> i32 {
    let bits = value.to_bits() as i32;
    bits ^ (bits >> 31 & i32::MAX)
}

/// One of two numbers, or a NaN where one of them is.
#[inline(always)]
fn chosen(left: f32, right: f32, first: bool) -> f32 {
    let chosen = if first { left } else { right };
    if left.is_nan() | right.is_nan() {
        f32::NAN
    } else {
        chosen
    }
}

/// 2 to the power of -`uim`, or of `uim`.
fn scale(uim: usize, inverse: bool) -> f32 {
    let exponent = if inverse {
        127 - uim as u32
    } else {
        127 + uim as u32
    };
    f32::from_bits(exponent << 23)
}

/// Integers with `uim` bits after the point.
fn vcfux(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].words();
    let scale = scale(w.a(), true);
    r.vr[w.t()] = Vector::from_floats(values.map(|value| value as f32 * scale));
    Ok(())
}

fn vcfsx(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].signed_words();
    let scale = scale(w.a(), true);
    r.vr[w.t()] = Vector::from_floats(values.map(|value| value as f32 * scale));
    Ok(())
}

/// A number with its point moved, cut to an integer and saturated: `as` does both. NaNs become 0,
/// which does not count as saturation.
fn vctuxs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let scale = f64::from(scale(w.a(), false));
    let values = r.vr[w.b()].floats().map(|value| f64::from(value) * scale);
    let beyond = |value: f64| value <= -1.0 || value >= TWO_TO_32;
    r.vscr.sat |= values.into_iter().any(beyond);
    r.vr[w.t()] = Vector::from_words(values.map(|value| value as u32));
    Ok(())
}

fn vctsxs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let scale = f64::from(scale(w.a(), false));
    let values = r.vr[w.b()].floats().map(|value| f64::from(value) * scale);
    let beyond = |value: f64| value <= -TWO_TO_32 / 2.0 - 1.0 || value >= TWO_TO_32 / 2.0;
    r.vscr.sat |= values.into_iter().any(beyond);
    r.vr[w.t()] = Vector::from_signed_words(values.map(|value| value as i32));
    Ok(())
}

const TWO_TO_32: f64 = 4_294_967_296.0;
