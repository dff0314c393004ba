//! The LV2 thread group that the driver sees.

mod spu_support;

use console::spu::{Cluster, Exit, Quad, ThreadGroup};
use spu::driver::{Event, SpuSystem, SystemError};
use spu::isa::Op;
use spu::isa::channel::Channel;
use spu_support::{GET, PUT, Program};

fn group(spus: usize) -> ThreadGroup {
    ThreadGroup::on(Cluster::new(spus))
}

/// Throws the event (port, data0, data1) and goes on.
fn throw(program: &mut Program, port: u32, data0: u32, data1: u32) {
    program.write(Channel::WR_OUT_MBOX, data1);
    program.write(Channel::WR_OUT_INTR_MBOX, 0x4000_0000 | port << 24 | data0);
}

fn exit(program: &mut Program, code: u16, status: u32) {
    program.write(Channel::WR_OUT_MBOX, status).stop(code);
}

/// A server: doubles the word at the address in its first argument for every command.
#[test]
fn commands_and_events() {
    let mut program = Program::new();
    program.imm(Op::Rotqbyi, 20, 3, 4); // low word of the first argument
    let serve = program.here();
    program.read(21, Channel::RD_IN_MBOX);
    let end = program.here();
    program.imm(Op::Nop, 0, 0, 0); // becomes the branch to the end
    for (command, size) in [(GET, 16), (PUT, 16)] {
        if command == PUT {
            program.imm(Op::Lqa, 22, 0, 0x8000).rr(Op::A, 22, 22, 22);
            program.imm(Op::Stqa, 22, 0, 0x8000);
        }
        program.write(Channel::LSA, 0x8000).write(Channel::EAH, 0);
        program.write_register(Channel::EAL, 20);
        program.write(Channel::SIZE, size).write(Channel::TAG_ID, 0);
        program.write(Channel::CMD, command).wait(1);
    }
    throw(&mut program, 5, 0xabcdef, 77);
    program.branch(Op::Br, 0, serve);
    let exit_at = program.here();
    exit(&mut program, 0x102, 9);
    let mut bytes = program.bytes();
    let branch = spu::isa::Inst {
        rt: 21,
        imm: exit_at - end,
        ..spu::isa::Inst::new(Op::Brz)
    };
    let at = end as usize;
    bytes[at..at + 4].copy_from_slice(&branch.encode().unwrap().to_be_bytes());
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    let image = spu::elf::Image {
        entry: 0,
        segments: vec![spu::elf::Segment {
            address: 0,
            executable: true,
            contents: spu::elf::Contents::Copy(&bytes),
        }],
    };
    let elf = image.to_bytes().unwrap();

    let mut group = group(2);
    assert_eq!(group.available(), 2);
    let words = [
        group.allocate(16, 16).unwrap(),
        group.allocate(16, 16).unwrap(),
    ];
    group.write(words[0], &3_u32.to_be_bytes()).unwrap();
    group.write(words[1], &5_u32.to_be_bytes()).unwrap();
    let arguments = words.map(|word| [word.into(), 0, 0, 0]);
    // The group can be started again after a join.
    for round in 0..2 {
        group.start(&elf, &arguments).unwrap();
        assert!(matches!(
            group.start(&elf, &arguments),
            Err(SystemError::Refused { .. })
        ));
        let before = group.time_ns();
        for spu in [1, 0] {
            group.write_mailbox(spu, 1).unwrap();
            let event = group.wait_event().unwrap();
            assert_eq!(
                event,
                Event {
                    spu,
                    port: 5,
                    data0: 0xabcdef,
                    data1: 77
                }
            );
        }
        assert!(group.time_ns() > before);
        for (spu, factor) in [(0, 3), (1, 5)] {
            let mut word = [0; 4];
            group.read(words[spu], &mut word).unwrap();
            assert_eq!(u32::from_be_bytes(word), factor << (round + 1));
            group.write_mailbox(spu, 0).unwrap();
        }
        group.join().unwrap();
        assert_eq!(group.exit(0), Some(Exit::Thread(9)));
    }
}

#[test]
fn arguments_and_stack() {
    let mut program = Program::new();
    exit(&mut program, 0x102, 0);
    let mut group = group(1);
    group
        .start(&program.elf(), &[[1, 2 << 32, 3, u64::MAX]])
        .unwrap();
    group.join().unwrap();
    let register = |number| group.cluster().register(0, number).words();
    assert_eq!(register(3), [0, 1, 0, 0]);
    assert_eq!(register(4), [2, 0, 0, 0]);
    assert_eq!(register(5), [0, 3, 0, 0]);
    assert_eq!(register(6), [!0, !0, 0, 0]);
    assert_eq!(group.cluster().register(0, 1), Quad::preferred(0x3_fff0));
}

