//! Save data: a program's functions, called one after the other, and the folder on the disk.

use std::path::Path;

use crate::lv2_support::*;
use console::lv2::{Machine, Mount, Outcome, Program};
use sfo::{Sfo, Value};

const AUTO_SAVE: u32 = 0;
const AUTO_LOAD: u32 = 1;
const FIXED_SAVE: u32 = 2;
const LIST_LOAD: u32 = 3;
const LIST_AUTO_LOAD: u32 = 4;
const IMPORTS: [u32; 5] = [
    0x8b7e_d64b,
    0xfbd5_c856,
    0x2aae_9ef5,
    0x1dfb_fdd6,
    0x2142_5307,
];

/// Descriptors of the three functions of the program.
const CHOOSE: u32 = OWN;
const STATE: u32 = OWN + 8;
const FILES: u32 = OWN + 16;
/// The name of a folder, its prefix, a title, the names of files, and what is written.
const NAME: u32 = OWN + 0x20;
const PREFIX: u32 = OWN + 0x40;
const FILE: u32 = OWN + 0x60;
const TEXT: u32 = OWN + 0x70;
const LIST: u32 = OWN + 0x80;
const BUFFER: u32 = OWN + 0x90;
/// How often the function for files ran, and the number of its first entry.
const COUNTER: u32 = OWN + 0xc0;
/// What it says, and what it gives, an entry each.
const SAID: u32 = OWN + 0xd0;
const TABLE: u32 = OWN + 0x100;
const ENTRY: u32 = 48;
/// What the last operation gave, for each entry.
const DONE: u32 = OWN + 0x300;
/// What the function for the state saw: new, files, the first file's size, the user's value.
const SEEN: u32 = OWN + 0x340;
/// What the function that chooses gives: the same words for all kinds.
const CHOICE: u32 = OWN + 0x380;
const RESULTS: u32 = OWN + 0x3c0;
/// Memory for lists, and what is read, behind the data.
const LISTS: u32 = DATA + 0x1000;
const READ: u32 = DATA + 0x1400;

const CALLBACK: u32 = 0x8002_b401;
const PARAMETER: u32 = 0x8002_b404;

fn multiply(rt: u32, ra: u32, value: u32) -> u32 {
    7 << 26 | rt << 21 | ra << 16 | value
}

fn sum(rt: u32, ra: u32, rb: u32) -> u32 {
    31 << 26 | rt << 21 | ra << 16 | rb << 11 | 266 << 1
}

/// Copies `count` words from r8 to `to`.
fn copy(to: u32, count: u32) -> Vec<u32> {
    let words = (0..count).flat_map(|at| [load_word(0, 8, 4 * at), store_word(0, to, 4 * at)]);
    words.collect()
}

/// Gives the words from [`CHOICE`] on.
fn choose() -> Vec<u32> {
    let mut code = set(8, CHOICE).to_vec();
    code.extend(copy(5, 6));
    code.push(BLR);
    code
}

/// Keeps what it sees, and gives the parameters that it gets with another title.
fn state() -> Vec<u32> {
    let mut code = set(9, SEEN).to_vec();
    for (from, offset, to) in [(4, 4, 0), (4, 1628, 4), (3, 16, 12)] {
        code.extend([load_word(0, from, offset), store_word(0, 9, to)]);
    }
    // The first file's size.
    code.extend([
        load_word(8, 4, 1636),
        load_word(0, 8, 12),
        store_word(0, 9, 8),
    ]);
    code.extend(set(8, TEXT));
    code.extend([load_word(0, 8, 0), store_word(0, 4, 64)]);
    code.extend([add(0, 4, 64), store_word(0, 5, 0), BLR]);
    code
}

/// Gives the next entry of [`TABLE`].
fn files() -> Vec<u32> {
    let mut code = set(9, COUNTER).to_vec();
    code.extend([load_word(10, 9, 0), add(11, 10, 1), store_word(11, 9, 0)]);
    code.push(multiply(7, 10, 4));
    code.extend(set(8, DONE));
    code.extend([sum(8, 8, 7), load_word(0, 4, 0), store_word(0, 8, 0)]);
    code.extend(set(8, SAID));
    code.extend([sum(8, 8, 7), load_word(0, 8, 0), store_word(0, 3, 0)]);
    code.push(multiply(7, 10, ENTRY));
    code.extend(set(8, TABLE));
    code.push(sum(8, 8, 7));
    code.extend(copy(5, ENTRY / 4));
    code.push(BLR);
    code
}

