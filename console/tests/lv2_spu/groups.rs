//! The life of groups and threads.

use console::lv2::{Errno, Outcome};
use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::*;
use crate::scene::*;

const OK: u32 = 0;

/// Ends with the sum of its argument and a word from the mailbox.
fn adder(a: &mut Assembler) {
    let argument = argument(a);
    let word = a.rdch(Channel::RD_IN_MBOX);
    let sum = a.a(argument, word);
    exit(a, sum);
}

#[test]
fn threads_get_arguments_and_mail_and_leave_a_status() {
    let mut scene = Scene::default();
    let adder = scene.program(adder);
    scene
        .group(0, &[adder, adder])
        .call(165, &[thread(0, 0), Arg::Is(OUT)])
        .call(173, &[group(0)])
        .call(165, &[thread(0, 0), Arg::Is(OUT)])
        .call(190, &[thread(0, 1), Arg::Is(7)])
        .call(190, &[thread(0, 0), Arg::Is(5)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 8)])
        .call(165, &[thread(0, 1), Arg::Is(OUT + 12)])
        .call(171, &[group(0)])
        .call(173, &[group(0)]);
    let played = scene.finish();
    let results: Vec<u32> = (0..9).map(|call| played.result(call)).collect();
    let stat = Errno::ESTAT.0;
    let expected = [stat, OK, stat, OK, OK, OK, OK, OK, OK];
    assert_eq!(results, expected, "{:#?}", played.calls);
    assert_eq!(played.result(9), Errno::ESRCH.0);
    let out: Vec<u32> = (0..4).map(|at| played.out(at)).collect();
    assert_eq!(out, [2, 0, 5, 107]);
}

#[test]
fn a_thread_ends_its_group_and_a_group_starts_again() {
    let mut scene = Scene::default();
    // One waits for ever; the other ends the group with its argument and what local store
    // holds, which is loaded anew each time.
    let waits = scene.program(|a| wait(a, Channel::RD_IN_MBOX));
    let ends = scene.program(|a| {
        let place = a.data(&5_u32.to_be_bytes(), 16);
        let address = a.address(place);
        let argument = argument(a);
        let value = a.lqd(address, 0);
        let sum = a.a(value, argument);
        a.stqd(sum, address, 0);
        a.wrch(Channel::WR_OUT_MBOX, sum);
        a.stop(0x101);
    });
    scene.group(0, &[waits, ends]);
    for at in [0, 8] {
        scene
            .call(173, &[group(0)])
            .call(178, &[group(0), Arg::Is(OUT + at), Arg::Is(OUT + at + 4)]);
    }
    scene.call(165, &[thread(0, 1), Arg::Is(OUT)]);
    let played = scene.finish();
    let out: Vec<u32> = (0..4).map(|at| played.out(at)).collect();
    assert_eq!(out, [1, 105, 1, 105]);
    assert_eq!(played.result(4), Errno::ESTAT.0, "it did not end by itself");
}

