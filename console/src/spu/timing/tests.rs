//! Small programs and the cycles in which their instructions are issued.

use ::spu::isa::channel::Channel;
use ::spu::isa::{Inst, Op};

use super::class::Class;
use super::record::{Issued, Stall};
use super::table::{
    BRANCH_MISS, DOUBLE_STALL, DSYNC_STALL, FETCH, FETCH_LEAD, FLOAT_INTEGER_TO_SINGLE, HINT,
};
use crate::spu::quad::Quad;
use crate::spu::unit::{State, Unit};

fn nop() -> Inst {
    Inst::new(Op::Nop)
}

fn lnop() -> Inst {
    Inst::new(Op::Lnop)
}

/// An instruction for the even pipe: rt = ra + 1.
fn ai(rt: u8, ra: u8) -> Inst {
    Inst {
        rt,
        ra,
        imm: 1,
        ..Inst::new(Op::Ai)
    }
}

/// An instruction for the odd pipe.
fn lqa(rt: u8) -> Inst {
    Inst {
        rt,
        imm: 0x8000,
        ..Inst::new(Op::Lqa)
    }
}

fn br(op: Op, rt: u8, imm: i32) -> Inst {
    Inst {
        rt,
        imm,
        ..Inst::new(op)
    }
}

/// A hint at `at` for the branch at `branch`, which goes to `target`.
fn hint(at: i32, branch: i32, target: i32) -> Inst {
    Inst {
        ro: (branch - at) as i16,
        imm: target - at,
        ..Inst::new(Op::Hbrr)
    }
}

/// A unit with a program at 0. Behind it lies `stop 0`.
fn unit(program: &[Inst]) -> Unit {
    let mut unit = Unit::new(0);
    for (at, inst) in (0..).step_by(4).zip(program) {
        let word = inst.encode().expect("well-formed");
        let target = unit.store.bytes_mut(at, 4).expect("in local store");
        target.copy_from_slice(&word.to_be_bytes());
    }
    unit.start(0, 0);
    unit.watch(1000);
    unit
}

fn finish(mut unit: Unit) -> Vec<Issued> {
    unit.run(100_000);
    assert_eq!(unit.state, State::Stopped(0));
    let profile = unit.profile().expect("it is watched");
    profile.issues().to_vec()
}

fn issues(program: &[Inst]) -> Vec<Issued> {
    finish(unit(program))
}

/// The cycles in which the instructions of a program are issued, without the `stop`.
fn cycles(program: &[Inst]) -> Vec<u64> {
    let issues = issues(program);
    let cycles = issues.iter().map(|issued| issued.cycle);
    cycles.take(issues.len() - 1).collect()
}

/// Cycles that the instruction at `pc`, executed once, waited.
fn stalls(issues: &[Issued], pc: u32) -> Vec<(Stall, u64)> {
    let issued = issues.iter().find(|issued| issued.pc == pc);
    let stalls = issued.expect("it was executed").stalls;
    let pairs = Stall::ALL.into_iter().zip(stalls);
    pairs.filter(|&(_, cycles)| cycles != 0).collect()
}

#[test]
fn an_aligned_even_and_odd_instruction_are_issued_together() {
    assert_eq!(cycles(&[ai(3, 3), lqa(4), ai(5, 5), lqa(6)]), [0, 0, 1, 1]);
    // The odd one first; two even ones; two odd ones; the pair across doublewords.
    assert_eq!(cycles(&[lqa(4), ai(3, 3)]), [0, 1]);
    assert_eq!(cycles(&[ai(3, 3), ai(4, 4), lqa(5)]), [0, 1, 2]);
    assert_eq!(cycles(&[lqa(3), lqa(4)]), [0, 1]);
    assert_eq!(cycles(&[lnop(), ai(3, 3), lqa(4), nop()]), [0, 1, 2, 3]);
    // The second one waits for the first one, and for something else.
    let use_of_3 = Inst {
        rt: 4,
        ra: 3,
        ..Inst::new(Op::Lqd)
    };
    assert_eq!(cycles(&[ai(3, 3), use_of_3]), [0, 2]);
    let issues = issues(&[ai(3, 3), use_of_3]);
    assert_eq!(stalls(&issues, 4), [(Stall::Dependency, 1)]);
    assert!(!issues[1].paired);
}

