//! SPUs that do what they may not, and programs that wait for ever: each ends in a report.

use console::lv2::{Errno, Outcome};
use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::*;
use crate::scene::*;

type Build = fn(&mut Assembler);

/// The report of a program whose one SPU thread is this.
fn report(build: impl FnOnce(&mut Assembler)) -> String {
    let mut scene = Scene::default();
    let program = scene.program(build);
    scene
        .group(0, &[program])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let played = scene.play();
    assert!(
        matches!(played.outcome, Outcome::SpuFault { thread: 0x100, .. }),
        "{:?}",
        played.outcome
    );
    played.report()
}

fn get(a: &mut Assembler, address: u32, size: i32) {
    let address = a.word(address);
    dma(a, 0x40, 0x1000, address, size);
    wait(a, Channel::RD_IN_MBOX);
}

#[test]
fn reports_name_thread_instruction_and_channel() {
    let nowhere = report(|a| get(a, 0x8000_0000, 16));
    for part in [
        "SPU thread 0x00000100 \"story\" of \"story\": at 0x0",
        "wrch $ch21",
        "channel 21 (MFC_Cmd)",
        "0x10 bytes at effective address 0x80000000 are no storage",
        "group Running",
        "r1 ",
    ] {
        assert!(nowhere.contains(part), "{part}: {nowhere}");
    }
    let protected = report(|a| {
        let address = a.word(CODE);
        dma(a, 0x20, 0x1000, address, 16);
        wait(a, Channel::RD_IN_MBOX);
    });
    assert!(protected.contains("may not be accessed"), "{protected}");
    let size = report(|a| get(a, SHARED, 3));
    assert!(size.contains("size 0x3"), "{size}");
    let opcode = report(|a| {
        let opcode = a.il(0x7f);
        a.wrch(Channel::CMD, opcode);
        a.stop(0);
    });
    assert!(opcode.contains("0x7f is no MFC command"), "{opcode}");
    let halt = report(|a| {
        let zero = a.il(0);
        a.heqi(zero, 0);
        a.stop(0);
    });
    assert!(halt.contains("halt"), "{halt}");
}

#[test]
fn calls_that_the_kernel_does_not_know_are_faults() {
    let stop = report(|a| a.stop(0x1234));
    assert!(stop.contains("stop 0x1234 is none"), "{stop}");
    let call = report(|a| a.stop(0x150));
    assert!(call.contains("stop 0x150 is none"), "{call}");
    let status = report(|a| a.stop(0x102));
    assert!(
        status.contains("the end of a thread without a word"),
        "{status}"
    );
    let mail = report(|a| {
        let word = a.word(0x9000_0000);
        a.wrch(Channel::WR_OUT_INTR_MBOX, word);
        wait(a, Channel::RD_IN_MBOX);
    });
    assert!(mail.contains("interrupt mailbox 0x90000000"), "{mail}");
    let event = report(|a| {
        let word = a.word(0x4000_0000);
        a.wrch(Channel::WR_OUT_INTR_MBOX, word);
        wait(a, Channel::RD_IN_MBOX);
    });
    assert!(event.contains("without a word"), "{event}");
}

#[test]
fn an_spu_that_runs_into_data_stops() {
    let mut scene = Scene::default();
    let program = scene.image(0x10, &[&[0; 16][..], &[0x47; 32]].concat());
    scene
        .group(0, &[program])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let played = scene.play();
    let report = played.report();
    assert!(report.contains("at 0x00010: "), "{report}");
    assert!(report.contains("no instruction of the SPU"), "{report}");
}

#[test]
fn exceptions_go_to_who_wants_to_hear_of_them() {
    let causes: [(Build, u32, u32); 7] = [
        (|a| get(a, SHARED, 3), 1, 0),
        (
            |a| {
                let opcode = a.il(0x7f);
                a.wrch(Channel::CMD, opcode);
                a.stop(0);
            },
            2,
            0,
        ),
        (
            |a| {
                a.rdch(Channel::WR_DEC);
                a.stop(0);
            },
            4,
            0,
        ),
        (|a| get(a, 0x8000_0000, 16), 0x20, 0x8000_0000),
        (|a| a.stop(0x150), 0x100, 0),
        (
            |a| {
                let zero = a.il(0);
                a.heqi(zero, 0);
                a.stop(0);
            },
            0x400,
            0,
        ),
        (|a| a.stop(0x1234), 0x800, 0),
    ];
    for (build, cause, address) in causes {
        let mut scene = Scene::default();
        let program = scene.program(build);
        scene
            .group(0, &[program])
            .call(
                128,
                &[
                    Arg::Is(queue_at(0)),
                    Arg::Is(QUEUE_ATTRIBUTE),
                    Arg::Is(0),
                    Arg::Is(4),
                ],
            )
            .call(185, &[group(0), queue(0), Arg::Is(2)])
            .call(173, &[group(0)])
            .call(130, &[queue(0), Arg::Is(0), Arg::Is(0)])
            .keep_event(0)
            .call(173, &[group(0)])
            .call(177, &[group(0), Arg::Is(5)])
            .call(178, &[group(0), Arg::Is(OUT + 32), Arg::Is(OUT + 36)])
            .call(173, &[group(0)]);
        let played = scene.finish();
        let out: Vec<u32> = (0..10).map(|at| played.out(at)).collect();
        assert_eq!(out[..4], [0xffff_ffff, 0x5350_5503, 0x0400_0100, 0x100]);
        assert!(out[4].is_multiple_of(4) && out[4] != 0, "{:#x}", out[4]);
        assert_eq!(out[5..8], [cause, 0, address]);
        assert_eq!(out[8..], [4, 5]);
        let results: Vec<u32> = (4..8).map(|call| played.result(call)).collect();
        assert_eq!(results, [Errno::ESTAT.0, 0, 0, 0]);
    }
}

#[test]
fn bad_images_are_refused() {
    let mut scene = Scene::default();
    let misplaced = scene.image(0x4_0000, &[0; 16]);
    let odd = scene.image(0, &[0; 24]);
    scene.code(&call(170, &[0x2_0400, 1, 100, OWN + 0x40]));
    for (program, at) in [(misplaced, 0), (odd, 4)] {
        let words = initialize(0, 0, image_at(program));
        scene.code(&words).code(&keep(OUT + at));
    }
    let played = scene.finish();
    let inval = Errno::EINVAL.0;
    assert_eq!((played.out(0), played.out(1)), (inval, inval));
}

#[test]
fn a_deadlock_says_what_everybody_waits_for() {
    let mut scene = Scene::default();
    let program = scene.program(|a| wait(a, Channel::RD_SIG_NOTIFY_2));
    scene
        .group(0, &[program, program])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let played = scene.play();
    assert_eq!(played.outcome, Outcome::Deadlock);
    let report = played.report();
    let waits = report.matches("waits for channel 4 (SPU_RdSigNotify2)");
    assert_eq!(waits.count(), 2, "{report}");
}

#[test]
fn an_spu_that_never_ends_reaches_the_limit() {
    let mut scene = Scene::default();
    let program = scene.program(|a| a.forever(|_, _| {}));
    scene
        .group(0, &[program])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    assert_eq!(scene.play().outcome, Outcome::Limit);
}
