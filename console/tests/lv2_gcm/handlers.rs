//! Functions of the program that the library calls: for interrupts, and for room.

use console::lv2::Outcome;

use crate::lv2_support::*;
use crate::program::*;

/// Counts of calls, and the last argument, of the function at a place of [`with_functions`].
const COUNTS: u32 = SCRATCH + 0x40;

fn count(index: u32) -> u32 {
    COUNTS + 8 * index
}

fn descriptor(index: u32) -> u32 {
    SCRATCH + 0x80 + 8 * index
}

/// A program with functions behind its code, each of which counts its calls and notes its
/// argument.
fn with_functions(functions: &[&str], commands: &[u32], main: &[Vec<u32>], count: u32) -> Parts {
    let mut parts = program(functions, commands, main);
    for index in 0..count {
        let address = CODE + 4 * parts.code.len() as u32;
        parts.code.extend(set(9, self::count(index)));
        parts.code.extend([
            load_word(10, 9, 0),
            add(10, 10, 1),
            store_word(10, 9, 0),
            store_word(3, 9, 4),
            add(3, 0, 0),
            BLR,
        ]);
        let at = (descriptor(index) - OWN) as usize;
        parts.data[at..at + 4].copy_from_slice(&address.to_be_bytes());
    }
    parts
}

#[test]
fn a_function_is_called_for_each_blank() {
    let functions = ["cellGcmSetVBlankHandler", "cellGcmGetVBlankCount"];
    let main = [
        import(1, &[descriptor(0)]),
        wait_for(count(0), 5),
        import(2, &[]),
        keep(SCRATCH),
        // No longer.
        import(1, &[0]),
        call(141, &[100_000]),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&with_functions(&functions, &[], &main, 1), 10_000_000);
    assert_eq!(words(&machine, count(0)), [5, 1], "calls, and the head");
    assert_eq!(word_at(&machine, SCRATCH), 5);
    assert!(machine.vertical_blanks() >= 10);
}

#[test]
fn a_program_may_live_by_its_functions_alone() {
    // The main thread sleeps for ever; blanks go on.
    let main = [
        import(1, &[descriptor(0)]),
        vec![add(3, 0, -1)],
        call(141, &[]),
    ];
    let parts = with_functions(&["cellGcmSetVBlankHandler"], &[], &main, 1);
    let mut machine = start(&parts);
    machine.pause_at(Some(100 * BLANK));
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Paused);
    assert_eq!(word_at(&machine, count(0)), 99, "the hundredth is due");
}

#[test]
fn flips_and_queues_are_told() {
    let functions = [
        "cellGcmSetFlipHandler",
        "cellGcmSetQueueHandler",
        "cellGcmSetDisplayBuffer",
        "cellGcmSetPrepareFlip",
        "cellGcmSetFlipImmediate",
        "cellGcmGetLastFlipTime",
    ];
    let main = [
        import(1, &[descriptor(0)]),
        import(2, &[descriptor(1)]),
        import(3, &[2, 0, 256, 64, 32]),
        import(4, &[CONTEXT, 2]),
        keep(SCRATCH),
        send(2),
        wait_for(count(1), 1),
        // The flip itself needs no command.
        import(5, &[2]),
        wait_for(count(0), 1),
        import(6, &[]),
        keep(SCRATCH + 4),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&with_functions(&functions, &[], &main, 2), 10_000_000);
    assert_eq!(word_at(&machine, SCRATCH), 2, "the number of the flip");
    let microseconds = (BLANK / 3192) as u32;
    assert_eq!(word_at(&machine, SCRATCH + 4), microseconds);
    assert_eq!(machine.frames_shown(), 1);
}

/// More commands than fit: the context's function makes room, over and over, and every command
/// arrives once. A packet takes two words, the two segments 14 336 of them.
#[test]
fn the_library_s_buffer_goes_around() {
    const CALLS: u32 = 10_000;
    let functions = ["cellGcmSetUserHandler", "cellGcmSetUserCommand"];
    // r31 counts, r30 keeps the number of failures.
    let each = [
        import_with(2, &[Arg::Is(CONTEXT)]),
        // or r30,r30,r3
        vec![0x7fde_1b78],
    ]
    .concat();
    let mut turn = vec![add(4, 31, 0)];
    turn.extend(each);
    turn.push(add(31, 31, -1));
    // cmpwi r31,0; bne back
    turn.push(0x2c1f_0000);
    let back = (turn.len() as u32 * 4).wrapping_neg() & 0xfffc;
    turn.push(0x4082_0000 | back);
    let main = [
        import(1, &[descriptor(0)]),
        [set(31, CALLS), set(30, 0)].concat(),
        turn,
        // put is the offset of current.
        [set(9, CONTEXT), set(10, CONTROL)].concat(),
        vec![load_word(11, 9, 8)],
        set(12, IO).to_vec(),
        // subf r11,r12,r11
        vec![0x7d6c_5850, store_word(11, 10, 0)],
        wait_for(count(0), CALLS),
        vec![add(3, 30, 0)],
        exit_with_result(),
    ];
    let (status, machine) = run_to_exit(&with_functions(&functions, &[], &main, 1), 10_000_000);
    assert_eq!(status, 0, "no call failed");
    assert_eq!(words(&machine, count(0)), [CALLS, 1], "the last cause is 1");
}

#[test]
fn where_nobody_makes_room_words_are_refused() {
    // A context of the program's own with room for one word and a function that refuses.
    let context = SCRATCH + 0x20;
    let set_up = [
        store(context, IO + FIRST),
        store(context + 4, IO + FIRST + 4),
        store(context + 8, IO + FIRST),
        store(context + 12, descriptor(0)),
    ]
    .concat();
    let ask = [import(1, &[context]), exit_with_result()].concat();
    // The function gives 0 and makes no room; one that gives -1 is as bad.
    let mut parts = with_functions(&["cellGcmSetWaitFlip"], &[], &[set_up, ask], 1);
    let (status, machine) = run_to_exit(&parts, 1_000_000);
    assert_eq!(status as u32, 0x8021_00ff);
    assert_eq!(words(&machine, count(0)), [1, context]);
    let gives = parts.code.len() - 2;
    parts.code[gives] = add(3, 0, -1);
    assert_eq!(run_to_exit(&parts, 1_000_000).0 as u32, 0x8021_00ff);
}
