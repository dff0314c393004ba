//! The kernel's own calls for the RSX, without the library.

use console::lv2::{Errno, Outcome};
use console::rsx::Frame;

use crate::lv2_support::*;
use crate::program::*;

const RESULTS: u32 = OWN + 0x100;
const CONTEXT_ID: u32 = 0x5555_5555;

/// A call with doublewords as arguments.
fn call_wide(number: u32, arguments: &[u64]) -> Vec<u32> {
    let mut words = Vec::new();
    for (register, value) in (3..).zip(arguments) {
        words.extend(set(12, *value as u32));
        words.extend(set(register, (*value >> 32) as u32));
        // rldicr register,register,32,31; rldicl r12,r12,0,32; or register,register,r12
        words.push(0x7800_07c6 | register << 21 | register << 16);
        words.push(0x798c_0020);
        words.push(0x7c00_6378 | register << 21 | register << 16);
    }
    words.extend(call(number, &[]));
    words
}

#[test]
fn a_program_reaches_the_rsx_without_the_library() {
    let commands = clear(0xff12_3456);
    let wide = |offset: u64, pitch: u64| pitch << 32 | offset;
    let buffer = wide(32, 64);
    let calls: Vec<Vec<u32>> = vec![
        call(348, &[IO_BYTES, 0x400, SCRATCH]),
        call(670, &[OWN, OWN + 8, OWN + 0x10, OWN + 0x18, 0, 0]),
        call(
            668,
            &[OWN + 0x20, OWN + 0x28, 0xf90_0000, 8, 0x30_0000, 16, 8],
        ),
        call(670, &[OWN, OWN + 8, OWN + 0x10, OWN + 0x18, 0, 0]),
        call(672, &[CONTEXT_ID, 0, IO, IO_BYTES, 0]),
        call(672, &[CONTEXT_ID, 0x100, IO, IO_BYTES, 0]),
        call(672, &[1, 0, IO, IO_BYTES, 0]),
        call(675, &[OWN + 0x30, OWN + 0x38, 8]),
        call(674, &[CONTEXT_ID, 1, FIRST, FIRST, 0, 0]),
        // Buffer 1 of 64 by 32 pixels, 256 bytes a row, at the start of local memory.
        call_wide(674, &[CONTEXT_ID.into(), 0x104, 1, buffer, wide(0, 256), 0]),
        [
            copy(COMMANDS, IO + FIRST, commands.len() as u32),
            send(commands.len()),
            set(3, 0).to_vec(),
        ]
        .concat(),
        [
            wait_for(CONTROL + 4, FIRST + 4 * commands.len() as u32),
            set(3, 0).to_vec(),
        ]
        .concat(),
        call_wide(674, &[CONTEXT_ID.into(), 0x102, 1, 0x8000_0001, 0, 0]),
        call(141, &[20_000]),
        // Flags of head 1: a flip has happened.
        [set(9, 0x4020_1100).to_vec(), vec![load_word(3, 9, 0)]].concat(),
        call(674, &[CONTEXT_ID, 0x999, 0, 0, 0, 0]),
        call(673, &[CONTEXT_ID, 0, IO_BYTES]),
        call(669, &[0]),
        call(671, &[CONTEXT_ID]),
        call(669, &[0]),
        call(671, &[CONTEXT_ID]),
    ];
    let mut code = Vec::new();
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let mut data = vec![0; (COMMANDS - OWN) as usize];
    data.extend(commands.iter().flat_map(|word| word.to_be_bytes()));
    let mut machine = start(&Parts {
        code,
        data,
        ..Parts::default()
    });
    let mut seen = Seen::default();
    let outcome = machine.run(10_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    let results: [u32; 21] = words(&machine, RESULTS);
    let [bad, busy, unknown] = [Errno::EINVAL, Errno::EBUSY, Errno::ENOSYS].map(|error| error.0);
    let flipped = 0x8000_0000;
    let expected = [
        0, bad, 0, 0, 0, bad, bad, 0, 0, 0, 0, 0, 0, 0, flipped, unknown, 0, busy, 0, 0, bad,
    ];
    assert_eq!(results, expected);
    assert_eq!(word_at(&machine, OWN), CONTEXT_ID);
    let places = [8, 0x10, 0x18, 0x28, 0x30].map(|at| double_at(&machine, OWN + at));
    let expected = [0x4010_0000, 0x4020_0000, LABELS, LOCAL, 0x4000_0000];
    assert_eq!(places, expected.map(u64::from));
    // The context is gone with what it showed.
    assert!(!machine.copy_frame(&mut Frame::default()));
    assert!(
        seen.calls
            .iter()
            .any(|call| call.contains("sys_rsx_context_iomap"))
    );
}
