//! Vector packs and unpacks (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::vx;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vpkuhum", "vd,va,vb", 14, vpkuhum),
    vx("vpkuwum", "vd,va,vb", 78, vpkuwum),
    vx("vpkuhus", "vd,va,vb", 142, vpkuhus),
    vx("vpkuwus", "vd,va,vb", 206, vpkuwus),
    vx("vpkshus", "vd,va,vb", 270, vpkshus),
    vx("vpkswus", "vd,va,vb", 334, vpkswus),
    vx("vpkshss", "vd,va,vb", 398, vpkshss),
    vx("vpkswss", "vd,va,vb", 462, vpkswss),
    vx("vpkpx", "vd,va,vb", 782, vpkpx),
    vx("vupkhsb", "vd,vb", 526, |c, _, w| unpack_bytes(c, w, 0)),
    vx("vupkhsh", "vd,vb", 590, |c, _, w| unpack_halves(c, w, 0)),
    vx("vupkhpx", "vd,vb", 846, |c, _, w| unpack_pixels(c, w, 0)),
    vx("vupklsb", "vd,vb", 654, |c, _, w| unpack_bytes(c, w, 8)),
    vx("vupklsh", "vd,vb", 718, |c, _, w| unpack_halves(c, w, 4)),
    vx("vupklpx", "vd,vb", 974, |c, _, w| unpack_pixels(c, w, 4)),
];

/// The elements of VA, then those of VB, in half the width.
macro_rules! pack {
    ($name:ident, $split:ident, $join:ident, |$value:ident, $saturated:ident| $narrow:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (lefts, rights) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            let mut any_saturated = false;
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                let $value = if at < lefts.len() {
                    lefts[at]
                } else {
                    rights[at - lefts.len()]
                };
                let $saturated = &mut any_saturated;
                $narrow
            }));
            r.vscr.sat |= any_saturated;
            Ok(())
        }
    };
    ($name:ident, $split:ident, $join:ident, $to:ty) => {
        pack!($name, $split, $join, |value, saturated| {
            let result = value.clamp(<$to>::MIN as _, <$to>::MAX as _);
            *saturated |= result != value;
            result as $to
        });
    };
}

pack!(vpkuhum, halves, from_bytes, |value, _modulo| value as u8);
pack!(vpkuwum, words, from_halves, |value, _modulo| value as u16);
pack!(vpkuhus, halves, from_bytes, u8);
pack!(vpkuwus, words, from_halves, u16);
pack!(vpkshus, signed_halves, from_bytes, u8);
pack!(vpkswus, signed_words, from_halves, u16);
pack!(vpkshss, signed_halves, from_signed_bytes, i8);
pack!(vpkswss, signed_words, from_signed_halves, i16);
pack!(vpkpx, words, from_halves, |value, _modulo| pixel(value));

/// A 32-bit pixel in 1/5/5/5 bits.
fn pixel(value: u32) -> u16 {
    (value >> 9 & 0xfc00 | value >> 6 & 0x03e0 | value >> 3 & 0x001f) as u16
}

fn unpack_bytes(cpu: &mut Ppu, w: Word, first: usize) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].signed_bytes();
    r.vr[w.t()] =
        Vector::from_signed_halves(std::array::from_fn(|at| i16::from(values[first + at])));
    Ok(())
}

fn unpack_halves(cpu: &mut Ppu, w: Word, first: usize) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].signed_halves();
    r.vr[w.t()] =
        Vector::from_signed_words(std::array::from_fn(|at| i32::from(values[first + at])));
    Ok(())
}

/// 1/5/5/5 bits to a byte each: the first is sign-extended, the others are not.
fn unpack_pixels(cpu: &mut Ppu, w: Word, first: usize) -> Outcome {
    let r = &mut cpu.registers;
    let values = r.vr[w.b()].halves();
    r.vr[w.t()] = Vector::from_words(std::array::from_fn(|at| {
        let value = u32::from(values[first + at]);
        let alpha = if value & 0x8000 != 0 { 0xff00_0000 } else { 0 };
        alpha | value << 6 & 0x001f_0000 | value << 3 & 0x0000_1f00 | value & 0x1f
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_keep_the_high_bits_of_each_channel() {
        assert_eq!(pixel(0x01f8_0000), 0xfc00);
        assert_eq!(pixel(0x0000_f800), 0x03e0);
        assert_eq!(pixel(0x0000_00f8), 0x001f);
        assert_eq!(pixel(0xfe07_0707), 0);
    }
}
