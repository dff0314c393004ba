//! The instruction loop.
//!
//! The loop is written once and compiled for each implementation of [`Lanes`], and for
//! programs that are watched. When an instruction is issued the [`Pipeline`] knows.

#[cfg(test)]
mod tests;

use ::spu::isa::channel::Channel;
use ::spu::isa::{Inst, Op};

use crate::spu::channels::{Channels, Ready};
use crate::spu::decode::PREFETCH;
use crate::spu::fault::{FaultKind, Refusal};
use crate::spu::local_store::ADDRESS_MASK;
use crate::spu::quad::Quad;
use crate::spu::semantics::single::negated;
use crate::spu::semantics::{
    bytes, compare, convert, double, estimate, fixed, mask, multiply, quadword, shift,
};
#[cfg(target_arch = "x86_64")]
use crate::spu::simd::avx2::{self, Avx2};
use crate::spu::simd::{Lanes, portable::Portable};
use crate::spu::timing::{Observer, Silent};
use crate::spu::unit::Unit;

/// Addresses of instructions.
const PC_MASK: u32 = ADDRESS_MASK & !3;
/// The type with which `stopd` stops.
const STOPD_TYPE: u16 = 0x3fff;

/// Why the loop ended.
pub(crate) enum Exit {
    /// The clock reached the limit.
    Limit,
    /// The instruction at `pc` looks at something from outside, of which not all is known
    /// that may have come until now.
    Ahead,
    /// Interrupts are enabled, and the last instruction may have made one due.
    Interruptible,
    /// The instruction at `pc` needs a channel that is not ready.
    Wait(Channel),
    /// `stop` was executed.
    Stop(u16),
    /// The instruction at `pc` cannot be executed.
    Fault(Option<Channel>, Refusal),
}

/// Executes instructions until the clock reaches `limit`.
pub(crate) fn run(unit: &mut Unit, limit: u64) -> Exit {
    if let Some(mut record) = unit.record.take() {
        let exit = execute::<Portable, _>(unit, limit, &mut *record);
        unit.record = Some(record);
        return exit;
    }
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        return with_avx2(unit, limit);
    }
    execute::<Portable, _>(unit, limit, &mut Silent)
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn with_avx2(unit: &mut Unit, limit: u64) -> Exit {
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
    fn compiled(unit: &mut Unit, limit: u64) -> Exit {
        execute::<Avx2, _>(unit, limit, &mut Silent)
    }
    // SAFETY: `run` comes here only when `avx2::available` found all of these features.
    unsafe { compiled(unit, limit) }
}

/// Executes instructions with plain Rust, to compare with what the host's vectors do.
#[cfg(test)]
pub(crate) fn run_portably(unit: &mut Unit, limit: u64) -> Exit {
    execute::<Portable, _>(unit, limit, &mut Silent)
}

/// Sets a link register. Kept out of the loop, where the value would be made for every
/// instruction in advance.
#[inline(never)]
fn link(register: &mut Quad, next: u32) {
    *register = Quad::preferred(next);
}

/// Where a branch to a register goes.
#[inline(always)]
fn target(register: Quad) -> u32 {
    register.word() & PC_MASK
}

#[inline(always)]
fn halfword(register: Quad) -> u32 {
    register.word() & 0xffff
}

