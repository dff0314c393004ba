//! Condition variables of the kernel.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::{Arg::Is, *};
use crate::scene::*;

/// A mutex, recursive or not, and a condition.
fn objects(attribute: u32) -> Vec<u32> {
    [
        call(100, &[object(0), attribute]),
        call_with(105, &[Is(object(1)), number(0), Is(CONDITION)]),
    ]
    .concat()
}

fn lock() -> Vec<u32> {
    call_with(102, &[number(0), Is(0)])
}

fn unlock() -> Vec<u32> {
    call_with(104, &[number(0)])
}

fn wait(timeout: u32) -> Vec<u32> {
    call_with(107, &[number(1), Is(timeout)])
}

fn worker(letter: u32) -> Vec<Vec<u32>> {
    vec![lock(), wait(0), say(letter), unlock()]
}

#[test]
fn signals_wake_one_all_or_a_certain_thread() {
    let played = Scene {
        main: vec![
            objects(MUTEX),
            sleep(50),
            call_with(108, &[number(1)]),
            sleep(50),
            say(0),
            call_with(110, &[number(1), thread(0)]),
            keep(RESULTS),
            sleep(50),
            call_with(110, &[number(1), thread(0)]),
            keep(RESULTS + 4),
            say(0),
            call_with(106, &[number(1)]),
            keep(RESULTS + 8),
            call_with(109, &[number(1)]),
            sleep(50),
            call_with(101, &[number(0)]),
            keep(RESULTS + 12),
            call_with(106, &[number(1)]),
            keep(RESULTS + 16),
            call_with(101, &[number(0)]),
            keep(RESULTS + 20),
        ],
        threads: vec![
            (1400, worker(1)),
            (1200, worker(2)),
            (1300, worker(3)),
            (1100, worker(4)),
        ],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
    assert_eq!(played.text, "EABACD");
    use Errno as E;
    let expected = [
        None,
        // The thread has ended and was not joined: it does not wait.
        Some(E::EPERM),
        Some(E::EBUSY),
        Some(E::EPERM),
        None,
        None,
    ];
    assert_eq!(played.results(6), codes(&expected));
}

#[test]
fn who_wakes_has_the_mutex_again_as_often_as_before() {
    let played = Scene {
        main: vec![
            objects(RECURSIVE_MUTEX),
            sleep(50),
            lock(),
            call_with(108, &[number(1)]),
            say(0),
            sleep(50),
            say(1),
            unlock(),
            sleep(50),
            call_with(103, &[number(0)]),
            keep(RESULTS + 8),
        ],
        threads: vec![(
            1001,
            vec![
                lock(),
                lock(),
                wait(0),
                keep(RESULTS),
                say(2),
                unlock(),
                unlock(),
                unlock(),
                keep(RESULTS + 4),
            ],
        )],
    }
    .play();
    assert_eq!(played.text, "ABC");
    let expected = [None, Some(Errno::EPERM), None];
    assert_eq!(played.results(3), codes(&expected));
}

#[test]
fn a_wait_ends_with_its_time_and_has_the_mutex() {
    let played = Scene {
        main: vec![
            objects(MUTEX),
            sleep(20),
            lock(),
            // The worker's time ends while this thread has the mutex.
            sleep(100),
            say(0),
            unlock(),
            sleep(20),
        ],
        threads: vec![(
            1001,
            vec![
                lock(),
                wait(50),
                keep(RESULTS),
                say(1),
                unlock(),
                keep(RESULTS + 4),
            ],
        )],
    }
    .play();
    assert_eq!(played.text, "AB");
    let expected = [Some(Errno::ETIMEDOUT), None];
    assert_eq!(played.results(2), codes(&expected));
}

#[test]
fn conditions_say_what_is_wrong() {
    let played = alone(&[
        objects(MUTEX),
        call_with(105, &[Is(object(2)), Is(0x8500_7701), Is(CONDITION)]),
        call_with(105, &[Is(object(2)), number(0), Is(ZERO)]),
        wait(0),
        call(107, &[5, 0]),
        call_with(110, &[number(1), Is(77)]),
        call_with(108, &[number(1)]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::ESRCH),
        Some(E::EINVAL),
        Some(E::EPERM),
        Some(E::ESRCH),
        Some(E::ESRCH),
        None,
    ];
    assert_eq!(played.results(7), codes(&expected));
}
