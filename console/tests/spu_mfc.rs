//! The memory flow controller, as programs see it.

mod spu_support;

use console::spu::{Cluster, Quad, Status, Step};
use proptest::prelude::*;
use spu::isa::Op;
use spu::isa::channel::Channel;
use spu_support::{GET, PUT, Program, SNDSIG, cluster, fault, finish};

const DATA: u32 = 0x8000;

fn numbers(size: usize, seed: u8) -> Vec<u8> {
    (0..size)
        .map(|at| (at as u8).wrapping_mul(7) ^ seed)
        .collect()
}

fn local(cluster: &Cluster, spu: usize, at: u32, size: usize) -> &[u8] {
    &cluster.local_store(spu)[at as usize..at as usize + size]
}

#[test]
fn bytes_come_and_go() {
    let (mut cluster, base) = cluster(1);
    cluster.write(base.into(), &numbers(0x4000, 1));
    let mut program = Program::new();
    program.dma(GET, DATA, base, 0x4000, 5).wait(1 << 5);
    program.dma(PUT, DATA + 0x100, base + 0x8000, 0x100, 5);
    program.dma(PUT, DATA + 0x20b, base + 0x900b, 1, 6);
    program.dma(PUT, DATA + 0x30c, base + 0x910c, 4, 6);
    program.dma(PUT, DATA, base + 0xa000, 0, 6);
    program.wait(3 << 5).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    let data = numbers(0x4000, 1);
    assert_eq!(local(&cluster, 0, DATA, 0x4000), data);
    let memory = |at, size| cluster.memory().bytes(u64::from(base + at), size).unwrap();
    assert_eq!(memory(0x8000, 0x100), &data[0x100..0x200]);
    assert_eq!(memory(0x900a, 3), [0, data[0x20b], 0]);
    assert_eq!(memory(0x910c, 4), &data[0x30c..0x310]);
    let statistics = cluster.statistics(0);
    assert_eq!(statistics.bytes_from_memory, 0x4000);
    assert_eq!(statistics.bytes_to_memory, 0x105);
    assert_eq!(statistics.commands, 5);
    assert!(
        statistics.stalled[24] > 0,
        "the program waited for its tags"
    );
}

#[test]
fn local_stores_and_signals_of_the_group() {
    let (mut cluster, _) = cluster(3);
    cluster.local_store_mut(2)[0x2000..0x2010].copy_from_slice(&numbers(16, 9));
    let mut first = Program::new();
    // Pull from SPU 2, push to SPU 1, tell it so behind a fence.
    first.dma(GET, DATA, 0xf020_2000, 16, 1).wait(2);
    first.word(3, 0x0102_0304).imm(Op::Stqa, 3, 0, 0x9000);
    first.dma(PUT, DATA, 0xf010_3000, 16, 1);
    first.dma(0xa2, 0x900c, 0xf015_400c, 4, 1);
    first.wait(2).stop(1);
    let mut second = Program::new();
    second.read(5, Channel::RD_SIG_NOTIFY_1);
    second.imm(Op::Lqa, 6, 0, 0x3000).stop(1);
    first.start(&mut cluster, 0);
    second.start(&mut cluster, 1);
    finish(&mut cluster);
    assert_eq!(cluster.status(1), Status::Stopped(1));
    assert_eq!(cluster.register(1, 5), Quad::preferred(0x0102_0304));
    assert_eq!(cluster.register(1, 6).bytes(), *numbers(16, 9).as_slice());
    let statistics = cluster.statistics(0);
    assert_eq!(
        (
            statistics.bytes_from_spus,
            statistics.bytes_to_spus,
            statistics.signals
        ),
        (16, 16, 1)
    );
}

