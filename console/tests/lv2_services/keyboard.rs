//! The on-screen keyboard.

use crate::lv2_support::*;
use console::lv2::{Machine, Outcome, PadState};
use console::script::Button;

const REGISTER: u32 = 0;
const CHECK: u32 = 1;
const LOAD: u32 = 2;
const UNLOAD: u32 = 3;
const TEXT: u32 = 4;
const ABORT: u32 = 5;
const WINDOW: u32 = 6;
const IMPORTS: [u32; 7] = [
    0x9d98_afa0,
    0x189a_74da,
    0x7fcf_c915,
    0x3d1e_1931,
    0x1d99_c3ee,
    0xb6d8_4526,
    0x53e3_9df3,
];

/// Where the program's function notes the events, from the place that the first word names.
const NOTES: u32 = OWN + 0x40;
const PARAMETERS: u32 = OWN + 0xa0;
const FIELD: u32 = OWN + 0xc0;
const MESSAGE: u32 = OWN + 0xd0;
const START: u32 = OWN + 0xe0;
const OPTION: u32 = OWN + 0xf0;
const RESULT: u32 = OWN + 0x100;
const OUT: u32 = OWN + 0x120;
const RESULTS: u32 = OWN + 0x180;

const LOADED: u32 = 0x502;
const FINISHED: u32 = 0x503;
const UNLOADED: u32 = 0x504;
const ENTERED: u32 = 0x505;
const BEGINS: u32 = 0x121;
const ENDS: u32 = 0x122;

/// Asks for events until the last one was this.
fn wait_for(event: u32) -> Vec<u32> {
    let mut code = import(CHECK, &[]);
    code.extend(set(9, NOTES));
    code.extend([load_word(10, 9, 0), load_word(3, 10, 0xfffc)]);
    // cmpwi r3,event; bne
    let back = 4 * (code.len() as u32 + 1);
    code.push(0x2c03_0000 | event);
    code.push(0x4082_0000 | back.wrapping_neg() & 0xfffc);
    code
}

fn program(calls: &[Vec<u32>]) -> Machine {
    let function = [
        &set(9, NOTES)[..],
        &[
            load_word(10, 9, 0),
            store_word(3, 10, 0),
            add(10, 10, 4),
            store_word(10, 9, 0),
            BLR,
        ],
    ]
    .concat();
    let mut main = import(REGISTER, &[0, OWN, 0]);
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        main.extend(call);
        main.extend(keep(at));
    }
    main.extend(call(22, &[0]));
    let address = CODE + 4 * main.len() as u32;
    let mut data = vec![0; 0x200];
    let mut put = |at: u32, words: &[u32]| {
        for (at, word) in ((at - OWN) as usize..).step_by(4).zip(words) {
            data[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
    };
    put(OWN, &[address]);
    put(NOTES, &[NOTES + 8]);
    // No spaces.
    put(PARAMETERS, &[0, 0, 0, 0, 1]);
    put(FIELD, &[MESSAGE, START, 6]);
    put(MESSAGE, &[0x004e_0061, 0x006d_0065, 0]);
    put(START, &[0x0041_0000]);
    put(OPTION, &[1]);
    put(RESULT, &[9, 6, OUT]);
    put(OUT, &[0xffff_ffff; 4]);
    start(&Parts {
        code: [main, function].concat(),
        imports: IMPORTS.to_vec(),
        library: "cellSysutil",
        data,
    })
}

/// Runs until the program waits for the user.
fn wait(machine: &mut Machine) {
    let outcome = machine.run(20_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Limit);
}

fn finish(machine: &mut Machine) {
    let mut seen = Seen::default();
    let outcome = machine.run(200_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
}

fn out(machine: &Machine) -> String {
    let words: [u32; 4] = words(machine, OUT);
    let units = words.into_iter().flat_map(|word| [word >> 16, word]);
    let units: Vec<_> = units.map(|unit| unit as u16).collect();
    let end = units.iter().position(|unit| *unit == 0);
    String::from_utf16_lossy(&units[..end.unwrap_or(units.len())])
}

#[test]
fn what_is_typed_comes_back() {
    let mut machine = program(&[
        import(LOAD, &[0, PARAMETERS, FIELD]),
        import(LOAD, &[0, PARAMETERS, FIELD]),
        wait_for(ENDS),
        import(UNLOAD, &[RESULT]),
        wait_for(UNLOADED),
        import(UNLOAD, &[RESULT]),
    ]);
    wait(&mut machine);
    let dialog = machine.text_dialog().expect("a keyboard");
    assert_eq!(dialog.to_string(), r#"keyboard for "Name": "A""#);
    // No keyboard is plugged in; a space is prohibited, and there is room for six.
    for character in "d \u{8}da ç\u{1f600}".chars() {
        machine
            .type_character(character)
            .expect("the dialog takes it");
    }
    let dialog = machine.text_dialog().expect("a keyboard");
    assert_eq!(dialog.text, "Adaç\u{1f600}");
    machine.type_character('\n').expect("the dialog takes it");
    assert_eq!(machine.text_dialog(), None);
    finish(&mut machine);
    let results: [u32; 6] = words(&machine, RESULTS);
    assert_eq!([results[0], results[1]], [0, 0x8002_b501]);
    assert_eq!([results[3], results[5]], [0, 0x8002_b302]);
    assert_eq!(word_at(&machine, RESULT), 0);
    let notes: [u32; 5] = words(&machine, NOTES + 8);
    assert_eq!(notes, [BEGINS, LOADED, FINISHED, ENDS, UNLOADED]);
    // Six words, and no room for the zero behind them.
    assert_eq!(out(&machine), "Adaç\u{1f600}\u{ffff}\u{ffff}");
}

#[test]
fn the_pad_confirms_and_cancels() {
    let load = || import(LOAD, &[0, PARAMETERS, FIELD]);
    for (button, result) in [(Button::Start, 3), (Button::Circle, 1)] {
        let mut machine = program(&[load(), wait_for(ENDS), import(UNLOAD, &[RESULT])]);
        wait(&mut machine);
        machine.set_pad(0, Some(PadState::default()));
        for button in [Button::Square, button] {
            machine.set_pad(0, Some(PadState::default().with(button)));
        }
        finish(&mut machine);
        assert_eq!(word_at(&machine, RESULT), result);
    }
    // The program gives up by itself.
    let mut machine = program(&[
        load(),
        import(ABORT, &[]),
        wait_for(ENDS),
        import(UNLOAD, &[RESULT]),
    ]);
    finish(&mut machine);
    assert_eq!(word_at(&machine, RESULT), 2);
}

#[test]
fn a_keyboard_stays_that_shall() {
    let mut machine = program(&[
        import(WINDOW, &[OPTION]),
        import(LOAD, &[0, PARAMETERS, FIELD]),
        wait_for(ENTERED),
        import(TEXT, &[RESULT]),
        import(ABORT, &[]),
        wait_for(ENDS),
    ]);
    wait(&mut machine);
    machine.type_character('b').expect("the dialog takes it");
    // Enter, by its usage.
    machine.type_key(0x28);
    finish(&mut machine);
    assert_eq!(word_at(&machine, RESULT), 0);
    assert_eq!(out(&machine), "Ab");
    let mut machine = program(&[import(TEXT, &[RESULT])]);
    finish(&mut machine);
    assert_eq!(word_at(&machine, RESULTS), 0x8002_b302);
}
