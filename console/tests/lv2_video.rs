//! The video output: what the television can do, what is set, and another television.

mod lv2_support;

use console::display::{Mode, Television};
use console::lv2::{Machine, Outcome};
use lv2_support::*;

const FUNCTIONS: [u32; 10] = [
    0x8875_72d5, // cellVideoOutGetState
    0xe558_748d, // cellVideoOutGetResolution
    0x0bae_8772, // cellVideoOutConfigure
    0x15b0_b0cd, // cellVideoOutGetConfiguration
    0x1e93_0eef, // cellVideoOutGetDeviceInfo
    0x75bb_b672, // cellVideoOutGetNumberOfDevice
    0xa322_db75, // cellVideoOutGetResolutionAvailability
    0x8e8b_c444, // cellVideoOutRegisterCallback
    0x7871_bed4, // cellVideoOutUnregisterCallback
    0x189a_74da, // cellSysutilCheckCallback
];
const STATE: u32 = 0;
const RESOLUTION: u32 = 1;
const CONFIGURE: u32 = 2;
const CONFIGURATION: u32 = 3;
const DEVICE: u32 = 4;
const DEVICES: u32 = 5;
const AVAILABILITY: u32 = 6;
const REGISTER: u32 = 7;
const UNREGISTER: u32 = 8;
const CHECK: u32 = 9;
/// Where results go, and where configurations are.
const RESULT: u32 = OWN + 0x200;
const WANTED: u32 = OWN + 0x40;

const ILLEGAL: u32 = 0x8002_b222;
const NO_DEVICE: u32 = 0x8002_b224;
const NO_OUTPUT: u32 = 0x8002_b225;
const NO_MODE: u32 = 0x8002_b226;

fn television(mode: Mode, wide: bool) -> Television {
    Television { mode, wide }
}

/// A program that makes calls and keeps what each gives, from [`OWN`] on.
fn program(calls: &[Vec<u32>]) -> Parts {
    let kept = (OWN..).step_by(4).map(keep);
    let mut words: Vec<u32> = calls
        .iter()
        .zip(kept)
        .flat_map(|(call, keep)| [call.as_slice(), &keep].concat())
        .collect();
    words.extend(call(22, &[0]));
    let mut parts = code(&[&words]);
    parts.library = "cellSysutil";
    parts.imports = FUNCTIONS.to_vec();
    parts.data = vec![0; 0x40];
    // Resolution, format, aspect; the pitch is the last word.
    for (resolution, format, aspect, pitch) in [
        (4_u8, 0_u8, 0_u8, 2880_u32),
        (4, 0, 1, 2880),
        (1, 0, 0, 7680),
        (4, 0, 0, 0),
        (4, 1, 0, 2880),
    ] {
        parts.data.extend([resolution, format, aspect]);
        parts.data.extend([0; 9]);
        parts.data.extend(pitch.to_be_bytes());
    }
    parts
}

fn run_with(television: Television, calls: &[Vec<u32>]) -> (Vec<u32>, Machine) {
    let mut machine = start(&program(calls));
    machine.set_television(television);
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    let kept = (OWN..).step_by(4).take(calls.len());
    (kept.map(|at| word_at(&machine, at)).collect(), machine)
}

#[test]
fn the_state_is_the_television_s_until_the_program_sets_another() {
    for (television, expected) in [
        (television(Mode::P1080, true), [0x0101_0002, 0x0000_0001]),
        (television(Mode::P720, false), [0x0201_0002, 0x0000_0001]),
        (television(Mode::P576, false), [0x0501_0001, 0x0000_0002]),
    ] {
        let (kept, machine) = run_with(
            television,
            &[
                import(STATE, &[0, 0, RESULT]),
                import(CONFIGURE, &[0, WANTED, 0, 0]),
                import(STATE, &[0, 0, RESULT + 0x10]),
                import(CONFIGURATION, &[0, RESULT + 0x20, 0]),
            ],
        );
        assert_eq!(kept, [0; 4]);
        let before = [0x0001_0000, 0, expected[0], expected[1]];
        assert_eq!(words(&machine, RESULT), before, "{television:?}");
        let aspect = 1 + u32::from(television.wide);
        let after = [0x0001_0000, 0, 0x0401_0000 | aspect, 1];
        assert_eq!(words(&machine, RESULT + 0x10), after, "{television:?}");
        let set = [0x0400_0000 | aspect << 8, 0, 0, 2880];
        assert_eq!(words(&machine, RESULT + 0x20), set, "{television:?}");
    }
}

