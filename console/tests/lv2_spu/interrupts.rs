//! Interrupts of raw SPUs, and the threads that serve them.

use console::lv2::{Errno, Outcome};
use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::Arg::{At, At64, Is};
use crate::lv2_support::*;
use crate::scene::*;

const IMAGE_LOAD: u32 = 0;
const THREAD_CREATE: u32 = 1;
const DISESTABLISH: u32 = 2;
const IMPORTS: [u32; 3] = [0xb995_662e, 0x24a1_ea07, 0x4a07_1d98];

const REGISTERS: u32 = 0xe004_0000;
const INBOUND: u32 = REGISTERS + 0x400c;
const RUN_CONTROL: u32 = REGISTERS + 0x401c;
const QUERY_TYPE: u32 = REGISTERS + 0x3204;
/// Where the handler's code is: behind a branch around it.
const HANDLER: u32 = CODE + 4;
const DESCRIPTOR: u32 = SHARED;
const NAME: u32 = SHARED + 0x10;
const TAG: u32 = SHARED + 0x18;
const THREAD: u32 = SHARED + 0x20;
const SERVICE: u32 = SHARED + 0x28;
/// What the handler leaves: how often it ran, its arguments, the state and the word.
const COUNT: u32 = SHARED + 0x30;
const FIRST: u32 = SHARED + 0x34;
const SECOND: u32 = SHARED + 0x38;
const STATE: u32 = SHARED + 0x40;
const WORD: u32 = SHARED + 0x48;
const MASK_ALL: u32 = 0x1f;

fn write(address: u32, value: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, value)].concat();
    words.push(store_word(10, 9, 0));
    words
}

/// Reads a word until it is this one.
fn wait_for(address: u32, value: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, value)].concat();
    // lwz r3,0(r9); cmpw r3,r10; bne -8
    words.extend([load_word(3, 9, 0), 0x7c03_5000, 0x4082_fff8]);
    words
}

/// Keeps what it gets, reads and clears what is there of a class, counts, and is done.
fn handler(class: u32) -> Vec<u32> {
    let mut code = Vec::new();
    for (register, place) in [(3, FIRST), (4, SECOND)] {
        code.extend(set(9, place));
        code.push(store_word(register, 9, 0));
    }
    code.extend(call(154, &[0, class, STATE]));
    code.extend(call(163, &[0, WORD]));
    code.extend(call_with(153, &[Is(0), Is(class), At(STATE + 4)]));
    code.extend(set(9, COUNT));
    code.extend([load_word(10, 9, 0), add(10, 10, 1), store_word(10, 9, 0)]);
    code.extend(call(88, &[]));
    code
}

/// A scene with a handler for a class, a raw SPU with a program, a tag and a thread.
fn scene(class: u32, build: impl FnOnce(&mut Assembler)) -> Scene {
    let mut scene = Scene::default();
    let handler = handler(class);
    let around = 4 * (handler.len() as u32 + 1);
    let program = scene.program(build);
    scene
        .code(&[0x4800_0000 | around])
        .code(&handler)
        .code(&write(DESCRIPTOR, HANDLER))
        .call(169, &[Is(6), Is(5)])
        .call(160, &[Is(OUT), Is(0)])
        .import(IMAGE_LOAD, &[At(OUT), Is(image_at(program))])
        .call(150, &[Is(0), Is(class), Is(0), Is(TAG)])
        .import(
            THREAD_CREATE,
            &[
                Is(THREAD),
                Is(DESCRIPTOR),
                Is(0),
                Is(900),
                Is(0x4000),
                Is(2),
                Is(NAME),
            ],
        )
        .call(84, &[Is(SERVICE), At(TAG), At64(THREAD), Is(7), Is(8)]);
    scene
}

