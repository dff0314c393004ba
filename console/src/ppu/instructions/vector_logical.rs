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
fn logic(cpu: &mut Ppu, w: Word, result: fn(u32, u32) -> u32) -> Outcome {
    let r = &mut cpu.registers;
    let (lefts, rights) = (r.vr[w.a()].words(), r.vr[w.b()].words());
    r.vr[w.t()] = Vector::from_words(std::array::from_fn(|at| result(lefts[at], rights[at])));
    Ok(())
}

/// Bits of VB where VC has ones, of VA elsewhere.
fn vsel(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let (lefts, rights) = (r.vr[w.a()].words(), r.vr[w.b()].words());
    let masks = r.vr[w.c()].words();
    r.vr[w.t()] = Vector::from_words(std::array::from_fn(|at| {
        lefts[at] & !masks[at] | rights[at] & masks[at]
    }));
    Ok(())
}
