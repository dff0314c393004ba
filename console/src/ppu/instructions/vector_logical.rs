//! Vector logic and selection (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::{va, vx};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vand", "vd,va,vb", 1028, |c, _, w| {
        logic(c, w, |left, right| left & right)
    }),
    vx("vandc", "vd,va,vb", 1092, |c, _, w| {
        logic(c, w, |left, right| left & !right)
    }),
    vx("vor", "vd,va,vb", 1156, |c, _, w| {
        logic(c, w, |left, right| left | right)
    }),
    vx("vxor", "vd,va,vb", 1220, |c, _, w| {
        logic(c, w, |left, right| left ^ right)
    }),
    vx("vnor", "vd,va,vb", 1284, |c, _, w| {
        logic(c, w, |left, right| !(left | right))
    }),
    va("vsel", "vd,va,vb,vc", 42, vsel),
];

#[inline(always)]
fn logic(cpu: &mut Ppu, w: Word, result: fn(u128, u128) -> u128) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector(result(r.vr[w.a()].0, r.vr[w.b()].0));
    Ok(())
}

/// Bits of VB where VC has ones, of VA elsewhere.
fn vsel(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let mask = r.vr[w.c()].0;
    r.vr[w.t()] = Vector(r.vr[w.a()].0 & !mask | r.vr[w.b()].0 & mask);
    Ok(())
}
