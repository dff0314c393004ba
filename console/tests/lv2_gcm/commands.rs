//! Commands: how they are fetched, what they write, when.

use console::lv2::Outcome;
use rsx_gcm::methods::{Method, channel};

use crate::lv2_support::*;
use crate::program::*;

#[test]
fn commands_are_executed_up_to_put() {
    let commands = [
        packet(channel::SET_REFERENCE, &[77]),
        packet(channel::SEMAPHORE_OFFSET, &[0x20]),
        packet(channel::SEMAPHORE_RELEASE, &[0x1234_5678]),
        packet(channel::SET_REFERENCE, &[78]),
    ]
    .concat();
    let main = [
        send(commands.len() - 2),
        wait_for(CONTROL + 8, 77),
        wait_for(CONTROL + 4, FIRST + 4 * (commands.len() as u32 - 2)),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&program(&[], &commands, &main), 1_000_000);
    assert_eq!(word_at(&machine, LABELS + 0x20), 0x1234_5678);
    assert_eq!(word_at(&machine, CONTROL + 8), 77, "the last was not sent");
}

#[test]
fn the_rsx_waits_for_a_label_that_the_program_writes() {
    let commands = [
        packet(channel::SEMAPHORE_OFFSET, &[0x30, 5]),
        packet(channel::SET_REFERENCE, &[1]),
    ]
    .concat();
    let main = [
        send(commands.len()),
        call(141, &[1000]),
        [set(9, CONTROL), set(10, SCRATCH)].concat(),
        vec![load_word(11, 9, 8), store_word(11, 10, 0)],
        store(LABELS + 0x30, 5),
        wait_for(CONTROL + 8, 1),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&program(&[], &commands, &main), 1_000_000);
    assert_eq!(word_at(&machine, SCRATCH), u32::MAX, "it waited");
}

#[test]
fn a_jump_in_a_circle_waits_to_be_changed() {
    // At first the jump leads to itself; then to the words after it.
    let jump = |words: u32| 0x2000_0000 + FIRST + 4 * words;
    let commands = [vec![jump(0)], packet(channel::SET_REFERENCE, &[9])].concat();
    let main = [
        send(commands.len()),
        call(141, &[1000]),
        store(IO + FIRST, jump(1)),
        wait_for(CONTROL + 8, 9),
        exit(0),
    ];
    run_to_exit(&program(&[], &commands, &main), 1_000_000);
    // Nobody changes it: the machine does not wait for ever.
    let main = [send(commands.len()), call(41, &[0])];
    let outcome = start(&program(&[], &commands, &main)).run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::NoThreads);
}

#[test]
fn work_takes_time_and_reports_tell_it() {
    // Two reports with a clear of 2048 pixels in between.
    let report = |index: u32| packet(Method::from_header(0x1800), &[(1 << 24) + 16 * index]);
    let commands = [
        report(3),
        clear(0xff11_2233),
        report(4),
        packet(channel::SET_REFERENCE, &[1]),
    ]
    .concat();
    let main = [
        send(commands.len()),
        wait_for(CONTROL + 8, 1),
        import(1, &[3]),
        keep(SCRATCH),
        import(2, &[1, 4]),
        exit_with_result(),
    ];
    let functions = ["cellGcmGetTimeStamp", "cellGcmGetReport"];
    let (status, machine) = run_to_exit(&program(&functions, &commands, &main), 1_000_000);
    let at = |index: u32| double_at(&machine, LABELS + 0x1400 + 16 * index);
    let words = (report(0).len() + clear(0).len()) as u64;
    assert_eq!(
        at(4) - at(3),
        2 * (words + 2048 / 8),
        "2 ns a cycle of the RSX"
    );
    assert_eq!(u64::from(word_at(&machine, SCRATCH)), at(3));
    assert_eq!(status, 0, "nothing is counted");
    // The clear is in local memory, which the program reads.
    assert_eq!(words_of(&machine), [0xff11_2233; 2]);
}

fn words_of(machine: &console::lv2::Machine) -> [u32; 2] {
    [LOCAL, LOCAL + 31 * 256 + 63 * 4].map(|at| word_at(machine, at))
}

#[test]
fn methods_are_traced_where_somebody_wants_it() {
    struct Trace(Vec<String>);
    impl console::lv2::Observer for Trace {
        fn tty(&mut self, _: u32, _: &[u8]) {}
        fn unknown(&mut self, _: &console::lv2::Record) {}
        fn traces_rsx(&self) -> bool {
            true
        }
        fn rsx(&mut self, executed: &console::rsx::Executed) {
            self.0.push(executed.to_string());
        }
    }
    let commands = [
        packet(channel::SET_REFERENCE, &[7]),
        packet(Method::from_header(0xa20), &[0x3f80_0000; 2]),
    ]
    .concat();
    let main = [
        send(commands.len()),
        wait_for(CONTROL + 4, FIRST + 4 * commands.len() as u32),
        exit(0),
    ];
    let mut trace = Trace(Vec::new());
    let outcome = start(&program(&[], &commands, &main)).run(1_000_000, &mut trace);
    assert_eq!(outcome, Outcome::Exited(0));
    let expected = [
        "RSX at 0x1004: SET_REFERENCE 0x7",
        "RSX at 0x100c: SET_VIEWPORT_OFFSET 0x3f800000",
        "RSX at 0x1010: SET_VIEWPORT_OFFSET+1 0x3f800000",
    ];
    assert_eq!(trace.0, expected);
}
