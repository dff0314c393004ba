//! Mutexes, semaphores, locks for readers and writers.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::{Arg::Is, *};
use crate::scene::*;

fn lock(n: u32, timeout: u32) -> Vec<u32> {
    call_with(102, &[number(n), Is(timeout)])
}

fn unlock(n: u32) -> Vec<u32> {
    call_with(104, &[number(n)])
}

#[test]
fn a_mutex_goes_to_the_highest_priority_that_waits() {
    let worker = |letter| vec![lock(0, 0), say(letter), unlock(0)];
    let played = Scene {
        main: vec![
            [call(100, &[object(0), MUTEX]), lock(0, 0)].concat(),
            sleep(100),
            say(0),
            unlock(0),
            sleep(100),
        ],
        threads: vec![(1500, worker(1)), (1100, worker(2)), (1300, worker(3))],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0));
    assert_eq!(played.text, "ACDB");
}

#[test]
fn a_mutex_can_be_waited_for_for_a_time() {
    let played = Scene {
        main: vec![
            [call(100, &[object(0), MUTEX]), lock(0, 0)].concat(),
            sleep(200),
            unlock(0),
            sleep(100),
        ],
        threads: vec![
            (
                1001,
                [vec![lock(0, 50), keep(RESULTS)], vec![say(0)]].concat(),
            ),
            (1002, vec![lock(0, 500), keep(RESULTS + 4), say(1)]),
        ],
    }
    .play();
    assert_eq!(played.text, "AB");
    assert_eq!(played.results(2), codes(&[Some(Errno::ETIMEDOUT), None]));
}

#[test]
fn mutexes_say_what_is_wrong() {
    let played = alone(&[
        call(100, &[object(0), MUTEX]),
        call(100, &[object(1), RECURSIVE_MUTEX]),
        call(100, &[object(2), ZERO]),
        call(100, &[0, MUTEX]),
        call(100, &[object(2), 0]),
        lock(0, 0),
        lock(0, 0),
        call_with(101, &[number(0)]),
        unlock(0),
        unlock(0),
        lock(1, 0),
        call_with(103, &[number(1)]),
        unlock(1),
        unlock(1),
        unlock(1),
        call_with(101, &[number(1)]),
        lock(1, 0),
        // A semaphore's calls do not take a mutex.
        call_with(93, &[number(0)]),
    ]);
    use Errno as E;
    let expected = [
        None,
        None,
        Some(E::EINVAL),
        Some(E::EFAULT),
        Some(E::EFAULT),
        None,
        Some(E::EDEADLK),
        Some(E::EBUSY),
        None,
        Some(E::EPERM),
        None,
        None,
        None,
        None,
        Some(E::EPERM),
        None,
        Some(E::ESRCH),
        Some(E::ESRCH),
    ];
    assert_eq!(played.results(18), codes(&expected));
}

#[test]
fn the_owner_of_an_inheriting_mutex_is_not_held_up() {
    // Two busy threads of middle priority keep both hardware threads from the owner, until
    // the main thread waits for what the owner has.
    let busy = || vec![sleep(20), vec![LOOP]];
    let owner = vec![lock(0, 0), sleep(40), unlock(0)];
    for (attribute, expected) in [(INHERIT_MUTEX, Outcome::Exited(0)), (MUTEX, Outcome::Limit)] {
        let played = Scene {
            main: vec![
                call(100, &[object(0), attribute]),
                sleep(30),
                lock(0, 0),
                say(0),
            ],
            threads: vec![(1500, owner.clone()), (1200, busy()), (1300, busy())],
        }
        .play();
        assert_eq!(played.outcome, expected, "{}", played.text);
    }
}

