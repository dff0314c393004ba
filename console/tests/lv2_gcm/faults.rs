//! Commands that no console executes: the run ends with a report.

use console::lv2::Outcome;
use rsx_gcm::methods::{Method, channel, driver};

use crate::lv2_support::*;
use crate::program::*;

/// The report of a program whose commands are wrong.
fn report(commands: &[u32]) -> String {
    let main = [send(commands.len()), wait_for(CONTROL + 8, 1), exit(0)];
    let mut machine = start(&program(&[], commands, &main));
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert!(matches!(outcome, Outcome::Rsx(_)), "{outcome:?}");
    machine.report(&outcome)
}

#[test]
fn reports_name_the_command_and_its_place() {
    for (commands, expected) in [
        (vec![3], "RSX at 0x1000: 0x3: no command"),
        (
            packet(Method::from_header(0x104), &[5]),
            "RSX at 0x1004: ? (subchannel 0, method 0x104) 0x5: unknown method",
        ),
        (
            packet(Method::from_header(2 << 13 | 0x100), &[5]),
            "RSX at 0x1004: ? (subchannel 2, method 0x100) 0x5: unknown method",
        ),
        (
            packet(Method::from_header(0x20c), &[100]),
            "RSX at 0x1004: SET_SURFACE_PITCH_A (subchannel 0, method 0x20c) 0x64: \
             surface pitch 0x64 is no multiple of 64",
        ),
        (
            packet(channel::SEMAPHORE_OFFSET, &[8]),
            "RSX at 0x1004: SEMAPHORE_OFFSET (subchannel 0, method 0x64) 0x8: \
             label offset 0x8 is no multiple of 16",
        ),
        (
            packet(driver::FLIP_HEAD.at(0), &[0x8000_0001]),
            "RSX at 0x1004: FLIP_HEAD (subchannel 7, method 0x920) 0x80000001: \
             a display buffer that was not set",
        ),
        (
            vec![0x2020_0000],
            "RSX at 0x200000: 0x0: the FIFO left main memory",
        ),
        (
            vec![0x0002_0000],
            "RSX at 0x1000: 0x20000: a return without a call",
        ),
    ] {
        let text = report(&commands);
        assert!(text.starts_with(expected), "{expected}: {text}");
    }
}

#[test]
fn waits_for_an_rsx_that_waits_for_ever_are_noticed() {
    // The RSX waits for a label that nobody writes, and the program for the RSX to make room.
    let commands = packet(channel::SEMAPHORE_OFFSET, &[0x40, 5]);
    let main = [
        // The context is full, in the second of its two segments: the first is next.
        store(CONTEXT, IO + 0x8000),
        store(CONTEXT + 4, IO + 0xfffc),
        store(CONTEXT + 8, IO + 0xfffc),
        send(commands.len()),
        call(141, &[1000]),
        import(1, &[CONTEXT]),
        exit(0),
    ];
    let mut machine = start(&program(&["cellGcmSetWaitFlip"], &commands, &main));
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Deadlock);
    let text = machine.report(&outcome);
    assert!(text.contains("waits for the RSX to leave"), "{text}");
}
