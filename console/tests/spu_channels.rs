//! Mailboxes, decrementer, events and interrupts, as programs see them.

mod spu_support;

use console::spu::{Quad, Status};
use spu::isa::channel::Channel;
use spu::isa::{Inst, Op};
use spu_support::{GET, Program, cluster, fault, finish, run};

#[test]
fn mailboxes() {
    let (mut cluster, _) = cluster(1);
    let mut program = Program::new();
    program.count(2, Channel::RD_IN_MBOX);
    program.read(3, Channel::RD_IN_MBOX);
    program.count(4, Channel::RD_IN_MBOX);
    program.read(5, Channel::RD_IN_MBOX);
    program.count(6, Channel::WR_OUT_MBOX);
    program.write_register(Channel::WR_OUT_MBOX, 3);
    program.count(7, Channel::WR_OUT_MBOX);
    program.write_register(Channel::WR_OUT_MBOX, 5);
    program.write(Channel::WR_OUT_INTR_MBOX, 0x1234).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    let Status::Waiting(channel) = cluster.status(0) else {
        panic!("{:?}", cluster.status(0));
    };
    assert!(channel.contains("SPU_RdInMbox"), "{channel}");
    cluster.write_mailbox(0, 11);
    cluster.write_mailbox(0, 22);
    finish(&mut cluster);
    assert!(matches!(cluster.status(0), Status::Waiting(c) if c.contains("SPU_WrOutMbox")));
    assert!(!cluster.has_interrupt(0));
    assert_eq!(cluster.read_mailbox(0), Some(11));
    assert_eq!(cluster.read_mailbox(0), None);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    assert_eq!(cluster.read_mailbox(0), Some(22));
    assert_eq!(cluster.read_interrupt_mailbox(0), Some(0x1234));
    let counts: Vec<u32> = [2, 4, 6, 7].map(|r| cluster.register(0, r).word()).into();
    assert_eq!(counts, [0, 1, 1, 0]);
}

#[test]
fn the_decrementer_counts_and_its_event_comes() {
    let mut program = Program::new();
    program.read(2, Channel::RD_DEC);
    program.write(Channel::WR_EVENT_MASK, 0x20);
    program.write(Channel::WR_DEC, 1000);
    program.read(3, Channel::RD_DEC);
    program.count(4, Channel::RD_EVENT_STAT);
    program.read(5, Channel::RD_EVENT_STAT);
    program.read(6, Channel::RD_DEC);
    program.write(Channel::WR_EVENT_ACK, 0x20);
    program.count(7, Channel::RD_EVENT_STAT).stop(1);
    let cluster = run(&program);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    let registers: Vec<u32> = (2..8).map(|r| cluster.register(0, r).word()).collect();
    assert_eq!(registers, [0, 1000, 0, 0x20, u32::MAX, 0]);
    assert!(
        cluster.statistics(0).cycles >= 1000 * 40,
        "waiting takes its time"
    );
    assert!(cluster.statistics(0).instructions < 100);
}

#[test]
fn events_are_masked_read_and_acknowledged() {
    let (mut cluster, base) = cluster(1);
    let mut program = Program::new();
    program.write(Channel::WR_EVENT_MASK, 0x211);
    program.read(2, Channel::RD_EVENT_MASK);
    program.dma(GET, 0x8000, base, 16, 0);
    program.write(Channel::WR_TAG_MASK, 1);
    program.write(Channel::WR_TAG_UPDATE, 2);
    program.read(3, Channel::RD_EVENT_STAT); // tag status
    program.write(Channel::WR_EVENT_ACK, 1);
    program.read(4, Channel::RD_TAG_STAT);
    program.read(5, Channel::RD_EVENT_STAT); // mailbox or signal
    program.write(Channel::WR_EVENT_ACK, 0x210);
    program.count(6, Channel::RD_EVENT_STAT).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    cluster.write_mailbox(0, 1);
    cluster.write_signal(0, 0, 1);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    let registers: Vec<u32> = (2..7).map(|r| cluster.register(0, r).word()).collect();
    assert_eq!(registers, [0x211, 1, 1, 0x210, 0]);
}

/// The handler at 0 counts in r70, acknowledges and returns with interrupts enabled.
fn handler(program: &mut Program, events: u32) {
    program.branch(Op::Br, 0, 0x40);
    while program.here() != 0x40 {
        program.imm(Op::Nop, 0, 0, 0);
    }
    let main = program.here() + 4 * 7;
    program.branch(Op::Br, 0, main);
    let start = program.here();
    program.imm(Op::Ai, 70, 70, 1);
    program.read(71, Channel::RD_SRR0);
    program.write(Channel::WR_EVENT_ACK, events);
    program.inst(Inst {
        features: Inst::ENABLE,
        ..Inst::new(Op::Iret)
    });
    assert_eq!(program.here(), main);
    assert_eq!(start, 0x44);
}

