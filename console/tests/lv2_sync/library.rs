//! What the library lets threads do one after the other.

use console::lv2::Outcome;

use crate::lv2_support::*;
use crate::scene::*;

const ONCE: u32 = 13;
const LOCK: u32 = 14;
const UNLOCK: u32 = 15;
const WORD: u32 = OBJECTS;
/// `mflr r31`, which functions of the program keep.
const MFLR_31: u32 = 0x7fe8_02a6;
const MTLR_31: u32 = 0x7fe8_03a6;
const BLR: u32 = 0x4e80_0020;

#[test]
fn only_the_first_initialises_and_the_others_wait_for_it() {
    // The last "thread" is never started as such: it is the function.
    let caller = |letter| vec![import(ONCE, &[WORD, DESCRIPTORS + 0x10]), say(letter)];
    let function = vec![vec![MFLR_31], say(0), sleep(50), say(1), vec![MTLR_31, BLR]];
    let played = Scene {
        main: vec![vec![], sleep(200), import(ONCE, &[WORD, 0]), say(4)],
        threads: vec![(1001, caller(2)), (1002, caller(3)), (3000, function)],
    }
    .play_threads(2);
    assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
    assert_eq!(played.text, "ABCDE");
    assert_eq!(word_at(&played.machine, WORD), 1);
}

#[test]
fn a_spinlock_goes_to_who_waits_for_longest() {
    let worker = |letter, pause| {
        vec![
            sleep(pause),
            import(LOCK, &[WORD]),
            say(letter),
            sleep(10),
            say(letter),
            import(UNLOCK, &[WORD]),
        ]
    };
    let played = Scene {
        main: vec![
            import(LOCK, &[WORD]),
            sleep(50),
            say(0),
            import(UNLOCK, &[WORD]),
            sleep(100),
        ],
        threads: vec![(1001, worker(1, 20)), (1002, worker(2, 10))],
    }
    .play();
    assert_eq!(played.text, "ACCBB");
    assert_eq!(word_at(&played.machine, WORD), 0);
    let alone = Scene {
        main: vec![import(LOCK, &[WORD]), import(LOCK, &[WORD])],
        threads: vec![],
    }
    .play();
    assert_eq!(alone.outcome, Outcome::Deadlock);
    let report = alone.machine.report(&alone.outcome);
    assert!(report.contains("waits: for a spinlock"), "{report}");
}
