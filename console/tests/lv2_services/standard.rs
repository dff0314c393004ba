//! The C library's part.

use crate::lv2_support::Arg::{At, Is};
use crate::lv2_support::*;
use console::lv2::{Machine, Outcome};

/// The functions by their place among the imports, 16 at most a program.
struct Calls {
    imports: Vec<u32>,
    code: Vec<u32>,
    made: u32,
}

const RESULTS: u32 = OWN + 0x400;
const ROOM: u32 = OWN + 0x300;

fn calls() -> Calls {
    Calls {
        imports: Vec::new(),
        code: Vec::new(),
        made: 0,
    }
}

impl Calls {
    fn call(&mut self, fnid: u32, arguments: &[Arg]) -> &mut Self {
        let known = self.imports.iter().position(|known| *known == fnid);
        let index = known.unwrap_or_else(|| {
            self.imports.push(fnid);
            self.imports.len() - 1
        });
        self.code.extend(import_with(index as u32, arguments));
        self.code.extend(keep(RESULTS + 4 * self.made));
        self.made += 1;
        self
    }

    fn run(&mut self, data: &[u8]) -> (Vec<i32>, Seen, Machine) {
        self.code.extend(call(22, &[0]));
        let (outcome, seen, machine) = run(&Parts {
            code: self.code.clone(),
            imports: self.imports.clone(),
            data: data.to_vec(),
            ..Parts::default()
        });
        assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
        assert_eq!(seen.unknown, []);
        let results = (0..self.made).map(|at| word_at(&machine, RESULTS + 4 * at) as i32);
        (results.collect(), seen, machine)
    }
}

fn text(machine: &Machine, address: u32) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        let at = u64::from(address) + bytes.len() as u64;
        machine.read(at, &mut byte).expect("mapped memory");
        if byte == [0] {
            return String::from_utf8(bytes).expect("text");
        }
        bytes.push(byte[0]);
    }
}

const STRLEN: u32 = 0x2d36_462b;
const STRCPY: u32 = 0x99c8_8692;
const STRNCPY: u32 = 0xd303_9d4d;
const STRCAT: u32 = 0x052d_29a6;
const STRNCAT: u32 = 0x996f_7cf8;
const STRCHR: u32 = 0x7498_887b;
const STRRCHR: u32 = 0x191f_0c4a;
const STRCMP: u32 = 0x459b_4393;
const STRNCMP: u32 = 0x04e8_3d2c;
const STRNCASECMP: u32 = 0x1ca5_25a2;
const TOLOWER: u32 = 0x4b2f_301a;
const TOUPPER: u32 = 0xeef7_5113;
const MEMCPY: u32 = 0x6bf6_6ea7;
const MEMMOVE: u32 = 0x2742_7742;
const MEMSET: u32 = 0x68b9_b011;
const MEMCMP: u32 = 0xfb5d_b080;
const MEMCHR: u32 = 0x3bd5_3c7b;
const PRINTF: u32 = 0x9f04_f7af;
const SPRINTF: u32 = 0xa1f9_eafe;
const SNPRINTF: u32 = 0x0657_4237;
const VSNPRINTF: u32 = 0x0618_936b;
const MALLOC: u32 = 0xbdb1_8f83;
const FREE: u32 = 0xf7f7_fb20;
const MEMALIGN: u32 = 0x318f_17e1;
const CREATE_HEAP: u32 = 0xb2fc_f2c8;
const HEAP_MALLOC: u32 = 0x3516_8520;
const HEAP_FREE: u32 = 0x8a56_1d92;
const DELETE_HEAP: u32 = 0xaede_4b03;

/// Texts in the data, each at a multiple of 32.
fn data(texts: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    for text in texts {
        let at = data.len();
        data.extend(text.as_bytes());
        data.resize(at + 32, 0);
    }
    data
}

/// The address of a text.
fn at(number: u32) -> Arg {
    Is(OWN + 32 * number)
}

fn letter(letter: u8) -> Arg {
    Is(letter.into())
}

#[test]
fn strings_are_measured_compared_and_searched() {
    let mut calls = calls();
    calls
        .call(STRLEN, &[at(0)])
        .call(STRLEN, &[Is(0)])
        .call(STRCMP, &[at(0), at(0)])
        .call(STRCMP, &[at(0), at(1)])
        .call(STRCMP, &[at(1), at(0)])
        .call(STRNCMP, &[at(0), at(1), Is(3)])
        .call(STRNCMP, &[at(0), at(1), Is(4)])
        .call(STRNCASECMP, &[at(0), at(2), Is(99)])
        .call(STRCHR, &[at(0), letter(b'l')])
        .call(STRCHR, &[at(0), letter(b'x')])
        .call(STRCHR, &[at(0), letter(0)])
        .call(STRRCHR, &[at(0), letter(b'l')])
        .call(TOLOWER, &[letter(b'Q')])
        .call(TOUPPER, &[letter(b'q')])
        .call(TOUPPER, &[letter(b'1')]);
    let (results, ..) = calls.run(&data(&["hello", "help", "HELLO"]));
    let own = OWN as i32;
    let expected = [
        5,
        0,
        0,
        -1,
        1,
        0,
        -1,
        0,
        own + 2,
        0,
        own + 5,
        own + 3,
        i32::from(b'q'),
        i32::from(b'Q'),
        i32::from(b'1'),
    ];
    assert_eq!(results, expected);
}