#[test]
fn results_come_after_the_latency_of_their_class() {
    for &op in Op::ALL {
        let info = op.info();
        let branches = op.is_branch() || op.is_enhanced();
        if branches || Inst::new(op).target().is_none() || op == Op::Rdch {
            continue;
        }
        let producer = Inst {
            rt: 3,
            ..Inst::new(op)
        };
        // On its own doubleword, so that nothing is issued with it.
        let filler = if Class::of(op).pipe() == super::class::Pipe::Odd {
            [nop(), producer]
        } else {
            [producer, lnop()]
        };
        let [first, second] = filler;
        let issues = issues(&[first, second, ai(4, 3)]);
        let at = |pc| issues.iter().find(|i| i.pc == pc).map(|i| i.cycle);
        let produced = if first == producer { at(0) } else { at(4) };
        let distance = at(8).zip(produced).map(|(use_, made)| use_ - made);
        assert_eq!(distance, Some(info.class.latency().into()), "{op}");
    }
}

#[test]
fn double_precision_stops_everything_for_six_cycles() {
    let dfa = Inst {
        rt: 3,
        ra: 4,
        rb: 5,
        ..Inst::new(Op::Dfa)
    };
    let program = [dfa, lnop(), nop(), lnop(), dfa];
    let after = 1 + DOUBLE_STALL;
    assert_eq!(
        cycles(&program),
        [0, after, after + 1, after + 1, after + 2]
    );
    assert_eq!(stalls(&issues(&program), 4), [(Stall::Double, 6)]);
}

#[test]
fn single_precision_right_behind_an_integer_multiply_waits_a_cycle() {
    let mpy = Inst {
        rt: 3,
        ra: 4,
        rb: 5,
        ..Inst::new(Op::Mpy)
    };
    let fa = Inst {
        rt: 6,
        ra: 4,
        rb: 5,
        ..Inst::new(Op::Fa)
    };
    let apart = FLOAT_INTEGER_TO_SINGLE;
    assert_eq!(cycles(&[mpy, lnop(), fa]), [0, 0, apart]);
    assert_eq!(cycles(&[mpy, lnop(), nop(), lnop(), fa]), [0, 0, 1, 1, 2]);
    assert_eq!(cycles(&[fa, lnop(), mpy, lnop(), mpy]), [0, 0, 1, 1, 2]);
}

#[test]
fn branches_that_are_taken_without_a_hint_miss() {
    // Over a word that is never executed.
    let program = [nop(), br(Op::Br, 0, 8), br(Op::Br, 0, 0), nop()];
    let found = issues(&program);
    assert_eq!(found[1].cycle, 0);
    assert_eq!((found[2].pc, found[2].cycle), (12, 1 + BRANCH_MISS));
    assert_eq!(stalls(&found, 12), [(Stall::BranchMiss, BRANCH_MISS)]);
    // Not taken: nothing is lost.
    assert_eq!(
        cycles(&[nop(), br(Op::Brnz, 3, 8), nop(), lnop()]),
        [0, 0, 1, 1]
    );
}

/// A hint, as many pairs as are asked for, and a branch over two words that are never
/// executed, to the end: the cycle of the branch and that of its target.
fn hinted(pairs: usize, hint: impl Fn(i32, i32) -> Inst) -> (u64, u64) {
    let branch = 8 * pairs as i32 + 12;
    let mut program = vec![nop(), hint(branch, branch + 12)];
    for _ in 0..pairs {
        program.extend([nop(), lnop()]);
    }
    program.extend([nop(), br(Op::Br, 0, 12), Inst::new(Op::Stopd), lnop()]);
    let found = issues(&program);
    let at = |pc: i32| found.iter().find(|issued| issued.pc == pc as u32);
    let cycle = |pc| at(pc).expect("it was executed").cycle;
    (cycle(branch), cycle(branch + 12))
}

#[test]
fn hints_make_branches_free_if_they_come_in_time() {
    let good = |branch, target| hint(4, branch, target);
    let early = u64::from(HINT);
    // In time: the branch in pair 16 after the hint's.
    assert_eq!(hinted(15, good), (16, 17));
    assert_eq!(hinted(14, good), (early, early + 1));
    // Too late for the branch not to wait, but not too late to be used.
    assert_eq!(hinted(6, good), (early, early + 1));
    assert_eq!(hinted(4, good), (early, early + 1));
    // Too near.
    assert_eq!(hinted(3, good), (4, 5 + BRANCH_MISS));
    // To another place; for another branch; not a hint at all.
    let elsewhere = |branch, target| hint(4, branch, target - 4);
    assert_eq!(hinted(15, elsewhere), (16, 17 + BRANCH_MISS));
    let other = |branch, target| hint(4, branch + 8, target);
    assert_eq!(hinted(15, other), (16, 17 + BRANCH_MISS));
    let prefetch = |_, _| Inst {
        features: Inst::FEATURE,
        ..Inst::new(Op::Hbr)
    };
    assert_eq!(hinted(15, prefetch), (16, 17 + BRANCH_MISS));
}