#[test]
fn groups_are_terminated_even_when_they_wait() {
    let mut scene = Scene::default();
    let waits = scene.program(|a| wait(a, Channel::RD_SIG_NOTIFY_1));
    scene
        .group(0, &[waits])
        .call(177, &[group(0), Arg::Is(1)])
        .call(173, &[group(0)])
        .call(141, &[Arg::Is(100)])
        .call(171, &[group(0)])
        .call(177, &[group(0), Arg::Is(77)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(171, &[group(0)]);
    let played = scene.finish();
    let results: Vec<u32> = (0..7).map(|call| played.result(call)).collect();
    let expected = [Errno::ESTAT.0, OK, OK, Errno::EBUSY.0, OK, OK, OK];
    assert_eq!(results, expected);
    assert_eq!((played.out(0), played.out(1)), (4, 77));
}

#[test]
fn bad_groups_and_threads_are_not_made() {
    let mut scene = Scene::default();
    let waits = scene.program(|a| wait(a, Channel::RD_IN_MBOX));
    let attribute = OWN + 0x40;
    scene
        .call(
            170,
            &[Arg::Is(OUT), Arg::Is(0), Arg::Is(100), Arg::Is(attribute)],
        )
        .call(
            170,
            &[Arg::Is(OUT), Arg::Is(7), Arg::Is(100), Arg::Is(attribute)],
        )
        .call(
            170,
            &[Arg::Is(OUT), Arg::Is(1), Arg::Is(15), Arg::Is(attribute)],
        )
        .call(
            170,
            &[Arg::Is(OUT), Arg::Is(1), Arg::Is(256), Arg::Is(attribute)],
        )
        .call(170, &[Arg::Is(OUT), Arg::Is(1), Arg::Is(100), Arg::Is(0)])
        .call(169, &[Arg::Is(6), Arg::Is(4)])
        .call(
            170,
            &[Arg::Is(OUT), Arg::Is(3), Arg::Is(100), Arg::Is(attribute)],
        )
        .call(169, &[Arg::Is(6), Arg::Is(6)])
        .call(169, &[Arg::Is(6), Arg::Is(0)])
        .code(&call(170, &[0x2_0400, 2, 100, attribute]))
        // Starting or joining what is not complete.
        .call(173, &[Arg::At(0x2_0400)])
        .call(178, &[Arg::At(0x2_0400), Arg::Is(OUT), Arg::Is(OUT)])
        .code(&initialize(0, 0, image_at(waits)));
    let played = scene.finish();
    let inval = Errno::EINVAL.0;
    let results: Vec<u32> = (0..11).map(|call| played.result(call)).collect();
    let expected = [
        inval,
        inval,
        inval,
        inval,
        Errno::EFAULT.0,
        OK,
        inval,
        inval,
        OK,
        Errno::ESTAT.0,
        Errno::ESTAT.0,
    ];
    assert_eq!(results, expected, "{:#?}", played.calls);
    let last = &played.calls[played.calls.len() - 2];
    assert!(last.ends_with("= 0x0"), "{last}");
}

#[test]
fn a_window_is_one_threads() {
    let mut scene = Scene::default();
    let waits = scene.program(|a| wait(a, Channel::RD_IN_MBOX));
    scene.code(&call(170, &[0x2_0400, 2, 100, OWN + 0x40]));
    for _ in 0..2 {
        let words = initialize(0, 0, image_at(waits));
        scene.code(&words).code(&keep(OUT)).code(&keep(OUT + 4));
    }
    // The image is refused before the group is asked.
    let words = initialize(0, 1, OWN + 0x300);
    scene.code(&words).code(&keep(OUT + 8));
    let played = scene.finish();
    assert_eq!(played.out(1), Errno::EBUSY.0);
    assert_eq!(played.out(2), Errno::EINVAL.0);
}

#[test]
fn local_store_is_read_and_written_while_a_group_runs() {
    let mut scene = Scene::default();
    // Gives back the word at 0x100 when a signal comes.
    let program = scene.program(|a| {
        a.rdch(Channel::RD_SIG_NOTIFY_2);
        let zero = a.il(0);
        let value = a.lqd(zero, 0x1000);
        exit(a, value);
    });
    scene
        .group(0, &[program])
        .call(
            181,
            &[thread(0, 0), Arg::Is(0x1000), Arg::Is(1), Arg::Is(4)],
        )
        .call(173, &[group(0)])
        .call(
            181,
            &[
                thread(0, 0),
                Arg::Is(0x1000),
                Arg::Is(0x1234_5678),
                Arg::Is(4),
            ],
        )
        .call(
            181,
            &[thread(0, 0), Arg::Is(0x1003), Arg::Is(0x99), Arg::Is(1)],
        )
        .call(
            182,
            &[thread(0, 0), Arg::Is(0x1002), Arg::Is(OUT), Arg::Is(2)],
        )
        .call(
            182,
            &[thread(0, 0), Arg::Is(0x1001), Arg::Is(OUT), Arg::Is(2)],
        )
        .call(
            182,
            &[thread(0, 0), Arg::Is(0x1000), Arg::Is(OUT), Arg::Is(3)],
        )
        .call(
            182,
            &[thread(0, 0), Arg::Is(0x4_0000), Arg::Is(OUT), Arg::Is(4)],
        )
        .call(184, &[thread(0, 0), Arg::Is(2), Arg::Is(1)])
        .call(184, &[thread(0, 0), Arg::Is(1), Arg::Is(1)])
        .call(178, &[group(0), Arg::Is(OUT + 8), Arg::Is(OUT + 12)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 16)]);
    let played = scene.finish();
    let results: Vec<u32> = (0..9).map(|call| played.result(call)).collect();
    let (inval, stat) = (Errno::EINVAL.0, Errno::ESTAT.0);
    let expected = [stat, OK, OK, OK, OK, inval, inval, inval, inval];
    assert_eq!(results, expected);
    assert_eq!((played.out(0), played.out(1)), (0, 0x5699));
    assert_eq!(played.out(4), 0x1234_5699);
}

#[test]
fn signals_collect_where_they_should() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        a.rdch(Channel::RD_IN_MBOX);
        let first = a.rdch(Channel::RD_SIG_NOTIFY_1);
        let second = a.rdch(Channel::RD_SIG_NOTIFY_2);
        let shifted = a.shli(first, 8);
        let both = a.or(shifted, second);
        exit(a, both);
    });
    scene
        .group(0, &[program])
        .call(187, &[thread(0, 0), Arg::Is(4)])
        .call(187, &[thread(0, 0), Arg::Is(1)])
        .call(188, &[thread(0, 0), Arg::Is(OUT)])
        .call(173, &[group(0)]);
    for register in [0, 1] {
        for value in [1, 6] {
            scene.call(184, &[thread(0, 0), Arg::Is(register), Arg::Is(value)]);
        }
    }
    scene
        .call(190, &[thread(0, 0), Arg::Is(0)])
        .call(178, &[group(0), Arg::Is(OUT + 8), Arg::Is(OUT + 12)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 16)]);
    let played = scene.finish();
    assert_eq!(played.result(0), Errno::EINVAL.0);
    assert_eq!((played.out(0), played.out(1)), (0, 1));
    assert_eq!(played.out(4), 0x706);
}