/// An entry: what the function says, what is to be done with which kind of file, where in it,
/// and the memory.
type Step = (i32, [u32; 5]);

const WRITE: u32 = 1;
const READ_FILE: u32 = 0;
const LAST: Step = (1, [0; 5]);

struct Played {
    results: Vec<u32>,
    machine: Machine,
    dialogs: Vec<String>,
}

/// Runs calls in a program with these steps, on a disk.
fn play(disk: &Path, choice: [u32; 6], steps: &[Step], calls: &[Vec<u32>]) -> Played {
    let [choose, state, files] = [choose(), state(), files()];
    let first = CODE + 4;
    let second = first + 4 * choose.len() as u32;
    let third = second + 4 * state.len() as u32;
    let functions = [choose, state, files].concat();
    let mut code = vec![0x4800_0000 + 4 * (functions.len() as u32 + 1)];
    code.extend(functions);
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let mut data = vec![0; 0x400];
    let mut put = |address: u32, bytes: &[u8]| {
        let at = (address - OWN) as usize;
        data[at..at + bytes.len()].copy_from_slice(bytes);
    };
    for (place, address) in [(CHOOSE, first), (STATE, second), (FILES, third)] {
        put(place, &address.to_be_bytes());
    }
    put(NAME, b"TEST00001-A");
    put(PREFIX, b"NONE|TEST");
    put(FILE, b"GAME.DAT");
    put(TEXT, b"STORY\0");
    put(LIST, &[0, 0, PREFIX, 0].map(u32::to_be_bytes).concat());
    let buffer = [4, 4, 0, 0, 0, 0, 0, 0, 0x400, LISTS];
    put(BUFFER, &buffer.map(u32::to_be_bytes).concat());
    for (at, (said, [action, kind, offset, size, memory])) in (0..).zip(steps) {
        put(SAID + 4 * at, &said.to_be_bytes());
        let entry = [
            *action, 0, *kind, 0, 0, 0, 0, FILE, *offset, *size, *size, *memory,
        ];
        put(TABLE + ENTRY * at, &entry.map(u32::to_be_bytes).concat());
    }
    put(CHOICE, &choice.map(u32::to_be_bytes).concat());
    let elf = Parts {
        code,
        imports: IMPORTS.to_vec(),
        library: "cellSysutil",
        data,
    }
    .elf();
    let read = Program::read(&elf).expect("a good program");
    let mut machine = Machine::start(&read, &[b"/app_home/a"]).expect("enough memory");
    machine
        .mount(&Mount::folder("/dev_hdd0", disk))
        .expect("a folder");
    let mut seen = Seen::default();
    let outcome = machine.run(1_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    let results = (0..calls.len() as u32).map(|at| word_at(&machine, RESULTS + 4 * at));
    Played {
        results: results.collect(),
        dialogs: seen.dialogs,
        machine,
    }
}

fn auto(function: u32) -> Vec<u32> {
    import(function, &[0, NAME, 1, BUFFER, STATE, FILES, 0, 0x77])
}

fn listed(function: u32) -> Vec<u32> {
    import(function, &[0, LIST, BUFFER, CHOOSE, STATE, FILES, 0, 0x77])
}

fn disk() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn what_is_saved_is_loaded_again() {
    let disk = disk();
    let steps = [
        // The picture, the program's file, and more of it.
        (0, [WRITE, 2, 0, 4, NAME]),
        (0, [WRITE, 1, 0, 5, TEXT]),
        (0, [WRITE, 1, 3, 4, NAME]),
        LAST,
        // By the second call.
        (0, [READ_FILE, 1, 1, 100, READ]),
        (0, [READ_FILE, 0, 9, 100, READ + 0x80]),
        LAST,
    ];
    let calls = [auto(AUTO_SAVE), auto(AUTO_LOAD)];
    let played = play(disk.path(), [0; 6], &steps, &calls);
    assert_eq!(played.results, [0, 0]);
    let folder = disk.path().join("home/00000001/savedata/TEST00001-A");
    let file = |name: &str| std::fs::read(folder.join(name)).expect("a file");
    assert_eq!(file("GAME.DAT"), b"STOTEST");
    assert_eq!(file("ICON0.PNG"), b"TEST");
    let parameters = Sfo::parse(&file("PARAM.SFO")).expect("a good file");
    let text = |key| parameters.get(key).and_then(Value::as_text);
    assert_eq!(text("CATEGORY"), Some("SD"));
    assert_eq!(text("TITLE"), Some("STOR"));
    assert_eq!(text("SAVEDATA_DIRECTORY"), Some("TEST00001-A"));
    // Nothing else is there.
    assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 3);
    let machine = &played.machine;
    let mut read = [0; 7];
    machine.read(READ.into(), &mut read).expect("mapped");
    assert_eq!(read, *b"TOTEST\0");
    // Bytes of each operation before: reads end where the file does.
    assert_eq!(words(machine, DONE), [0, 4, 5, 4, 0, 6, 0]);
    // When it is loaded it is not new, and has two files; the user's value is the program's.
    assert_eq!(words(machine, SEEN), [0, 2, 7, 0x77]);
}

