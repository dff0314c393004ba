//! Calls on files, as a program makes them.

mod lv2_support;

use console::lv2::{Errno, Machine, Mount, Outcome};
use lv2_support::{Arg::Is, *};

const PATH: u32 = OWN;
const OTHER: u32 = OWN + 0x20;
const TEXT: u32 = OWN + 0x40;
const FOLDER: u32 = OWN + 0x60;
const LONG: u32 = OWN + 0x500;
/// Where the number of the open file goes, and counts.
const FILE: u32 = OWN + 0x80;
const COUNT: u32 = OWN + 0x88;
const BUFFER: u32 = OWN + 0x100;
const RESULTS: u32 = OWN + 0x400;

const CREATE: u32 = 0o100;
const READ_WRITE: u32 = 2;

/// Makes the calls and keeps what they give; the program has `/dev_hdd0` with room for 64
/// bytes, and `/dev_flash`, which is read-only.
fn play(imports: &[u32], calls: &[Vec<u32>]) -> (Machine, Vec<u32>) {
    let mut words = vec![];
    for (call, at) in calls.iter().zip(0..) {
        words.extend(call);
        words.extend(keep(RESULTS + 4 * at));
    }
    words.extend(call(22, &[0]));
    let mut data = vec![0; 0xa00];
    for (at, text) in [
        (PATH, "/dev_hdd0/a"),
        (OTHER, "/dev_hdd0/b"),
        (TEXT, "hello"),
        (FOLDER, "/dev_hdd0"),
    ] {
        let at = (at - OWN) as usize;
        data[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    data[0x500..0xa00].fill(b'/');
    let mut machine = start(&Parts {
        code: words,
        imports: imports.to_vec(),
        library: if imports.is_empty() { "" } else { "sys_fs" },
        data,
    });
    machine
        .mount(&Mount {
            capacity: 64,
            ..Mount::memory("/dev_hdd0")
        })
        .unwrap();
    let mut seen = Seen::default();
    let outcome = machine.run(1_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    let results = (0..calls.len() as u32)
        .map(|at| word_at(&machine, RESULTS + 4 * at))
        .collect();
    (machine, results)
}

fn codes(errors: &[Option<Errno>]) -> Vec<u32> {
    let code = |error: &Option<Errno>| error.map_or(0, |error| error.0);
    errors.iter().map(code).collect()
}

fn open(path: u32, flags: u32) -> Vec<u32> {
    call(801, &[path, flags, FILE, 0, 0, 0])
}

/// A call with the file as its first argument.
fn on_file(number: u32, arguments: &[u32]) -> Vec<u32> {
    let rest = arguments.iter().map(|value| Is(*value));
    let all: Vec<_> = [Arg::At(FILE)].into_iter().chain(rest).collect();
    call_with(number, &all)
}

#[test]
fn a_file_is_written_and_read_by_the_kernels_calls() {
    let (machine, results) = play(
        &[],
        &[
            open(PATH, CREATE | READ_WRITE),
            on_file(803, &[TEXT, 5, COUNT]),
            on_file(818, &[1, 0, COUNT + 8]),
            on_file(802, &[BUFFER, 100, COUNT + 0x10]),
            on_file(809, &[BUFFER + 0x20]),
            on_file(804, &[]),
            on_file(804, &[]),
            call(808, &[PATH, BUFFER + 0x60]),
            call(812, &[PATH, OTHER]),
            call(808, &[PATH, BUFFER + 0x60]),
            call(814, &[OTHER]),
        ],
    );
    let mut expected = [None; 11];
    expected[6] = Some(Errno::EBADF);
    expected[9] = Some(Errno::ENOENT);
    assert_eq!(results, codes(&expected));
    assert_eq!(double_at(&machine, COUNT), 5);
    assert_eq!(double_at(&machine, COUNT + 8), 1);
    assert_eq!(double_at(&machine, COUNT + 0x10), 4);
    let mut text = [0; 5];
    machine.read(BUFFER.into(), &mut text).unwrap();
    assert_eq!(&text, b"ello\0");
    for status in [BUFFER + 0x20, BUFFER + 0x60] {
        assert_eq!(word_at(&machine, status), 0o100_666);
        assert_eq!(double_at(&machine, status + 36), 5);
    }
}

#[test]
fn a_folder_is_read_entry_by_entry() {
    let entry = |at: u32| on_file(806, &[BUFFER + 0x110 * at, COUNT + 8 * at]);
    let (machine, results) = play(
        &[],
        &[
            call(811, &[PATH, 0o777]),
            call(811, &[PATH, 0o777]),
            call(805, &[FOLDER, FILE]),
            entry(0),
            entry(0),
            entry(0),
            entry(1),
            on_file(807, &[]),
            on_file(807, &[]),
            call(813, &[PATH]),
            call(805, &[PATH, FILE]),
        ],
    );
    let mut expected = [None; 11];
    expected[1] = Some(Errno::EEXIST);
    expected[8] = Some(Errno::EBADF);
    expected[10] = Some(Errno::ENOENT);
    assert_eq!(results, codes(&expected));
    assert_eq!(word_at(&machine, BUFFER), 0x0101_6100);
    assert_eq!(double_at(&machine, COUNT), 0x102);
    assert_eq!(double_at(&machine, COUNT + 8), 0);
}

#[test]
fn a_full_disk_is_an_error_and_a_count() {
    let (machine, results) = play(
        &[],
        &[
            call(840, &[FOLDER, COUNT, COUNT + 8]),
            open(PATH, CREATE | READ_WRITE),
            on_file(803, &[BUFFER, 100, COUNT + 0x10]),
            on_file(803, &[BUFFER, 100, COUNT + 0x18]),
            on_file(832, &[65]),
            on_file(832, &[60]),
            call(840, &[FOLDER, COUNT + 0x20, COUNT + 0x28]),
        ],
    );
    let mut expected = [None; 7];
    expected[3] = Some(Errno::ENOSPC);
    expected[4] = Some(Errno::ENOSPC);
    assert_eq!(results, codes(&expected));
    let counts: Vec<_> = (0..6)
        .map(|at| double_at(&machine, COUNT + 8 * at))
        .collect();
    assert_eq!(counts, [64, 64, 64, 0, 64, 4]);
}

#[test]
fn bad_arguments_are_errors() {
    let (_, results) = play(
        &[],
        &[
            open(0, 0),
            open(TEXT, 0),
            open(LONG, 0),
            open(PATH, 0),
            open(FOLDER, 0),
            open(PATH, CREATE | 3),
            open(PATH, CREATE | 0o400),
            call(801, &[PATH, CREATE, CODE, 0, 0, 0]),
            open(PATH, CREATE | READ_WRITE),
            on_file(802, &[CODE, 1, COUNT]),
            on_file(802, &[0, 1, COUNT]),
            on_file(802, &[BUFFER, 1, 0]),
            on_file(803, &[0xf000_0000, 1, COUNT]),
            on_file(818, &[0, 3, COUNT]),
            call(802, &[77, BUFFER, 1, COUNT]),
            call(814, &[FOLDER]),
        ],
    );
    use Errno as E;
    let expected = [
        E::EFAULT,
        E::ENOENT,
        E::ENAMETOOLONG,
        E::ENOENT,
        E::EISDIR,
        E::EINVAL,
        E::EINVAL,
        E::EFAULT,
    ];
    assert_eq!(results[..8], expected.map(|error| error.0));
    assert_eq!(results[8], 0);
    // At the end of the file nothing is read, wherever it would go.
    let rest = [
        None,
        Some(E::EFAULT),
        Some(E::EFAULT),
        Some(E::EFAULT),
        Some(E::EINVAL),
        Some(E::EBADF),
        Some(E::EISDIR),
    ];
    assert_eq!(results[9..], codes(&rest));
}

#[test]
fn the_library_does_the_same() {
    let imports = [
        0x718b_f5f8, // cellFsOpen
        0xecdc_f2ab, // cellFsWrite
        0x0d5b_4a14, // cellFsReadWithOffset
        0x2cb5_1f0d, // cellFsClose
        0x3f61_245c, // cellFsOpendir
        0x9b88_2495, // cellFsGetDirectoryEntries
        0xff42_dcc3, // cellFsClosedir
        0xaa3b_4bcd, // cellFsGetFreeSize
        0x7f46_77a8, // cellFsUnlink
    ];
    let on_file = |index, arguments: &[u32]| {
        let rest = arguments.iter().map(|value| Is(*value));
        let all: Vec<_> = [Arg::At(FILE)].into_iter().chain(rest).collect();
        import_with(index, &all)
    };
    let (machine, results) = play(
        &imports,
        &[
            import(0, &[PATH, CREATE | READ_WRITE, FILE, 0, 0]),
            on_file(1, &[TEXT, 5, 0]),
            on_file(2, &[3, BUFFER, 10, COUNT]),
            on_file(3, &[]),
            import(4, &[FOLDER, FILE]),
            on_file(5, &[BUFFER + 0x20, 312, COUNT + 8]),
            on_file(5, &[BUFFER + 0x20, 312, COUNT + 8]),
            on_file(5, &[BUFFER + 0x20, 312, COUNT + 8]),
            on_file(6, &[]),
            import(7, &[FOLDER, COUNT + 0x10, COUNT + 0x18]),
            import(8, &[PATH]),
        ],
    );
    assert_eq!(results, [0; 11]);
    assert_eq!(double_at(&machine, COUNT), 2);
    assert_eq!(word_at(&machine, BUFFER), u32::from_be_bytes(*b"lo\0\0"));
    assert_eq!(word_at(&machine, COUNT + 8), 1);
    assert_eq!(word_at(&machine, BUFFER + 0x20), 0o100_666);
    assert_eq!(word_at(&machine, BUFFER + 0x54), 0x0201_6100);
    assert_eq!(word_at(&machine, COUNT + 0x10), 4096);
    assert_eq!(double_at(&machine, COUNT + 0x18), 0);
}