#[test]
fn a_hint_to_a_register_says_what_the_register_says() {
    let by_register = |branch: i32, _| Inst {
        ra: 9,
        ro: (branch - 4) as i16,
        ..Inst::new(Op::Hbr)
    };
    // r9 is 0: not the target.
    assert_eq!(hinted(15, by_register), (16, 17 + BRANCH_MISS));
    let mut program = vec![nop(), by_register(8 * 15 + 12, 0)];
    for _ in 0..15 {
        program.extend([nop(), lnop()]);
    }
    program.extend([
        nop(),
        Inst {
            ra: 9,
            ..Inst::new(Op::Bi)
        },
        Inst::new(Op::Stopd),
        lnop(),
    ]);
    let mut unit = unit(&program);
    unit.registers[9] = Quad::preferred(8 * 15 + 12 + 12);
    let found = finish(unit);
    assert_eq!(found.last().map(|issued| issued.cycle), Some(17));
}

#[test]
fn a_hint_holds_for_all_rounds_of_a_loop() {
    // r3 counts down from 10; the loop of eight cycles begins at 0x10.
    let mut program = vec![
        Inst {
            rt: 3,
            imm: 10,
            ..Inst::new(Op::Il)
        },
        hint(4, 0x4c, 0x10),
        nop(),
        lnop(),
    ];
    program.extend([
        Inst {
            imm: -1,
            ..ai(3, 3)
        },
        lnop(),
    ]);
    for _ in 0..6 {
        program.extend([nop(), lnop()]);
    }
    program.extend([nop(), br(Op::Brnz, 3, -0x3c)]);
    let found = issues(&program);
    let rounds: Vec<u64> = found
        .iter()
        .filter(|i| i.pc == 0x4c)
        .map(|i| i.cycle)
        .collect();
    assert_eq!(rounds.len(), 10);
    // The first branch waits for the hint, the last one is not taken as it said.
    assert_eq!(rounds[0], HINT.into());
    assert!(
        rounds.windows(2).all(|two| two[1] - two[0] == 8),
        "{rounds:?}"
    );
    let last = found.last().map(|issued| issued.cycle);
    assert_eq!(last, Some(rounds[9] + 1 + BRANCH_MISS));
}

#[test]
fn a_later_hint_takes_the_place_of_an_earlier_one() {
    let mut program = vec![nop(), hint(4, 0x8c, 0x98), nop(), hint(12, 0x104, 0)];
    for _ in 0..15 {
        program.extend([nop(), lnop()]);
    }
    program.extend([nop(), br(Op::Br, 0, 12), Inst::new(Op::Stopd), lnop()]);
    let found = issues(&program);
    let at = |pc| found.iter().find(|i| i.pc == pc).map(|i| i.cycle);
    assert_eq!(at(0x8c), Some(17));
    assert_eq!(at(0x98), Some(18 + BRANCH_MISS));
}

#[test]
fn loads_in_every_cycle_starve_instruction_fetch() {
    // 128 instructions in 64 pairs: four lines.
    let dense: Vec<Inst> = (0..64).flat_map(|_| [nop(), lqa(3)]).collect();
    let found = issues(&dense);
    // The second and the third line are fetched when the first one is used up, and so on.
    assert_eq!(stalls(&found, 0x80), [(Stall::Fetch, FETCH)]);
    assert_eq!(stalls(&found, 0x100), []);
    assert_eq!(stalls(&found, 0x180), [(Stall::Fetch, FETCH)]);
    assert_eq!(found[127].cycle, 63 + 2 * FETCH);
    // One cycle without a load in each half of a line is enough.
    let prefetch = Inst {
        features: Inst::FEATURE,
        ..Inst::new(Op::Hbr)
    };
    for free in [lnop(), prefetch] {
        let mut program = dense.clone();
        for half in 0..8 {
            program[half * 16 + 5] = free;
        }
        let found = issues(&program);
        assert_eq!(found[127].cycle, 63);
        // Too late to hide the fetch.
        let mut program = dense.clone();
        program[29] = free;
        let found = issues(&program);
        let lost = 14 + FETCH - FETCH_LEAD - 16;
        assert_eq!(stalls(&found, 0x80), [(Stall::Fetch, lost)]);
    }
}