#[test]
fn nothing_changes_before_the_last_file() {
    let disk = disk();
    // The program finds something wrong, then asks for what there is not.
    let steps = [
        (0, [WRITE, 1, 0, 5, TEXT]),
        (-5, [0; 5]),
        (0, [WRITE, 6, 0, 5, TEXT]),
        (0, [WRITE, 1, 0, 5, 0x1000]),
    ];
    let calls = [auto(AUTO_SAVE), auto(AUTO_SAVE), auto(AUTO_SAVE)];
    let played = play(disk.path(), [0; 6], &steps, &calls);
    let fault = console::lv2::Errno::EFAULT.0;
    assert_eq!(played.results, [CALLBACK, PARAMETER, fault]);
    assert_eq!(played.dialogs.len(), 1);
    assert!(!disk.path().join("home").exists());
    // Loading may not write.
    let steps = [(0, [WRITE, 1, 0, 5, TEXT])];
    let played = play(disk.path(), [0; 6], &steps, &[auto(AUTO_LOAD)]);
    assert_eq!(played.results, [PARAMETER]);
}

#[test]
fn folders_are_chosen_by_the_program_or_from_a_list() {
    let disk = disk();
    let save = [(0, [WRITE, 1, 0, 5, TEXT]), LAST];
    // Named by the function.
    let played = play(
        disk.path(),
        [NAME, 0, 0, 0, 0, 0],
        &save,
        &[listed(FIXED_SAVE)],
    );
    assert_eq!(played.results, [0]);
    // The function for the list has seen it there, and takes the first.
    let load = [(0, [READ_FILE, 1, 0, 5, READ]), LAST];
    let first = [1, 0, 1, LISTS, 0, 0];
    let played = play(disk.path(), first, &load, &[listed(LIST_LOAD)]);
    assert_eq!(played.results, [0]);
    assert_eq!(played.dialogs, ["\"Save data: TEST00001-A\""]);
    assert_eq!(word_at(&played.machine, READ), u32::from_be_bytes(*b"STOR"));
    // From an empty list nothing can be chosen.
    let empty = [1, 0, 0, LISTS, 0, 0];
    let played = play(disk.path(), empty, &load, &[listed(LIST_LOAD)]);
    assert_eq!(played.results, [1]);
    // The ninth argument is on the stack.
    let mut call = vec![add(1, 1, -0x80)];
    call.extend(set(10, 0));
    call.extend(set(9, 0x55));
    // std r9,0x70(r1)
    call.push(62 << 26 | 9 << 21 | 1 << 16 | 0x70);
    call.extend(import(
        LIST_AUTO_LOAD,
        &[0, 1, LIST, BUFFER, CHOOSE, STATE, FILES, 0],
    ));
    let chosen = [NAME, 0, 0, 0, 0, 0];
    let played = play(disk.path(), chosen, &load, &[call]);
    assert_eq!(played.results, [0]);
    assert_eq!(words(&played.machine, SEEN), [0, 1, 5, 0x55]);
}

#[test]
fn wrong_requests_are_refused() {
    let disk = disk();
    let no_name = import(AUTO_SAVE, &[0, 0, 1, BUFFER, STATE, FILES, 0, 0]);
    let bad_name = import(AUTO_SAVE, &[0, TEXT + 5, 1, BUFFER, STATE, FILES, 0, 0]);
    let no_buffer = import(AUTO_SAVE, &[0, NAME, 1, 0, STATE, FILES, 0, 0]);
    let no_function = import(AUTO_SAVE, &[0, NAME, 1, BUFFER, STATE, 0, 0, 0]);
    let no_list = import(LIST_LOAD, &[0, 0, BUFFER, CHOOSE, STATE, FILES, 0, 0]);
    let calls = [no_name, bad_name, no_buffer, no_function, no_list];
    let played = play(disk.path(), [0; 6], &[], &calls);
    assert_eq!(played.results, [PARAMETER; 5]);
}
