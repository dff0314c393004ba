//! The system around a program: its events and the user's settings.

mod lv2_support;

use console::lv2::{EnterButton, Language, Machine, Outcome, PadState, SystemEvent};
use console::script::Button;
use lv2_support::*;

const REGISTER: u32 = 0;
const UNREGISTER: u32 = 1;
const CHECK: u32 = 2;
const NUMBER: u32 = 3;
const TEXT: u32 = 4;

/// Where callbacks note what they were called with, from the place that the first word names.
const NOTES: u32 = OWN + 0x40;
/// Where the program notes its registers.
const KEPT: u32 = OWN + 0x20;

/// A program that imports from cellSysutil, with a function behind its code that notes the
/// event and the user's value of each call. The function's descriptor is at [`OWN`].
fn program(main: &[u32]) -> Parts {
    let function = [
        &set(9, NOTES)[..],
        &[
            load_word(10, 9, 0),
            store_word(3, 10, 0),
            store_word(5, 10, 4),
            add(10, 10, 8),
            store_word(10, 9, 0),
            // What a call leaves behind is not the caller's.
            add(3, 0, -1),
            add(2, 0, -1),
            BLR,
        ],
    ]
    .concat();
    let mut parts = code(&[main, &function]);
    parts.library = "cellSysutil";
    parts.imports = vec![
        0x9d98_afa0,
        0x02ff_3c1b,
        0x189a_74da,
        0x40e8_95d3,
        0x9380_13a0,
    ];
    let address = CODE + 4 * main.len() as u32;
    parts.data = [address, 0x77].map(u32::to_be_bytes).concat();
    parts.data.resize(0x40, 0);
    parts.data.extend((NOTES + 4).to_be_bytes());
    parts
}

fn keep_registers() -> Vec<u32> {
    let mut code = set(9, KEPT).to_vec();
    code.extend([store_word(1, 9, 0), store_word(2, 9, 4)]);
    code
}

#[test]
fn functions_of_the_program_are_called_for_events() {
    let mut machine = start(&program(
        &[
            set(2, 0xabcd).to_vec(),
            set(9, OWN + 0x30).to_vec(),
            vec![store_word(1, 9, 0)],
            import(REGISTER, &[1, OWN, 5]),
            import(REGISTER, &[3, OWN, 6]),
            import(CHECK, &[]),
            keep_registers(),
            import(CHECK, &[]),
            exit_with_result(),
        ]
        .concat(),
    ));
    machine.request_exit();
    machine.set_menu(true);
    machine.set_menu(true);
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    let events = [
        SystemEvent::ExitRequest,
        SystemEvent::DrawingBegins,
        SystemEvent::MenuOpened,
    ];
    let expected: Vec<u32> = events
        .iter()
        .flat_map(|event| [event.status() as u32, 5, event.status() as u32, 6])
        .collect();
    assert_eq!(words::<12>(&machine, NOTES + 4)[..], expected);
    assert_eq!(words(&machine, NOTES), [NOTES + 4 + 4 * 12]);
    let [stack] = words(&machine, OWN + 0x30);
    assert_eq!(words(&machine, KEPT), [stack, 0xabcd]);
}

#[test]
fn who_is_not_registered_hears_nothing() {
    let mut machine = start(&program(
        &[
            import(REGISTER, &[0, OWN, 5]),
            import(UNREGISTER, &[0]),
            import(CHECK, &[]),
            import(REGISTER, &[0, OWN, 6]),
            import(CHECK, &[]),
            import(REGISTER, &[4, OWN, 6]),
            exit_with_result(),
        ]
        .concat(),
    ));
    machine.request_exit();
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0x8002_b102_u32 as i32));
    assert_eq!(words(&machine, NOTES), [NOTES + 4]);
}

#[test]
fn a_function_that_is_none_is_a_fault_of_the_program() {
    let calls = |descriptor| [import(REGISTER, &[0, descriptor, 5]), import(CHECK, &[])].concat();
    for (descriptor, first) in [
        (
            0x4000,
            "load from unmapped address 0x00004000 at pc 0x50000010",
        ),
        (
            NOTES + 8,
            "instruction fetch from unmapped address 0x00000000",
        ),
    ] {
        let mut machine = start(&program(&calls(descriptor)));
        machine.request_exit();
        let outcome = machine.run(1_000_000, &mut Seen::default());
        let report = machine.report(&outcome);
        assert!(report.starts_with(first), "{report}");
        assert!(
            report.contains("cellSysutilCheckCallback (189a74da)() calls"),
            "{report}"
        );
    }
}

#[test]
fn settings_are_told() {
    let mut machine = start(&program(
        &[
            import(NUMBER, &[0x111, OWN]),
            import(NUMBER, &[0x112, OWN + 4]),
            import(TEXT, &[0x113, OWN + 8, 128]),
            import(TEXT, &[0x113, OWN + 8, 127]),
            set(9, OWN + 0x100).to_vec(),
            vec![store_word(3, 9, 0)],
            import(NUMBER, &[0x999, OWN + 4]),
            exit_with_result(),
        ]
        .concat(),
    ));
    let settings = machine.settings_mut();
    settings.language = Language::Polish;
    settings.enter_button = EnterButton::Circle;
    settings.nickname = "Fern".into();
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0x8002_b102_u32 as i32));
    let told = words(&machine, OWN);
    assert_eq!(told, [16, 0, u32::from_be_bytes(*b"Fern"), 0]);
    assert_eq!(words(&machine, OWN + 0x100), [0x8002_b103]);
}