#[inline(always)]
fn execute<L: Lanes, O: Observer>(unit: &mut Unit, limit: u64, observer: &mut O) -> Exit {
    let mut pc = unit.pc & PC_MASK;
    let pipeline = &mut unit.pipeline;
    let mut clock = pipeline.clock;
    let registers = &mut unit.registers;
    let mut store = unit.store.view();
    let fpscr = &mut unit.fpscr;
    let channels = &mut unit.channels;
    let known = unit.known;
    // The limit, or the next cycle in which DMA has the port of local store.
    let mut stop = pipeline.next_stop(limit);
    let exit = loop {
        let d = store.fetch(pc);
        if clock.cycle >= stop {
            if clock.cycle >= limit {
                break Exit::Limit;
            }
            stop = pipeline.share_port(&mut clock, d.slot, limit);
        }
        let Some(op) = d.op else {
            if store.decode(pc) {
                continue;
            }
            break Exit::Fault(None, FaultKind::Spu.because("no instruction of the SPU"));
        };
        let fall = (pc + 4) & PC_MASK;
        let mut next = fall;
        let cycle = pipeline.issue(&mut clock, d.slot, pc, observer);

        macro_rules! r {
            (t) => {
                registers[usize::from(d.rt & 127)]
            };
            (a) => {
                registers[usize::from(d.ra & 127)]
            };
            (b) => {
                registers[usize::from(d.rb & 127)]
            };
            (c) => {
                registers[(d.imm & 127) as usize]
            };
        }
        // rt = f(ra), f(ra, rb), f(ra, rb, rc), f(ra, rb, rt); with immediates in all
        // words, halfwords or bytes; with the count of a quadword shift.
        macro_rules! unary {
            ($f:path) => {
                r!(t) = $f(r!(a))
            };
        }
        macro_rules! binary {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b))
            };
        }
        macro_rules! ternary {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b), r!(c))
            };
        }
        macro_rules! accumulate {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b), r!(t))
            };
        }
        macro_rules! words {
            ($f:path) => {
                r!(t) = $f(r!(a), Quad::splat(d.imm as u32))
            };
        }
        macro_rules! halfwords {
            ($f:path) => {
                r!(t) = $f(r!(a), Quad::splat((d.imm as u32 & 0xffff) * 0x0001_0001))
            };
        }
        macro_rules! bytes {
            ($f:path) => {
                r!(t) = $f(r!(a), Quad::splat((d.imm as u32 & 0xff) * 0x0101_0101))
            };
        }
        macro_rules! by_register {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b).word())
            };
        }
        macro_rules! by_immediate {
            ($f:path) => {
                r!(t) = $f(r!(a), d.imm as u32)
            };
        }
        macro_rules! float2 {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b), fpscr)
            };
        }
        macro_rules! float_accumulate {
            ($f:path) => {
                r!(t) = $f(r!(a), r!(b), r!(t), fpscr)
            };
        }
        macro_rules! insertion {
            ($width:literal, $offset:expr) => {
                r!(t) = mask::insertion(r!(a).word().wrapping_add($offset), $width)
            };
        }
        // Where a branch goes: all of them end here.
        macro_rules! go {
            () => {
                pipeline.branch(&mut clock, d.slot, pc, [next, fall], observer)
            };
        }
        macro_rules! branch_if {
            ($condition:expr, $target:expr) => {{
                if $condition {
                    next = $target;
                }
                go!();
            }};
        }
        macro_rules! halt_if {
            ($condition:expr) => {
                if $condition {
                    break Exit::Fault(None, FaultKind::Halt.because("halt: the condition holds"));
                }
            };
        }
        // An indirect branch that is taken may switch interrupts.
        macro_rules! indirect_if {
            ($condition:expr, $target:expr) => {{
                let taken = $condition;
                if taken {
                    next = $target;
                }
                go!();
                if taken {
                    let features = d.imm as u8;
                    if features != 0 {
                        if features & Inst::DISABLE != 0 {
                            channels.interrupts_enabled = false;
                        } else if features & Inst::ENABLE != 0 {
                            channels.interrupts_enabled = true;
                            pc = next;
                            break Exit::Interruptible;
                        }
                    }
                }
            }};
        }

        match op {
            // Memory
            Op::Lqd => {
                clock.access(cycle);
                r!(t) = store.load::<L>(r!(a).word().wrapping_add(d.imm as u32));
            }
            Op::Lqx => {
                clock.access(cycle);
                r!(t) = store.load::<L>(r!(a).word().wrapping_add(r!(b).word()));
            }
            Op::Lqa | Op::Lqr => {
                clock.access(cycle);
                r!(t) = store.load::<L>(d.imm as u32);
            }
            Op::Stqd => {
                clock.access(cycle);
                let address = r!(a).word().wrapping_add(d.imm as u32);
                store.store::<L>(address, r!(t));
            }
            Op::Stqx => {
                clock.access(cycle);
                let address = r!(a).word().wrapping_add(r!(b).word());
                store.store::<L>(address, r!(t));
            }
            Op::Stqa | Op::Stqr => {
                clock.access(cycle);
                store.store::<L>(d.imm as u32, r!(t));
            }
            Op::Cbd => insertion!(1, d.imm as u32),
            Op::Chd => insertion!(2, d.imm as u32),
            Op::Cwd => insertion!(4, d.imm as u32),
            Op::Cdd => insertion!(8, d.imm as u32),
            Op::Cbx => insertion!(1, r!(b).word()),
            Op::Chx => insertion!(2, r!(b).word()),
            Op::Cwx => insertion!(4, r!(b).word()),
            Op::Cdx => insertion!(8, r!(b).word()),
            // Constants
            Op::Ilh => r!(t) = Quad::splat((d.imm as u32 & 0xffff) * 0x0001_0001),
            Op::Ilhu => r!(t) = Quad::splat((d.imm as u32) << 16),
            Op::Il | Op::Ila => r!(t) = Quad::splat(d.imm as u32),
            Op::Iohl => r!(t) = fixed::or(r!(t), Quad::splat(d.imm as u32 & 0xffff)),
            Op::Fsmbi => r!(t) = mask::fsmb(d.imm as u32),
            // Integer arithmetic and logic
            Op::Ah => binary!(fixed::ah),
            Op::Ahi => halfwords!(fixed::ah),
            Op::A => binary!(fixed::a),
            Op::Ai => words!(fixed::a),
            Op::Sfh => binary!(fixed::sfh),
            Op::Sfhi => halfwords!(fixed::sfh),
            Op::Sf => binary!(fixed::sf),
            Op::Sfi => words!(fixed::sf),
            Op::Addx => accumulate!(fixed::addx),
            Op::Cg => binary!(fixed::cg),
            Op::Cgx => accumulate!(fixed::cgx),
            Op::Sfx => accumulate!(fixed::sfx),
            Op::Bg => binary!(fixed::bg),
            Op::Bgx => accumulate!(fixed::bgx),
            Op::Mpy => binary!(multiply::mpy),
            Op::Mpyu => binary!(multiply::mpyu),
            Op::Mpyi => words!(multiply::mpy),
            Op::Mpyui => words!(multiply::mpyu),
            Op::Mpya => ternary!(multiply::mpya),
            Op::Mpyh => binary!(multiply::mpyh),
            Op::Mpys => binary!(multiply::mpys),
            Op::Mpyhh => binary!(multiply::mpyhh),
            Op::Mpyhha => accumulate!(multiply::mpyhha),
            Op::Mpyhhu => binary!(multiply::mpyhhu),
            Op::Mpyhhau => accumulate!(multiply::mpyhhau),
            Op::Clz => unary!(fixed::clz),
            Op::Cntb => unary!(bytes::cntb),
            Op::Fsmb => r!(t) = mask::fsmb(r!(a).word()),
            Op::Fsmh => r!(t) = mask::fsmh(r!(a).word()),
            Op::Fsm => r!(t) = mask::fsm(r!(a).word()),
            Op::Gbb => unary!(mask::gbb),
            Op::Gbh => unary!(mask::gbh),
            Op::Gb => unary!(mask::gb),
            Op::Avgb => binary!(bytes::avgb),
            Op::Absdb => binary!(bytes::absdb),
            Op::Sumb => binary!(bytes::sumb),
            Op::Xsbh => unary!(fixed::xsbh),
            Op::Xshw => unary!(fixed::xshw),
            Op::Xswd => unary!(fixed::xswd),
            Op::And => binary!(fixed::and),
            Op::Andc => binary!(fixed::andc),
            Op::Andbi => bytes!(fixed::and),
            Op::Andhi => halfwords!(fixed::and),
            Op::Andi => words!(fixed::and),
            Op::Or => binary!(fixed::or),
            Op::Orc => binary!(fixed::orc),
            Op::Orbi => bytes!(fixed::or),
            Op::Orhi => halfwords!(fixed::or),
            Op::Ori => words!(fixed::or),
            Op::Orx => unary!(fixed::orx),
            Op::Xor => binary!(fixed::xor),
            Op::Xorbi => bytes!(fixed::xor),
            Op::Xorhi => halfwords!(fixed::xor),
            Op::Xori => words!(fixed::xor),
            Op::Nand => binary!(fixed::nand),
            Op::Nor => binary!(fixed::nor),
            Op::Eqv => binary!(fixed::eqv),
            Op::Selb => ternary!(fixed::selb),
            Op::Shufb => ternary!(L::shufb),
            // Shift and rotate
            Op::Shlh => binary!(shift::shlh),
            Op::Shlhi => halfwords!(shift::shlh),
            Op::Shl => binary!(shift::shl),
            Op::Shli => words!(shift::shl),
            Op::Shlqbi => by_register!(quadword::shlqbi),
            Op::Shlqbii => by_immediate!(quadword::shlqbi),
            Op::Shlqby => by_register!(quadword::shlqby),
            Op::Shlqbyi => by_immediate!(quadword::shlqby),
            Op::Shlqbybi => by_register!(quadword::shlqbybi),
            Op::Roth => binary!(shift::roth),
            Op::Rothi => halfwords!(shift::roth),
            Op::Rot => binary!(shift::rot),
            Op::Roti => words!(shift::rot),
            Op::Rotqby => by_register!(quadword::rotqby),
            Op::Rotqbyi => by_immediate!(quadword::rotqby),
            Op::Rotqbybi => by_register!(quadword::rotqbybi),
            Op::Rotqbi => by_register!(quadword::rotqbi),
            Op::Rotqbii => by_immediate!(quadword::rotqbi),
            Op::Rothm => binary!(shift::rothm),
            Op::Rothmi => halfwords!(shift::rothm),
            Op::Rotm => binary!(shift::rotm),
            Op::Rotmi => words!(shift::rotm),
            Op::Rotqmby => by_register!(quadword::rotqmby),
            Op::Rotqmbyi => by_immediate!(quadword::rotqmby),
            Op::Rotqmbybi => by_register!(quadword::rotqmbybi),
            Op::Rotqmbi => by_register!(quadword::rotqmbi),
            Op::Rotqmbii => by_immediate!(quadword::rotqmbi),
            Op::Rotmah => binary!(shift::rotmah),
            Op::Rotmahi => halfwords!(shift::rotmah),
            Op::Rotma => binary!(shift::rotma),
            Op::Rotmai => words!(shift::rotma),
            // Compare and halt
            Op::Heq => halt_if!(r!(a).word() == r!(b).word()),
            Op::Heqi => halt_if!(r!(a).word() == d.imm as u32),
            Op::Hgt => halt_if!(r!(a).word() as i32 > r!(b).word() as i32),
            Op::Hgti => halt_if!(r!(a).word() as i32 > d.imm),
            Op::Hlgt => halt_if!(r!(a).word() > r!(b).word()),
            Op::Hlgti => halt_if!(r!(a).word() > d.imm as u32),
            Op::Ceqb => binary!(compare::ceqb),
            Op::Ceqbi => bytes!(compare::ceqb),
            Op::Ceqh => binary!(compare::ceqh),
            Op::Ceqhi => halfwords!(compare::ceqh),
            Op::Ceq => binary!(compare::ceq),
            Op::Ceqi => words!(compare::ceq),
            Op::Cgtb => binary!(compare::cgtb),
            Op::Cgtbi => bytes!(compare::cgtb),
            Op::Cgth => binary!(compare::cgth),
            Op::Cgthi => halfwords!(compare::cgth),
            Op::Cgt => binary!(compare::cgt),
            Op::Cgti => words!(compare::cgt),
            Op::Clgtb => binary!(compare::clgtb),
            Op::Clgtbi => bytes!(compare::clgtb),
            Op::Clgth => binary!(compare::clgth),
            Op::Clgthi => halfwords!(compare::clgth),
            Op::Clgt => binary!(compare::clgt),
            Op::Clgti => words!(compare::clgt),
            // Branch
            Op::Br | Op::Bra => branch_if!(true, d.imm as u32 & PC_MASK),
            Op::Brsl | Op::Brasl => {
                link(&mut r!(t), next);
                branch_if!(true, d.imm as u32 & PC_MASK);
            }
            Op::Brnz => branch_if!(r!(t).word() != 0, d.imm as u32 & PC_MASK),
            Op::Brz => branch_if!(r!(t).word() == 0, d.imm as u32 & PC_MASK),
            Op::Brhnz => branch_if!(halfword(r!(t)) != 0, d.imm as u32 & PC_MASK),
            Op::Brhz => branch_if!(halfword(r!(t)) == 0, d.imm as u32 & PC_MASK),
            Op::Bi => indirect_if!(true, target(r!(a))),
            Op::Iret => indirect_if!(true, channels.srr0 & PC_MASK),
            Op::Bisl => {
                let to = target(r!(a));
                link(&mut r!(t), next);
                indirect_if!(true, to);
            }
            Op::Bisled => {
                let to = target(r!(a));
                link(&mut r!(t), next);
                let present = channels.events.ready(cycle) == Ready::Now;
                indirect_if!(present, to);
            }
            Op::Biz => indirect_if!(r!(t).word() == 0, target(r!(a))),
            Op::Binz => indirect_if!(r!(t).word() != 0, target(r!(a))),
            Op::Bihz => indirect_if!(halfword(r!(t)) == 0, target(r!(a))),
            Op::Bihnz => indirect_if!(halfword(r!(t)) != 0, target(r!(a))),
            // Hints change nothing that a program can see.
            Op::Hbr if d.imm == PREFETCH => {}
            Op::Hbr => pipeline.hint(&clock, d.imm as u32, target(r!(a))),
            Op::Hbra | Op::Hbrr => {
                pipeline.hint(&clock, d.hinted_branch(), d.imm as u32 & PC_MASK);
            }
            // Floating point
            Op::Fa => float2!(L::fa),
            Op::Fs => r!(t) = L::fa(r!(a), negated(r!(b)), fpscr),
            Op::Fm => float2!(L::fm),
            Op::Fma => r!(t) = L::fma(r!(a), r!(b), r!(c), fpscr),
            Op::Fnms => r!(t) = L::fma(negated(r!(a)), r!(b), r!(c), fpscr),
            Op::Fms => r!(t) = L::fma(r!(a), r!(b), negated(r!(c)), fpscr),
            Op::Dfa => float2!(double::dfa),
            Op::Dfs => float2!(double::dfs),
            Op::Dfm => float2!(double::dfm),
            Op::Dfma => float_accumulate!(double::dfma),
            Op::Dfnms => float_accumulate!(double::dfnms),
            Op::Dfms => float_accumulate!(double::dfms),
            Op::Dfnma => float_accumulate!(double::dfnma),
            Op::Frest => r!(t) = estimate::frest(r!(a), fpscr),
            Op::Frsqest => r!(t) = estimate::frsqest(r!(a), fpscr),
            Op::Fi => binary!(estimate::fi),
            Op::Csflt => r!(t) = convert::csflt(r!(a), d.imm),
            Op::Cflts => r!(t) = convert::cflts(r!(a), d.imm),
            Op::Cuflt => r!(t) = convert::cuflt(r!(a), d.imm),
            Op::Cfltu => r!(t) = convert::cfltu(r!(a), d.imm),
            Op::Frds => r!(t) = double::frds(r!(a), fpscr),
            Op::Fesd => r!(t) = double::fesd(r!(a), fpscr),
            Op::Dfceq => binary!(compare::dfceq),
            Op::Dfcmeq => binary!(compare::dfcmeq),
            Op::Dfcgt => binary!(compare::dfcgt),
            Op::Dfcmgt => binary!(compare::dfcmgt),
            Op::Dftsv => by_immediate!(compare::dftsv),
            Op::Fceq => binary!(compare::fceq),
            Op::Fcmeq => binary!(compare::fcmeq),
            Op::Fcgt => binary!(compare::fcgt),
            Op::Fcmgt => binary!(compare::fcmgt),
            Op::Fscrwr => fpscr.write(r!(a)),
            Op::Fscrrd => r!(t) = fpscr.read(),
            // Control
            Op::Stop | Op::Stopd => {
                pc = next;
                break Exit::Stop(if op == Op::Stop {
                    d.imm as u16
                } else {
                    STOPD_TYPE
                });
            }
            // Stores are seen at once, by loads and by instruction fetch.
            Op::Lnop | Op::Nop | Op::Sync | Op::Dsync => {}
            // No special-purpose register is implemented: they read as 0.
            Op::Mfspr => r!(t) = Quad::ZERO,
            Op::Mtspr => {}
            // Channels
            Op::Rchcnt if cycle > known => {
                clock.take_back(cycle);
                observer.taken_back();
                break Exit::Ahead;
            }
            Op::Rchcnt => {
                if let Some(channel) = Channel::new(d.imm as u8) {
                    r!(t) = Quad::preferred(channels.count(channel, cycle));
                }
            }
            Op::Rdch | Op::Wrch => {
                let register = &mut r!(t);
                let write = op == Op::Wrch;
                if cycle > known && looks_outside(write, d.imm as u8, register.word()) {
                    clock.take_back(cycle);
                    observer.taken_back();
                    break Exit::Ahead;
                }
                if let Err(exit) = access(channels, write, d.imm as u8, register, pc, cycle) {
                    clock.take_back(cycle);
                    observer.taken_back();
                    break exit;
                }
                if channels.interrupts_enabled {
                    pc = next;
                    break Exit::Interruptible;
                }
            }
        }
        pc = next;
    };
    unit.pc = pc;
    unit.pipeline.clock = clock;
    exit
}