#[test]
fn the_newest_mail_of_five_replaces_the_fourth() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        a.rdch(Channel::RD_SIG_NOTIFY_1);
        let mut sum = a.il(0);
        for _ in 0..4 {
            let word = a.rdch(Channel::RD_IN_MBOX);
            let shifted = a.shli(sum, 4);
            sum = a.or(shifted, word);
        }
        exit(a, sum);
    });
    scene.group(0, &[program]).call(173, &[group(0)]);
    for word in 1..=5 {
        scene.call(190, &[thread(0, 0), Arg::Is(word)]);
    }
    scene
        .call(184, &[thread(0, 0), Arg::Is(0), Arg::Is(1)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 8)]);
    assert_eq!(scene.finish().out(2), 0x1235);
}

/// Counts in local store at 0x1000 for ever.
fn counter(a: &mut Assembler) {
    let zero = a.il(0);
    let count = a.il(0);
    a.forever(|a, _| {
        a.set(count).ai(count, 1);
        a.stqd(count, zero, 0x1000);
    });
}

#[test]
fn a_suspended_group_stands_still() {
    let mut scene = Scene::default();
    let counter = scene.program(counter);
    let read = |scene: &mut Scene, at: u32| {
        let arguments = [thread(0, 0), Arg::Is(0x1000), Arg::Is(OUT + at), Arg::Is(4)];
        scene.call(182, &arguments);
    };
    scene
        .group(0, &[counter])
        .call(175, &[group(0)])
        .call(173, &[group(0)])
        .call(141, &[Arg::Is(20)])
        .call(174, &[group(0)]);
    read(&mut scene, 0);
    scene.call(141, &[Arg::Is(20)]);
    read(&mut scene, 8);
    scene.call(175, &[group(0)]).call(141, &[Arg::Is(20)]);
    read(&mut scene, 16);
    scene.call(177, &[group(0), Arg::Is(0)]);
    let played = scene.finish();
    assert_eq!(played.result(0), Errno::ESTAT.0);
    let [first, second, third] = [1, 3, 5].map(|at| played.out(at));
    assert!(
        first > 0 && first == second && third > second,
        "{first} {second} {third}"
    );
}

#[test]
fn the_higher_priority_has_the_spus() {
    let mut scene = Scene::default();
    let counter = scene.program(counter);
    // Two groups of four cannot run at once; the second is more urgent.
    scene
        .group_of(0, 100, &[counter; 4])
        .group_of(1, 50, &[counter; 4])
        .call(173, &[group(0)])
        .call(141, &[Arg::Is(10)])
        .call(173, &[group(1)])
        .call(
            182,
            &[thread(1, 3), Arg::Is(0x1000), Arg::Is(OUT), Arg::Is(4)],
        )
        .call(141, &[Arg::Is(10)])
        .call(
            182,
            &[thread(1, 3), Arg::Is(0x1000), Arg::Is(OUT), Arg::Is(4)],
        )
        .call(
            182,
            &[thread(0, 3), Arg::Is(0x1000), Arg::Is(OUT + 8), Arg::Is(4)],
        )
        // Now the first is; the other keeps its state.
        .call(179, &[group(0), Arg::Is(20)])
        .call(180, &[group(0), Arg::Is(OUT + 32)])
        .call(
            182,
            &[thread(0, 3), Arg::Is(0x1000), Arg::Is(OUT + 8), Arg::Is(4)],
        )
        .call(141, &[Arg::Is(10)])
        .call(
            182,
            &[thread(0, 3), Arg::Is(0x1000), Arg::Is(OUT + 16), Arg::Is(4)],
        )
        .call(177, &[group(0), Arg::Is(0)])
        .call(
            182,
            &[thread(1, 3), Arg::Is(0x1000), Arg::Is(OUT + 24), Arg::Is(4)],
        )
        .call(177, &[group(1), Arg::Is(0)]);
    let played = scene.finish();
    let stat = Errno::ESTAT.0;
    // A group that is ready has no local store to read.
    assert_eq!(played.result(6), stat, "{:#?}", played.calls);
    assert_eq!(
        (played.result(3), played.result(5), played.result(9)),
        (OK, OK, OK)
    );
    let [urgent, before, after, kept, priority] = [1, 3, 5, 7, 8].map(|at| played.out(at));
    assert_eq!(priority, 20);
    assert!(after > before && before > 0, "{before} {after}");
    assert_eq!(urgent, kept);
}