const DIALOG_OPEN: u32 = 5;
const DIALOG_CLOSE: u32 = 6;
const DIALOG_ABORT: u32 = 7;
const BAR_TEXT: u32 = 8;
const BAR_ADVANCE: u32 = 9;
const YES_NO: u32 = 0x11;

fn with_dialog(main: &[Vec<u32>]) -> Machine {
    let mut parts = program(&[&main.concat()[..], &exit_with_result()].concat());
    let dialog = [
        0x7603_d3db,
        0x2054_3730,
        0x62b0_f803,
        0x9d6a_f72a,
        0x9486_2702,
    ];
    parts.imports.extend(dialog);
    parts.data[0x10..0x17].copy_from_slice(b"Really?");
    start(&parts)
}

/// A second: time for the user.
fn wait() -> Vec<u32> {
    call(142, &[1])
}

#[test]
fn a_dialog_is_answered_with_the_pad() {
    let no = Button::Right;
    for (buttons, reply) in [
        (&[Button::Cross][..], 1),
        (&[no, Button::Cross], 2),
        (&[no, Button::Left, Button::Cross], 1),
        (&[Button::Circle], 3),
    ] {
        let mut machine = with_dialog(&[
            import(DIALOG_OPEN, &[YES_NO, OWN + 0x10, OWN, 0, 0]),
            import(REGISTER, &[0, OWN, 5]),
            wait(),
            import(CHECK, &[]),
        ]);
        let mut seen = Seen::default();
        assert_eq!(machine.run(30, &mut seen), Outcome::Limit);
        assert_eq!(
            machine.dialog().unwrap().to_string(),
            "\"Really?\", [yes] no"
        );
        assert!(
            machine
                .report(&Outcome::Limit)
                .contains("dialog \"Really?\"")
        );
        for button in buttons {
            machine.set_pad(0, Some(PadState::default().with(*button)));
            machine.set_pad(0, Some(PadState::default()));
        }
        assert_eq!(machine.dialog(), None);
        assert_eq!(machine.run(1_000_000, &mut seen), Outcome::Exited(0));
        let [begin, end] = [SystemEvent::DrawingBegins, SystemEvent::DrawingEnds];
        let [begin, end] = [begin.status() as u32, end.status() as u32];
        // The function gets reply and value; it notes its first and third argument.
        assert_eq!(words(&machine, NOTES + 4), [begin, 5, end, 5, reply, 0]);
        assert_eq!(seen.dialogs, ["\"Really?\", [yes] no"]);
    }
}

#[test]
fn a_program_closes_its_dialog_itself() {
    let bars = 0x1001;
    let mut machine = with_dialog(&[
        import(DIALOG_OPEN, &[bars, OWN + 0x10, OWN, 0, 0]),
        import(BAR_TEXT, &[0, OWN + 0x10]),
        import(BAR_ADVANCE, &[0, 70]),
        import(BAR_ADVANCE, &[0, 70]),
        wait(),
        import(DIALOG_CLOSE, &[]),
        wait(),
        import(CHECK, &[]),
        import(DIALOG_ABORT, &[]),
    ]);
    let mut seen = Seen::default();
    assert_eq!(machine.run(60, &mut seen), Outcome::Limit);
    let dialog = machine.dialog().unwrap().to_string();
    assert_eq!(dialog, "\"Really?\", bar \"Really?\" at 100 %");
    let outcome = machine.run(1_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0x8002_b302_u32 as i32));
    assert_eq!(words(&machine, NOTES + 4), [u32::MAX, 0, 0]);
}

#[test]
fn bad_dialogs_are_errors() {
    let good = || import(DIALOG_OPEN, &[YES_NO, OWN + 0x10, 0, 0, 0]);
    for (calls, error) in [
        (
            vec![import(DIALOG_OPEN, &[8, OWN + 0x10, 0, 0, 0])],
            0x8002_b301_u32,
        ),
        (
            vec![import(DIALOG_OPEN, &[0x31, OWN + 0x10, 0, 0, 0])],
            0x8002_b301,
        ),
        (
            vec![import(DIALOG_OPEN, &[YES_NO, 0, 0, 0, 0])],
            0x8002_b301,
        ),
        (vec![good(), good()], 0x8002_b105),
        (vec![good(), import(BAR_ADVANCE, &[0, 1])], 0x8002_b301),
        (vec![import(BAR_ADVANCE, &[0, 1])], 0x8002_b302),
        (vec![good(), import(DIALOG_ABORT, &[]), good()], 0),
    ] {
        let outcome = with_dialog(&calls).run(1_000_000, &mut Seen::default());
        assert_eq!(outcome, Outcome::Exited(error as i32));
    }
}
