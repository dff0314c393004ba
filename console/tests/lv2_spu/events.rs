//! Events of SPU threads and groups, in both directions.

use console::lv2::Errno;
use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::*;
use crate::scene::*;

const EVENT: [u32; 2] = [0xffff_ffff, 0x5350_5501];
const RUN: [u32; 2] = [0xffff_ffff, 0x5350_5500];

fn make_queue(scene: &mut Scene, number: u32, attribute: u32, size: u32) {
    let arguments = [queue_at(number), attribute, 0, size].map(Arg::Is);
    scene.call(128, &arguments);
}

fn receive(scene: &mut Scene, number: u32, at: u32) {
    scene
        .call(130, &[queue(number), Arg::Is(0), Arg::Is(0)])
        .keep_event(at);
}

/// Sends an event and waits for the answer, which it returns.
fn send(a: &mut Assembler, port: u32, data0: u32, data1: u32) -> spu::asm::Reg {
    let data1 = a.word(data1);
    a.wrch(Channel::WR_OUT_MBOX, data1);
    let word = a.word(port << 24 | data0);
    a.wrch(Channel::WR_OUT_INTR_MBOX, word);
    a.rdch(Channel::RD_IN_MBOX)
}

#[test]
fn events_carry_their_data_with_and_without_an_answer() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let data = a.word(0x8765_4321);
        throw(a, 5, 0xab_cdef, data);
        let answer = send(a, 5, 2, 3);
        // Nobody is connected there.
        let other = send(a, 6, 2, 3);
        let missing = a.word(Errno::ENOTCONN.0);
        let wrong = a.xor(other, missing);
        let status = a.or(wrong, answer);
        exit(a, status);
    });
    scene.group(0, &[program]);
    make_queue(&mut scene, 0, QUEUE_ATTRIBUTE, 4);
    scene
        .call(191, &[thread(0, 0), queue(0), Arg::Is(1), Arg::Is(5)])
        .call(191, &[thread(0, 0), queue(0), Arg::Is(1), Arg::Is(5)])
        .call(191, &[thread(0, 0), queue(0), Arg::Is(1), Arg::Is(64)])
        .call(191, &[thread(0, 0), queue(0), Arg::Is(2), Arg::Is(7)])
        .call(191, &[thread(0, 0), Arg::Is(0), Arg::Is(1), Arg::Is(7)])
        .call(173, &[group(0)]);
    receive(&mut scene, 0, 0);
    receive(&mut scene, 0, 32);
    scene
        .call(178, &[group(0), Arg::Is(OUT + 64), Arg::Is(OUT + 68)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 72)]);
    let played = scene.finish();
    let results: Vec<u32> = (1..6).map(|call| played.result(call)).collect();
    let inval = Errno::EINVAL.0;
    assert_eq!(results, [0, Errno::EISCONN.0, inval, inval, Errno::ESRCH.0]);
    let out: Vec<u32> = (0..16).map(|at| played.out(at)).collect();
    let thread = 0x100;
    let first = [0, thread, 5, 0xab_cdef, 0, 0x8765_4321];
    let second = [0, thread, 5, 2, 0, 3];
    assert_eq!(out[..8], [&EVENT[..], &first].concat());
    assert_eq!(out[8..], [&EVENT[..], &second].concat());
    assert_eq!((played.out(16), played.out(18)), (2, 0));
}

#[test]
fn a_full_queue_and_a_full_mailbox_are_busy() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let first = send(a, 0, 1, 1);
        let full = send(a, 0, 2, 2);
        let busy = a.word(Errno::EBUSY.0);
        let wrong = a.xor(full, busy);
        let wrong = a.or(wrong, first);
        // Mail that is there when the kernel looks is lost: the answer takes its place.
        a.rdch(Channel::RD_SIG_NOTIFY_1);
        let data = a.il(3);
        a.wrch(Channel::WR_OUT_MBOX, data);
        a.wrch(Channel::WR_OUT_INTR_MBOX, data);
        a.rdch(Channel::RD_SIG_NOTIFY_2);
        let full = a.rdch(Channel::RD_IN_MBOX);
        let other = a.xor(full, busy);
        let status = a.or(wrong, other);
        exit(a, status);
    });
    scene.group(0, &[program]);
    make_queue(&mut scene, 0, QUEUE_ATTRIBUTE, 1);
    scene
        .call(191, &[thread(0, 0), queue(0), Arg::Is(1), Arg::Is(0)])
        .call(173, &[group(0)])
        .call(141, &[Arg::Is(100)])
        .call(190, &[thread(0, 0), Arg::Is(1)])
        .call(184, &[thread(0, 0), Arg::Is(0), Arg::Is(1)])
        .call(141, &[Arg::Is(100)])
        .call(184, &[thread(0, 0), Arg::Is(1), Arg::Is(1)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 8)]);
    let played = scene.finish();
    assert_eq!((played.out(0), played.out(2)), (2, 0));
}

