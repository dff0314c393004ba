//! Vector products, multiply-adds, and sums across elements (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::{va, vx};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vmuleub", "vd,va,vb", 520, vmuleub),
    vx("vmuloub", "vd,va,vb", 8, vmuloub),
    vx("vmulesb", "vd,va,vb", 776, vmulesb),
    vx("vmulosb", "vd,va,vb", 264, vmulosb),
    vx("vmuleuh", "vd,va,vb", 584, vmuleuh),
    vx("vmulouh", "vd,va,vb", 72, vmulouh),
    vx("vmulesh", "vd,va,vb", 840, vmulesh),
    vx("vmulosh", "vd,va,vb", 328, vmulosh),
    va("vmhaddshs", "vd,va,vb,vc", 32, |c, _, w| high_add(c, w, 0)),
    va("vmhraddshs", "vd,va,vb,vc", 33, |c, _, w| {
        high_add(c, w, 1 << 14)
    }),
    va("vmladduhm", "vd,va,vb,vc", 34, vmladduhm),
    va("vmsumubm", "vd,va,vb,vc", 36, vmsumubm),
    va("vmsummbm", "vd,va,vb,vc", 37, vmsummbm),
    va("vmsumuhm", "vd,va,vb,vc", 38, vmsumuhm),
    va("vmsumuhs", "vd,va,vb,vc", 39, vmsumuhs),
    va("vmsumshm", "vd,va,vb,vc", 40, vmsumshm),
    va("vmsumshs", "vd,va,vb,vc", 41, vmsumshs),
    vx("vsum4ubs", "vd,va,vb", 1544, vsum4ubs),
    vx("vsum4sbs", "vd,va,vb", 1800, vsum4sbs),
    vx("vsum4shs", "vd,va,vb", 1608, vsum4shs),
    vx("vsum2sws", "vd,va,vb", 1672, vsum2sws),
    vx("vsumsws", "vd,va,vb", 1928, vsumsws),
];

/// Products of the even or the odd elements, twice as wide.
macro_rules! products {
    ($name:ident, $split:ident, $join:ident, $wide:ty, $odd:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                let at = 2 * at + $odd;
                <$wide>::from(lefts[at]) * <$wide>::from(rights[at])
            }));
            Ok(())
        }
    };
}

products!(vmuleub, bytes, from_halves, u16, 0);
products!(vmuloub, bytes, from_halves, u16, 1);
products!(vmulesb, signed_bytes, from_signed_halves, i16, 0);
products!(vmulosb, signed_bytes, from_signed_halves, i16, 1);
products!(vmuleuh, halves, from_words, u32, 0);
products!(vmulouh, halves, from_words, u32, 1);
products!(vmulesh, signed_halves, from_signed_words, i32, 0);
products!(vmulosh, signed_halves, from_signed_words, i32, 1);

/// The product's high 17 bits plus VC, saturated.
fn high_add(cpu: &mut Ppu, w: Word, rounding: i32) -> Outcome {
    let r = &mut cpu.registers;
    let (lefts, rights) = (r.vr[w.a()].signed_halves(), r.vr[w.b()].signed_halves());
    let addends = r.vr[w.c()].signed_halves();
    let mut saturated = false;
    r.vr[w.t()] = Vector::from_signed_halves(std::array::from_fn(|at| {
        let product = i32::from(lefts[at]) * i32::from(rights[at]) + rounding;
        let sum = (product >> 15) + i32::from(addends[at]);
        let result = sum.clamp(i16::MIN.into(), i16::MAX.into());
        saturated |= result != sum;
        result as i16
    }));
    r.vscr.sat |= saturated;
    Ok(())
}

fn vmladduhm(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let (lefts, rights) = (r.vr[w.a()].halves(), r.vr[w.b()].halves());
    let addends = r.vr[w.c()].halves();
    r.vr[w.t()] = Vector::from_halves(std::array::from_fn(|at| {
        lefts[at].wrapping_mul(rights[at]).wrapping_add(addends[at])
    }));
    Ok(())
}

/// For each word the products of its elements plus the word of VC, in 64 bits, and what
/// becomes of that in 32.
macro_rules! sums_of_products {
    ($name:ident, $left:ident, $right:ident, $addend:ident, $narrow:ident) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$left(), r.vr[w.b()].$right());
            let addends = r.vr[w.c()].$addend();
            let each = lefts.len() / 4;
            let mut saturated = false;
            r.vr[w.t()] = Vector::from_words(std::array::from_fn(|word| {
                let products = word * each..(word + 1) * each;
                let products = products.map(|at| i64::from(lefts[at]) * i64::from(rights[at]));
                let sum = products.sum::<i64>() + i64::from(addends[word]);
                $narrow(sum, &mut saturated)
            }));
            r.vscr.sat |= saturated;
            Ok(())
        }
    };
}

fn modulo(sum: i64, _: &mut bool) -> u32 {
    sum as u32
}

fn unsigned(sum: i64, saturated: &mut bool) -> u32 {
    let result = sum.clamp(0, u32::MAX.into());
    *saturated |= result != sum;
    result as u32
}

fn signed(sum: i64, saturated: &mut bool) -> u32 {
    let result = sum.clamp(i32::MIN.into(), i32::MAX.into());
    *saturated |= result != sum;
    result as u32
}

sums_of_products!(vmsumubm, bytes, bytes, words, modulo);
sums_of_products!(vmsummbm, signed_bytes, bytes, words, modulo);
sums_of_products!(vmsumuhm, halves, halves, words, modulo);
sums_of_products!(vmsumuhs, halves, halves, words, unsigned);
sums_of_products!(vmsumshm, signed_halves, signed_halves, signed_words, modulo);
sums_of_products!(vmsumshs, signed_halves, signed_halves, signed_words, signed);

/// For each word the sum of its elements and of the word of VB.
macro_rules! sums {
    ($name:ident, $split:ident, $addend:ident, $narrow:ident) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (values, addends) = (r.vr[w.a()].$split(), r.vr[w.b()].$addend());
            let each = values.len() / 4;
            let mut saturated = false;
            r.vr[w.t()] = Vector::from_words(std::array::from_fn(|word| {
                let elements = values[word * each..(word + 1) * each].iter();
                let sum = elements.map(|&value| i64::from(value)).sum::<i64>();
                $narrow(sum + i64::from(addends[word]), &mut saturated)
            }));
            r.vscr.sat |= saturated;
            Ok(())
        }
    };
}

sums!(vsum4ubs, bytes, words, unsigned);
sums!(vsum4sbs, signed_bytes, signed_words, signed);
sums!(vsum4shs, signed_halves, signed_words, signed);

/// The sum of each pair of words and the right word of VB, on the right; zero on the left.
fn vsum2sws(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.a()].signed_words().map(i64::from);
    let addends = r.vr[w.b()].signed_words().map(i64::from);
    let saturated = &mut r.vscr.sat;
    let left = signed(values[0] + values[1] + addends[1], saturated);
    let right = signed(values[2] + values[3] + addends[3], saturated);
    r.vr[w.t()] = Vector::from_words([0, left, 0, right]);
    Ok(())
}

/// The sum of all words and the last word of VB, on the right; zeros on the left.
fn vsumsws(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.a()].signed_words().map(i64::from);
    let addend = i64::from(r.vr[w.b()].signed_words()[3]);
    let sum = signed(values.iter().sum::<i64>() + addend, &mut r.vscr.sat);
    r.vr[w.t()] = Vector::from_words([0, 0, 0, sum]);
    Ok(())
}
