//! Memory that the PPU and SPUs share.

use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::*;
use crate::scene::*;

const GET: i32 = 0x40;
const PUT: i32 = 0x20;
const GETLLAR: i32 = 0xd0;
const PUTLLC: i32 = 0xb4;
const SNDSIG: i32 = 0xa0;

#[test]
fn what_one_writes_the_other_reads() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let address = a.word(SHARED);
        a.rdch(Channel::RD_IN_MBOX);
        dma(a, GET, 0x1000, address, 128);
        spu::kernels::dma::wait_tag(a, 0);
        let zero = a.il(0);
        let value = a.lqd(zero, 0x1000);
        let value = a.ai(value, 1);
        a.stqd(value, zero, 0x1000);
        let there = a.word(SHARED + 128);
        dma(a, PUT, 0x1000, there, 128);
        spu::kernels::dma::wait_tag(a, 0);
        exit(a, value);
    });
    scene.group(0, &[program]).call(173, &[group(0)]);
    scene.code(&[set(4, SHARED), set(5, 0x1234)].concat());
    scene
        .code(&[store_word(5, 4, 0)])
        .call(190, &[thread(0, 0), Arg::Is(0)]);
    // Waits for the SPU by looking: it runs while the PPU does.
    let look = [set(4, SHARED + 128).to_vec(), vec![load_word(5, 4, 0)]].concat();
    scene.code(&look);
    // cmpwi r5,0; beq back
    scene.code(&[0x2c05_0000, 0x4182_fff8]);
    scene.code(&[set(4, OUT).to_vec(), vec![store_word(5, 4, 0)]].concat());
    scene.call(178, &[group(0), Arg::Is(OUT + 4), Arg::Is(OUT + 8)]);
    let played = scene.finish();
    assert_eq!(played.out(0), 0x1235);
    assert_eq!(played.out(1), 2);
}

/// Adds 1 to the first word of the shared line so many times.
fn adds(a: &mut Assembler, times: i32) {
    let address = a.word(SHARED);
    let zero = a.il(0);
    let mask = a.il(0);
    let one = a.word(1);
    let first = a.cwd(zero, 0);
    let count = a.il(times);
    a.repeat(count, |a| {
        a.do_while(|a| {
            dma(a, GETLLAR, 0x1000, address, 128);
            a.rdch(Channel::RD_ATOMIC_STAT);
            let line = a.lqd(zero, 0x1000);
            let sum = a.a(line, one);
            let sum = a.shufb(sum, line, first);
            a.stqd(sum, zero, 0x1000);
            dma(a, PUTLLC, 0x1000, address, 128);
            let status = a.rdch(Channel::RD_ATOMIC_STAT);
            a.or(status, mask)
        });
    });
    let status = a.il(0);
    exit(a, status);
}

#[test]
fn no_update_of_an_atomic_line_is_lost() {
    const SPU_TIMES: i32 = 300;
    const PPU_TIMES: u32 = 2000;
    let mut scene = Scene::default();
    let program = scene.program(|a| adds(a, SPU_TIMES));
    scene.group(0, &[program; 3]).call(173, &[group(0)]);
    // The PPU: lwarx, addi, stwcx. on the same word, and a plain store to another word of
    // the line, so many times; the count is in CTR.
    let mut code = [set(4, SHARED), set(6, PPU_TIMES)].concat();
    code.push(0x7cc9_03a6); // mtctr r6
    code.extend([
        0x7ca0_2028, // lwarx r5,0,r4
        add(5, 5, 1),
        0x7ca0_212d, // stwcx. r5,0,r4
        0x40a2_fff4, // bne- back
        add(7, 7, 1),
        store_word(7, 4, 64),
        0x4200_ffe8, // bdnz back
    ]);
    scene.code(&code);
    scene.call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let played = scene.finish();
    let sum = word_at(&played.machine, SHARED);
    assert_eq!(sum, 3 * SPU_TIMES as u32 + PPU_TIMES);
    assert_eq!(played.out(0), 2);
}

#[test]
fn a_store_of_the_ppu_ends_the_wait_for_a_lost_reservation() {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let address = a.word(SHARED);
        let mask = a.word(0x400);
        a.wrch(Channel::WR_EVENT_MASK, mask);
        dma(a, GETLLAR, 0x1000, address, 128);
        a.rdch(Channel::RD_ATOMIC_STAT);
        throw(a, 0, 1, mask);
        let event = a.rdch(Channel::RD_EVENT_STAT);
        exit(a, event);
    });
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
        .call(191, &[thread(0, 0), queue(0), Arg::Is(1), Arg::Is(0)])
        .call(173, &[group(0)])
        .call(130, &[queue(0), Arg::Is(0), Arg::Is(0)])
        .call(141, &[Arg::Is(50)]);
    // The same value as before: it is the store that counts. Then one beside the line.
    scene.code(&[set(4, SHARED), set(5, 0)].concat());
    scene.code(&[store_word(5, 4, 124)]);
    scene
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 8)]);
    let played = scene.finish();
    assert_eq!(played.out(2), 0x400, "{:#?}", played.calls);
}

#[test]
fn spus_reach_the_local_stores_and_signals_of_their_group() {
    let mut scene = Scene::default();
    // Of each group the second gets from the first's local store when the first signals.
    let first = scene.program(|a| {
        let zero = a.il(0);
        let argument = a.rdch(Channel::RD_IN_MBOX);
        a.stqd(argument, zero, 0x1000);
        let signal = a.word(0xf015_400c);
        dma(a, SNDSIG, 0x100c, signal, 4);
        a.rdch(Channel::RD_SIG_NOTIFY_1);
        exit(a, zero);
    });
    let second = scene.program(|a| {
        let zero = a.il(0);
        a.rdch(Channel::RD_SIG_NOTIFY_1);
        let there = a.word(0xf000_1000);
        dma(a, GET, 0x1800, there, 16);
        spu::kernels::dma::wait_tag(a, 0);
        let value = a.lqd(zero, 0x1800);
        let signal = a.word(0xf005_400c);
        dma(a, SNDSIG, 0x180c, signal, 4);
        spu::kernels::dma::wait_tag(a, 0);
        exit(a, value);
    });
    for number in [0, 1] {
        scene.group(number, &[first, second]);
        scene.call(173, &[group(number)]);
    }
    for (number, word) in [(1, 22), (0, 11)] {
        scene.call(190, &[thread(number, 0), Arg::Is(word)]);
    }
    for number in [0, 1] {
        scene.call(178, &[group(number), Arg::Is(OUT), Arg::Is(OUT + 4)]);
        scene.call(165, &[thread(number, 1), Arg::Is(OUT + 8 + 4 * number)]);
    }
    let played = scene.finish();
    assert_eq!(
        (played.out(2), played.out(3)),
        (11, 22),
        "{:#?}",
        played.calls
    );
}

#[test]
fn runs_are_the_same_every_time() {
    let run = || {
        let mut scene = Scene::default();
        let program = scene.program(|a| adds(a, 50));
        scene
            .group(0, &[program; 6])
            .call(173, &[group(0)])
            .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
        let played = scene.finish();
        (played.machine.cycles(), word_at(&played.machine, SHARED))
    };
    let first = run();
    assert_eq!(first.1, 300);
    for _ in 0..3 {
        assert_eq!(run(), first);
    }
}
