//! Threads: turns, joining, thread-local storage.

mod lv2_support;

use console::lv2::{Errno, Outcome};
use lv2_support::*;

const CREATE: u32 = 0x24a1_ea07;
const EXIT: u32 = 0xaff0_80a4;
const NUMBER: u32 = 0x350d_454e;
const LOCAL: u32 = 0x7446_80a2;
/// Where the number of the thread goes; the text starts at `OWN`.
const ID: u32 = OWN + 0x20;
const DESCRIPTOR: u32 = OWN + 0x30;

/// A program whose main part is followed by a thread function, with "ABC" as its data.
fn program(main: &[Vec<u32>], thread: &[Vec<u32>]) -> Parts {
    let mut parts = Parts {
        code: main.concat(),
        imports: vec![CREATE, EXIT, NUMBER, LOCAL],
        data: b"ABC".to_vec(),
        ..Parts::default()
    };
    let entry = CODE + 4 * parts.code.len() as u32;
    parts.code.extend(thread.concat());
    parts.data.resize(0x30, 0);
    parts.data.extend(entry.to_be_bytes());
    parts.data.extend(0x77_u32.to_be_bytes());
    parts
}

fn create(priority: u32, flags: u32) -> Vec<u32> {
    import(0, &[ID, DESCRIPTOR, 40, priority, 0x1000, flags, OWN])
}

/// Writes one letter of the data.
fn say(letter: u32) -> Vec<u32> {
    call(403, &[0, OWN + letter, 1, OWN + 0x40])
}

fn join() -> Vec<u32> {
    let mut words = set(4, ID).to_vec();
    words.push(load_double(3, 4, 0));
    words.extend(set(4, OWN + 0x48));
    words.extend(set(11, 44));
    words.push(SC);
    words
}

/// Ends the process with the value that came from joining.
fn exit_with_value() -> Vec<u32> {
    let mut words = set(4, OWN + 0x48).to_vec();
    words.push(load_double(3, 4, 0));
    words.extend(exit_with_result());
    words
}

/// Ends the thread with its argument plus two.
fn end() -> Vec<u32> {
    [vec![add(3, 3, 2)], import(1, &[])].concat()
}

#[test]
fn a_thread_gets_its_argument_and_gives_its_value() {
    let (outcome, seen, machine) = run(&program(
        &[create(1000, 1), join(), exit_with_value()],
        &[end()],
    ));
    assert_eq!(outcome, Outcome::Exited(42), "{:#?}", seen.calls);
    assert_eq!(machine.threads().count(), 1);
}

#[test]
fn a_value_waits_for_who_joins_late() {
    let (outcome, ..) = run(&program(
        &[
            create(1000, 1),
            call(141, &[100]),
            join(),
            exit_with_value(),
        ],
        &[end()],
    ));
    assert_eq!(outcome, Outcome::Exited(42));
    // A second time there is nobody.
    let (outcome, ..) = run(&program(
        &[create(1000, 1), join(), join(), exit_with_result()],
        &[end()],
    ));
    assert_eq!(outcome, Outcome::Exited(Errno::ESRCH.0 as i32));
    let (outcome, ..) = run(&program(
        &[create(1000, 0), join(), exit_with_result()],
        &[vec![LOOP]],
    ));
    assert_eq!(outcome, Outcome::Exited(Errno::EINVAL.0 as i32));
}

#[test]
fn sleepers_wake_in_order_of_their_time() {
    let (outcome, seen, _) = run(&program(
        &[
            create(1000, 1),
            call(141, &[50]),
            say(1),
            call(141, &[100]),
            say(1),
            join(),
            exit_with_value(),
        ],
        &[
            say(0),
            call(141, &[100]),
            say(2),
            call(141, &[100]),
            say(0),
            vec![add(3, 0, 5)],
            import(1, &[]),
        ],
    ));
    assert_eq!(
        (outcome, seen.text().as_str()),
        (Outcome::Exited(5), "ABCBA")
    );
}

#[test]
fn runs_are_the_same_every_time() {
    let parts = program(
        &[
            create(900, 1),
            say(1),
            call(43, &[]),
            say(1),
            join(),
            exit_with_value(),
        ],
        &[say(0), call(141, &[3]), say(2), end()],
    );
    let (first, first_seen, first_machine) = run(&parts);
    for _ in 0..3 {
        let (outcome, seen, machine) = run(&parts);
        assert_eq!((&outcome, &seen.calls), (&first, &first_seen.calls));
        assert_eq!(machine.cycles(), first_machine.cycles());
    }
}

