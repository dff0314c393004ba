//! Sound: what programs write is played, block by block, and they hear of it.

mod lv2_support;

use console::lv2::{CYCLES_PER_SECOND, Outcome, SAMPLE_RATE, SAMPLES};
use lv2_support::*;

const START: u32 = 0;
const STOP: u32 = 1;
const OPEN: u32 = 2;
const PLAY: u32 = 3;
const PAUSE: u32 = 4;
const CLOSE: u32 = 5;
const SHAPE: u32 = 6;
const ADD: u32 = 7;
const CREATE_QUEUE: u32 = 8;
const LISTEN: u32 = 9;
const FORGET: u32 = 10;
const TAG: u32 = 11;
const TIME: u32 = 12;

const PARAMETERS: u32 = OWN;
const VOLUME: u32 = OWN + 0x20;
const PORT: u32 = OWN + 0x24;
const QUEUE: u32 = OWN + 0x28;
const KEY: u32 = OWN + 0x30;
const TOLD: u32 = OWN + 0x38;
const CONFIGURATION: u32 = OWN + 0x50;
const TAGS: u32 = OWN + 0x80;
const BLOCK: u32 = OWN + 0x100;

/// Cycles from block to block.
const PERIOD: u64 = CYCLES_PER_SECOND * SAMPLES as u64 / SAMPLE_RATE as u64;

fn program(main: &[Vec<u32>]) -> Parts {
    let mut parts = code(&[&main.concat(), &exit_with_result()]);
    parts.library = "cellAudio";
    parts.imports = vec![
        0x0b16_8f92,
        0xca5a_c370,
        0xcd7b_c431,
        0x89be_28f2,
        0x5b1e_2c73,
        0x4129_fe2d,
        0x74a6_6af0,
        0x9e4b_1db8,
        0x04af_134e,
        0x377e_0cd9,
        0xff36_26fd,
        0xe404_6afe,
        0x4109_d08c,
    ];
    let mut data: Vec<u8> = [2_u64, 8, 0, 0].map(u64::to_be_bytes).concat();
    data.extend(0.5_f32.to_be_bytes());
    data.resize(0x100, 0);
    for sample in 0..SAMPLES {
        let value = sample as f32 / SAMPLES as f32;
        data.extend(value.to_be_bytes());
        data.extend((-value).to_be_bytes());
    }
    parts.data = data;
    parts
}

fn begin() -> Vec<u32> {
    [
        import(START, &[]),
        import(OPEN, &[PARAMETERS, PORT]),
        import(PLAY, &[0]),
    ]
    .concat()
}

/// Asks the library for the key's queue, with the key in r3.
fn with_key(function: u32) -> Vec<u32> {
    let mut code = set(9, KEY).to_vec();
    code.push(load_double(3, 9, 0));
    code.extend(import(function, &[]));
    code
}

/// Waits for an event, and notes its source.
fn receive() -> Vec<u32> {
    let mut code = set(9, QUEUE).to_vec();
    code.push(load_word(3, 9, 0));
    code.extend(set(4, 0));
    code.extend(set(5, 0));
    code.extend(set(11, 130));
    code.push(SC);
    code.extend(set(9, TOLD));
    // std r4,0(r9)
    code.push(62 << 26 | 4 << 21 | 9 << 16);
    code
}

#[test]
fn a_block_is_played_when_its_time_has_come() {
    let mut add = set(9, VOLUME).to_vec();
    // lfs f1,0(r9)
    add.push(48 << 26 | 1 << 21 | 9 << 16);
    add.extend(import(ADD, &[0, BLOCK, 256]));
    let parts = program(&[
        begin(),
        import(SHAPE, &[0, CONFIGURATION]),
        import(CREATE_QUEUE, &[QUEUE, KEY]),
        with_key(LISTEN),
        add,
        receive(),
        receive(),
        import(TAG, &[0, 0, TAGS]),
        import(TIME, &[0, 1, TAGS + 8]),
        with_key(FORGET),
        import(PAUSE, &[0]),
        import(CLOSE, &[0]),
        import(STOP, &[]),
    ]);
    let (outcome, seen, machine) = run(&parts);
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    assert_eq!(machine.cycles() / PERIOD, 2);
    assert_eq!(seen.sounds.len(), 2);
    for (sample, out) in seen.sounds[0].iter().enumerate() {
        let value = sample as f32 / SAMPLES as f32 / 2.0;
        assert_eq!(*out, [value, -value]);
    }
    assert_eq!(seen.sounds[1], [[0.0; 2]; SAMPLES]);
    let [index, status, _, channels, _, blocks, bytes, start] = words(&machine, CONFIGURATION);
    assert_eq!((status, channels, blocks), (2, 2, 8));
    assert_eq!(bytes as usize, 2 * 8 * 4 * SAMPLES);
    assert!(start > index);
    assert_eq!(words(&machine, index), [0, 2]);
    let [_, port] = words(&machine, TOLD);
    assert_eq!(port, 0x0e00_0000);
    // The ring's first block was the first of all; its time is that of the first block.
    assert_eq!(words(&machine, TAGS), [0, 0, 0, 5333]);
}

#[test]
fn wrong_uses_are_errors() {
    let twice = |function| [import(function, &[0]), import(function, &[0])].concat();
    let open = || import(OPEN, &[PARAMETERS, PORT]);
    for (calls, error) in [
        (import(OPEN, &[PARAMETERS, PORT]), 0x8031_0703_u32),
        (
            [import(START, &[]), import(START, &[])].concat(),
            0x8031_0701,
        ),
        (
            [import(START, &[]), import(OPEN, &[VOLUME, PORT])].concat(),
            0x8031_0704,
        ),
        (
            [import(START, &[]), import(PLAY, &[0])].concat(),
            0x8031_0707,
        ),
        (
            [import(START, &[]), import(PLAY, &[8])].concat(),
            0x8031_0704,
        ),
        (
            [import(START, &[]), open(), twice(PLAY)].concat(),
            0x8031_0706,
        ),
        ([begin(), twice(PAUSE)].concat(), 0x8031_0708),
        ([begin(), twice(CLOSE)].concat(), 0x8031_0707),
        (
            [vec![], begin(), (0..8).flat_map(|_| open()).collect()].concat(),
            0x8031_0705,
        ),
        ([begin(), with_key(LISTEN)].concat(), 0x8031_0709),
        (
            [begin(), import(ADD, &[0, BLOCK, 255])].concat(),
            0x8031_0704,
        ),
        ([begin(), import(TAG, &[0, 8, TAGS])].concat(), 0x8031_0704),
        ([begin(), import(TIME, &[0, 1, TAGS])].concat(), 0x8031_070f),
        (
            [begin(), import(STOP, &[]), import(STOP, &[])].concat(),
            0x8031_0703,
        ),
    ] {
        let (outcome, _, _) = run(&program(&[calls]));
        assert_eq!(outcome, Outcome::Exited(error as i32), "{error:#x}");
    }
}

#[test]
fn sound_alone_wakes_nobody() {
    let forever = [&[add(3, 0, -1)][..], &call(141, &[])].concat();
    let (outcome, seen, _) = run(&program(&[import(START, &[]), forever]));
    assert_eq!(outcome, Outcome::Deadlock);
    assert!(seen.sounds.is_empty());
}
