//! Vector floating point: single precision, always rounded to nearest, no exceptions (PEM,
//! section 3.2). The host's arithmetic on `f32` is IEEE 754's; what the standard leaves
//! open, that is NaNs, is made here.

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
    vx("vmaxfp", "vd,va,vb", 1034, |c, _, w| binary(c, w, greatest)),
    vx("vminfp", "vd,va,vb", 1098, |c, _, w| {
        binary(c, w, |a, b| -greatest(-a, -b))
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
fn flush(value: f32, non_java: bool) -> f32 {
    if non_java && value.is_subnormal() {
        f32::from_bits(value.to_bits() & 0x8000_0000)
    } else {
        value
    }
}

/// A result: that of the arithmetic, or the first NaN among the operands, quiet.
fn settle(operands: &[f32], result: f32, non_java: bool) -> f32 {
    if !result.is_nan() {
        return flush(result, non_java);
    }
    let nan = operands.iter().find(|operand| operand.is_nan());
    f32::from_bits(nan.map_or(DEFAULT_NAN, |nan| nan.to_bits() | QUIET))
}

/// VA and VB as numbers.
pub(super) fn operands(cpu: &Ppu, w: Word) -> ([f32; 4], [f32; 4]) {
    let r = &cpu.registers;
    let numbers = |register: usize| r.vr[register].floats().map(|value| flush(value, r.vscr.nj));
    (numbers(w.a()), numbers(w.b()))
}

#[inline(always)]
fn binary(cpu: &mut Ppu, w: Word, result: fn(f32, f32) -> f32) -> Outcome {
    let (lefts, rights) = operands(cpu, w);
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_floats(std::array::from_fn(|at| {
        let result = result(lefts[at], rights[at]);
        settle(&[lefts[at], rights[at]], result, r.vscr.nj)
    }));
    Ok(())
}

/// VA × VC + VB, or -(VA × VC - VB), with one rounding. NaNs come first from VA, then VB,
/// then VC.
fn fused(cpu: &mut Ppu, w: Word, subtract: bool) -> Outcome {
    let (lefts, addends) = operands(cpu, w);
    let r = &mut cpu.registers;
    let rights = r.vr[w.c()].floats().map(|value| flush(value, r.vscr.nj));
    let signed = |value: f32| if subtract { -value } else { value };
    r.vr[w.t()] = Vector::from_floats(std::array::from_fn(|at| {
        let (left, right, addend) = (lefts[at], rights[at], addends[at]);
        let sum = left.mul_add(right, signed(addend));
        let tiny = r.vscr.nj
            && sum.abs() == f32::MIN_POSITIVE
            && was_smaller(left, right, signed(addend), f64::from(sum.abs()));
        let sum = if tiny { 0.0_f32.copysign(sum) } else { sum };
        settle(&[left, addend, right], signed(sum), r.vscr.nj)
    }));
    Ok(())
}

/// Whether the magnitude of `left × right + addend` is below its rounded value: below the
/// smallest normal number that means denormalised, which is detected before rounding.
fn was_smaller(left: f32, right: f32, addend: f32, rounded: f64) -> bool {
    let (product, addend) = (f64::from(left) * f64::from(right), f64::from(addend));
    let sum = product + addend;
    // What the sum lost in rounding, exactly.
    let part = sum - product;
    let lost = (product - (sum - part)) + (addend - part);
    sum.abs() < rounded || sum.abs() == rounded && lost * sum < 0.0
}

#[inline(always)]
pub(super) fn unary(cpu: &mut Ppu, w: Word, result: fn(f32) -> f32) -> Outcome {
    let (_, values) = operands(cpu, w);
    let r = &mut cpu.registers;
    r.vr[w.t()] =
        Vector::from_floats(values.map(|value| settle(&[value], result(value), r.vscr.nj)));
    Ok(())
}

/// The greater of two; +0 is greater than -0, and a NaN stays one.
fn greatest(left: f32, right: f32) -> f32 {
    if left.is_nan() || right.is_nan() {
        f32::NAN
    } else if left > right || left == right && right.is_sign_negative() {
        left
    } else {
        right
    }
}

fn power_of_two(exponent: usize) -> f32 {
    f32::from_bits((127 + exponent as u32) << 23)
}

/// Integers with `uim` bits after the point.
fn vcfux(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].words();
    r.vr[w.t()] = Vector::from_floats(values.map(|value| value as f32 / power_of_two(w.a())));
    Ok(())
}

fn vcfsx(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].signed_words();
    r.vr[w.t()] = Vector::from_floats(values.map(|value| value as f32 / power_of_two(w.a())));
    Ok(())
}

/// A number with its point moved, cut to an integer and saturated. NaNs become 0, which
/// does not count as saturation.
fn convert(value: f32, uim: usize, least: f64, greatest: f64, saturated: &mut bool) -> i64 {
    let scaled = (f64::from(value) * f64::from(power_of_two(uim))).trunc();
    if scaled.is_nan() {
        return 0;
    }
    let result = scaled.clamp(least, greatest);
    *saturated |= result != scaled;
    result as i64
}

fn vctuxs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].floats();
    let sat = &mut r.vscr.sat;
    r.vr[w.t()] = Vector::from_words(
        values.map(|value| convert(value, w.a(), 0.0, f64::from(u32::MAX), sat) as u32),
    );
    Ok(())
}

fn vctsxs(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].floats();
    let sat = &mut r.vscr.sat;
    let (least, greatest) = (f64::from(i32::MIN), f64::from(i32::MAX));
    r.vr[w.t()] = Vector::from_signed_words(
        values.map(|value| convert(value, w.a(), least, greatest, sat) as i32),
    );
    Ok(())
}
