//! The start of the RSX, and what a program learns of it.

use console::lv2::Outcome;
use rsx_gcm::methods::Method;

use crate::lv2_support::*;
use crate::program::*;

#[test]
fn the_rsx_is_where_programs_expect_it() {
    let main = [
        keep(SCRATCH),
        import(1, &[SCRATCH + 0x10]),
        import(2, &[]),
        keep(SCRATCH + 0x30),
        import(3, &[0x1ff]),
        keep(SCRATCH + 0x34),
        exit(0),
    ];
    let functions = [
        "cellGcmGetConfiguration",
        "cellGcmGetControlRegister",
        "cellGcmGetLabelAddress",
    ];
    let (_, machine) = run_to_exit(&program(&functions, &[], &main), 1_000_000);
    assert_eq!(word_at(&machine, SCRATCH), 0);
    let configuration = [LOCAL, IO, 249 << 20, IO_BYTES, 650_000_000, 500_000_000];
    assert_eq!(words(&machine, SCRATCH + 0x10), configuration);
    assert_eq!(words(&machine, SCRATCH + 0x30), [CONTROL, LABELS + 0xff0]);
    assert_eq!(words(&machine, CONTROL), [FIRST, FIRST, u32::MAX]);
    assert_eq!(word_at(&machine, CONTEXT_POINTER), CONTEXT);
    let [begin, end, current, callback] = words(&machine, CONTEXT);
    assert_eq!((begin, end, current), (IO + FIRST, IO + 0x7ffc, IO + FIRST));
    // A descriptor whose code is there to be called.
    assert_eq!(word_at(&machine, word_at(&machine, callback)), SC);
    // Labels are not 0 before somebody writes them; reports have no time.
    assert_eq!(word_at(&machine, LABELS), 0x1337_c0d3);
    assert_eq!(double_at(&machine, LABELS + 0x1400), u64::MAX);
    assert_eq!(word_at(&machine, LABELS + 0x1408), 0);
}

#[test]
fn it_is_started_once_with_memory_that_is_there() {
    let start_with = |arguments: [u32; 4]| [import(0, &arguments), exit_with_result()].concat();
    let good = [CONTEXT_POINTER, COMMAND_BYTES, IO_BYTES, IO];
    let again = program(&[], &[], &[start_with(good)]);
    assert_eq!(run_to_exit(&again, 1_000_000).0 as u32, 0x8021_00ff);
    for bad in [
        [CONTEXT_POINTER, COMMAND_BYTES, IO_BYTES, IO + 0x10_0000],
        [CONTEXT_POINTER, COMMAND_BYTES, IO_BYTES / 2, IO],
        [CONTEXT_POINTER, COMMAND_BYTES, 0, IO],
        [CONTEXT_POINTER, 2 * IO_BYTES, IO_BYTES, IO],
    ] {
        let main = [
            call(348, &[IO_BYTES, 0x400, SCRATCH]),
            import(0, &bad),
            keep(SCRATCH),
            start_with(good),
        ];
        let mut parts = code(&[&main.concat()]);
        parts.library = "cellGcmSys";
        parts.imports = vec![fnid("_cellGcmInitBody")];
        parts.data = vec![0; 0x100];
        let (status, machine) = run_to_exit(&parts, 1_000_000);
        assert_eq!(word_at(&machine, SCRATCH), 0x8021_00ff, "{bad:x?}");
        assert_eq!(status, 0, "it can be started after that");
    }
}

#[test]
fn what_needs_the_rsx_is_an_error_without_it() {
    for name in ["cellGcmGetFlipStatus", "cellGcmGetConfiguration"] {
        let mut parts = code(&[&import(0, &[OWN]), &exit_with_result()]);
        parts.library = "cellGcmSys";
        parts.imports = vec![fnid(name)];
        let (outcome, _, _) = run(&parts);
        assert_eq!(outcome, Outcome::Exited(0x8021_00ff_u32 as i32), "{name}");
    }
}

#[test]
fn the_library_s_thread_keeps_no_program_alive() {
    let parts = program(&[], &[], &[call(41, &[0])]);
    let outcome = start(&parts).run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::NoThreads);
}

/// What the driver tells programs.
const DRIVER: u32 = 0x4020_0000;

#[test]
fn the_driver_tells_of_itself_and_of_queued_buffers() {
    // Buffers 0 and 31, and one for which there is no bit, of heads 2 and 7.
    let queue = |head: u32, buffer| {
        let header = (7 << 13) | (0x940 + 4 * head);
        packet(Method::from_header(header), &[buffer])
    };
    let commands = [queue(2, 0), queue(2, 31), queue(7, 32)].concat();
    let flags = |head: u32| DRIVER + 0x10c0 + 0x40 * head;
    let main = [
        send(commands.len()),
        wait_for(CONTROL + 4, FIRST + 4 * commands.len() as u32),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&program(&[], &commands, &main), 1_000_000);
    assert_eq!(words(&machine, DRIVER), [0x211, 0x5c, 249 << 20, 1]);
    assert_eq!(words(&machine, DRIVER + 0x10), [500_000_000, 650_000_000]);
    let found = [1, 2, 7].map(|head| word_at(&machine, flags(head)));
    assert_eq!(found, [0, 0xc000_0001, 0x4000_0000]);
}
