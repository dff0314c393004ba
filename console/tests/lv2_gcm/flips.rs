//! Flips, and what is on the screen.

use console::display::{Mode, Television};
use console::lv2::{Machine, Outcome};
use console::rsx::Frame;

use crate::lv2_support::*;
use crate::program::*;

const FUNCTIONS: [&str; 7] = [
    "cellGcmSetDisplayBuffer",
    "cellGcmSetFlip",
    "cellGcmResetFlipStatus",
    "cellGcmGetFlipStatus",
    "cellGcmSetFlipMode",
    "cellGcmSetWaitFlip",
    "cellGcmGetVBlankCount",
];
const SET_BUFFER: u32 = 1;
const FLIP: u32 = 2;
const RESET_STATUS: u32 = 3;
const STATUS: u32 = 4;
const SET_MODE: u32 = 5;
const WAIT: u32 = 6;
const BLANKS: u32 = 7;

/// Clears the buffer of 64 by 32 pixels and shows it, with the library's context.
fn shows(mode: u32, argb: u32, after: &[Vec<u32>]) -> Parts {
    let commands = clear(argb);
    let end = FIRST + 4 * commands.len() as u32;
    let main = [
        import(SET_MODE, &[mode]),
        import(SET_BUFFER, &[3, 0, 256, 64, 32]),
        // The library's words come after ours.
        store(CONTEXT + 8, IO + end),
        import(RESET_STATUS, &[]),
        import(FLIP, &[CONTEXT, 3]),
        keep(SCRATCH),
        send(commands.len() + 8),
    ];
    program(&FUNCTIONS, &commands, &[&main[..], after].concat())
}

fn frame(machine: &mut Machine) -> Option<Frame> {
    let mut frame = Frame::default();
    machine.copy_frame(&mut frame).then_some(frame)
}

#[test]
fn a_flip_comes_with_the_vertical_blank() {
    let after = [
        import(STATUS, &[]),
        keep(SCRATCH + 4),
        wait_until_gives(STATUS, 0),
        import(BLANKS, &[]),
        keep(SCRATCH + 8),
        exit(0),
    ];
    let mut machine = start(&shows(2, 0xff12_3456, &after));
    assert_eq!(frame(&mut machine), None);
    machine.pause_at_frames(true);
    let outcome = machine.run(10_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Paused, "{}", machine.report(&outcome));
    assert_eq!((machine.cycles(), machine.vertical_blanks()), (BLANK, 1));
    let shown = frame(&mut machine).expect("a picture");
    assert_eq!((shown.width, shown.height), (64, 32));
    assert!(
        shown
            .rgba
            .as_chunks()
            .0
            .iter()
            .all(|pixel| *pixel == [0x12, 0x34, 0x56, 255])
    );
    let outcome = machine.run(10_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(
        words(&machine, SCRATCH),
        [0, 1, 1],
        "result, status, blanks"
    );
    assert_eq!(word_at(&machine, LABELS + 16), 0, "the label of flips");
    assert_eq!(machine.frames_shown(), 1);
}

#[test]
fn a_flip_at_once_does_not_wait() {
    let after = [wait_until_gives(STATUS, 0), exit(0)];
    let (_, mut machine) = run_to_exit(&shows(1, 0xffff_ffff, &after), 1_000_000);
    assert!(machine.cycles() < BLANK);
    assert!(frame(&mut machine).is_some());
}

#[test]
fn commands_can_wait_for_a_flip() {
    // After the flip: the wait, then a reference.
    let reference = crate::program::packet(rsx_gcm::methods::channel::SET_REFERENCE, &[5]);
    let at = clear(0).len() as u32 + 8 + 3;
    let mut after = vec![import(WAIT, &[CONTEXT])];
    for (n, word) in (0..).zip(reference) {
        after.push(store(IO + FIRST + 4 * (at + n), word));
    }
    after.extend([send(at as usize + 2), wait_for(CONTROL + 8, 5), exit(0)]);
    let (_, machine) = run_to_exit(&shows(2, 0, &after), 10_000_000);
    assert!(machine.cycles() > BLANK);
}

#[test]
fn the_mode_says_how_often_there_are_blanks() {
    let mut machine = start(&shows(2, 0, &[wait_until_gives(STATUS, 0), exit(0)]));
    machine.set_television(Television {
        mode: Mode::P576,
        wide: true,
    });
    machine.pause_at_frames(true);
    let outcome = machine.run(10_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Paused);
    assert_eq!(machine.cycles(), 3_192_000_000 / 50);
}

#[test]
fn buffers_that_cannot_be_shown_are_refused() {
    let refused = 0x8021_00ff;
    for (arguments, expected) in [
        ([7, 0, 256, 64, 32], 0),
        ([8, 0, 256, 64, 32], refused),
        ([0, 32, 256, 64, 32], refused),
        ([0, 0, 255, 64, 32], refused),
        ([0, 0, 192, 64, 32], refused),
        ([0, 0, 256, 0, 32], refused),
        ([0, 0x0f90_0000 - 0x1000, 256, 64, 32], refused),
        ([0, 0x0f90_0000 - 0x2000, 256, 64, 32], 0),
    ] {
        let main = [import(SET_BUFFER, &arguments), exit_with_result()];
        let (status, _) = run_to_exit(&program(&FUNCTIONS, &[], &main), 1_000_000);
        assert_eq!(status as u32, expected, "{arguments:x?}");
    }
    let main = [import(FLIP, &[CONTEXT, 8]), exit_with_result()];
    let (status, _) = run_to_exit(&program(&FUNCTIONS, &[], &main), 1_000_000);
    assert_eq!(status as u32, refused);
}