#[test]
fn modes_are_those_with_no_more_lines() {
    let ask = |number, aspect| import(AVAILABILITY, &[0, number, aspect, 0]);
    let calls = [
        ask(1, 0),
        ask(2, 0),
        ask(5, 0),
        ask(4, 0),
        ask(4, 1),
        ask(4, 2),
        ask(3, 0),
    ];
    for (television, expected) in [
        (television(Mode::P1080, true), [1, 1, 1, 1, 0, 1, 0]),
        (television(Mode::P720, true), [0, 1, 1, 1, 0, 1, 0]),
        (television(Mode::P576, false), [0, 0, 1, 1, 1, 0, 0]),
        (television(Mode::P480, false), [0, 0, 0, 1, 1, 0, 0]),
    ] {
        let (kept, _) = run_with(television, &calls);
        assert_eq!(kept, expected, "{television:?}");
    }
}

#[test]
fn sizes_and_devices_are_told() {
    let (kept, machine) = run_with(
        television(Mode::P576, true),
        &[
            import(RESOLUTION, &[1, RESULT]),
            import(RESOLUTION, &[13, RESULT + 4]),
            import(RESOLUTION, &[3, RESULT + 8]),
            import(DEVICES, &[0]),
            import(DEVICES, &[1]),
            import(DEVICES, &[2]),
            import(DEVICE, &[0, 0, RESULT + 0x10]),
            import(DEVICE, &[0, 1, RESULT + 0x10]),
            import(STATE, &[2, 0, RESULT]),
            import(STATE, &[0, 0, 0]),
        ],
    );
    let expected = [
        0, 0, ILLEGAL, 1, 0, NO_OUTPUT, 0, NO_DEVICE, NO_OUTPUT, ILLEGAL,
    ];
    assert_eq!(kept, expected);
    assert_eq!(words(&machine, RESULT), [0x0780_0438, 0x03c0_0438]);
    // HDMI, RGB, 100 ms; two modes, there, full range; then colours.
    let device = words(&machine, RESULT + 0x10);
    assert_eq!(device, [0x0101_0064, 0x0201_0100, 0, u32::MAX]);
    let modes = words(&machine, RESULT + 0x10 + 32);
    assert_eq!(modes, [0x0501_0002, 2, 0x0401_0002, 1, 0]);
}

#[test]
fn what_cannot_be_set_is_an_error() {
    let configure = |output, at| import(CONFIGURE, &[output, at, 0, 0]);
    let (kept, machine) = run_with(
        television(Mode::P720, true),
        &[
            configure(0, 0),
            configure(1, WANTED),
            configure(2, WANTED),
            configure(0, WANTED + 0x10),
            configure(0, WANTED + 0x20),
            configure(0, WANTED + 0x30),
            configure(0, WANTED + 0x40),
            import(STATE, &[0, 0, RESULT]),
        ],
    );
    let expected = [
        ILLEGAL,
        NO_DEVICE,
        NO_OUTPUT,
        NO_MODE,
        NO_MODE,
        0x8002_b223,
        0x8001_0003,
        0,
    ];
    assert_eq!(kept, expected);
    assert_eq!(
        word_at(&machine, RESULT + 8) >> 24,
        2,
        "the mode is what it was"
    );
}

#[test]
fn another_television_is_told_of() {
    const NOTES: u32 = OWN + 0x100;
    let main = [
        import(REGISTER, &[1, OWN, 0x55]),
        import(CONFIGURE, &[0, WANTED, 0, 0]),
        call(141, &[1000]),
        import(CHECK, &[]),
        import(AVAILABILITY, &[0, 1, 0, 0]),
        keep(NOTES + 0x20),
        import(UNREGISTER, &[1]),
        call(141, &[1000]),
        import(CHECK, &[]),
        exit_with_result(),
    ]
    .concat();
    let mut parts = program(&[]);
    parts.code = main;
    let address = CODE + 4 * parts.code.len() as u32;
    parts.code.extend(set(10, NOTES));
    let notes = (3..9).map(|register| store_word(register, 10, 4 * (register - 3)));
    parts.code.extend(notes);
    parts.code.push(load_word(11, 10, 0x30));
    parts
        .code
        .extend([add(11, 11, 1), store_word(11, 10, 0x30), BLR]);
    parts.data[..4].copy_from_slice(&address.to_be_bytes());
    let mut machine = start(&parts);
    for (microseconds, mode) in [(500, Mode::P1080), (1500, Mode::P480)] {
        machine.pause_at(Some(microseconds * 3192));
        let outcome = machine.run(1_000_000, &mut Seen::default());
        assert_eq!(outcome, Outcome::Paused);
        machine.set_television(television(mode, true));
    }
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    // Slot, output, device, event, information, the program's value.
    assert_eq!(words(&machine, NOTES), [1, 0, 0, 0, 0, 0x55]);
    assert_eq!(words(&machine, NOTES + 0x30), [1], "once");
    assert_eq!(words(&machine, NOTES + 0x20), [1], "1080p is there now");
    assert_eq!(machine.television().mode, Mode::P480);
}
