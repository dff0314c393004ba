//! Vector compares (PEM, section 6.2): ones where an element's relation holds; with Rc
//! condition register field 6 says whether it holds for all and for none.

use super::super::registers::condition;
use super::super::vector::Vector;
use super::encoding::vxr;
use super::vector_float::operands;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vxr("vcmpequb", "vd,va,vb", 6, vcmpequb),
    vxr("vcmpequh", "vd,va,vb", 70, vcmpequh),
    vxr("vcmpequw", "vd,va,vb", 134, vcmpequw),
    vxr("vcmpgtub", "vd,va,vb", 518, vcmpgtub),
    vxr("vcmpgtuh", "vd,va,vb", 582, vcmpgtuh),
    vxr("vcmpgtuw", "vd,va,vb", 646, vcmpgtuw),
    vxr("vcmpgtsb", "vd,va,vb", 774, vcmpgtsb),
    vxr("vcmpgtsh", "vd,va,vb", 838, vcmpgtsh),
    vxr("vcmpgtsw", "vd,va,vb", 902, vcmpgtsw),
    vxr("vcmpeqfp", "vd,va,vb", 198, vcmpeqfp),
    vxr("vcmpgefp", "vd,va,vb", 454, vcmpgefp),
    vxr("vcmpgtfp", "vd,va,vb", 710, vcmpgtfp),
    vxr("vcmpbfp", "vd,va,vb", 966, vcmpbfp),
];

#[inline]
fn finish(cpu: &mut Ppu, w: Word, result: Vector) -> Outcome {
    cpu.registers.vr[w.t()] = result;
    if w.vector_rc() {
        let result = result.to_bits();
        let all = if result == u128::MAX {
            condition::LT
        } else {
            0
        };
        let none = if result == 0 { condition::EQ } else { 0 };
        cpu.registers.set_cr_field(6, all | none);
    }
    Ok(())
}

macro_rules! integers {
    ($name:ident, $split:ident, $join:ident, $unsigned:ty, $relation:tt) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            let result = Vector::$join(std::array::from_fn(|at| {
                if lefts[at] $relation rights[at] { <$unsigned>::MAX } else { 0 }
            }));
            finish(cpu, w, result)
        }
    };
}

integers!(vcmpequb, bytes, from_bytes, u8, ==);
integers!(vcmpequh, halves, from_halves, u16, ==);
integers!(vcmpequw, words, from_words, u32, ==);
integers!(vcmpgtub, bytes, from_bytes, u8, >);
integers!(vcmpgtuh, halves, from_halves, u16, >);
integers!(vcmpgtuw, words, from_words, u32, >);
integers!(vcmpgtsb, signed_bytes, from_bytes, u8, >);
integers!(vcmpgtsh, signed_halves, from_halves, u16, >);
integers!(vcmpgtsw, signed_words, from_words, u32, >);

macro_rules! floats {
    ($name:ident, $relation:tt) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let (lefts, rights) = operands(cpu, w);
            let result = Vector::from_words(std::array::from_fn(|at| {
                if lefts[at] $relation rights[at] { u32::MAX } else { 0 }
            }));
            finish(cpu, w, result)
        }
    };
}

floats!(vcmpeqfp, ==);
floats!(vcmpgefp, >=);
floats!(vcmpgtfp, >);

/// Bounds: the highest bit where VA is not at most VB, the next where VA is not at least
/// -VB; both with a NaN.
fn vcmpbfp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let (lefts, rights) = operands(cpu, w);
    let within = |left: f32, right: f32| (left <= right, left >= -right);
    let result = Vector::from_words(std::array::from_fn(|at| {
        let (below, above) = within(lefts[at], rights[at]);
        u32::from(!below) << 31 | u32::from(!above) << 30
    }));
    cpu.registers.vr[w.t()] = result;
    if w.vector_rc() {
        let inside = if result.to_bits() == 0 {
            condition::EQ
        } else {
            0
        };
        cpu.registers.set_cr_field(6, inside);
    }
    Ok(())
}