#[test]
fn signals_overwrite_or_collect() {
    for (or, expected) in [(false, 0b10), (true, 0b11)] {
        let (mut cluster, _) = cluster(2);
        cluster.set_signal_or(1, 1, or);
        let mut sender = Program::new();
        for (value, at) in [(1, 0x900c), (2, 0x901c)] {
            sender.word(3, value).imm(Op::Stqa, 3, 0, at & !15);
            sender.dma(SNDSIG, at as u32, 0xf015_c00c, 4, 0);
        }
        sender.wait(1).stop(1);
        sender.start(&mut cluster, 0);
        finish(&mut cluster);
        let mut receiver = Program::new();
        receiver.count(2, Channel::RD_SIG_NOTIFY_2);
        receiver.read(3, Channel::RD_SIG_NOTIFY_2);
        receiver.count(4, Channel::RD_SIG_NOTIFY_2).stop(1);
        receiver.start(&mut cluster, 1);
        // The receiver's clock is behind the signal: the count is 0, the read waits.
        finish(&mut cluster);
        assert_eq!(cluster.register(1, 3), Quad::preferred(expected));
        assert_eq!(cluster.register(1, 4), Quad::ZERO);
    }
}

/// List elements at an address of local store: size (with the stall bit) and address.
fn list(cluster: &mut Cluster, at: usize, elements: &[(u32, u32)]) {
    let store = cluster.local_store_mut(0);
    for (index, (size, ea)) in elements.iter().enumerate() {
        let at = at + 8 * index;
        store[at..at + 4].copy_from_slice(&size.to_be_bytes());
        store[at + 4..at + 8].copy_from_slice(&ea.to_be_bytes());
    }
}

#[test]
fn lists_gather_and_scatter() {
    let (mut cluster, base) = cluster(1);
    let data = numbers(0x1000, 3);
    cluster.write(base.into(), &data);
    // A small element keeps its place in its quadword; the next begins at a quadword.
    let elements = [
        (32, base + 0x40),
        (4, base + 0x104),
        (0, base),
        (16, base + 0x80),
    ];
    list(&mut cluster, 0x7000, &elements);
    list(
        &mut cluster,
        0x7100,
        &[(16, base + 0x2000), (32, base + 0x3000)],
    );
    let mut program = Program::new();
    program.dma(0x44, DATA, 0x7000, 32, 2).wait(4);
    program.dma(0x24, DATA, 0x7100, 16, 2).wait(4).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    assert_eq!(local(&cluster, 0, DATA, 32), &data[0x40..0x60]);
    assert_eq!(local(&cluster, 0, DATA + 0x24, 4), &data[0x104..0x108]);
    assert_eq!(local(&cluster, 0, DATA + 0x30, 16), &data[0x80..0x90]);
    let memory = |at, size| cluster.memory().bytes(u64::from(base + at), size).unwrap();
    assert_eq!(memory(0x2000, 16), &data[0x40..0x50]);
    assert_eq!(memory(0x3000, 16), &data[0x50..0x60]);
    assert_eq!(memory(0x3014, 4), &data[0x104..0x108]);
}