#[test]
fn branch_targets_are_fetched_from_a_multiple_of_64() {
    // To 0x7c: the line ends at 0xc0, 17 instructions further on.
    let mut program = vec![nop(); 64];
    program[0] = br(Op::Br, 0, 0x7c);
    for (at, instruction) in program.iter_mut().enumerate().skip(0x7c / 4) {
        *instruction = if at % 2 == 0 { nop() } else { lqa(3) };
    }
    let found = issues(&program);
    let start = 1 + BRANCH_MISS;
    assert_eq!(found[1].cycle, start);
    assert_eq!(stalls(&found, 0x80), []);
    // Loads all the way: fetched only when nothing is left.
    assert_eq!(stalls(&found, 0xc0), [(Stall::Fetch, FETCH)]);
    assert_eq!(found[18].cycle, start + 9 + FETCH);
    // Without loads it is there in time.
    for (at, inst) in program.iter_mut().enumerate().take(64).skip(0x7c / 4) {
        *inst = if at % 2 == 0 { nop() } else { lnop() };
    }
    let found = issues(&program);
    assert_eq!(stalls(&found, 0xc0), []);
}

#[test]
fn barriers_take_their_time() {
    let dsync = [Inst::new(Op::Dsync), nop()];
    assert_eq!(cycles(&dsync), [0, 1 + DSYNC_STALL]);
    let sync = [Inst::new(Op::Sync), nop()];
    assert_eq!(cycles(&sync), [0, 1 + BRANCH_MISS]);
    assert_eq!(stalls(&issues(&sync), 4), [(Stall::Barrier, BRANCH_MISS)]);
}

#[test]
fn a_channel_that_is_not_ready_holds_everything() {
    let read = Inst {
        rt: 3,
        imm: Channel::RD_IN_MBOX.number().into(),
        ..Inst::new(Op::Rdch)
    };
    let mut unit = unit(&[ai(4, 4), read, ai(5, 3)]);
    unit.channels.inbound.put(7, 1000);
    let found = finish(unit);
    let cycles: Vec<u64> = found.iter().map(|issued| issued.cycle).collect();
    // The `stop` is issued with the last one.
    assert_eq!(cycles, [0, 1000, 1006, 1006]);
    assert_eq!(stalls(&found, 4), [(Stall::Message, 999)]);
    assert_eq!(stalls(&found, 8), [(Stall::Dependency, 5)]);
}

#[test]
fn dma_has_the_port_before_loads_and_stores() {
    let mut unit = unit(&[lqa(4), lqa(5), lqa(6), lqa(7), ai(8, 8), lqa(9)]);
    for cycle in [2, 4, 100] {
        unit.pipeline.take_port(cycle);
    }
    let found = finish(unit);
    let cycles: Vec<u64> = found.iter().map(|issued| issued.cycle).collect();
    // The third load waits for cycle 2, the fourth one for cycle 4; the last one, which
    // could have been issued with the addition, does not wait.
    assert_eq!(cycles[..6], [0, 1, 3, 5, 6, 6]);
    assert_eq!(stalls(&found, 8), [(Stall::Port, 1)]);
    assert_eq!(stalls(&found, 12), [(Stall::Port, 1)]);
}

#[test]
fn dma_in_cycles_without_loads_and_stores_costs_nothing() {
    let program = [ai(4, 4), ai(5, 5), ai(6, 6), ai(7, 7)];
    let mut disturbed = unit(&program);
    for cycle in 0..4 {
        disturbed.pipeline.take_port(cycle);
    }
    assert_eq!(finish(disturbed), issues(&program));
}

#[test]
fn where_a_run_is_cut_changes_nothing() {
    let program = [
        ai(3, 3),
        lqa(4),
        ai(5, 3),
        br(Op::Br, 0, 12),
        lnop(),
        lnop(),
        ai(6, 4),
        lqa(7),
    ];
    let whole = issues(&program);
    let mut cut = unit(&program);
    while cut.state == State::Running {
        cut.run(cut.cycle() + 1);
    }
    assert_eq!(cut.profile().expect("watched").issues(), whole);
}
