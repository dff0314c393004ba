//! Vector integer addition, subtraction, average, minimum, maximum (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::vx;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vaddubm", "vd,va,vb", 0, vaddubm),
    vx("vadduhm", "vd,va,vb", 64, vadduhm),
    vx("vadduwm", "vd,va,vb", 128, vadduwm),
    vx("vaddcuw", "vd,va,vb", 384, vaddcuw),
    vx("vaddubs", "vd,va,vb", 512, vaddubs),
    vx("vadduhs", "vd,va,vb", 576, vadduhs),
    vx("vadduws", "vd,va,vb", 640, vadduws),
    vx("vaddsbs", "vd,va,vb", 768, vaddsbs),
    vx("vaddshs", "vd,va,vb", 832, vaddshs),
    vx("vaddsws", "vd,va,vb", 896, vaddsws),
    vx("vsububm", "vd,va,vb", 1024, vsububm),
    vx("vsubuhm", "vd,va,vb", 1088, vsubuhm),
    vx("vsubuwm", "vd,va,vb", 1152, vsubuwm),
    vx("vsubcuw", "vd,va,vb", 1408, vsubcuw),
    vx("vsububs", "vd,va,vb", 1536, vsububs),
    vx("vsubuhs", "vd,va,vb", 1600, vsubuhs),
    vx("vsubuws", "vd,va,vb", 1664, vsubuws),
    vx("vsubsbs", "vd,va,vb", 1792, vsubsbs),
    vx("vsubshs", "vd,va,vb", 1856, vsubshs),
    vx("vsubsws", "vd,va,vb", 1920, vsubsws),
    vx("vmaxub", "vd,va,vb", 2, vmaxub),
    vx("vmaxuh", "vd,va,vb", 66, vmaxuh),
    vx("vmaxuw", "vd,va,vb", 130, vmaxuw),
    vx("vmaxsb", "vd,va,vb", 258, vmaxsb),
    vx("vmaxsh", "vd,va,vb", 322, vmaxsh),
    vx("vmaxsw", "vd,va,vb", 386, vmaxsw),
    vx("vminub", "vd,va,vb", 514, vminub),
    vx("vminuh", "vd,va,vb", 578, vminuh),
    vx("vminuw", "vd,va,vb", 642, vminuw),
    vx("vminsb", "vd,va,vb", 770, vminsb),
    vx("vminsh", "vd,va,vb", 834, vminsh),
    vx("vminsw", "vd,va,vb", 898, vminsw),
    vx("vavgub", "vd,va,vb", 1026, vavgub),
    vx("vavguh", "vd,va,vb", 1090, vavguh),
    vx("vavguw", "vd,va,vb", 1154, vavguw),
    vx("vavgsb", "vd,va,vb", 1282, vavgsb),
    vx("vavgsh", "vd,va,vb", 1346, vavgsh),
    vx("vavgsw", "vd,va,vb", 1410, vavgsw),
];

/// Element by element, without saturation.
macro_rules! modulo {
    ($name:ident, $split:ident, $join:ident, |$left:ident, $right:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                let ($left, $right) = (lefts[at], rights[at]);
                $value
            }));
            Ok(())
        }
    };
}

/// Element by element; an element that is not the exact result sets SAT.
macro_rules! saturating {
    ($name:ident, $split:ident, $join:ident, $saturating:ident, $wrapping:ident) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            let mut saturated = false;
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                let result = lefts[at].$saturating(rights[at]);
                saturated |= result != lefts[at].$wrapping(rights[at]);
                result
            }));
            r.vscr.sat |= saturated;
            Ok(())
        }
    };
}

modulo!(vaddubm, bytes, from_bytes, |left, right| left
    .wrapping_add(right));
modulo!(vadduhm, halves, from_halves, |left, right| left
    .wrapping_add(right));
modulo!(vadduwm, words, from_words, |left, right| left
    .wrapping_add(right));
modulo!(vaddcuw, words, from_words, |left, right| {
    u32::from(left.checked_add(right).is_none())
});
saturating!(vaddubs, bytes, from_bytes, saturating_add, wrapping_add);
saturating!(vadduhs, halves, from_halves, saturating_add, wrapping_add);
saturating!(vadduws, words, from_words, saturating_add, wrapping_add);
saturating!(
    vaddsbs,
    signed_bytes,
    from_signed_bytes,
    saturating_add,
    wrapping_add
);
saturating!(
    vaddshs,
    signed_halves,
    from_signed_halves,
    saturating_add,
    wrapping_add
);
saturating!(
    vaddsws,
    signed_words,
    from_signed_words,
    saturating_add,
    wrapping_add
);

modulo!(vsububm, bytes, from_bytes, |left, right| left
    .wrapping_sub(right));
modulo!(vsubuhm, halves, from_halves, |left, right| left
    .wrapping_sub(right));
modulo!(vsubuwm, words, from_words, |left, right| left
    .wrapping_sub(right));
modulo!(vsubcuw, words, from_words, |left, right| u32::from(
    left >= right
));
saturating!(vsububs, bytes, from_bytes, saturating_sub, wrapping_sub);
saturating!(vsubuhs, halves, from_halves, saturating_sub, wrapping_sub);
saturating!(vsubuws, words, from_words, saturating_sub, wrapping_sub);
saturating!(
    vsubsbs,
    signed_bytes,
    from_signed_bytes,
    saturating_sub,
    wrapping_sub
);
saturating!(
    vsubshs,
    signed_halves,
    from_signed_halves,
    saturating_sub,
    wrapping_sub
);
saturating!(
    vsubsws,
    signed_words,
    from_signed_words,
    saturating_sub,
    wrapping_sub
);

modulo!(vmaxub, bytes, from_bytes, |left, right| left.max(right));
modulo!(vmaxuh, halves, from_halves, |left, right| left.max(right));
modulo!(vmaxuw, words, from_words, |left, right| left.max(right));
modulo!(vmaxsb, signed_bytes, from_signed_bytes, |left, right| left
    .max(right));
modulo!(vmaxsh, signed_halves, from_signed_halves, |left, right| {
    left.max(right)
});
modulo!(vmaxsw, signed_words, from_signed_words, |left, right| left
    .max(right));
modulo!(vminub, bytes, from_bytes, |left, right| left.min(right));
modulo!(vminuh, halves, from_halves, |left, right| left.min(right));
modulo!(vminuw, words, from_words, |left, right| left.min(right));
modulo!(vminsb, signed_bytes, from_signed_bytes, |left, right| left
    .min(right));
modulo!(vminsh, signed_halves, from_signed_halves, |left, right| {
    left.min(right)
});
modulo!(vminsw, signed_words, from_signed_words, |left, right| left
    .min(right));

/// Half of the sum plus one, in a type that holds the sum.
macro_rules! average {
    ($name:ident, $split:ident, $join:ident, $lane:ty, $wide:ty) => {
        modulo!($name, $split, $join, |left, right| {
            ((<$wide>::from(left) + <$wide>::from(right) + 1) >> 1) as $lane
        });
    };
}

average!(vavgub, bytes, from_bytes, u8, u16);
average!(vavguh, halves, from_halves, u16, u32);
average!(vavguw, words, from_words, u32, u64);
average!(vavgsb, signed_bytes, from_signed_bytes, i8, i16);
average!(vavgsh, signed_halves, from_signed_halves, i16, i32);
average!(vavgsw, signed_words, from_signed_words, i32, i64);
