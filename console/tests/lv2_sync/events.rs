//! Event queues, ports and flags.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::{Arg::Is, *};
use crate::scene::*;

fn queue(size: u32) -> Vec<u32> {
    call(128, &[object(0), QUEUE, 0, size])
}

/// A port with a name, connected to the queue.
fn port() -> Vec<u32> {
    [
        call(134, &[object(1), 1, 0x77]),
        call_with(136, &[number(1), number(0)]),
    ]
    .concat()
}

fn send(data: u32) -> Vec<u32> {
    call_with(138, &[number(1), Is(data), Is(data + 1), Is(data + 2)])
}

fn receive(timeout: u32) -> Vec<u32> {
    call_with(130, &[number(0), Is(0), Is(timeout)])
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
fn an_event_comes_in_registers_at_once_or_later() {
    let played = Scene {
        main: vec![
            [queue(4), port(), send(10), send(20)].concat(),
            sleep(50),
            say(0),
            send(30),
            sleep(50),
        ],
        threads: vec![(
            1001,
            vec![
                receive(0),
                keep_event(0),
                receive(0),
                keep_event(5),
                receive(0),
                keep_event(10),
                say(1),
            ],
        )],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0));
    assert_eq!(played.text, "AB");
    let expected = [
        [0, 0x77, 10, 11, 12],
        [0, 0x77, 20, 21, 22],
        [0, 0x77, 30, 31, 32],
    ];
    assert_eq!(played.results(15), expected.concat());
}

#[test]
fn a_queue_that_is_destroyed_cancels_those_who_wait() {
    let waiter = |place: u32| vec![receive(0), keep(RESULTS + 4 * place), say(1)];
    let played = Scene {
        main: vec![
            [queue(4), port()].concat(),
            sleep(50),
            call_with(129, &[number(0), Is(0)]),
            keep(RESULTS),
            call_with(129, &[number(0), Is(1)]),
            keep(RESULTS + 4),
            sleep(50),
            send(1),
            keep(RESULTS + 16),
            call_with(137, &[number(1)]),
            keep(RESULTS + 20),
            call_with(135, &[number(1)]),
            keep(RESULTS + 24),
        ],
        threads: vec![(1001, waiter(2)), (1002, waiter(3))],
    }
    .play();
    use Errno as E;
    let expected = [
        Some(E::EBUSY),
        None,
        Some(E::ECANCELED),
        Some(E::ECANCELED),
        Some(E::ENOTCONN),
        Some(E::ENOTCONN),
        None,
    ];
    assert_eq!(played.results(7), codes(&expected));
    assert_eq!(played.text, "BB");
}

#[test]
fn queues_and_ports_say_what_is_wrong() {
    let played = alone(&[
        queue(2),
        call(128, &[object(2), QUEUE, 0, 0]),
        call(128, &[object(2), QUEUE, 0, 128]),
        call(128, &[object(2), ZERO, 0, 1]),
        call(134, &[object(2), 2, 0]),
        call(134, &[object(1), 1, 0x77]),
        send(0),
        call_with(136, &[number(1), Is(0x8d00_7701)]),
        call_with(136, &[number(1), number(0)]),
        call_with(136, &[number(1), number(0)]),
        call_with(135, &[number(1)]),
        send(0),
        send(0),
        send(0),
        call_with(133, &[number(0)]),
        receive(20),
        call_with(137, &[number(1)]),
        call_with(137, &[number(1)]),
        call_with(129, &[number(0), Is(2)]),
        call_with(140, &[number(1), Is(0)]),
        call_with(140, &[number(1), Is(5)]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::EINVAL),
        None,
        Some(E::ENOTCONN),
        Some(E::ESRCH),
        None,
        Some(E::EISCONN),
        Some(E::EISCONN),
        None,
        None,
        Some(E::EBUSY),
        None,
        Some(E::ETIMEDOUT),
        None,
        Some(E::ENOTCONN),
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::ESRCH),
    ];
    assert_eq!(played.results(21), codes(&expected));
}