#[test]
fn a_list_stalls_until_acknowledged() {
    let (mut cluster, base) = cluster(1);
    let data = numbers(0x1000, 5);
    cluster.write(base.into(), &data);
    list(
        &mut cluster,
        0x7000,
        &[(0x8000_0010, base), (16, base + 0x100)],
    );
    let mut program = Program::new();
    program.write(Channel::WR_EVENT_MASK, 2);
    program.dma(0x44, DATA, 0x7000, 16, 7);
    program.dma(0x42, DATA + 0x40, base + 0x200, 16, 7); // getf waits for the list
    program.dma(GET, DATA + 0x80, base + 0x300, 16, 8); // another tag does not
    program.read(2, Channel::RD_EVENT_STAT);
    program.read(3, Channel::RD_LIST_STALL_STAT);
    program.wait(1 << 8);
    program.imm(Op::Lqa, 10, 0, DATA as i32);
    program.imm(Op::Lqa, 11, 0, DATA as i32 + 0x10);
    program.imm(Op::Lqa, 12, 0, DATA as i32 + 0x40);
    program.imm(Op::Lqa, 13, 0, DATA as i32 + 0x80);
    // The program changes the rest of the list before it lets it go on.
    program.word(20, 16).word(21, base + 0x500);
    program.rr(Op::Ceq, 22, 22, 22); // all ones
    program.imm(Op::Fsmbi, 22, 0, 0x00f0);
    program.inst(spu::isa::Inst {
        rt: 23,
        ra: 21,
        rb: 20,
        rc: 22,
        ..spu::isa::Inst::new(Op::Selb)
    });
    program.imm(Op::Lqa, 24, 0, 0x7000);
    program.imm(Op::Fsmbi, 25, 0, 0x00ff);
    program.inst(spu::isa::Inst {
        rt: 24,
        ra: 24,
        rb: 23,
        rc: 25,
        ..spu::isa::Inst::new(Op::Selb)
    });
    program.imm(Op::Stqa, 24, 0, 0x7000);
    program.write(Channel::WR_LIST_STALL_ACK, 7);
    program.wait(1 << 7).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1), "{}", cluster.pc(0));
    assert_eq!(cluster.register(0, 2), Quad::preferred(2));
    assert_eq!(cluster.register(0, 3), Quad::preferred(1 << 7));
    assert_eq!(cluster.register(0, 10).bytes(), data[..16]);
    assert_eq!(cluster.register(0, 11), Quad::ZERO, "beyond the stall");
    assert_eq!(cluster.register(0, 12), Quad::ZERO, "behind the fence");
    assert_eq!(cluster.register(0, 13).bytes(), data[0x300..0x310]);
    assert_eq!(local(&cluster, 0, DATA + 0x10, 16), &data[0x500..0x510]);
    assert_eq!(local(&cluster, 0, DATA + 0x40, 16), &data[0x200..0x210]);
}

#[test]
fn tag_status_immediate_any_and_all() {
    let (mut cluster, base) = cluster(1);
    let mut program = Program::new();
    program.write(Channel::WR_TAG_MASK, 0b11);
    program.read(2, Channel::RD_TAG_MASK);
    program.count(3, Channel::RD_TAG_STAT);
    program.dma(GET, DATA, base, 0x4000, 0);
    program.dma(GET, DATA, base, 16, 1);
    program.write(Channel::WR_TAG_UPDATE, 0);
    program.read(4, Channel::RD_TAG_STAT);
    program.write(Channel::WR_TAG_UPDATE, 1);
    program.read(5, Channel::RD_TAG_STAT);
    program.write(Channel::WR_TAG_UPDATE, 2);
    program.read(6, Channel::RD_TAG_STAT).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    let registers: Vec<u32> = (2..7).map(|r| cluster.register(0, r).word()).collect();
    // Nothing is done at once; the commands of one SPE are done one behind the other.
    assert_eq!(registers, [0b11, 0, 0, 0b01, 0b11]);
}

#[test]
fn the_queue_holds_sixteen() {
    let (mut cluster, base) = cluster(1);
    let mut program = Program::new();
    program.count(2, Channel::CMD);
    for at in 0..20 {
        program.dma(GET, DATA, base + at * 16, 16, 0);
        if at == 15 {
            program.count(3, Channel::CMD);
        }
    }
    program.wait(1).count(4, Channel::CMD).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    let registers: Vec<u32> = (2..5).map(|r| cluster.register(0, r).word()).collect();
    assert_eq!(registers, [16, 0, 16]);
    assert!(
        cluster.statistics(0).stalled[21] > 0,
        "the seventeenth command waited"
    );
}

