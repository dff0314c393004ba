//! Vector permutation, merges and splats (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::{va, vx};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    va("vperm", "vd,va,vb,vc", 43, vperm),
    vx("vmrghb", "vd,va,vb", 12, vmrghb),
    vx("vmrghh", "vd,va,vb", 76, vmrghh),
    vx("vmrghw", "vd,va,vb", 140, vmrghw),
    vx("vmrglb", "vd,va,vb", 268, vmrglb),
    vx("vmrglh", "vd,va,vb", 332, vmrglh),
    vx("vmrglw", "vd,va,vb", 396, vmrglw),
    vx("vspltb", "vd,vb,uim", 524, vspltb),
    vx("vsplth", "vd,vb,uim", 588, vsplth),
    vx("vspltw", "vd,vb,uim", 652, vspltw),
    vx("vspltisb", "vd,sim", 780, vspltisb),
    vx("vspltish", "vd,sim", 844, vspltish),
    vx("vspltisw", "vd,sim", 908, vspltisw),
];

/// Bytes of VA and VB together, chosen by the low five bits of each byte of VC.
fn vperm(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    // All of them from the last to the first.
    let mut source = [0; 32];
    let (right, left) = source.split_at_mut(16);
    right.copy_from_slice(&r.vr[w.b()].to_le_bytes());
    left.copy_from_slice(&r.vr[w.a()].to_le_bytes());
    let places = r.vr[w.c()].to_le_bytes();
    // In halves, which are put together without a detour through memory.
    let half = |first: usize| {
        u64::from_le_bytes(std::array::from_fn(|at| {
            source[usize::from(!places[first + at] & 31)]
        }))
    };
    let chosen = u128::from(half(8)) << 64 | u128::from(half(0));
    r.vr[w.t()] = Vector::from_bits(chosen);
    Ok(())
}

/// Elements of VA and VB in turn, from one half of both.
macro_rules! merge {
    ($name:ident, $split:ident, $join:ident, $first:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                let from = $first + at / 2;
                if at % 2 == 0 {
                    lefts[from]
                } else {
                    rights[from]
                }
            }));
            Ok(())
        }
    };
}

merge!(vmrghb, bytes, from_bytes, 0);
merge!(vmrghh, halves, from_halves, 0);
merge!(vmrghw, words, from_words, 0);
merge!(vmrglb, bytes, from_bytes, 8);
merge!(vmrglh, halves, from_halves, 4);
merge!(vmrglw, words, from_words, 2);

/// One element in all places; bits of the number that are too many are ignored.
macro_rules! splat {
    ($name:ident, $split:ident, $join:ident) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let values = r.vr[w.b()].$split();
            let value = values[w.a() % values.len()];
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|_| value));
            Ok(())
        }
    };
}

splat!(vspltb, bytes, from_bytes);
splat!(vsplth, halves, from_halves);
splat!(vspltw, words, from_words);

fn vspltisb(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.vr[w.t()] = Vector::from_signed_bytes([w.sim() as i8; 16]);
    Ok(())
}

fn vspltish(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.vr[w.t()] = Vector::from_signed_halves([w.sim() as i16; 8]);
    Ok(())
}

fn vspltisw(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.vr[w.t()] = Vector::from_signed_words([w.sim(); 4]);
    Ok(())
}