#[test]
fn a_semaphore_counts_and_wakes_in_order() {
    let worker = |letter| vec![call_with(92, &[number(0), Is(0)]), say(letter)];
    let played = Scene {
        main: vec![
            call(90, &[object(0), PLAIN, 0, 3]),
            sleep(50),
            call_with(91, &[number(0)]),
            keep(RESULTS),
            call_with(94, &[number(0), Is(2)]),
            sleep(50),
            say(0),
            call_with(94, &[number(0), Is(4)]),
            keep(RESULTS + 4),
            call_with(114, &[number(0), Is(RESULTS + 8)]),
            sleep(50),
            call_with(94, &[number(0), Is(1)]),
            keep(RESULTS + 12),
        ],
        threads: vec![(1300, worker(1)), (1100, worker(2)), (1200, worker(3))],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0));
    assert_eq!(played.text, "CDAB");
    let code = |error: Errno| error.0;
    assert_eq!(
        played.results(4),
        [code(Errno::EBUSY), 0, 3, code(Errno::EBUSY)]
    );
}

#[test]
fn semaphores_say_what_is_wrong() {
    let played = alone(&[
        call(90, &[object(0), PLAIN, 1, 2]),
        call(90, &[object(1), PLAIN, 3, 2]),
        call(90, &[object(1), PLAIN, 0, 0]),
        call(90, &[object(1), ZERO, 0, 1]),
        call(90, &[0, PLAIN, 0, 1]),
        call_with(93, &[number(0)]),
        call_with(93, &[number(0)]),
        call_with(92, &[number(0), Is(10)]),
        call_with(94, &[number(0), Is(0)]),
        call_with(94, &[number(0), Is(3)]),
        call_with(94, &[number(1), Is(1)]),
        call_with(114, &[number(0), Is(0)]),
        call_with(91, &[number(0)]),
        call_with(91, &[number(0)]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::EINVAL),
        Some(E::EFAULT),
        None,
        Some(E::EBUSY),
        Some(E::ETIMEDOUT),
        Some(E::EINVAL),
        Some(E::EBUSY),
        Some(E::ESRCH),
        Some(E::EFAULT),
        None,
        Some(E::ESRCH),
    ];
    assert_eq!(played.results(14), codes(&expected));
}

#[test]
fn writers_that_wait_come_before_readers() {
    let reader = vec![
        sleep(20),
        call_with(122, &[number(0), Is(0)]),
        say(1),
        sleep(20),
        call_with(124, &[number(0)]),
    ];
    let writer = vec![
        sleep(10),
        call_with(125, &[number(0), Is(0)]),
        say(2),
        sleep(20),
        say(3),
        call_with(127, &[number(0)]),
    ];
    let played = Scene {
        main: vec![
            [
                call(120, &[object(0), PLAIN]),
                call_with(122, &[number(0), Is(0)]),
            ]
            .concat(),
            sleep(60),
            call_with(123, &[number(0)]),
            keep(RESULTS),
            say(0),
            call_with(124, &[number(0)]),
            sleep(100),
            call_with(121, &[number(0)]),
            keep(RESULTS + 4),
        ],
        threads: vec![(1100, reader.clone()), (1200, reader), (1300, writer)],
    }
    .play();
    assert_eq!(played.text, "ACDBB");
    assert_eq!(played.results(2), codes(&[Some(Errno::EBUSY), None]));
}

#[test]
fn readers_and_writers_say_what_is_wrong() {
    let played = alone(&[
        call(120, &[object(0), PLAIN]),
        call(120, &[object(1), ZERO]),
        call_with(124, &[number(0)]),
        call_with(127, &[number(0)]),
        call_with(125, &[number(0), Is(0)]),
        call_with(125, &[number(0), Is(0)]),
        call_with(126, &[number(0)]),
        call_with(122, &[number(0), Is(20)]),
        call_with(123, &[number(0)]),
        call_with(121, &[number(0)]),
        call_with(127, &[number(0)]),
        call_with(122, &[number(0), Is(0)]),
        call_with(125, &[number(0), Is(20)]),
        call_with(126, &[number(0)]),
        call_with(123, &[number(0)]),
    ]);
    use Errno as E;
    let expected = [
        None,
        Some(E::EINVAL),
        Some(E::EPERM),
        Some(E::EPERM),
        None,
        Some(E::EDEADLK),
        Some(E::EDEADLK),
        Some(E::ETIMEDOUT),
        Some(E::EBUSY),
        Some(E::EBUSY),
        None,
        None,
        Some(E::ETIMEDOUT),
        Some(E::EBUSY),
        None,
    ];
    assert_eq!(played.results(15), codes(&expected));
}
