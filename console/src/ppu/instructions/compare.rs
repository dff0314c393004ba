//! Fixed-point compares and traps (book I, sections 3.3.9 and 3.3.10).

use super::super::exit::Cause;
use super::encoding::{d, x};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("cmpi", "bf,l,ra,si", 11, cmpi),
    d("cmpli", "bf,l,ra,ui", 10, cmpli),
    x("cmp", "bf,l,ra,rb", (31, 0), cmp),
    x("cmpl", "bf,l,ra,rb", (31, 32), cmpl),
    d("tdi", "to,ra,si", 2, tdi),
    d("twi", "to,ra,si", 3, twi),
    x("td", "to,ra,rb", (31, 68), td),
    x("tw", "to,ra,rb", (31, 4), tw),
];

fn compare_signed(cpu: &mut Ppu, w: Word, left: u64, right: u64) -> Outcome {
    if w.l() {
        cpu.registers.compare(w.bf(), left as i64, right as i64);
    } else {
        cpu.registers.compare(w.bf(), left as i32, right as i32);
    }
    Ok(())
}

fn compare_unsigned(cpu: &mut Ppu, w: Word, left: u64, right: u64) -> Outcome {
    if w.l() {
        cpu.registers.compare(w.bf(), left, right);
    } else {
        cpu.registers.compare(w.bf(), left as u32, right as u32);
    }
    Ok(())
}

fn cmpi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    compare_signed(cpu, w, cpu.registers.gpr[w.a()], w.signed())
}

fn cmpli(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    compare_unsigned(cpu, w, cpu.registers.gpr[w.a()], w.unsigned())
}

fn cmp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    compare_signed(cpu, w, r.gpr[w.a()], r.gpr[w.b()])
}

fn cmpl(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    compare_unsigned(cpu, w, r.gpr[w.a()], r.gpr[w.b()])
}

/// Traps where one of the conditions in TO holds: less, greater, equal, below, above.
fn trap(w: Word, left: i64, right: i64) -> Outcome {
    let (left_bits, right_bits) = (left as u64, right as u64);
    let conditions = usize::from(left < right) << 4
        | usize::from(left > right) << 3
        | usize::from(left == right) << 2
        | usize::from(left_bits < right_bits) << 1
        | usize::from(left_bits > right_bits);
    if conditions & w.t() != 0 {
        return Err(Cause::Trap.into());
    }
    Ok(())
}

fn tdi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    trap(w, cpu.registers.gpr[w.a()] as i64, w.signed() as i64)
}

/// Words compare like their sign extensions, with and without sign.
fn twi(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let left = cpu.registers.gpr[w.a()] as i32;
    trap(w, i64::from(left), w.signed() as i64)
}

fn td(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    trap(w, r.gpr[w.a()] as i64, r.gpr[w.b()] as i64)
}

fn tw(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let (left, right) = (r.gpr[w.a()] as i32, r.gpr[w.b()] as i32);
    trap(w, i64::from(left), i64::from(right))
}
