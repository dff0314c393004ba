//! Pictures that are decoded: a program that calls all of a library's functions once.

mod jpeg;
mod png;

use crate::lv2_support::Arg::{At, Is};
use crate::lv2_support::*;
use console::lv2::{Machine, Outcome};

const CREATE: u32 = 0;
const OPEN: u32 = 1;
const HEADER: u32 = 2;
const SET: u32 = 3;
const DECODE: u32 = 4;
const CLOSE: u32 = 5;
const DESTROY: u32 = 6;

const DECODER: u32 = OWN;
const STREAM: u32 = OWN + 4;
const SOURCE: u32 = OWN + 0x10;
const WANTED: u32 = OWN + 0x30;
const PITCH: u32 = OWN + 0x50;
const TOLD: u32 = OWN + 0x80;
const SET_UP: u32 = OWN + 0xa0;
const ENDED: u32 = OWN + 0xd0;
const PIXELS: u32 = OWN + 0x100;
const RESULTS: u32 = OWN + 0x180;
const FILE: u32 = OWN + 0x200;

/// Decodes a file with a library that has these functions, in the order of their numbers here: the
/// pixels as the words `wanted` say, with a row each 16 bytes. Gives what the calls answered.
fn decode_with(
    (library, imports): (&'static str, [u32; 7]),
    file: &[u8],
    wanted: &[u32],
) -> ([u32; 9], Machine) {
    let mut data = vec![0; (FILE - OWN) as usize];
    let mut put = |at: u32, words: &[u32]| {
        for (place, word) in (at - OWN..).step_by(4).zip(words) {
            data[place as usize..place as usize + 4].copy_from_slice(&word.to_be_bytes());
        }
    };
    put(SOURCE, &[1, 0, 0, 0, 0, FILE, file.len() as u32, 0]);
    put(WANTED, wanted);
    put(PITCH, &[0, 16]);
    data.extend(file);
    let calls = [
        import(CREATE, &[DECODER, WANTED, TOLD]),
        import_with(OPEN, &[At(DECODER), Is(STREAM), Is(SOURCE), Is(TOLD)]),
        import_with(SET, &[At(DECODER), At(STREAM), Is(WANTED), Is(SET_UP)]),
        import_with(HEADER, &[At(DECODER), At(STREAM), Is(TOLD)]),
        import_with(SET, &[At(DECODER), At(STREAM), Is(WANTED), Is(SET_UP)]),
        import_with(
            DECODE,
            &[At(DECODER), At(STREAM), Is(PIXELS), Is(PITCH), Is(ENDED)],
        ),
        import_with(CLOSE, &[At(DECODER), At(STREAM)]),
        import_with(CLOSE, &[At(DECODER), At(STREAM)]),
        import_with(DESTROY, &[At(DECODER)]),
    ];
    let mut code = Vec::new();
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let (outcome, seen, machine) = run(&Parts {
        code,
        imports: imports.to_vec(),
        library,
        data,
    });
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    (words(&machine, RESULTS), machine)
}
