//! Raw SPUs, by their registers.

use console::lv2::{Errno, Outcome};
use spu::asm::Assembler;
use spu::isa::channel::Channel;

use crate::lv2_support::*;
use crate::scene::*;

/// `sys_raw_spu_image_load`.
const IMPORTS: [u32; 1] = [0xb995_662e];
const LOCAL: u32 = 0xe000_0000;
const REGISTERS: u32 = 0xe004_0000;
const OUTBOUND: u32 = REGISTERS + 0x4004;
const INBOUND: u32 = REGISTERS + 0x400c;
const MAILBOX_STATUS: u32 = REGISTERS + 0x4014;
const RUN_CONTROL: u32 = REGISTERS + 0x401c;
const STATUS: u32 = REGISTERS + 0x4024;
const NEXT_PC: u32 = REGISTERS + 0x4034;

fn write(address: u32, value: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, value)].concat();
    words.push(store_word(10, 9, 0));
    words
}

fn read(address: u32, to: u32) -> Vec<u32> {
    let mut words = set(9, address).to_vec();
    words.push(load_word(3, 9, 0));
    words.extend(keep(to));
    words
}

/// Reads a word until it has one of these bits.
fn wait_for(address: u32, bits: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, bits)].concat();
    // lwz r3,0(r9); and. r3,r3,r10; beq -8
    words.extend([load_word(3, 9, 0), 0x7c63_5039, 0x4182_fff8]);
    words
}

/// Reads a word, doubles it, writes it to both outbound mailboxes, and stops.
fn doubles(a: &mut Assembler) {
    let word = a.rdch(Channel::RD_IN_MBOX);
    let twice = a.a(word, word);
    a.wrch(Channel::WR_OUT_MBOX, twice);
    a.wrch(Channel::WR_OUT_INTR_MBOX, twice);
    a.stop(0x123);
}

