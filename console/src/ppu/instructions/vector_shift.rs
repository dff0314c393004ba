//! Vector rotates and shifts, of elements and of the whole register (PEM, section 6.2).

use super::super::vector::Vector;
use super::encoding::{va, vx};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    vx("vrlb", "vd,va,vb", 4, vrlb),
    vx("vrlh", "vd,va,vb", 68, vrlh),
    vx("vrlw", "vd,va,vb", 132, vrlw),
    vx("vslb", "vd,va,vb", 260, vslb),
    vx("vslh", "vd,va,vb", 324, vslh),
    vx("vslw", "vd,va,vb", 388, vslw),
    vx("vsrb", "vd,va,vb", 516, vsrb),
    vx("vsrh", "vd,va,vb", 580, vsrh),
    vx("vsrw", "vd,va,vb", 644, vsrw),
    vx("vsrab", "vd,va,vb", 772, vsrab),
    vx("vsrah", "vd,va,vb", 836, vsrah),
    vx("vsraw", "vd,va,vb", 900, vsraw),
    vx("vsl", "vd,va,vb", 452, vsl),
    vx("vsr", "vd,va,vb", 708, vsr),
    vx("vslo", "vd,va,vb", 1036, vslo),
    vx("vsro", "vd,va,vb", 1100, vsro),
    va("vsldoi", "vd,va,vb,shb", 44, vsldoi),
];

/// Element by element, by the low bits of the other register's element.
macro_rules! elements {
    ($name:ident, $split:ident, $join:ident, $shift:ident) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let r = &mut cpu.registers;
            let (values, shifts) = (r.vr[w.a()].$split(), r.vr[w.b()].$split());
            r.vr[w.t()] = Vector::$join(std::array::from_fn(|at| {
                values[at].$shift(shifts[at] as u32 % (8 * size_of_val(&values[at]) as u32))
            }));
            Ok(())
        }
    };
}

elements!(vrlb, bytes, from_bytes, rotate_left);
elements!(vrlh, halves, from_halves, rotate_left);
elements!(vrlw, words, from_words, rotate_left);
elements!(vslb, bytes, from_bytes, wrapping_shl);
elements!(vslh, halves, from_halves, wrapping_shl);
elements!(vslw, words, from_words, wrapping_shl);
elements!(vsrb, bytes, from_bytes, wrapping_shr);
elements!(vsrh, halves, from_halves, wrapping_shr);
elements!(vsrw, words, from_words, wrapping_shr);
elements!(vsrab, signed_bytes, from_signed_bytes, wrapping_shr);
elements!(vsrah, signed_halves, from_signed_halves, wrapping_shr);
elements!(vsraw, signed_words, from_signed_words, wrapping_shr);

/// By bits: the low three of every byte of VB, which have to be the same; those of the
/// last byte count here.
fn vsl(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_bits(r.vr[w.a()].to_bits() << (r.vr[w.b()].to_bits() & 7));
    Ok(())
}

fn vsr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_bits(r.vr[w.a()].to_bits() >> (r.vr[w.b()].to_bits() & 7));
    Ok(())
}

/// By bytes: bits 121 to 124 of VB.
fn vslo(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_bits(r.vr[w.a()].to_bits() << (r.vr[w.b()].to_bits() & 0x78));
    Ok(())
}

fn vsro(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.vr[w.t()] = Vector::from_bits(r.vr[w.a()].to_bits() >> (r.vr[w.b()].to_bits() & 0x78));
    Ok(())
}

/// Sixteen bytes of VA and VB together, from a byte on. The highest bit of the field is
/// reserved.
fn vsldoi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let shift = 8 * w.shb();
    let right = r.vr[w.b()].to_bits().checked_shr(128 - shift).unwrap_or(0);
    r.vr[w.t()] = Vector::from_bits(r.vr[w.a()].to_bits() << shift | right);
    Ok(())
}
