//! Pads and keyboards, as programs read them.

mod lv2_support;

use console::lv2::{Layout, Machine, Motors, Outcome, PadState};
use console::script::Button;
use lv2_support::*;

const PAD_START: u32 = 0;
const PAD_INFO: u32 = 1;
const PAD_DATA: u32 = 2;
const PAD_DRIVE: u32 = 3;
const PAD_PRESSURE: u32 = 4;
const KEYS_START: u32 = 5;
const KEYS_INFO: u32 = 6;
const KEYS_READ: u32 = 7;
const KEYS_CHARACTERS: u32 = 8;

const INFO: u32 = OWN + 0x20;
const REPORT: u32 = OWN + 0x100;
const AGAIN: u32 = OWN + 0x200;
const RESULT: u32 = OWN + 0x300;

fn program(main: &[Vec<u32>]) -> Machine {
    let mut parts = code(&[&main.concat(), &exit_with_result()]);
    parts.library = "sys_io";
    parts.imports = vec![
        0x1cf9_8800,
        0xa703_a51d,
        0x8b72_cda1,
        0xf655_44ee,
        0xf83f_8182,
        0x433f_6ec0,
        0x2f17_74d5,
        0xff0a_21b7,
        0xa5f8_5e4d,
    ];
    parts.data = vec![1, 200, 0, 0, 0, 0, 0, 0];
    start(&parts)
}

/// Two milliseconds: after it the pads are found.
fn wait() -> Vec<u32> {
    call(141, &[2000])
}

fn keep_result() -> Vec<u32> {
    let mut code = set(9, RESULT).to_vec();
    code.push(store_word(3, 9, 0));
    code
}

fn run(machine: &mut Machine) -> i32 {
    let mut seen = Seen::default();
    match machine.run(1_000_000, &mut seen) {
        Outcome::Exited(status) => status,
        other => panic!("{}", machine.report(&other)),
    }
}

#[test]
fn a_pad_is_found_and_read() {
    let mut machine = program(&[
        import(PAD_START, &[127]),
        wait(),
        import(PAD_PRESSURE, &[0, 1]),
        import(PAD_INFO, &[INFO]),
        import(PAD_DATA, &[0, REPORT]),
        import(PAD_DRIVE, &[0, OWN]),
        import(PAD_DATA, &[0, AGAIN]),
    ]);
    let mut held = PadState::default().with(Button::Cross).with(Button::Left);
    held.left = [0, 0xff];
    machine.set_pad(0, Some(held));
    assert_eq!(run(&mut machine), 0);
    let info: [u32; 31] = words(&machine, INFO);
    let ports = |at: usize| info[at..at + 7].to_vec();
    assert_eq!(info[..3], [7, 1, 0]);
    assert_eq!(ports(3), [3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(ports(10), [2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(ports(17), [0x1f, 0, 0, 0, 0, 0, 0]);
    assert_eq!(ports(24), [0; 7]);
    let report = words(&machine, REPORT);
    assert_eq!(
        report,
        [
            20,
            0x007a,
            0x0080_0040,
            0x0080_0080,
            0x0000_00ff,
            0x0000_00ff,
            0,
            0,
            0x00ff_0000,
            0,
            0,
            0
        ]
    );
    assert_eq!(words(&machine, AGAIN), [0]);
    let motors = Motors {
        small: true,
        large: 200,
    };
    assert_eq!(machine.motors(0), motors);
}

#[test]
fn no_pad_is_read_where_there_is_none() {
    let no_device = 0x8012_1107_u32 as i32;
    let read = [
        import(PAD_START, &[7]),
        wait(),
        import(PAD_DATA, &[0, REPORT]),
    ];
    assert_eq!(run(&mut program(&read)), no_device);
    let mut early = program(&[import(PAD_START, &[7]), import(PAD_DATA, &[0, REPORT])]);
    early.set_pad(0, Some(PadState::default()));
    assert_eq!(run(&mut early), no_device);
    for (calls, error) in [
        (vec![import(PAD_DATA, &[0, REPORT])], 0x8012_1104_u32),
        (vec![import(PAD_START, &[0])], 0x8012_1102),
        (
            vec![import(PAD_START, &[7]), import(PAD_START, &[7])],
            0x8012_1103,
        ),
        (
            vec![import(PAD_START, &[7]), import(PAD_DATA, &[0, 0])],
            0x8012_1102,
        ),
        (
            vec![import(PAD_START, &[7]), import(PAD_DATA, &[127, REPORT])],
            0x8012_1102,
        ),
        (vec![import(KEYS_READ, &[0, REPORT])], 0x8012_1004),
        (
            vec![import(KEYS_START, &[7]), import(KEYS_READ, &[0, REPORT])],
            0x8012_1007,
        ),
        (
            vec![import(KEYS_START, &[7]), import(KEYS_CHARACTERS, &[0, 2])],
            0x8012_1002,
        ),
    ] {
        assert_eq!(run(&mut program(&calls)), error as i32, "{error:#x}");
    }
}

#[test]
fn the_menu_has_pads_and_keyboards_for_itself() {
    let mut machine = program(&[
        import(PAD_START, &[7]),
        import(KEYS_START, &[7]),
        wait(),
        import(PAD_INFO, &[INFO]),
        import(PAD_DATA, &[0, REPORT]),
        keep_result(),
        import(KEYS_INFO, &[AGAIN]),
        import(KEYS_READ, &[0, AGAIN + 0x80]),
    ]);
    machine.set_pad(0, Some(PadState::default().with(Button::Cross)));
    machine.set_keyboard(Some(Layout::Us));
    machine.set_menu(true);
    machine.type_character('a').unwrap();
    assert_eq!(run(&mut machine), 0);
    assert_eq!(words(&machine, INFO), [7, 1, 1]);
    assert_eq!(words(&machine, REPORT), [0]);
    assert_eq!(words(&machine, RESULT), [0]);
    assert_eq!(words(&machine, AGAIN), [7, 1, 1, 0x0100_0000]);
    assert_eq!(words(&machine, AGAIN + 0x80), [0, 0, 0]);
}

#[test]
fn keys_are_read_as_they_are_typed() {
    let mut machine = program(&[
        import(KEYS_START, &[7]),
        import(KEYS_CHARACTERS, &[0, 1]),
        call(141, &[1]),
        import(KEYS_READ, &[0, REPORT]),
        import(KEYS_READ, &[0, AGAIN]),
    ]);
    machine.set_keyboard(Some(Layout::German));
    assert!(machine.type_character('é').is_err());
    let mut seen = Seen::default();
    // Up to the wait.
    assert_eq!(machine.run(30, &mut seen), Outcome::Limit);
    for character in "Zé\n".chars().filter(|c| *c != 'é') {
        machine.type_character(character).unwrap();
    }
    machine.type_key(0x50);
    machine.release_keys();
    assert_eq!(run(&mut machine), 0);
    let report = words(&machine, REPORT);
    assert_eq!(report, [0, 0, 3, 0x005a_000a, 0x8050_0000]);
    assert_eq!(words(&machine, AGAIN), [0, 0, 0]);
}
