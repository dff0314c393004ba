//! Cache management and storage ordering (book II, chapter 3). With one thread at a time
//! on an address space, everything is in order already.

use super::super::exit::{Reason, Stop};
use super::super::memory::{AccessKind, LINE};
use super::encoding::x;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x("dcbst", "ra0,rb", (31, 54), touch_as_load),
    x("dcbf", "ra0,rb", (31, 86), touch_as_load),
    x("dcbt", "ra0,rb,th", (31, 278), hint),
    x("dcbtst", "ra0,rb,th", (31, 246), hint),
    x("dcbz", "ra0,rb", (31, 1014), dcbz),
    x("icbi", "ra0,rb", (31, 982), icbi).ending_block(),
    x("dst", "ra,rb,strm", (31, 342), hint),
    x("dstst", "ra,rb,strm", (31, 374), hint),
    x("dss", "strm", (31, 822), hint),
    x("sync", "sync_l", (31, 598), hint),
    x("eieio", "", (31, 854), hint),
    x("isync", "", (19, 150), hint),
];

fn address(cpu: &Ppu, w: Word) -> u64 {
    let r = &cpu.registers;
    r.base(w.a()).wrapping_add(r.gpr[w.b()])
}

fn hint(_: &mut Ppu, _: &mut AddressSpace, _: Word) -> Outcome {
    Ok(())
}

/// What counts as a load of a byte for translation and protection.
fn touch_as_load(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    memory.check(address(cpu, w), 1, AccessKind::Load)?;
    Ok(())
}

fn dcbz(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let line = address(cpu, w) & !(LINE - 1);
    memory.store(line, [0; LINE as usize])?;
    Ok(())
}

fn icbi(cpu: &mut Ppu, memory: &mut AddressSpace, w: Word) -> Outcome {
    let line = address(cpu, w) & !(LINE - 1);
    memory.check(line, 1, AccessKind::Load)?;
    Err(Stop::because(Reason::DropCode(line)))
}
