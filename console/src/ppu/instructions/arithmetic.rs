//! Fixed-point arithmetic (book I, section 3.3.8).

use super::encoding::{d, xo, xo_high};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("addi", "rt,ra0,si", 14, addi),
    d("addis", "rt,ra0,si", 15, addis),
    d("addic", "rt,ra,si", 12, addic),
    d("addic.", "rt,ra,si", 13, addic_record),
    d("subfic", "rt,ra,si", 8, subfic),
    d("mulli", "rt,ra,si", 7, mulli),
    xo("add", "rt,ra,rb", 266, add),
    xo("subf", "rt,ra,rb", 40, subf),
    xo("addc", "rt,ra,rb", 10, addc),
    xo("subfc", "rt,ra,rb", 8, subfc),
    xo("adde", "rt,ra,rb", 138, adde),
    xo("subfe", "rt,ra,rb", 136, subfe),
    xo("addme", "rt,ra", 234, addme),
    xo("subfme", "rt,ra", 232, subfme),
    xo("addze", "rt,ra", 202, addze),
    xo("subfze", "rt,ra", 200, subfze),
    xo("neg", "rt,ra", 104, neg),
    xo("mulld", "rt,ra,rb", 233, mulld),
    xo("mullw", "rt,ra,rb", 235, mullw),
    xo_high("mulhd", "rt,ra,rb", 73, mulhd),
    xo_high("mulhdu", "rt,ra,rb", 9, mulhdu),
    xo_high("mulhw", "rt,ra,rb", 75, mulhw),
    xo_high("mulhwu", "rt,ra,rb", 11, mulhwu),
    xo("divd", "rt,ra,rb", 489, divd),
    xo("divdu", "rt,ra,rb", 457, divdu),
    xo("divw", "rt,ra,rb", 491, divw),
    xo("divwu", "rt,ra,rb", 459, divwu),
];

fn addi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.gpr[w.t()] = r.base(w.a()).wrapping_add(w.signed());
    Ok(())
}

fn addis(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.gpr[w.t()] = r.base(w.a()).wrapping_add(w.signed() << 16);
    Ok(())
}

/// `left + right + carry` with the carry out into XER.
fn add_carrying(cpu: &mut Ppu, target: usize, left: u64, right: u64, carry: bool) -> u64 {
    let (sum, out) = carrying(left, right, carry);
    cpu.registers.xer.ca = out;
    cpu.registers.gpr[target] = sum;
    sum
}

/// The sum, and the carry out of its most significant bit.
fn carrying(left: u64, right: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = left.overflowing_add(right);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

fn addic(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    add_carrying(cpu, w.t(), cpu.registers.gpr[w.a()], w.signed(), false);
    Ok(())
}

fn addic_record(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let sum = add_carrying(cpu, w.t(), cpu.registers.gpr[w.a()], w.signed(), false);
    cpu.registers.record(sum);
    Ok(())
}

fn subfic(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    add_carrying(cpu, w.t(), !cpu.registers.gpr[w.a()], w.signed(), true);
    Ok(())
}

fn mulli(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.gpr[w.t()] = r.gpr[w.a()].wrapping_mul(w.signed());
    Ok(())
}

/// Writes the result; with OE the overflow bits, with Rc condition register field 0.
#[inline]
fn finish(cpu: &mut Ppu, w: Word, result: u64, overflow: bool) -> Outcome {
    let r = &mut cpu.registers;
    r.gpr[w.t()] = result;
    if w.oe() {
        r.xer.ov = overflow;
        r.xer.so |= overflow;
    }
    if w.rc() {
        r.record(result);
    }
    Ok(())
}

/// A sum of three, without and with the carry out.
#[inline]
fn sum(cpu: &mut Ppu, w: Word, left: u64, right: u64, carry: bool, write_carry: bool) -> Outcome {
    let (sum, out) = carrying(left, right, carry);
    if write_carry {
        cpu.registers.xer.ca = out;
    }
    let overflow = (left ^ sum) & (right ^ sum) & 1 << 63 != 0;
    finish(cpu, w, sum, overflow)
}

fn add(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, r.gpr[w.a()], r.gpr[w.b()], false, false)
}

fn subf(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, !r.gpr[w.a()], r.gpr[w.b()], true, false)
}

fn addc(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, r.gpr[w.a()], r.gpr[w.b()], false, true)
}

fn subfc(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, !r.gpr[w.a()], r.gpr[w.b()], true, true)
}

fn adde(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, r.gpr[w.a()], r.gpr[w.b()], r.xer.ca, true)
}

fn subfe(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, !r.gpr[w.a()], r.gpr[w.b()], r.xer.ca, true)
}

fn addme(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, r.gpr[w.a()], u64::MAX, r.xer.ca, true)
}

fn subfme(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, !r.gpr[w.a()], u64::MAX, r.xer.ca, true)
}

fn addze(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, r.gpr[w.a()], 0, r.xer.ca, true)
}

fn subfze(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    sum(cpu, w, !r.gpr[w.a()], 0, r.xer.ca, true)
}

fn neg(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.gpr[w.a()];
    finish(cpu, w, value.wrapping_neg(), value == 1 << 63)
}

fn mulld(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let (product, overflow) = (r.gpr[w.a()] as i64).overflowing_mul(r.gpr[w.b()] as i64);
    finish(cpu, w, product as u64, overflow)
}

fn mullw(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let product = i64::from(r.gpr[w.a()] as i32) * i64::from(r.gpr[w.b()] as i32);
    finish(cpu, w, product as u64, i32::try_from(product).is_err())
}

fn high(cpu: &mut Ppu, w: Word, result: u64) -> Outcome {
    cpu.registers.gpr[w.t()] = result;
    if w.rc() {
        cpu.registers.record(result);
    }
    Ok(())
}

fn mulhd(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let product = i128::from(r.gpr[w.a()] as i64) * i128::from(r.gpr[w.b()] as i64);
    high(cpu, w, (product >> 64) as u64)
}

fn mulhdu(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let product = u128::from(r.gpr[w.a()]) * u128::from(r.gpr[w.b()]);
    high(cpu, w, (product >> 64) as u64)
}

fn mulhw(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let product = i64::from(r.gpr[w.a()] as i32) * i64::from(r.gpr[w.b()] as i32);
    high(cpu, w, (product >> 32) as u64)
}

fn mulhwu(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let product = u64::from(r.gpr[w.a()] as u32) * u64::from(r.gpr[w.b()] as u32);
    high(cpu, w, product >> 32)
}

/// A quotient; where there is none the result is undefined, and 0 here.
fn quotient(cpu: &mut Ppu, w: Word, quotient: Option<u64>) -> Outcome {
    finish(cpu, w, quotient.unwrap_or(0), quotient.is_none())
}

fn divd(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let result = (r.gpr[w.a()] as i64).checked_div(r.gpr[w.b()] as i64);
    quotient(cpu, w, result.map(|value| value as u64))
}

fn divdu(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let result = r.gpr[w.a()].checked_div(r.gpr[w.b()]);
    quotient(cpu, w, result)
}

fn divw(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let result = (r.gpr[w.a()] as i32).checked_div(r.gpr[w.b()] as i32);
    // The high word is undefined; the PPE clears it, and Rc compares all 64 bits.
    quotient(cpu, w, result.map(|value| u64::from(value as u32)))
}

fn divwu(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let result = (r.gpr[w.a()] as u32).checked_div(r.gpr[w.b()] as u32);
    quotient(cpu, w, result.map(u64::from))
}