#[test]
fn one_port_connects_all_threads() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let argument = argument(a);
        throw(a, 3, 7, argument);
        let zero = a.il(0);
        exit(a, zero);
    });
    scene.group(0, &[program, program]);
    make_queue(&mut scene, 0, QUEUE_ATTRIBUTE, 8);
    scene
        .call(191, &[thread(0, 1), queue(0), Arg::Is(1), Arg::Is(1)])
        .call(251, &[group(0), queue(0), Arg::Is(0), Arg::Is(OUT)])
        .call(251, &[group(0), queue(0), Arg::Is(2), Arg::Is(OUT)])
        .call(251, &[group(0), queue(0), Arg::Is(0xa), Arg::Is(OUT + 64)])
        .call(173, &[group(0)]);
    receive(&mut scene, 0, 0);
    receive(&mut scene, 0, 32);
    scene
        .call(252, &[group(0), Arg::Is(3)])
        .call(192, &[thread(0, 0), Arg::Is(1), Arg::Is(3)])
        .call(192, &[thread(0, 1), Arg::Is(1), Arg::Is(1)]);
    let played = scene.finish();
    assert_eq!(played.result(2), Errno::EINVAL.0);
    assert_eq!(played.result(3), Errno::EISCONN.0);
    assert_eq!(played.out(16) >> 24, 3);
    let mut threads = [played.out(3), played.out(11)];
    threads.sort_unstable();
    assert_eq!(threads, [0x100, 0x0100_0100]);
    assert_eq!(played.out(7) + played.out(15), 100);
    let last: Vec<u32> = (8..11).map(|call| played.result(call)).collect();
    assert_eq!(last, [0, Errno::ENOTCONN.0, 0]);
}

#[test]
fn a_group_tells_that_it_runs() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let zero = a.il(0);
        exit(a, zero);
    });
    scene.group(0, &[program]);
    make_queue(&mut scene, 0, QUEUE_ATTRIBUTE, 8);
    scene
        .call(185, &[group(0), queue(0), Arg::Is(1)])
        .call(185, &[group(0), queue(0), Arg::Is(1)])
        .call(185, &[group(0), queue(0), Arg::Is(4)])
        .call(185, &[group(0), Arg::Is(1), Arg::Is(2)])
        .call(173, &[group(0)]);
    receive(&mut scene, 0, 0);
    scene
        .call(186, &[group(0), Arg::Is(1)])
        .call(185, &[group(0), queue(0), Arg::Is(1)]);
    let played = scene.finish();
    let results: Vec<u32> = (1..5).map(|call| played.result(call)).collect();
    let (busy, inval) = (Errno::EBUSY.0, Errno::EINVAL.0);
    assert_eq!(results, [0, busy, inval, Errno::ESRCH.0]);
    assert_eq!([played.out(0), played.out(1)], RUN);
    assert_eq!(played.out(3), 0x0400_0100);
    assert_eq!((played.result(7), played.result(8)), (0, 0));
}

/// Receives from the queue of number 9 and ends with result and data, a byte each.
fn receiver(a: &mut Assembler, stop: u16) {
    let number = a.il(9);
    a.wrch(Channel::WR_OUT_MBOX, number);
    a.stop(i32::from(stop));
    let result = a.rdch(Channel::RD_IN_MBOX);
    let status = a.reg();
    a.set(status).ori(result, 0);
    a.if_zero(result, |a| {
        for _ in 0..3 {
            let word = a.rdch(Channel::RD_IN_MBOX);
            let shifted = a.shli(status, 8);
            a.set(status).or(shifted, word);
        }
    });
    exit(a, status);
}