#[test]
fn equals_take_turns_when_they_yield() {
    let mut scene = Scene::default();
    let counter = scene.program(counter);
    // Yields until the other has counted; then ends.
    let yielding = scene.program(|a| {
        let zero = a.il(0);
        let word = a.rdch(Channel::RD_IN_MBOX);
        a.stop(0x100);
        let status = a.a(word, zero);
        exit(a, status);
    });
    scene
        .group(0, &[yielding; 6])
        .group(1, &[counter])
        .call(173, &[group(0)])
        .call(173, &[group(1)])
        .call(
            182,
            &[thread(1, 0), Arg::Is(0x1000), Arg::Is(OUT), Arg::Is(4)],
        )
        .call(190, &[thread(0, 0), Arg::Is(9)])
        .call(141, &[Arg::Is(10)])
        .call(
            182,
            &[thread(1, 0), Arg::Is(0x1000), Arg::Is(OUT), Arg::Is(4)],
        );
    for index in 1..6 {
        scene.call(190, &[thread(0, index), Arg::Is(9)]);
    }
    scene
        .call(177, &[group(1), Arg::Is(0)])
        .call(178, &[group(0), Arg::Is(OUT + 8), Arg::Is(OUT + 12)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 16)]);
    let played = scene.finish();
    assert_eq!(played.result(2), Errno::ESTAT.0);
    assert_eq!(played.result(5), OK);
    assert!(played.out(1) > 0);
    assert_eq!((played.out(2), played.out(4)), (2, 9));
}

#[test]
fn two_threads_cannot_join_and_nobody_joins_twice() {
    let mut scene = Scene::default();
    let ends = scene.program(|a| {
        let status = a.il(3);
        exit(a, status);
    });
    scene
        .group(0, &[ends])
        .call(173, &[group(0)])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(0)])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    // A second time it waits for the end of a run that never begins.
    scene.call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let played = scene.play();
    assert_eq!(played.outcome, Outcome::Deadlock);
    let results: Vec<u32> = (0..5).map(|call| played.result(call)).collect();
    assert_eq!(results, [OK, Errno::ESTAT.0, Errno::EFAULT.0, OK, OK]);
    let report = played.report();
    assert!(report.contains("SPU group 0x4000100"), "{report}");
}

#[test]
fn a_group_that_cooperates_keeps_its_spus() {
    let kind = |kind: u32| {
        let mut code = [set(9, OWN + 0x48), set(10, kind)].concat();
        code.push(store_word(10, 9, 0));
        code
    };
    let create = |threads: u32| {
        let place = Arg::Is(OUT + 0x20);
        [place, Arg::Is(threads), Arg::Is(0), Arg::Is(OWN + 0x40)]
    };
    let mut scene = Scene::default();
    let exits = scene.program(|a| {
        let argument = argument(a);
        exit(a, argument);
    });
    scene
        .call(352, &[Arg::Is(OUT + 0x30)])
        .code(&kind(0x22))
        .call(170, &create(2))
        .code(&kind(0x20))
        .call(170, &create(1))
        .group_of(0, 0, &[exits; 6])
        .call(352, &[Arg::Is(OUT + 8)])
        .call(250, &[group(0), Arg::Is(0x3f)])
        .call(250, &[group(0), Arg::Is(0x40)])
        .call(253, &[group(0), Arg::Is(OUT + 0x10)])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        // One more would leave no SPU that groups can share.
        .call(170, &create(2))
        .call(171, &[group(0)])
        .code(&kind(0))
        .group(1, &[exits])
        .call(250, &[group(1), Arg::Is(0)])
        .call(253, &[group(1), Arg::Is(OUT)]);
    let played = scene.finish();
    let results: Vec<u32> = (0..12).map(|call| played.result(call)).collect();
    let (bad, busy) = (Errno::EINVAL.0, Errno::EBUSY.0);
    assert_eq!(
        results,
        [OK, bad, bad, OK, OK, bad, OK, OK, OK, busy, OK, bad]
    );
    assert_eq!(played.result(12), bad);
    // Its threads ended; memory is taken for the SPU that it lends.
    assert_eq!(played.out(0), 2);
    assert_eq!([4, 5].map(|at| played.out(at)), [0, 0]);
    assert_eq!(played.out(13) - played.out(3), 256 << 10);
}