/// Whether the result of an access depends on what has come from outside until now, and
/// not only on whether something has.
#[inline(never)]
fn looks_outside(write: bool, channel: u8, value: u32) -> bool {
    let channel = Channel::new(channel);
    if write {
        // The tag status at once.
        return channel == Some(Channel::WR_TAG_UPDATE) && value == 0;
    }
    matches!(
        channel,
        Some(
            Channel::RD_EVENT_STAT
                | Channel::RD_SIG_NOTIFY_1
                | Channel::RD_SIG_NOTIFY_2
                | Channel::RD_TAG_STAT
                | Channel::RD_LIST_STALL_STAT
        )
    )
}

/// Reads or writes a channel.
#[inline(never)]
fn access(
    channels: &mut Channels,
    write: bool,
    channel: u8,
    register: &mut Quad,
    pc: u32,
    cycle: u64,
) -> Result<(), Exit> {
    let Some(channel) = Channel::new(channel) else {
        return Err(Exit::Fault(None, FaultKind::Spu.because("no channel")));
    };
    let ready = if write {
        channels.writable(channel, cycle)
    } else {
        channels.readable(channel, cycle)
    };
    match ready {
        Ready::Now if write => channels
            .write(channel, register.word(), cycle, pc)
            .map_err(|refusal| Exit::Fault(Some(channel), refusal)),
        Ready::Now => {
            *register = Quad::preferred(channels.read(channel, cycle));
            Ok(())
        }
        Ready::At(_) | Ready::Unknown => Err(Exit::Wait(channel)),
        Ready::Invalid => {
            let direction = if write { "written" } else { "read" };
            Err(Exit::Fault(
                Some(channel),
                FaultKind::Spu.because(format!("the channel cannot be {direction}")),
            ))
        }
    }
}
