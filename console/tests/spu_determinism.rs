//! The same program gives the same run, whatever the number of host threads.

mod spu_support;

use console::spu::{Cluster, Status};
use spu::isa::Op;
use spu::isa::channel::Channel;
use spu_support::{Board, GET, PUT, Program, SNDSIG, finish};

/// Every SPU computes for a while (longer ones for the higher numbers), pulls a block from
/// its neighbour, adds to a shared counter with reservations, and signals the neighbour;
/// again and again.
fn program(spu: u32, spus: u32, base: u32) -> Program {
    let mut program = Program::new();
    let neighbour = (spu + 1) % spus;
    program.word(10, 30); // rounds
    program.word(11, 0x3f80_1234 + spu);
    let round = program.here();
    // Between a few instructions and several quanta.
    program.word(
        12,
        if spu.is_multiple_of(2) {
            50
        } else {
            4000 + 1000 * spu
        },
    );
    let work = program.here();
    program.rr(Op::Fm, 13, 11, 11).rr(Op::Fa, 11, 13, 11);
    program.imm(Op::Roti, 11, 11, 3).rr(Op::Xor, 11, 11, 10);
    program.imm(Op::Ai, 12, 12, -1).branch(Op::Brnz, 12, work);
    program.imm(Op::Stqa, 11, 0, 0x8000);
    program.dma(GET, 0x9000, 0xf000_8000 + neighbour * 0x10_0000, 0x400, 1);
    program.dma(PUT, 0x8000, base + 0x1000 + spu * 0x400, 0x400, 1);
    program.wait(2);
    program.imm(Op::Lqa, 14, 0, 0x9000).rr(Op::Xor, 11, 11, 14);
    let again = program.here();
    program.dma(0xd0, 0xa000, base, 128, 0);
    program.read(3, Channel::RD_ATOMIC_STAT);
    program.imm(Op::Lqa, 4, 0, 0xa000).rr(Op::A, 4, 4, 11);
    program.imm(Op::Stqa, 4, 0, 0xa000);
    program.dma(0xb4, 0xa000, base, 128, 0);
    program.read(5, Channel::RD_ATOMIC_STAT);
    program.branch(Op::Brnz, 5, again);
    // Tell the neighbour, wait for the other neighbour and tell it so, wait for the answer.
    let previous = (spu + spus - 1) % spus;
    let window = |spu: u32| 0xf000_0000 + spu * 0x10_0000;
    program.dma(SNDSIG, 0x800c, window(neighbour) + 0x5_400c, 4, 2);
    program
        .read(6, Channel::RD_SIG_NOTIFY_1)
        .rr(Op::A, 11, 11, 6);
    program.dma(SNDSIG, 0x800c, window(previous) + 0x5_c00c, 4, 2);
    program
        .read(7, Channel::RD_SIG_NOTIFY_2)
        .rr(Op::A, 11, 11, 7);
    program.imm(Op::Ai, 10, 10, -1).branch(Op::Brnz, 10, round);
    program.stop(1);
    program
}

fn hash(spus: u32, threads: usize) -> ([u64; 2], u64) {
    let mut cluster = Board::new(Cluster::new(spus as usize).with_threads(threads));
    let base = cluster.allocate(0x1_0000);
    for spu in 0..spus {
        program(spu, spus, base).start(&mut cluster, spu as usize);
    }
    finish(&mut cluster);
    for spu in 0..spus as usize {
        assert_eq!(cluster.status(spu), Status::Stopped(1));
    }
    (cluster.state_hash(), cluster.cycle())
}

#[test]
fn host_threads_change_nothing() {
    for spus in [2, 6] {
        let alone = hash(spus, 1);
        for threads in [1, 2, 3, 6] {
            for _ in 0..3 {
                assert_eq!(hash(spus, threads), alone, "{spus} SPUs, {threads} threads");
            }
        }
    }
}