#[test]
fn a_queue_with_a_key_is_found_by_it() {
    let played = alone(&[
        call(128, &[object(0), QUEUE, 0x1234, 4]),
        call(128, &[object(2), QUEUE, 0x1234, 4]),
        call(134, &[object(1), 3, 0]),
        call_with(136, &[number(1), number(0)]),
        call_with(140, &[number(1), Is(0x1234)]),
        send(5),
        call_with(
            131,
            &[number(0), Is(RESULTS + 0x40), Is(2), Is(RESULTS + 0x80)],
        ),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EEXIST),
        None,
        Some(E::EINVAL),
        None,
        None,
        None,
    ];
    assert_eq!(played.results(7), codes(&expected));
    // One event, from the process and the port.
    assert_eq!(played.result(0x20), 1);
    let port = word_at(&played.machine, object(1));
    assert_eq!(
        (0x10..0x18).map(|n| played.result(n)).collect::<Vec<_>>(),
        [0x0100_0500, port, 0, 5, 0, 6, 0, 7]
    );
}

fn flag(bits: u32) -> Vec<u32> {
    call(82, &[object(0), FLAG, bits])
}

fn wait(bits: u32, mode: u32, place: u32, timeout: u32) -> Vec<u32> {
    let result = RESULTS + 4 * place;
    call_with(
        85,
        &[number(0), Is(bits), Is(mode), Is(result), Is(timeout)],
    )
}

#[test]
fn a_flag_wakes_those_whose_bits_are_there() {
    let played = Scene {
        main: vec![
            flag(0),
            sleep(20),
            call_with(87, &[number(0), Is(1)]),
            sleep(20),
            say(0),
            call_with(87, &[number(0), Is(6)]),
            sleep(20),
            call_with(139, &[number(0), Is(RESULTS + 0x20)]),
            call_with(118, &[number(0), Is(4)]),
            call_with(139, &[number(0), Is(RESULTS + 0x28)]),
        ],
        threads: vec![
            // The wait for all three bits takes them away.
            (1001, vec![wait(7, 0x11, 0, 0), say(1)]),
            (1002, vec![wait(4, 2, 2, 0), say(2)]),
            (1003, vec![wait(1, 2, 4, 0), say(3)]),
        ],
    }
    .play();
    assert_eq!(played.text, "DAB", "{:#?}", played.calls);
    assert_eq!(played.outcome, Outcome::Exited(0));
    assert_eq!((played.result(1), played.result(5)), (7, 1));
    assert_eq!((played.result(9), played.result(11)), (0, 0));
}

#[test]
fn waits_for_a_flag_end_with_their_time_or_are_cancelled() {
    let waiter = |place: u32, timeout: u32| {
        vec![
            wait(8, 1, place, timeout),
            keep(RESULTS + 0x40 + 4 * place),
            say(1),
        ]
    };
    let played = Scene {
        main: vec![
            flag(5),
            sleep(100),
            say(0),
            call_with(83, &[number(0)]),
            keep(RESULTS + 0x20),
            call_with(132, &[number(0), Is(RESULTS + 0x24)]),
            sleep(20),
            call_with(83, &[number(0)]),
            keep(RESULTS + 0x28),
        ],
        threads: vec![(1001, waiter(0, 50)), (1002, waiter(2, 0))],
    }
    .play();
    assert_eq!(played.text, "BAB");
    assert_eq!((played.result(1), played.result(3)), (5, 5));
    assert_eq!(played.result(0x10), Errno::ETIMEDOUT.0);
    assert_eq!(played.result(0x12), Errno::ECANCELED.0);
    assert_eq!(
        (8..11).map(|n| played.result(n)).collect::<Vec<_>>(),
        [Errno::EBUSY.0, 1, 0]
    );
}

#[test]
fn flags_say_what_is_wrong() {
    let played = alone(&[
        flag(1),
        call(82, &[0, FLAG, 0]),
        call(82, &[object(1), 0, 0]),
        call(82, &[object(1), ZERO, 0]),
        wait(1, 3, 0x40, 0),
        wait(2, 1, 0x40, 10),
        call_with(86, &[number(0), Is(2), Is(1), Is(0)]),
        call_with(86, &[number(0), Is(1), Is(1), Is(0)]),
        call_with(139, &[number(0), Is(0)]),
        call(85, &[1, 1, 1, 0, 0]),
        call(87, &[1, 1]),
        call(132, &[1, 0]),
        call(139, &[1, RESULTS + 0x200]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EFAULT),
        Some(E::EFAULT),
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::ETIMEDOUT),
        Some(E::EBUSY),
        None,
        Some(E::EFAULT),
        Some(E::ESRCH),
        Some(E::ESRCH),
        Some(E::ESRCH),
        Some(E::ESRCH),
    ];
    assert_eq!(played.results(13), codes(&expected));
}