#[test]
fn an_event_with_acknowledgement_is_answered() {
    let mut program = Program::new();
    program.write(Channel::WR_OUT_MBOX, 8);
    program.write(Channel::WR_OUT_INTR_MBOX, 3 << 24 | 4);
    program.read(10, Channel::RD_IN_MBOX);
    program.write_register(Channel::WR_OUT_MBOX, 10).stop(0x102);
    let mut group = group(1);
    group.start(&program.elf(), &[[0; 4]]).unwrap();
    let event = group.wait_event().unwrap();
    assert_eq!(
        event,
        Event {
            spu: 0,
            port: 3,
            data0: 4,
            data1: 8
        }
    );
    group.join().unwrap();
    assert_eq!(group.exit(0), Some(Exit::Thread(0)));
}

#[test]
fn nothing_comes_from_threads_that_have_ended() {
    let mut program = Program::new();
    throw(&mut program, 1, 2, 3);
    exit(&mut program, 0x102, 0);
    let mut group = group(1);
    let ended = |group: &mut ThreadGroup| {
        let error = group.wait_event().unwrap_err();
        assert!(error.to_string().contains("ended"), "{error}");
    };
    ended(&mut group); // never started
    group.start(&program.elf(), &[[0; 4]]).unwrap();
    group.join().unwrap();
    // What was sent before the end is still there.
    assert_eq!(group.wait_event().unwrap().data1, 3);
    ended(&mut group);
    group.join().unwrap();
}

#[test]
fn one_thread_ends_the_group() {
    // SPU 0 gets 1 as its argument and exits for all; the others wait for ever.
    let mut program = Program::new();
    program.imm(Op::Rotqbyi, 20, 3, 4);
    let at = program.here() + 8;
    program.branch(Op::Brnz, 20, at);
    program.read(21, Channel::RD_IN_MBOX);
    exit(&mut program, 0x101, 4);
    let mut group = group(3);
    group
        .start(&program.elf(), &[[1, 0, 0, 0], [0; 4], [0; 4]])
        .unwrap();
    group.join().unwrap();
    for spu in 0..3 {
        assert_eq!(group.exit(spu), Some(Exit::Group(4)));
    }
}

#[test]
fn deadlocks_and_endless_loops_are_errors() {
    let mut program = Program::new();
    program.read(3, Channel::RD_SIG_NOTIFY_2);
    let mut group = group(2);
    group.start(&program.elf(), &[[0; 4], [0; 4]]).unwrap();
    let Err(SystemError::Deadlock { report }) = group.wait_event() else {
        panic!("no deadlock");
    };
    assert!(
        report.contains("SPU 1 waits for channel 4 (SPU_RdSigNotify2) at 0x00000"),
        "{report}"
    );

    let mut program = Program::new();
    program.branch(Op::Br, 0, 0);
    let mut group = self::group(1);
    group.set_patience(100_000);
    group.start(&program.elf(), &[[0; 4]]).unwrap();
    let Err(SystemError::Deadlock { report }) = group.join() else {
        panic!("no end");
    };
    assert!(report.contains("SPU 0 runs at 0x00000"), "{report}");
}

#[test]
fn faults_come_with_a_report_after_earlier_events() {
    let mut program = Program::new();
    throw(&mut program, 1, 2, 3);
    program.rr(Op::Heq, 0, 0, 0);
    let mut group = group(1);
    group.start(&program.elf(), &[[0; 4]]).unwrap();
    assert_eq!(group.wait_event().unwrap().data1, 3);
    for _ in 0..2 {
        let error = group.wait_event().unwrap_err();
        assert!(
            matches!(&error, SystemError::Fault { spu: 0, report } if report.contains("heq")),
            "{error}"
        );
    }
    // Things that the kernel does not know.
    for (word, stop, text) in [
        (Some(0x8000_0000), 0x102, "0x80000000"),
        (None, 0x33, "stop 0x33"),
        (None, 0x102, "without a status"),
        (Some(0x4000_0000), 0x102, "without data"),
    ] {
        let mut program = Program::new();
        if let Some(word) = word {
            program.write(Channel::WR_OUT_INTR_MBOX, word);
        }
        program.stop(stop);
        let mut group = self::group(1);
        group.start(&program.elf(), &[[0; 4]]).unwrap();
        let error = group.join().unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn refusals() {
    let mut group = group(2);
    let refused = |result: Result<(), SystemError>| match result {
        Err(SystemError::Refused { reason }) => reason,
        other => panic!("{other:?}"),
    };
    let mut program = Program::new();
    exit(&mut program, 0x102, 0);
    assert!(refused(group.start(&[1, 2, 3], &[[0; 4]])).contains("start"));
    assert!(refused(group.start(&program.elf(), &[])).contains("1 to 2"));
    assert!(refused(group.start(&program.elf(), &[[0; 4]; 3])).contains("1 to 2"));
    assert!(refused(group.write_mailbox(0, 1)).contains("thread 0"));
    assert!(refused(group.write(0x3000_0000, &[1])).contains("not allocated"));
    assert!(refused(group.read(0, &mut [1])).contains("not allocated"));
    assert!(matches!(
        group.allocate(usize::MAX, 16),
        Err(SystemError::OutOfMemory { size: usize::MAX })
    ));
    assert!(matches!(
        group.allocate(16, 24),
        Err(SystemError::Refused { .. })
    ));
}
