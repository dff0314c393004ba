//! Special purpose registers and the time base (book I, section 3.3.13; book II,
//! section 4.2).

use super::super::exit::{Cause, Stop};
use super::super::registers::Xer;
use super::encoding::x;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("mfspr", "rt,spr", (31, 339), mfspr),
    x("mtspr", "spr,rs", (31, 467), mtspr),
    x("mftb", "rt,spr", (31, 371), mftb).ending_block(),
];

/// Numbers of the registers that programs can access.
mod number {
    pub const XER: u32 = 1;
    pub const LR: u32 = 8;
    pub const CTR: u32 = 9;
    pub const VRSAVE: u32 = 256;
    pub const TB: u32 = 268;
    pub const TBU: u32 = 269;
}

/// Whether a word, if it is an `mfspr`, reads the time base, as `mftb` does.
pub(super) fn is_of_time(w: Word) -> bool {
    w.spr() == number::TB || w.spr() == number::TBU
}

fn inaccessible(w: Word) -> Stop {
    Cause::SpecialRegister(w.spr()).into()
}

fn mfspr(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    r.gpr[w.t()] = match w.spr() {
        number::XER => r.xer.to_bits(),
        number::LR => r.lr,
        number::CTR => r.ctr,
        number::VRSAVE => u64::from(r.vrsave),
        number::TB | number::TBU => return mftb(cpu, memory, w),
        _ => return Err(inaccessible(w)),
    };
    Ok(())
}

fn mtspr(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &mut cpu.registers;
    let value = r.gpr[w.t()];
    match w.spr() {
        number::XER => r.xer = Xer::from_bits(value),
        number::LR => r.lr = value,
        number::CTR => r.ctr = value,
        number::VRSAVE => r.vrsave = value as u32,
        _ => return Err(inaccessible(w)),
    }
    Ok(())
}

fn mftb(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let ticks = cpu.time_base();
    cpu.registers.gpr[w.t()] = match w.spr() {
        number::TB => ticks,
        number::TBU => ticks >> 32,
        _ => return Err(inaccessible(w)),
    };
    Ok(())
}
