//! Timers.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::{Arg::Is, *};
use crate::scene::*;

/// A queue and a timer that sends to it.
fn objects() -> Vec<u32> {
    [
        call(128, &[object(0), QUEUE, 0, 4]),
        call(70, &[object(1)]),
        call_with(75, &[number(1), number(0), Is(0x55), Is(7), Is(8)]),
    ]
    .concat()
}

fn start(base: u32, period: u32) -> Vec<u32> {
    call_with(73, &[number(1), Is(base), Is(period)])
}

fn receive() -> Vec<u32> {
    call_with(130, &[number(0), Is(0), Is(0)])
}

/// Keeps r3 to r7, words.
fn keep_event(place: u32) -> Vec<u32> {
    let mut words = set(12, RESULTS + 4 * place).to_vec();
    for at in 0..5 {
        words.push(store_word(3 + at, 12, 4 * at));
    }
    words
}

#[test]
fn a_timer_sends_its_event_at_its_times() {
    let played = Scene {
        main: vec![
            objects(),
            start(1000, 500),
            receive(),
            keep_event(0),
            receive(),
            keep_event(5),
            // Two more wait in the queue, the others are lost.
            sleep(1100),
            call_with(74, &[number(1)]),
            call_with(
                131,
                &[number(0), Is(RESULTS + 0x80), Is(4), Is(RESULTS + 40)],
            ),
        ],
        threads: vec![],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0));
    let expected = [[0, 0x55, 7, 8, 1500], [0, 0x55, 7, 8, 2000]];
    assert_eq!(played.results(10), expected.concat());
    assert_eq!(played.result(10), 2);
    assert_eq!((played.result(0x27), played.result(0x2f)), (2500, 3000));
    let microseconds = played.machine.cycles() / 3192;
    assert!((3100..3200).contains(&microseconds), "{microseconds}");
}

#[test]
fn a_timer_that_nobody_waits_for_is_a_deadlock() {
    let played = Scene {
        main: vec![
            [objects(), call(90, &[object(2), PLAIN, 0, 1])].concat(),
            start(0, 100),
            call_with(92, &[number(2), Is(0)]),
        ],
        threads: vec![],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Deadlock);
    let report = played.machine.report(&played.outcome);
    assert!(report.starts_with("all threads wait for ever"), "{report}");
}

#[test]
fn timers_say_what_is_wrong() {
    let played = alone(&[
        objects(),
        call_with(75, &[number(1), number(0), Is(0), Is(0), Is(0)]),
        start(5000, 99),
        start(0, 0),
        start(0, 1000),
        start(0, 1000),
        call_with(71, &[number(1)]),
        call_with(72, &[number(1), Is(RESULTS + 0x80)]),
        call_with(76, &[number(1)]),
        call_with(76, &[number(1)]),
        start(0, 1000),
        call_with(71, &[number(1)]),
        call_with(74, &[number(1)]),
        call(70, &[0]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EISCONN),
        Some(E::EINVAL),
        Some(E::ETIMEDOUT),
        None,
        Some(E::EBUSY),
        Some(E::EISCONN),
        None,
        None,
        Some(E::ENOTCONN),
        Some(E::ENOTCONN),
        None,
        Some(E::ESRCH),
        Some(E::EFAULT),
    ];
    assert_eq!(played.results(14), codes(&expected));
    // Started within the first microsecond.
    let expected = [0, 1000, 0, 1000, 1];
    let information: Vec<_> = (0x20..0x25).map(|n| played.result(n)).collect();
    assert_eq!(information, expected);
}