/// Two SPUs add to one counter of main storage with reservations.
#[test]
fn reserved_lines_lose_no_update() {
    let (mut cluster, base) = cluster(6);
    for spu in 0..6 {
        let mut program = Program::new();
        program.word(10, 50);
        let again = program.here();
        program.dma(0xd0, DATA, base + 0x80, 128, 0);
        program.read(3, Channel::RD_ATOMIC_STAT);
        program.imm(Op::Lqa, 4, 0, DATA as i32).imm(Op::Ai, 4, 4, 1);
        program.imm(Op::Stqa, 4, 0, DATA as i32);
        program.dma(0xb4, DATA, base + 0x80, 128, 0);
        program.read(5, Channel::RD_ATOMIC_STAT);
        program.rr(Op::A, 6, 6, 5); // lost reservations
        program.branch(Op::Brnz, 5, again);
        program.imm(Op::Ai, 10, 10, -1).branch(Op::Brnz, 10, again);
        program.stop(1);
        program.start(&mut cluster, spu);
    }
    finish(&mut cluster);
    let lost: u32 = (0..6).map(|spu| cluster.register(spu, 6).word()).sum();
    assert!(lost > 0, "the SPUs met");
    assert_eq!(cluster.register(0, 3), Quad::preferred(4));
    let counter = cluster.memory().bytes(u64::from(base) + 0x80, 4).unwrap();
    assert_eq!(counter, 300_u32.to_be_bytes());
}

#[test]
fn a_reservation_is_lost_to_any_write() {
    for (command, tagged) in [(PUT, true), (0xb0, false), (0xb8, true), (0x89, true)] {
        let (mut cluster, base) = cluster(2);
        let mut waiter = Program::new();
        waiter.write(Channel::WR_EVENT_MASK, 0x400);
        waiter
            .dma(0xd0, DATA, base, 128, 0)
            .read(3, Channel::RD_ATOMIC_STAT);
        waiter.read(4, Channel::RD_EVENT_STAT);
        waiter.write(Channel::WR_EVENT_ACK, 0x400);
        waiter
            .dma(0xb4, DATA, base, 128, 0)
            .read(5, Channel::RD_ATOMIC_STAT);
        waiter.stop(1);
        waiter.start(&mut cluster, 0);
        finish(&mut cluster);
        assert!(matches!(cluster.status(0), Status::Waiting(_)));
        let mut writer = Program::new();
        writer.dma(command, DATA, base, 128, 0);
        if tagged {
            writer.wait(1);
        } else {
            writer.read(2, Channel::RD_ATOMIC_STAT);
        }
        writer.stop(1).start(&mut cluster, 1);
        finish(&mut cluster);
        assert_eq!(cluster.status(0), Status::Stopped(1), "{command:#x}");
        assert_eq!(cluster.register(0, 4), Quad::preferred(0x400));
        assert_eq!(cluster.register(0, 5), Quad::preferred(1));
        if command == 0xb0 {
            assert_eq!(cluster.register(1, 2), Quad::preferred(2));
        }
    }
    // To the PPU, too; and a line next to it does no harm.
    let (mut cluster, base) = cluster(1);
    let mut waiter = Program::new();
    waiter.write(Channel::WR_EVENT_MASK, 0x400);
    waiter
        .dma(0xd0, DATA, base + 0x80, 128, 0)
        .read(3, Channel::RD_ATOMIC_STAT);
    waiter.read(4, Channel::RD_EVENT_STAT).stop(1);
    waiter.start(&mut cluster, 0);
    finish(&mut cluster);
    cluster.write(base.into(), &[1; 128]);
    finish(&mut cluster);
    assert!(matches!(cluster.status(0), Status::Waiting(_)));
    cluster.write(u64::from(base) + 0xff, &[1]);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
}

