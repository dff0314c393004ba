//! Instructions a second of the simulated SPUs on code like the kernels': loads, fused
//! multiply-adds and shuffles, and what an exchange between SPUs costs.
//!
//! `cargo bench -p console --bench spu_interpreter`

use std::hint::black_box;
use std::time::Instant;

use console::spu::{Cluster, MAX_SPUS, MainStorage, Quad, Step};
use spu::isa::channel::Channel;
use spu::isa::{Inst, Op};

/// Executes this many instructions a row.
const INSTRUCTIONS: u64 = 300_000_000;

fn place(cluster: &mut Cluster, spu: usize, program: &[Inst]) {
    for (at, inst) in program.iter().enumerate() {
        let word = inst.encode().expect("the program is well-formed");
        cluster.local_store_mut(spu)[4 * at..4 * at + 4].copy_from_slice(&word.to_be_bytes());
    }
    cluster.start(spu, 0);
}

fn imm(op: Op, rt: u8, ra: u8, imm: i32) -> Inst {
    Inst {
        rt,
        ra,
        imm,
        ..Inst::new(op)
    }
}

/// A dense inner loop: of 32 instructions 12 `fma`, 12 `lqd`, 6 `shufb`.
fn kernel() -> Vec<Inst> {
    let mut body = Vec::new();
    for at in 0..12_u8 {
        body.push(imm(Op::Lqd, 20 + at, 5, i32::from(at) * 16));
        if at % 2 == 0 {
            body.push(Inst {
                rt: 40 + at,
                ra: 20 + at,
                rb: 21,
                rc: 6,
                ..Inst::new(Op::Shufb)
            });
        }
        body.push(Inst {
            rt: 60 + at,
            ra: 20 + at,
            rb: 7,
            rc: 60 + at,
            ..Inst::new(Op::Fma)
        });
    }
    body.push(imm(Op::Ai, 5, 5, 16));
    body.push(Inst {
        rt: 8,
        imm: -4 * body.len() as i32,
        ..Inst::new(Op::Brnz)
    });
    body
}

fn prepare(cluster: &mut Cluster, spu: usize) {
    place(cluster, spu, &kernel());
    cluster.set_register(spu, 5, Quad::splat(0x1000));
    cluster.set_register(
        spu,
        6,
        Quad::from_u128(0x0010_0111_0212_0313_0414_0515_0616_0717),
    );
    cluster.set_register(spu, 7, Quad::splat(0x3e80_0001));
    cluster.set_register(spu, 8, Quad::splat(1));
    let store = cluster.local_store_mut(spu);
    for (at, bytes) in store[0x1000..].chunks_exact_mut(4).enumerate() {
        let value = (at as f32 * 0.37).sin() * 1e-3;
        bytes.copy_from_slice(&value.to_be_bytes());
    }
}

fn dense(spus: usize, threads: usize) {
    let mut cluster = Cluster::new(spus).with_threads(threads);
    for spu in 0..spus {
        prepare(&mut cluster, spu);
    }
    let mut memory = MainStorage::default();
    cluster.run(&mut memory, 100_000);
    let count = |c: &Cluster| (0..spus).map(|s| c.statistics(s).instructions).sum::<u64>();
    let (before, cycles) = (count(&cluster), cluster.cycle());
    let start = Instant::now();
    while count(&cluster) - before < INSTRUCTIONS {
        cluster.run(&mut memory, 1_000_000);
    }
    let seconds = start.elapsed().as_secs_f64();
    let executed = count(&cluster) - before;
    let cycles = (cluster.cycle() - cycles) * spus as u64;
    println!(
        "dense fma/lqd/shufb   {spus} SPUs {threads} threads  {:8.1} million instructions/s, \
         {:.3} of them a simulated cycle",
        executed as f64 / seconds / 1e6,
        executed as f64 / cycles as f64
    );
    black_box(cluster.state_hash());
}

/// Six SPUs pass one signal round for ever: each waits for its own, then sends the next's.
fn ring(threads: usize) {
    let mut cluster = Cluster::new(MAX_SPUS).with_threads(threads);
    let write = |channel: Channel, rt| imm(Op::Wrch, rt, 0, channel.number().into());
    for spu in 0..MAX_SPUS {
        let program = [
            imm(Op::Rdch, 3, 0, Channel::RD_SIG_NOTIFY_1.number().into()),
            write(Channel::LSA, 10),
            write(Channel::EAH, 11),
            write(Channel::EAL, 12),
            write(Channel::SIZE, 13),
            write(Channel::TAG_ID, 11),
            write(Channel::CMD, 14),
            imm(Op::Br, 0, 0, -28),
        ];
        place(&mut cluster, spu, &program);
        let next = (spu + 1) % MAX_SPUS;
        cluster.set_register(spu, 10, Quad::splat(0x200c));
        cluster.set_register(spu, 12, Quad::splat(0xf005_400c + next as u32 * 0x10_0000));
        cluster.set_register(spu, 13, Quad::splat(4));
        cluster.set_register(spu, 14, Quad::splat(0xa0));
    }
    cluster.write_signal(0, 0, 1);
    let mut memory = MainStorage::default();
    let rounds = 200_000;
    let start = Instant::now();
    for _ in 0..rounds {
        assert_eq!(cluster.step(&mut memory), Step::Ran);
    }
    println!(
        "signal to a neighbour {MAX_SPUS} SPUs {threads} threads  {:8.2} microseconds",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    );
}

fn main() {
    // `cargo test --benches` passes this; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    for (spus, threads) in [(1, 1), (6, 1), (6, 2)] {
        dense(spus, threads);
    }
    for threads in [1, 2] {
        ring(threads);
    }
}