#[test]
fn a_raw_spu_runs_as_psl1ght_s_example_has_it() {
    let mut scene = Scene::default();
    let program = scene.program(doubles);
    scene
        .call(169, &[Arg::Is(6), Arg::Is(5)])
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .import(0, &[Arg::At(OUT), Arg::Is(image_at(program))])
        .code(&read(STATUS, OUT + 4))
        .code(&write(INBOUND, 21))
        .code(&read(MAILBOX_STATUS, OUT + 8))
        .code(&write(RUN_CONTROL, 1))
        .code(&wait_for(STATUS, 2))
        .code(&read(MAILBOX_STATUS, OUT + 12))
        .code(&read(OUTBOUND, OUT + 16))
        .code(&read(STATUS, OUT + 20))
        .call(154, &[Arg::Is(0), Arg::Is(2), Arg::Is(OUT + 24)])
        .call(163, &[Arg::Is(0), Arg::Is(OUT + 32)])
        .call(153, &[Arg::Is(0), Arg::Is(2), Arg::Is(3)])
        .call(154, &[Arg::Is(0), Arg::Is(2), Arg::Is(OUT + 40)])
        .call(161, &[Arg::Is(0)])
        .call(161, &[Arg::Is(0)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    let results: Vec<u32> = (0..9).map(|call| played.result(call)).collect();
    assert_eq!(results, [0, 0, 0, 0, 0, 0, 0, 0, Errno::ESRCH.0]);
    // Number 0; idle; one word comes in, three places are left.
    assert_eq!([0, 1, 2].map(|at| played.out(at)), [0, 0, 3 << 8]);
    // Then one goes out, and one by interrupt.
    assert_eq!(played.out(3), 1 | 4 << 8 | 1 << 16);
    assert_eq!(played.out(4), 42);
    assert_eq!(played.out(5), 0x123 << 16 | 2);
    // The mailbox and the stop, until they are taken away.
    assert_eq!([6, 7, 8].map(|at| played.out(at)), [0, 3, 42]);
    assert_eq!([10, 11].map(|at| played.out(at)), [0, 0]);
}

#[test]
fn local_store_and_memory_are_reached_by_registers() {
    let transfer = |command: u32| {
        [
            write(REGISTERS + 0x3004, 0x100),
            write(REGISTERS + 0x3008, 0),
            write(REGISTERS + 0x300c, SHARED),
            write(REGISTERS + 0x3010, 16 << 16),
            write(REGISTERS + 0x3014, command),
        ]
        .concat()
    };
    let mut scene = Scene::default();
    scene
        .call(169, &[Arg::Is(6), Arg::Is(1)])
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .call(160, &[Arg::Is(OUT + 4), Arg::Is(0)])
        .code(&write(SHARED + 4, 0x1234_5678))
        .code(&transfer(0x40))
        .code(&read(REGISTERS + 0x3014, OUT + 4))
        .code(&read(LOCAL + 0x104, OUT + 8))
        .code(&write(LOCAL + 0x108, 0x55))
        .code(&transfer(0x20))
        .code(&read(SHARED + 8, OUT + 12))
        // No such command.
        .code(&transfer(0x99))
        .code(&read(REGISTERS + 0x3014, OUT + 16))
        .code(&write(NEXT_PC, 0x84))
        .code(&read(NEXT_PC, OUT + 20));
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    // As many as were asked for.
    assert_eq!(played.result(2), Errno::EAGAIN.0);
    let out = [1, 2, 3, 4, 5].map(|at| played.out(at));
    assert_eq!(out, [0, 0x1234_5678, 0x55, 1, 0x84]);
}

#[test]
fn what_is_wrong_ends_in_a_report() {
    // Without an SPU there is nothing.
    let mut scene = Scene::default();
    scene.code(&read(STATUS, OUT));
    let played = scene.play_with(&IMPORTS);
    assert!(matches!(played.outcome, Outcome::Fault { .. }));
    // No such register.
    let mut scene = Scene::default();
    scene
        .call(169, &[Arg::Is(6), Arg::Is(1)])
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .code(&read(REGISTERS + 0x8000, OUT));
    let played = scene.play_with(&IMPORTS);
    assert!(matches!(played.outcome, Outcome::Fault { .. }));
    // It runs into what is no instruction.
    let mut scene = Scene::default();
    scene
        .call(169, &[Arg::Is(6), Arg::Is(1)])
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .code(&write(LOCAL, 0x4747_4747))
        .code(&write(RUN_CONTROL, 1))
        .code(&[LOOP]);
    let played = scene.play_with(&IMPORTS);
    assert!(
        matches!(played.outcome, Outcome::SpuFault { thread: 0, .. }),
        "{:?}",
        played.outcome
    );
    assert!(played.report().contains("raw 0"), "{}", played.report());
}

#[test]
fn groups_and_raw_spus_share_the_six() {
    let mut scene = Scene::default();
    let program = scene.program(doubles);
    scene
        // As long as groups may have all of them there is none.
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .call(169, &[Arg::Is(6), Arg::Is(2)])
        .call(160, &[Arg::Is(OUT), Arg::Is(0)])
        .group(0, &[program, program, program, program])
        .call(173, &[group(0)])
        .call(160, &[Arg::Is(OUT + 4), Arg::Is(0)])
        .call(196, &[Arg::Is(1), Arg::Is(3)])
        .call(197, &[Arg::Is(1), Arg::Is(OUT + 8)])
        .call(151, &[Arg::Is(1), Arg::Is(2), Arg::Is(7)])
        .call(152, &[Arg::Is(1), Arg::Is(2), Arg::Is(OUT + 16)])
        .call(152, &[Arg::Is(1), Arg::Is(1), Arg::Is(OUT + 16)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    let results: Vec<u32> = (0..10).map(|call| played.result(call)).collect();
    let (again, bad) = (Errno::EAGAIN.0, Errno::EINVAL.0);
    assert_eq!(results, [again, 0, 0, 0, 0, 0, 0, 0, 0, bad]);
    assert_eq!([0, 1, 2, 4, 5].map(|at| played.out(at)), [0, 1, 3, 0, 7]);
}