#[test]
fn strings_are_copied_and_appended() {
    let to = Is(ROOM);
    let mut calls = calls();
    calls
        .call(STRCPY, &[to, at(0)])
        .call(STRCAT, &[to, at(1)])
        .call(STRNCAT, &[to, at(1), Is(3)])
        .call(MEMSET, &[Is(ROOM + 0x40), Is(0x155), Is(8)])
        .call(STRNCPY, &[Is(ROOM + 0x41), at(0), Is(2)])
        .call(STRNCPY, &[Is(ROOM + 0x48), at(0), Is(8)]);
    let (results, _, machine) = calls.run(&data(&["hello", ", you"]));
    assert_eq!(text(&machine, ROOM), "hello, you, y");
    assert_eq!(text(&machine, ROOM + 0x40), "UheUUUUUhello");
    assert_eq!(results[..3], [ROOM as i32; 3]);
}

#[test]
fn bytes_are_moved_compared_and_found() {
    let mut calls = calls();
    calls
        .call(MEMCPY, &[Is(ROOM), at(0), Is(6)])
        .call(MEMMOVE, &[Is(ROOM + 2), Is(ROOM), Is(6)])
        .call(MEMCMP, &[Is(ROOM), at(0), Is(2)])
        .call(MEMCMP, &[Is(ROOM), at(0), Is(3)])
        .call(MEMCHR, &[at(0), letter(b'o'), Is(99)])
        .call(MEMCHR, &[at(0), letter(b'x'), Is(5)]);
    let (results, _, machine) = calls.run(&data(&["hello"]));
    assert_eq!(text(&machine, ROOM), "hehello");
    let expected = [ROOM as i32, ROOM as i32 + 2, 0, -1, OWN as i32 + 4, 0];
    assert_eq!(results, expected);
}

#[test]
fn text_is_formatted_as_c_does() {
    let mut calls = calls();
    calls
        .call(
            PRINTF,
            &[at(0), Is(42), Is(0x7fff_ffff), at(5), letter(b'!')],
        )
        .call(SPRINTF, &[Is(ROOM), at(1), Is(0xbeef), Is(7), Is(8)])
        .call(SNPRINTF, &[Is(ROOM + 0x20), Is(6), at(2), at(5)])
        .call(SNPRINTF, &[Is(0), Is(0), at(2), at(5)])
        // 3.25 and -0.001 as doubles, from a list.
        .call(VSNPRINTF, &[Is(ROOM + 0x40), Is(0x20), at(3), at(6)])
        .call(
            SPRINTF,
            &[Is(ROOM + 0x60), at(4), Is(5), at(5), Is(3), at(5)],
        );
    let mut data = data(&[
        "%d %u %s%c\n",
        "%#x|%03d|%-3d|",
        "<%s>",
        "%.2f %g %ld %%",
        "%*s|%.*s|%y",
        "text",
    ]);
    data.extend(
        [3.25f64.to_bits(), (-0.001f64).to_bits(), u64::MAX - 1]
            .map(u64::to_be_bytes)
            .concat(),
    );
    let (results, seen, machine) = calls.run(&data);
    assert_eq!(seen.text(), "42 2147483647 text!\n");
    assert_eq!(text(&machine, ROOM), "0xbeef|007|8  |");
    assert_eq!(text(&machine, ROOM + 0x20), "<text");
    assert_eq!(text(&machine, ROOM + 0x40), "3.25 -0.001 -2 %");
    assert_eq!(text(&machine, ROOM + 0x60), " text|tex|%y");
    assert_eq!(results, [20, 15, 6, 6, 16, 12]);
}

#[test]
fn blocks_of_heaps_do_not_overlap_and_come_back() {
    let result = |call: u32| At(RESULTS + 4 * call);
    let mut calls = calls();
    calls
        .call(MALLOC, &[Is(100)])
        .call(MALLOC, &[Is(0)])
        .call(MEMALIGN, &[Is(0x1000), Is(100)])
        .call(MALLOC, &[Is(3 << 20)])
        .call(FREE, &[result(0)])
        .call(MALLOC, &[Is(90)])
        .call(MALLOC, &[Is(0x7fff_ffff)])
        .call(CREATE_HEAP, &[Is(0), Is(0), Is(0), Is(0)])
        .call(HEAP_MALLOC, &[result(7), Is(16)])
        .call(HEAP_FREE, &[result(7), result(8)])
        .call(HEAP_FREE, &[result(7), result(8)])
        .call(HEAP_MALLOC, &[result(7), Is(16)])
        .call(DELETE_HEAP, &[result(7)])
        .call(HEAP_MALLOC, &[result(7), Is(16)]);
    let (results, ..) = calls.run(&[]);
    let blocks = [(0, 100), (1, 1), (2, 100), (3, 3 << 20)];
    for (at, size) in blocks {
        assert_ne!(results[at], 0);
        assert_eq!(results[at] % 16, 0);
        for (other, length) in blocks {
            let (start, second) = (results[at], results[other]);
            assert!(at == other || start + size <= second || second + length <= start);
        }
    }
    assert_eq!(results[2] % 0x1000, 0);
    assert_eq!((results[4], results[5], results[6]), (0, results[0], 0));
    assert_ne!(results[8], 0);
    let bad = console::lv2::Errno::EINVAL.0 as i32;
    assert_eq!(results[9..], [0, bad, results[8], 0, 0]);
}