#[test]
fn each_thread_has_its_number_stack_and_storage() {
    let number = |at| import(2, &[at]);
    let (outcome, _, machine) = run(&program(
        &[
            import(3, &[0, DATA + 0xb0, 4, 0x10]),
            create(1000, 0),
            number(OWN + 0x60),
            call(141, &[100]),
        ],
        &[number(OWN + 0x68), vec![LOOP]],
    ));
    // Main runs into the thread's code and loops, too.
    assert_eq!(outcome, Outcome::Limit);
    let all: Vec<_> = machine.threads().collect();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].1, "ABC");
    assert_eq!(all[1].3.gpr[2], 0x77);
    let locals: Vec<_> = all.iter().map(|thread| thread.3.gpr[13]).collect();
    assert_ne!(locals[0], locals[1]);
    assert!(all[0].3.gpr[1].abs_diff(all[1].3.gpr[1]) >= 0x1_0000);
    for local in locals {
        let mut block = [1; 0x10];
        machine.read(local - 0x7000, &mut block).unwrap();
        assert_eq!(&block, b"sysP\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    let mut numbers = [0; 8];
    machine.read(u64::from(OWN) + 0x60, &mut numbers).unwrap();
    assert_eq!(u64::from_be_bytes(numbers), all[0].0);
}

#[test]
fn bad_threads_are_not_made() {
    for (arguments, error) in [
        ([ID, DESCRIPTOR, 0, 3072, 0x1000, 1, OWN], Errno::EINVAL),
        ([ID, DESCRIPTOR, 0, 1000, 0x1000, 3, OWN], Errno::EPERM),
        ([ID, DESCRIPTOR, 0, 1000, 0x1000, 4, OWN], Errno::ENOSYS),
        ([0, DESCRIPTOR, 0, 1000, 0x1000, 1, OWN], Errno::EFAULT),
        ([ID, 0, 0, 1000, 0x1000, 1, OWN], Errno::EFAULT),
        (
            [ID, DESCRIPTOR, 0, 1000, 0x7000_0000, 1, OWN],
            Errno::ENOMEM,
        ),
    ] {
        let (outcome, _, machine) = run(&program(
            &[import(0, &arguments), exit_with_result()],
            &[end()],
        ));
        assert_eq!(outcome, Outcome::Exited(error.0 as i32), "{arguments:x?}");
        assert_eq!(machine.threads().count(), 1);
    }
}

#[test]
fn threads_that_end_give_their_memory_back() {
    // Main makes and joins a thread over and over: more stacks than there is memory for.
    let body = [
        import(0, &[ID, DESCRIPTOR, 40, 1000, 0x200_0000, 1, OWN]),
        join(),
    ]
    .concat();
    // The number of rounds is in r30; r3 of `join` is checked by the loop's end.
    let back = -4 * (body.len() as i32 + 1);
    let rounds = [
        vec![add(30, 0, 20)],
        body,
        vec![
            add(30, 30, -1),
            0x2c1e_0000,                                // cmpwi r30,0
            0x4082_0000 | ((back - 4) as u32 & 0xfffc), // bne
        ],
    ];
    let (outcome, seen, _) = run(&program(&[rounds.concat(), exit_with_value()], &[end()]));
    assert_eq!(outcome, Outcome::Exited(42), "{:#?}", seen.calls);
    assert_eq!(
        seen.calls
            .iter()
            .filter(|call| call.contains("join"))
            .count(),
        20
    );
    assert!(!seen.calls.iter().any(|call| call.contains("ENOMEM")));
}

/// Stores the time base's lower word.
fn time(to: u32) -> Vec<u32> {
    let mut words = set(9, to).to_vec();
    // mfspr r10,268
    words.extend([0x7d4c_42a6, store_word(10, 9, 0)]);
    words
}

/// Where times go.
const TIMES: u32 = OWN + 0x60;

#[test]
fn a_new_thread_begins_at_once_on_a_free_hardware_thread() {
    let main = [create(1000, 1), time(TIMES), join(), exit_with_value()];
    let (outcome, _, machine) = run(&program(&main, &[time(TIMES + 4), end()]));
    assert_eq!(outcome, Outcome::Exited(42));
    let [after, begun] = words(&machine, TIMES);
    // The time base's ticks are 40 cycles.
    assert!(begun.abs_diff(after) <= 2, "{after} {begun}");
}

#[test]
fn a_thread_of_higher_priority_runs_as_soon_as_it_is_woken() {
    const SEMAPHORE: u32 = OWN + 0x70;
    const ATTRIBUTE: u32 = OWN + 0x80;
    // Three threads for two hardware threads: main, one that counts for ever at the priority
    // before it, and one before that, which waits. Main's own time goes on when that one waits again.
    let wait = call_with(92, &[Arg::At(SEMAPHORE), Arg::Is(0)]);
    let waiter = [wait.clone(), time(TIMES + 4), wait].concat();
    let counter = vec![LOOP];
    let main = |entries: [u32; 2]| {
        let start = |entry: u32, priority: u32| {
            let descriptor = OWN + 0x40;
            [
                set(9, descriptor).to_vec(),
                set(10, entry).to_vec(),
                vec![store_word(10, 9, 0)],
                import(0, &[ID, descriptor, 0, priority, 0x1000, 0, OWN]),
            ]
            .concat()
        };
        [
            call(90, &[SEMAPHORE, ATTRIBUTE, 0, 1]),
            start(entries[0], 900),
            // It waits by then.
            call(141, &[10]),
            start(entries[1], 950),
            time(TIMES),
            call_with(94, &[Arg::At(SEMAPHORE), Arg::Is(1)]),
            time(TIMES + 8),
            call(22, &[0]),
        ]
        .concat()
    };
    let size = 4 * main([0; 2]).len() as u32;
    let entry = CODE + size;
    let counter_at = entry + 4 * waiter.len() as u32;
    let mut data = vec![0; 0x80];
    data[..3].copy_from_slice(b"ABC");
    data.extend([0, 0, 0, 2, 0, 0, 2, 0]);
    data.resize(0xc0, 0);
    let (outcome, seen, machine) = run(&Parts {
        code: [main([entry, counter_at]), waiter, counter].concat(),
        imports: vec![CREATE, EXIT, NUMBER, LOCAL],
        data,
        ..Parts::default()
    });
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    let [before, woken, after] = words(&machine, TIMES);
    assert!(woken.wrapping_sub(before) <= 3, "{before} {woken} {after}");
    assert!(after >= woken, "{before} {woken} {after}");
}