/// Replaces the first instruction by a branch to the handler, once the program runs.
fn install(program: &mut Program) {
    // br from 0 to 0x44
    let branch = Inst {
        imm: 0x44,
        ..Inst::new(Op::Br)
    }
    .encode()
    .unwrap();
    program.imm(Op::Lqa, 60, 0, 0);
    program.word(61, branch);
    program.imm(Op::Fsmbi, 62, 0, 0xf000);
    program.inst(Inst {
        rt: 60,
        ra: 60,
        rb: 61,
        rc: 62,
        ..Inst::new(Op::Selb)
    });
    program.imm(Op::Stqa, 60, 0, 0).imm(Op::Sync, 0, 0, 0);
}

/// Enables interrupts by a branch to the next instruction.
fn enable(program: &mut Program) {
    let next = program.here() + 8;
    program.imm(Op::Ila, 63, 0, next);
    program.inst(Inst {
        ra: 63,
        features: Inst::ENABLE,
        ..Inst::new(Op::Bi)
    });
}

#[test]
fn the_decrementer_interrupts_a_loop() {
    let mut program = Program::new();
    handler(&mut program, 0x20);
    install(&mut program);
    program.read(2, Channel::RD_MACH_STAT);
    program.write(Channel::WR_EVENT_MASK, 0x20);
    program.write(Channel::WR_DEC, 500);
    enable(&mut program);
    program.read(3, Channel::RD_MACH_STAT);
    let spin = program.here();
    program.imm(Op::Ai, 5, 5, 1);
    program.branch(Op::Brz, 70, spin);
    program.stop(1);
    let cluster = run(&program);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    assert_eq!(cluster.register(0, 70).word(), 1);
    assert_eq!(
        (cluster.register(0, 2).word(), cluster.register(0, 3).word()),
        (0, 1)
    );
    let returned = cluster.register(0, 71).word() as i32;
    assert!((spin..spin + 8).contains(&returned), "{returned:#x}");
    let rounds = cluster.register(0, 5).word();
    // 500 ticks of 40 cycles; a round has two instructions and a branch that nothing hints.
    assert!((940..1010).contains(&rounds), "{rounds}");
}

#[test]
fn an_interrupt_comes_through_a_blocked_read() {
    let (mut cluster, _) = cluster(1);
    let mut program = Program::new();
    handler(&mut program, 0x200);
    install(&mut program);
    program.write(Channel::WR_EVENT_MASK, 0x200);
    enable(&mut program);
    let blocked = program.here();
    program.read(5, Channel::RD_IN_MBOX).stop(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    cluster.write_signal(0, 0, 1);
    finish(&mut cluster);
    assert_eq!(cluster.register(0, 70).word(), 1);
    assert_eq!(cluster.register(0, 71).word() as i32, blocked);
    assert!(matches!(cluster.status(0), Status::Waiting(_)));
    cluster.write_mailbox(0, 42);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    assert_eq!(cluster.register(0, 5), Quad::preferred(42));
}

#[test]
fn bisled_branches_when_an_event_is_there() {
    for pending in [false, true] {
        let (mut cluster, _) = cluster(1);
        let mut program = Program::new();
        program.read(2, Channel::RD_IN_MBOX);
        program.write(Channel::WR_EVENT_MASK, 0x200);
        let target = program.here() + 12;
        program.imm(Op::Ila, 3, 0, target);
        program.inst(Inst {
            rt: 4,
            ra: 3,
            ..Inst::new(Op::Bisled)
        });
        program.stop(1).stop(2);
        program.start(&mut cluster, 0);
        if pending {
            cluster.write_signal(0, 0, 1);
        }
        cluster.write_mailbox(0, 0);
        finish(&mut cluster);
        assert_eq!(cluster.status(0), Status::Stopped(1 + u16::from(pending)));
        assert_eq!(cluster.register(0, 4), Quad::preferred(target as u32 - 4));
    }
}

#[test]
fn channels_that_are_not_there() {
    let cases = [
        (Op::Rdch, 28, "cannot be read"),
        (Op::Wrch, 29, "cannot be written"),
        (Op::Rdch, 5, "cannot be read"),
        (Op::Wrch, 127, "cannot be written"),
    ];
    for (op, number, text) in cases {
        let mut program = Program::new();
        program.imm(op, 3, 0, number);
        let report = fault(&run(&program), 0);
        assert!(report.contains(&format!("channel {number}")), "{report}");
        assert!(report.contains(text), "{report}");
    }
    let mut program = Program::new();
    program
        .imm(Op::Il, 3, 0, 7)
        .imm(Op::Rchcnt, 3, 0, 99)
        .stop(1);
    assert_eq!(run(&program).register(0, 3), Quad::ZERO);
}

#[test]
fn a_tag_status_that_nobody_asked_for_never_comes() {
    let mut program = Program::new();
    program.read(3, Channel::RD_TAG_STAT).stop(1);
    let cluster = run(&program);
    assert!(matches!(cluster.status(0), Status::Waiting(c) if c.contains("MFC_RdTagStat")));
}

#[test]
fn special_purpose_registers_read_as_zero() {
    let mut program = Program::new();
    program.imm(Op::Il, 3, 0, 7);
    program.imm(Op::Mtspr, 3, 0, 5).imm(Op::Mfspr, 3, 0, 5);
    program.inst(Inst::new(Op::Stopd));
    let cluster = run(&program);
    assert_eq!(cluster.status(0), Status::Stopped(0x3fff));
    assert_eq!(cluster.register(0, 3), Quad::ZERO);
}
