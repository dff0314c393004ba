//! The condition register: logic on its bits, moves of its fields (book I, sections 2.4.3
//! and 3.3.13).

use super::super::registers::Xer;
use super::encoding::x;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("crand", "bt,ba,bb", (19, 257), crand),
    x("cror", "bt,ba,bb", (19, 449), cror),
    x("crxor", "bt,ba,bb", (19, 193), crxor),
    x("crnand", "bt,ba,bb", (19, 225), crnand),
    x("crnor", "bt,ba,bb", (19, 33), crnor),
    x("creqv", "bt,ba,bb", (19, 289), creqv),
    x("crandc", "bt,ba,bb", (19, 129), crandc),
    x("crorc", "bt,ba,bb", (19, 417), crorc),
    x("mcrf", "bf,bfa", (19, 0), mcrf),
    x("mcrxr", "bf", (31, 512), mcrxr),
    x("mfcr", "rt,fxm", (31, 19), mfcr),
    x("mtcrf", "fxm,rs", (31, 144), mtcrf),
];

macro_rules! logic {
    ($name:ident, |$left:ident, $right:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let $left = cpu.registers.cr_bit(w.a());
            let $right = cpu.registers.cr_bit(w.b());
            cpu.registers.set_cr_bit(w.t(), $value);
            Ok(())
        }
    };
}

logic!(crand, |left, right| left & right);
logic!(cror, |left, right| left | right);
logic!(crxor, |left, right| left ^ right);
logic!(crnand, |left, right| !(left & right));
logic!(crnor, |left, right| !(left | right));
logic!(creqv, |left, right| left == right);
logic!(crandc, |left, right| left & !right);
logic!(crorc, |left, right| left | !right);

fn mcrf(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let field = cpu.registers.cr_field(w.bfa());
    cpu.registers.set_cr_field(w.bf(), field);
    Ok(())
}

/// Moves SO, OV and CA to a field and clears them.
fn mcrxr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.set_cr_field(w.bf(), (r.xer.to_bits() >> 28) as u32);
    r.xer = Xer {
        count: r.xer.count,
        ..Xer::default()
    };
    Ok(())
}

/// `mfcr`, and `mfocrf`, whose other fields are undefined: all are read.
fn mfcr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    cpu.registers.gpr[w.t()] = u64::from(cpu.registers.cr);
    Ok(())
}

/// `mtcrf`, and `mtocrf`, which is the same with one field.
fn mtcrf(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let mut mask = 0;
    for field in 0..8 {
        if w.fxm() << field & 0x80 != 0 {
            mask |= 0xf000_0000 >> (4 * field);
        }
    }
    let source = cpu.registers.gpr[w.t()] as u32;
    cpu.registers.cr = cpu.registers.cr & !mask | source & mask;
    Ok(())
}
