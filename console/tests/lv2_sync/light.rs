//! Lightweight mutexes and condition variables, as the library has them.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::{Arg::Is, *};
use crate::scene::*;

/// Where the mutex and the condition are.
const LOCK: u32 = OBJECTS;
const SIGNAL: u32 = OBJECTS + 0x20;

fn objects(attribute: u32) -> Vec<u32> {
    [
        import(2, &[LOCK, attribute]),
        import(7, &[SIGNAL, LOCK, ZERO]),
    ]
    .concat()
}

fn lock(timeout: u32) -> Vec<u32> {
    import(4, &[LOCK, timeout])
}

fn unlock() -> Vec<u32> {
    import(6, &[LOCK])
}

fn wait(timeout: u32) -> Vec<u32> {
    import(9, &[SIGNAL, timeout])
}

const SIGNAL_ONE: u32 = 10;
const SIGNAL_ALL: u32 = 12;

#[test]
fn a_light_mutex_keeps_others_out() {
    for attribute in [LIGHT_MUTEX, RETRIED_MUTEX] {
        let worker = |letter| vec![lock(0), say(letter), sleep(10), say(letter), unlock()];
        let played = Scene {
            main: vec![
                [import(2, &[LOCK, attribute]), lock(0)].concat(),
                sleep(50),
                say(0),
                unlock(),
                sleep(100),
                import(3, &[LOCK]),
                keep(RESULTS),
                lock(0),
                keep(RESULTS + 4),
            ],
            threads: vec![(1300, worker(1)), (1100, worker(2)), (1200, worker(3))],
        }
        .play();
        assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
        assert_eq!(played.text, "ACCDDBB");
        assert_eq!(played.results(2), codes(&[None, Some(Errno::EINVAL)]));
    }
}

#[test]
fn the_kernel_is_asked_only_when_somebody_waits() {
    let played = alone(&[
        import(2, &[LOCK, LIGHT_MUTEX]),
        lock(0),
        import(5, &[LOCK]),
        unlock(),
        unlock(),
        unlock(),
        import(5, &[LOCK]),
        import(3, &[LOCK]),
        unlock(),
        import(3, &[LOCK]),
    ]);
    use Errno as E;
    let expected = [
        None,
        None,
        None,
        None,
        None,
        Some(E::EPERM),
        None,
        Some(E::EBUSY),
        None,
        None,
    ];
    assert_eq!(played.results(10), codes(&expected));
    let bad = alone(&[
        import(2, &[LOCK, ZERO]),
        import(2, &[LOCK, RETRIED_MUTEX]),
        lock(0),
        lock(0),
        import(7, &[SIGNAL, ZERO, ZERO]),
    ]);
    let expected = [
        Some(E::EINVAL),
        None,
        None,
        Some(E::EDEADLK),
        Some(E::ESRCH),
    ];
    assert_eq!(bad.results(5), codes(&expected));
}

#[test]
fn a_light_mutex_can_be_waited_for_for_a_time() {
    for attribute in [LIGHT_MUTEX, RETRIED_MUTEX] {
        let played = Scene {
            main: vec![
                [import(2, &[LOCK, attribute]), lock(0)].concat(),
                sleep(100),
                unlock(),
                lock(0),
                keep(RESULTS + 4),
            ],
            threads: vec![(1001, vec![lock(50), keep(RESULTS), say(0)])],
        }
        .play();
        assert_eq!(played.text, "A");
        assert_eq!(played.results(2), codes(&[Some(Errno::ETIMEDOUT), None]));
    }
}

#[test]
fn signals_reach_those_who_wait_whoever_has_the_mutex() {
    let worker = |letter| vec![lock(0), wait(0), say(letter), sleep(5), unlock()];
    for attribute in [LIGHT_MUTEX, RETRIED_MUTEX] {
        for holds in [true, false] {
            let (before, after) = match holds {
                true => (lock(0), unlock()),
                false => (vec![], vec![]),
            };
            let played = Scene {
                main: vec![
                    objects(attribute),
                    sleep(50),
                    before.clone(),
                    import(SIGNAL_ONE, &[SIGNAL]),
                    keep(RESULTS),
                    say(0),
                    after.clone(),
                    sleep(50),
                    say(0),
                    import(8, &[SIGNAL]),
                    keep(RESULTS + 4),
                    before,
                    import(SIGNAL_ALL, &[SIGNAL]),
                    keep(RESULTS + 8),
                    after,
                    sleep(50),
                    import(SIGNAL_ONE, &[SIGNAL]),
                    keep(RESULTS + 12),
                    import(8, &[SIGNAL]),
                    keep(RESULTS + 16),
                    import(3, &[LOCK]),
                    keep(RESULTS + 20),
                ],
                threads: vec![(1300, worker(1)), (1100, worker(2)), (1200, worker(3))],
            }
            .play();
            assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
            assert_eq!(played.text, "ACADB", "{holds}");
            let expected = [None, Some(Errno::EBUSY), None, None, None, None];
            assert_eq!(played.results(6), codes(&expected));
        }
    }
}

#[test]
fn a_certain_thread_can_be_signalled() {
    let worker = |letter| vec![lock(0), wait(0), say(letter), unlock()];
    let played = Scene {
        main: vec![
            objects(LIGHT_MUTEX),
            sleep(50),
            import_with(11, &[Is(SIGNAL), thread(0)]),
            keep(RESULTS),
            sleep(50),
            import_with(11, &[Is(SIGNAL), thread(0)]),
            keep(RESULTS + 4),
            import_with(11, &[Is(SIGNAL), Is(99)]),
            keep(RESULTS + 8),
            say(0),
            import_with(11, &[Is(SIGNAL), thread(1)]),
            sleep(50),
        ],
        threads: vec![(1300, worker(1)), (1100, worker(2))],
    }
    .play();
    assert_eq!(played.text, "BAC");
    let expected = [None, Some(Errno::EPERM), Some(Errno::ESRCH)];
    assert_eq!(played.results(3), codes(&expected));
}

#[test]
fn a_wait_ends_with_its_time_and_has_the_mutex() {
    let played = Scene {
        main: vec![
            objects(LIGHT_MUTEX),
            sleep(20),
            lock(0),
            sleep(100),
            say(0),
            unlock(),
            sleep(20),
        ],
        threads: vec![(
            1001,
            vec![
                lock(0),
                lock(0),
                wait(50),
                keep(RESULTS),
                say(1),
                unlock(),
                unlock(),
                keep(RESULTS + 4),
                unlock(),
                keep(RESULTS + 8),
                wait(0),
                keep(RESULTS + 12),
            ],
        )],
    }
    .play();
    assert_eq!(played.text, "AB");
    use Errno as E;
    let expected = [Some(E::ETIMEDOUT), None, Some(E::EPERM), Some(E::EPERM)];
    assert_eq!(played.results(4), codes(&expected));
}

#[test]
fn a_mutex_is_destroyed_when_nobody_is_in_its_conditions() {
    // The worker's wait ends by its time, and it finds the mutex gone.
    let played = Scene {
        main: vec![
            objects(LIGHT_MUTEX),
            sleep(20),
            import(3, &[LOCK]),
            keep(RESULTS),
            say(0),
            sleep(20),
        ],
        threads: vec![(1001, vec![lock(0), wait(50), keep(RESULTS + 4), say(1)])],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0));
    let expected = [None, Some(Errno::EINVAL)];
    assert_eq!(played.results(2), codes(&expected));
    assert_eq!(played.text, "AB");
}
