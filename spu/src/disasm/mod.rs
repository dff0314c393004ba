//! Text for instructions, in the syntax of the GNU assembler for the SPU.
//!
//! Registers are `$0` to `$127`, channels `$ch0` to `$ch127`, special-purpose registers
//! `$sp0` to `$sp127`. Relative targets are written against the place of the instruction
//! (`.+8`), or as addresses where the place is known ([`at`]).
//!
//! ```
//! use spu::isa::{Inst, Op};
//!
//! let inst = Inst { rt: 3, ra: 1, imm: 32, ..Inst::new(Op::Lqd) };
//! assert_eq!(inst.to_string(), "lqd\t$3,32($1)");
//! ```

use core::fmt;

use crate::isa::{Format, Immediate, Inst, Op, Roles};

#[cfg(test)]
mod tests;

/// A word of local store as text: the instruction, or `.long` where it is none.
///
/// `address` is where the word lies; relative targets become addresses.
#[must_use]
pub fn at(address: u32, word: u32) -> impl fmt::Display {
    Line {
        word,
        inst: Inst::decode(word),
        address: Some(address),
    }
}

impl fmt::Display for Inst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self, None)
    }
}

struct Line {
    word: u32,
    inst: Option<Inst>,
    address: Option<u32>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inst {
            Some(inst) => write(f, inst, self.address),
            None => write!(f, ".long\t0x{:08x}", self.word),
        }
    }
}

/// A target in local store: 18 bits of address, or the distance to it.
fn target(f: &mut fmt::Formatter<'_>, distance: i32, address: Option<u32>) -> fmt::Result {
    match address {
        Some(address) => write!(
            f,
            "0x{:x}",
            address.wrapping_add_signed(distance) & 0x3_ffff
        ),
        None => write!(f, ".{distance:+}"),
    }
}

fn write(f: &mut fmt::Formatter<'_>, inst: &Inst, address: Option<u32>) -> fmt::Result {
    f.write_str(inst.op.info().mnemonic)?;
    f.write_str(suffix(inst))?;
    let info = inst.op.info();
    let roles = info.roles;
    match info.format {
        Format::Lbt => {
            f.write_str("\t")?;
            target(f, inst.ro.into(), address)?;
            f.write_str(",")?;
            return immediate(f, inst, address);
        }
        Format::Lbti if inst.features != 0 => return Ok(()),
        Format::Lbti => {
            f.write_str("\t")?;
            target(f, inst.ro.into(), address)?;
            return write!(f, ",${}", inst.ra);
        }
        _ => {}
    }
    let with_rt = roles.has(Roles::READS_RT)
        || roles.has(Roles::WRITES_RT)
        || (inst.op.has_false_target() && (inst.op != Op::Nop || inst.rt != 0));
    let mut separator = "\t";
    let mut next = || core::mem::replace(&mut separator, ",");
    if info.immediate == Immediate::Channel && inst.op == Op::Wrch {
        return write!(f, "\t$ch{},${}", inst.imm, inst.rt);
    }
    if inst.op == Op::Mtspr {
        return write!(f, "\t$sp{},${}", inst.imm, inst.rt);
    }
    if with_rt {
        write!(f, "{}${}", next(), inst.rt)?;
    }
    let displaced = matches!(
        inst.op,
        Op::Lqd | Op::Stqd | Op::Cbd | Op::Chd | Op::Cwd | Op::Cdd
    );
    if displaced {
        return write!(f, "{}{}(${})", next(), inst.imm, inst.ra);
    }
    for (role, register) in [
        (Roles::READS_RA, inst.ra),
        (Roles::READS_RB, inst.rb),
        (Roles::READS_RC, inst.rc),
    ] {
        if roles.has(role) {
            write!(f, "{}${register}", next())?;
        }
    }
    if info.immediate != Immediate::No {
        f.write_str(next())?;
        immediate(f, inst, address)?;
    }
    Ok(())
}

fn immediate(f: &mut fmt::Formatter<'_>, inst: &Inst, address: Option<u32>) -> fmt::Result {
    match inst.op.info().immediate {
        Immediate::No => Ok(()),
        Immediate::Rel18 => target(f, inst.imm, address),
        Immediate::Abs18 | Immediate::U14 => write!(f, "0x{:x}", inst.imm),
        Immediate::U16 => write!(f, "0x{:x}", inst.imm & 0xffff),
        Immediate::Channel => write!(f, "$ch{}", inst.imm),
        Immediate::Spr => write!(f, "$sp{}", inst.imm),
        Immediate::S7
        | Immediate::U7
        | Immediate::S10
        | Immediate::S16
        | Immediate::U18
        | Immediate::S14x16
        | Immediate::ScaleTo
        | Immediate::ScaleFrom => write!(f, "{}", inst.imm),
    }
}

/// What the feature bits add to the mnemonic.
const fn suffix(inst: &Inst) -> &'static str {
    match (inst.op, inst.features) {
        (Op::Sync, Inst::FEATURE) => "c",
        (Op::Hbr, Inst::FEATURE) => "p",
        (_, Inst::ENABLE) => "e",
        (_, Inst::DISABLE) => "d",
        _ => "",
    }
}