#[test]
fn a_mailbox_s_interrupts_run_the_thread_s_function() {
    let mut scene = scene(2, |a| {
        for _ in 0..2 {
            let word = a.rdch(Channel::RD_IN_MBOX);
            let twice = a.a(word, word);
            a.wrch(Channel::WR_OUT_INTR_MBOX, twice);
        }
        a.stop(0x123);
    });
    scene
        .call(151, &[Is(0), Is(2), Is(1)])
        .code(&write(RUN_CONTROL, 1))
        .code(&write(INBOUND, 21))
        .code(&wait_for(COUNT, 1))
        .code(&write(OUT + 4, 0))
        .code(&wait_for(WORD, 42))
        .code(&write(INBOUND, 50))
        .code(&wait_for(COUNT, 2))
        // The tag is in use, and so is the thread.
        .call(81, &[At(TAG)])
        .call(84, &[Is(OUT + 8), At(TAG), At64(THREAD), Is(7), Is(8)])
        .call(150, &[Is(0), Is(2), Is(0), Is(OUT + 8)])
        .call(89, &[At(SERVICE), Is(OUT + 16)])
        .call(89, &[At(SERVICE), Is(OUT + 24)])
        .call(81, &[At(TAG)])
        .call(81, &[At(TAG)])
        .call(161, &[Is(0)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    let results: Vec<u32> = (0..15).map(|call| played.result(call)).collect();
    let [busy, again, gone] = [Errno::EBUSY, Errno::EAGAIN, Errno::ESRCH].map(|error| error.0);
    assert_eq!(
        results,
        [0, 0, 0, 0, 0, 0, 0, busy, again, again, 0, gone, 0, gone, 0]
    );
    let word = |at| word_at(&played.machine, at);
    assert_eq!([FIRST, SECOND, COUNT, WORD].map(word), [7, 8, 2, 100]);
    assert_eq!(double_at(&played.machine, STATE) & !2, 1);
    let left = played.machine.threads().count();
    assert_eq!(left, 1, "only the main thread is left");
}

#[test]
fn a_masked_interrupt_waits_until_it_is_let_through() {
    let mut scene = scene(2, |a| a.stop(0x42));
    scene
        .code(&write(RUN_CONTROL, 1))
        .call(141, &[Is(100)])
        .code(&set(9, COUNT))
        .code(&[load_word(3, 9, 0)])
        .code(&keep(OUT + 4))
        .call(151, &[Is(0), Is(2), Is(2)])
        .code(&wait_for(COUNT, 1))
        .code(&write(QUERY_TYPE, 2))
        .call(151, &[Is(0), Is(2), Is(MASK_ALL)])
        .code(&wait_for(COUNT, 2))
        .import(DISESTABLISH, &[At(SERVICE)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    assert_eq!(played.result(9), 0);
    assert_eq!(played.out(1), 0);
    // The tags that are complete.
    assert_eq!(double_at(&played.machine, STATE), 8);
}

#[test]
fn errors_of_an_spu_are_interrupts_where_there_is_a_thread() {
    let mut scene = scene(0, |a| {
        let zero = a.il(0);
        a.wrch(Channel::CMD, zero);
        a.stop(0);
    });
    scene
        .call(151, &[Is(0), Is(0), Is(7)])
        .code(&write(RUN_CONTROL, 1))
        .code(&wait_for(COUNT, 1))
        .call(161, &[Is(0)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    assert_eq!(double_at(&played.machine, STATE), 2);
    // The thread went with the SPU.
    assert_eq!(played.machine.threads().count(), 1);
}

#[test]
fn wrong_requests_are_refused() {
    let mut scene = Scene::default();
    scene
        .call(169, &[Is(6), Is(5)])
        .call(160, &[Is(OUT), Is(0)])
        .call(150, &[Is(1), Is(2), Is(0), Is(TAG)])
        .call(150, &[Is(0), Is(1), Is(0), Is(TAG)])
        .call(150, &[Is(0), Is(2), Is(0), Is(TAG)])
        .code(&write(DESCRIPTOR, HANDLER))
        .import(
            THREAD_CREATE,
            &[
                Is(THREAD),
                Is(DESCRIPTOR),
                Is(0),
                Is(900),
                Is(0x4000),
                Is(3),
                Is(NAME),
            ],
        )
        .import(
            THREAD_CREATE,
            &[
                Is(THREAD),
                Is(DESCRIPTOR),
                Is(0),
                Is(900),
                Is(0x4000),
                Is(2),
                Is(NAME),
            ],
        )
        .call(84, &[Is(SERVICE), Is(5), At64(THREAD), Is(0), Is(0)])
        .call(84, &[Is(SERVICE), At(TAG), Is(5), Is(0), Is(0)])
        // The main thread is none for interrupts.
        .call(84, &[Is(SERVICE), At(TAG), Is(0x0100_0000), Is(0), Is(0)])
        .call(88, &[])
        .call(44, &[At64(THREAD), Is(0)])
        .import(DISESTABLISH, &[At64(THREAD)])
        .import(DISESTABLISH, &[At64(THREAD)])
        .call(81, &[Is(5)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    let results: Vec<u32> = (0..15).map(|call| played.result(call)).collect();
    let [bad, gone, again, not] =
        [Errno::EINVAL, Errno::ESRCH, Errno::EAGAIN, Errno::EPERM].map(|error| error.0);
    assert_eq!(
        results,
        [
            0, 0, gone, bad, 0, not, 0, gone, gone, again, not, bad, 0, gone, gone
        ]
    );
}