#[test]
fn spu_threads_receive_events() {
    let mut scene = Scene::default();
    let waits = scene.program(|a| receiver(a, 0x110));
    let tries = scene.program(|a| receiver(a, 0x111));
    scene.group(0, &[waits]).group(1, &[tries]);
    make_queue(&mut scene, 0, SPU_QUEUE_ATTRIBUTE, 4);
    make_queue(&mut scene, 1, QUEUE_ATTRIBUTE, 4);
    let port = Arg::Is(OUT + 0x40);
    let run = |scene: &mut Scene, number: u32, at: u32| {
        scene
            .call(178, &[group(number), Arg::Is(OUT), Arg::Is(OUT + 4)])
            .call(165, &[thread(number, 0), Arg::Is(OUT + at)]);
    };
    scene
        .call(193, &[thread(0, 0), queue(1), Arg::Is(9)])
        .call(193, &[thread(0, 0), queue(0), Arg::Is(9)])
        .call(193, &[thread(0, 0), queue(0), Arg::Is(8)])
        .call(193, &[thread(1, 0), queue(0), Arg::Is(9)])
        .call(130, &[queue(0), Arg::Is(0), Arg::Is(0)])
        .call(134, &[port, Arg::Is(1), Arg::Is(0)])
        .call(136, &[Arg::At(OUT + 0x40), queue(0)])
        .call(173, &[group(0)])
        .call(173, &[group(1)]);
    run(&mut scene, 1, 8);
    // A group that waits cannot be terminated.
    scene.call(177, &[group(0), Arg::Is(0)]).call(
        138,
        &[Arg::At(OUT + 0x40), Arg::Is(1), Arg::Is(2), Arg::Is(3)],
    );
    run(&mut scene, 0, 12);
    scene
        .call(
            138,
            &[Arg::At(OUT + 0x40), Arg::Is(4), Arg::Is(5), Arg::Is(6)],
        )
        .call(173, &[group(1)]);
    run(&mut scene, 1, 16);
    // The queue goes away while a thread waits; then it is not there at all.
    scene
        .call(173, &[group(0)])
        .call(141, &[Arg::Is(50)])
        .call(129, &[queue(0), Arg::Is(1)]);
    run(&mut scene, 0, 20);
    scene
        .call(194, &[thread(1, 0), Arg::Is(9)])
        .call(173, &[group(1)]);
    run(&mut scene, 1, 24);
    let played = scene.finish();
    let (inval, busy) = (Errno::EINVAL.0, Errno::EBUSY.0);
    let bound: Vec<u32> = (2..7).map(|call| played.result(call)).collect();
    assert_eq!(bound, [inval, 0, busy, 0, inval]);
    assert_eq!(played.result(13), Errno::ESTAT.0, "{:#?}", played.calls);
    let statuses: Vec<u32> = (2..7).map(|at| played.out(at)).collect();
    let expected = [busy, 0x01_0203, 0x04_0506, Errno::ECANCELED.0, inval];
    assert_eq!(statuses, expected, "{:#?}", played.calls);
}

#[test]
fn spus_set_bits_of_event_flags() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let flag = a.rdch(Channel::RD_IN_MBOX);
        a.wrch(Channel::WR_OUT_MBOX, flag);
        let word = a.word(0xc000_0003);
        a.wrch(Channel::WR_OUT_INTR_MBOX, word);
        a.wrch(Channel::WR_OUT_MBOX, flag);
        let word = a.word(0x8000_0002);
        a.wrch(Channel::WR_OUT_INTR_MBOX, word);
        let first = a.rdch(Channel::RD_IN_MBOX);
        // No such flag.
        let zero = a.il(0);
        a.wrch(Channel::WR_OUT_MBOX, zero);
        a.wrch(Channel::WR_OUT_INTR_MBOX, word);
        let second = a.rdch(Channel::RD_IN_MBOX);
        let missing = a.word(Errno::ESRCH.0);
        let wrong = a.xor(second, missing);
        let status = a.or(first, wrong);
        exit(a, status);
    });
    let attribute = OUT + 0x40;
    for (at, word) in [(0, 2), (4, 0x200), (0x14, 0x2_0000)] {
        let mut words = [set(4, attribute + at), set(5, word)].concat();
        words.push(store_word(5, 4, 0));
        scene.code(&words);
    }
    scene
        .group(0, &[program])
        .call(82, &[Arg::Is(OUT + 0x60), Arg::Is(attribute), Arg::Is(0)])
        .call(173, &[group(0)])
        .call(190, &[thread(0, 0), Arg::At(OUT + 0x60)])
        .call(
            85,
            &[
                Arg::At(OUT + 0x60),
                Arg::Is(0xc),
                Arg::Is(1),
                Arg::Is(OUT),
                Arg::Is(0),
            ],
        )
        .call(178, &[group(0), Arg::Is(OUT + 8), Arg::Is(OUT + 12)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 16)]);
    let played = scene.finish();
    assert_eq!(
        (played.out(0), played.out(1)),
        (0, 0xc),
        "{:#?}",
        played.calls
    );
    assert_eq!((played.out(2), played.out(4)), (2, 0));
}
