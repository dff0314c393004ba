//! Branches and the system call (book I, section 2.4).

use super::super::exit::{Reason, Stop};
use super::super::registers::Registers;
use super::encoding::{branch, branch_to_register, d};
use super::{AddressSpace, Flow, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    branch("b", "li", 18, b).ending_block(),
    branch("bc", "bo,bi,bd", 16, bc).ending_block(),
    branch_to_register("bclr", "bo,bi", 16, bclr).ending_block(),
    branch_to_register("bcctr", "bo,bi", 528, bcctr).ending_block(),
    d("sc", "", 17, sc).ending_block(),
];

/// Bits of BO, beside the hint.
mod option {
    /// The condition is not looked at.
    pub const ANY_CONDITION: usize = 16;
    /// The condition's bit has to be 1.
    pub const IF_TRUE: usize = 8;
    /// CTR is not decremented.
    pub const NO_COUNT: usize = 4;
    /// The decremented CTR has to be 0.
    pub const IF_ZERO: usize = 2;
}

#[inline(always)]
fn condition_holds(registers: &Registers, w: Word) -> bool {
    let bo = w.t();
    bo & option::ANY_CONDITION != 0 || registers.cr_bit(w.a()) == (bo & option::IF_TRUE != 0)
}

#[inline(always)]
fn count_holds(registers: &mut Registers, w: Word) -> bool {
    let bo = w.t();
    if bo & option::NO_COUNT != 0 {
        return true;
    }
    registers.ctr = registers.ctr.wrapping_sub(1);
    (registers.ctr == 0) == (bo & option::IF_ZERO != 0)
}

#[inline]
fn link(cpu: &mut Ppu, w: Word) {
    if w.rc() {
        cpu.registers.lr = cpu.registers.pc.wrapping_add(4);
    }
}

/// Where execution goes on after a `b` at `pc`.
#[inline(always)]
pub(in super::super) fn after_b(pc: u64, w: Word) -> u64 {
    let base = if w.aa() { 0 } else { pc };
    base.wrapping_add(w.li())
}

/// Where execution goes on after a `bc` at `pc`, which may count.
#[inline(always)]
pub(in super::super) fn after_bc(registers: &mut Registers, pc: u64, w: Word) -> u64 {
    if count_holds(registers, w) & condition_holds(registers, w) {
        let base = if w.aa() { 0 } else { pc };
        base.wrapping_add(w.ds())
    } else {
        pc.wrapping_add(4)
    }
}

fn b(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    link(cpu, w);
    cpu.next = after_b(cpu.registers.pc, w);
    Ok(())
}

fn bc(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    link(cpu, w);
    let pc = cpu.registers.pc;
    cpu.next = after_bc(&mut cpu.registers, pc, w);
    Ok(())
}

/// How execution goes on after a word.
pub(super) fn flow(instruction: Option<&Instruction>, w: Word) -> Flow {
    match instruction.map(|instruction| instruction.name) {
        Some("b") if !w.rc() => Flow::Always,
        Some("bc") if !w.rc() => Flow::Conditional,
        _ => Flow::Told,
    }
}

fn bclr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let target = cpu.registers.lr & !3;
    link(cpu, w);
    if count_holds(&mut cpu.registers, w) && condition_holds(&cpu.registers, w) {
        cpu.next = target;
    }
    Ok(())
}

/// A form that decrements CTR is invalid here.
fn bcctr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    if w.t() & option::NO_COUNT == 0 {
        return Err(Stop::illegal());
    }
    link(cpu, w);
    if condition_holds(&cpu.registers, w) {
        cpu.next = cpu.registers.ctr & !3;
    }
    Ok(())
}

fn sc(_: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    if w.0 & 2 == 0 {
        return Err(Stop::illegal());
    }
    Err(Stop::because(Reason::SystemCall((w.0 >> 5 & 0x7f) as u8)))
}