#[test]
fn broken_rules_are_faults_that_say_where() {
    type Case<'a> = (u32, u32, u32, u32, u32, &'a [&'a str]);
    let cases: [Case; 9] = [
        (GET, DATA + 1, 0x3000_0000, 16, 0, &["low 4 bits", "get"]),
        (GET, DATA + 8, 0x3000_0008, 16, 0, &["aligned to 16"]),
        (GET, DATA, 0x3000_0000, 24, 0, &["size 0x18"]),
        (PUT, DATA, 0x3000_0000, 0x4010, 0, &["size 0x4010"]),
        (GET, DATA, 0x3000_0000, 16, 32, &["0x20 is no tag"]),
        (0x47, DATA, 0x3000_0000, 16, 0, &["0x47 is no MFC command"]),
        (GET, DATA, 0x2fff_fff0, 16, 0, &["0x2ffffff0", "no storage"]),
        (PUT, DATA, 0xf010_0000, 16, 0, &["0xf0100000", "no storage"]),
        (0xd0, DATA, 0xf000_0000, 128, 0, &["not in main storage"]),
    ];
    for (command, lsa, ea, size, tag, texts) in cases {
        let (mut cluster, _) = cluster(1);
        let mut program = Program::new();
        program.imm(Op::Nop, 0, 0, 0);
        program.dma(command, lsa, ea, size, tag);
        let pc = program.here() - 4;
        program.wait(1).stop(1);
        program.start(&mut cluster, 0);
        finish(&mut cluster);
        let report = fault(&cluster, 0);
        assert!(report.contains(&format!("{pc:#07x}")), "{report}");
        assert!(report.contains("wrch $ch21,$79"), "{report}");
        assert!(report.contains("MFC_Cmd"), "{report}");
        for text in texts {
            assert!(report.contains(text), "{text} in {report}");
        }
    }
}

#[test]
fn a_bad_list_element_is_named() {
    let (mut cluster, base) = cluster(1);
    list(&mut cluster, 0x7000, &[(16, base), (20, base)]);
    let mut program = Program::new();
    program.dma(0x44, DATA, 0x7000, 16, 2).wait(4).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    let report = fault(&cluster, 0);
    assert!(report.contains("list element at 0x7008"), "{report}");
    assert!(report.contains("size 0x14"), "{report}");
}

/// Numbers near the limits of what commands take.
fn parameter() -> impl Strategy<Value = u32> {
    let edges = vec![
        0,
        1,
        4,
        8,
        12,
        15,
        16,
        31,
        32,
        127,
        128,
        0x3fff,
        0x4000,
        0x4010,
        0x7000,
        0x8000,
        0x3_fff0,
        0x3_ffff,
        0x4_0000,
        0x2fff_ffff,
        0x3000_0000,
        0x3000_fff0,
        0x3001_0000,
        0xefff_ffff,
        0xf000_0000,
        0xf003_fff0,
        0xf005_400c,
        0xf015_c00c,
        0xf020_0000,
        0xffff_fff0,
        u32::MAX,
    ];
    prop_oneof![4 => prop::sample::select(edges), 1 => any::<u32>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is written to the channels, and whatever a list holds: the SPUs go on, wait
    /// or fault, and the cluster comes to an end.
    #[test]
    fn any_command_is_carried_out_or_reported(
        commands in prop::collection::vec(
            (
                prop::sample::select(vec![
                    0x20_u32, 0x22, 0x24, 0x26, 0x30, 0x40, 0x41, 0x44, 0x45, 0x80, 0x89, 0xa0,
                    0xb0, 0xb4, 0xb8, 0xc0, 0xc8, 0xcc, 0xd0,
                ]),
                parameter(), parameter(), parameter(), 0_u32..33, any::<bool>(),
            ),
            1..5,
        ),
        elements in prop::collection::vec((parameter(), parameter()), 16),
    ) {
        let (mut cluster, _) = cluster(2);
        list(&mut cluster, 0x7000, &elements);
        let mut program = Program::new();
        for (command, lsa, ea, size, tag, wait) in commands {
            program.dma(command, lsa, ea, size, tag);
            if wait {
                program.wait(1 << (tag % 32));
            }
        }
        program.stop(1);
        program.start(&mut cluster, 0);
        prop_assert_eq!(cluster.run(10_000_000), Step::Blocked);
    }
}
