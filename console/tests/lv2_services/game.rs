//! Contents: what was started, and data on the hard disk.

use crate::lv2_support::*;
use console::lv2::{Machine, Mount, Outcome, Program};
use sfo::{Sfo, Value};

const BOOT: u32 = 0;
const DATA_CHECK: u32 = 1;
const PERMIT: u32 = 2;
const CREATE: u32 = 3;
const NUMBER: u32 = 4;
const TEXT: u32 = 5;
const SET_TEXT: u32 = 6;
const SIZE: u32 = 7;
const PATCH: u32 = 8;

const RESULTS: u32 = OWN + 0x400;
const FOLDER: u32 = OWN + 0x200;
const USRDIR: u32 = OWN + 0x280;

const FAILURE: u32 = 0x8002_cb22;
const BUSY: u32 = 0x8002_cb23;
const NOT_SUPPORTED: u32 = 0x8002_cb21;
const INVALID: u32 = 0x8002_cb25;
const NOT_PATCH: u32 = 0x8002_cb27;

fn parameters(category: &str) -> Vec<u8> {
    let mut sfo = Sfo::new();
    for (key, value) in [
        ("CATEGORY", Value::text(category, 4)),
        ("TITLE", Value::text("A title", 128)),
        ("TITLE_ID", Value::text("TEST00001", 16)),
        ("RESOLUTION", Value::Integer(0x3f)),
    ] {
        sfo.set(key, value).expect("a good key");
    }
    sfo.to_bytes()
}

/// Makes the calls in a program that was started from the hard disk, in a folder of the host.
fn play(program: &str, data: &[u8], calls: &[Vec<u32>]) -> (Vec<u32>, Machine, tempfile::TempDir) {
    let disk = tempfile::tempdir().expect("a folder");
    let folder = disk.path().join("game/TEST00001");
    std::fs::create_dir_all(folder.join("USRDIR")).expect("folders");
    std::fs::write(folder.join("PARAM.SFO"), parameters("HG")).expect("a file");
    std::fs::write(folder.join("USRDIR/EBOOT.BIN"), [0; 3000]).expect("a file");
    let mut code = Vec::new();
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let elf = Parts {
        code,
        imports: vec![
            0xf526_39ea,
            0xdb98_19f3,
            0x70ac_ec67,
            0x42a2_e133,
            0xb7a4_5caf,
            0x3a5d_726a,
            0xdaa5_cd20,
            0xef9d_42d5,
            0xce43_74f6,
        ],
        library: "cellSysutil",
        data: data.to_vec(),
    }
    .elf();
    let read = Program::read(&elf).expect("a good program");
    let mut machine = Machine::start(&read, &[program.as_bytes()]).expect("enough memory");
    machine
        .mount(&Mount::folder("/dev_hdd0", disk.path()))
        .expect("a folder");
    let mut seen = Seen::default();
    let outcome = machine.run(1_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    let results = (0..calls.len() as u32).map(|at| word_at(&machine, RESULTS + 4 * at));
    (results.collect(), machine, disk)
}

fn text(machine: &Machine, address: u32) -> String {
    let mut bytes = [0; 0x80];
    machine.read(address.into(), &mut bytes).expect("memory");
    let end = bytes.iter().position(|byte| *byte == 0).expect("an end");
    String::from_utf8(bytes[..end].to_vec()).expect("text")
}

const HOME: &str = "/dev_hdd0/game/TEST00001/USRDIR/EBOOT.BIN";

#[test]
fn a_program_learns_what_it_was_started_as() {
    let boot = import(BOOT, &[OWN, OWN + 4, OWN + 8, OWN + 0x20]);
    let (results, machine, _disk) = play(
        HOME,
        &[],
        &[
            import(NUMBER, &[103, OWN + 0x40]),
            boot.clone(),
            boot,
            import(NUMBER, &[103, OWN + 0x40]),
            import(NUMBER, &[0, OWN + 0x44]),
            import(TEXT, &[0, OWN + 0x80, 6]),
            import(TEXT, &[100, OWN + 0xa0, 10]),
            import(TEXT, &[101, OWN + 0xc0, 10]),
            import(SIZE, &[OWN + 0x48]),
            import(PERMIT, &[FOLDER, USRDIR]),
            import(PERMIT, &[FOLDER, USRDIR]),
            import(PATCH, &[0, 0]),
        ],
    );
    let expected = [
        FAILURE,
        0,
        BUSY,
        0,
        INVALID,
        0,
        0,
        NOT_SUPPORTED,
        0,
        0,
        FAILURE,
        NOT_PATCH,
    ];
    assert_eq!(results, expected);
    // From the hard disk; nothing special; the size is not counted.
    assert_eq!(words(&machine, OWN), [2, 0]);
    assert_eq!(word_at(&machine, OWN + 12), u32::MAX);
    assert_eq!(text(&machine, OWN + 0x20), "TEST00001");
    assert_eq!(word_at(&machine, OWN + 0x40), 0x3f);
    assert_eq!(text(&machine, OWN + 0x80), "A tit");
    assert_eq!(text(&machine, OWN + 0xa0), "TEST00001");
    // The PARAM.SFO and the program, in whole kilobytes.
    assert_eq!(word_at(&machine, OWN + 0x48), 1 + 3);
    assert_eq!(text(&machine, FOLDER), "/dev_hdd0/game/TEST00001");
    assert_eq!(text(&machine, USRDIR), "/dev_hdd0/game/TEST00001/USRDIR");
}

#[test]
fn a_program_from_elsewhere_has_no_parameters() {
    let (results, machine, _disk) = play(
        "/app_home/a.elf",
        &[],
        &[
            import(BOOT, &[OWN, OWN + 4, 0, OWN + 0x20]),
            import(TEXT, &[0, OWN + 0x80, 6]),
            import(PERMIT, &[FOLDER, USRDIR]),
        ],
    );
    assert_eq!(results, [0; 3]);
    assert_eq!(words(&machine, OWN), [2, 2]);
    assert_eq!(text(&machine, OWN + 0x80), "");
    assert_eq!(text(&machine, USRDIR), "/app_home/USRDIR");
}

#[test]
fn data_is_made_and_found_again() {
    let mut data = b"MYDATA\0".to_vec();
    data.resize(0x20, 0);
    // Title, title ID, version.
    data.extend(b"My data");
    data.resize(0x20 + 128, 0);
    data.extend(b"TEST00001\0\0\x0001.00");
    let check = import(DATA_CHECK, &[3, OWN, OWN + 0x100]);
    let (results, machine, disk) = play(
        HOME,
        &data,
        &[
            check.clone(),
            import(SET_TEXT, &[3, OWN + 0x20]),
            import(CREATE, &[OWN + 0x20, FOLDER, USRDIR]),
            import(CREATE, &[OWN + 0x20, FOLDER, USRDIR]),
            import(SET_TEXT, &[3, OWN + 0x20]),
            import(PERMIT, &[FOLDER, USRDIR]),
            check,
            import(TEXT, &[3, OWN + 0x180, 0x20]),
            import(PERMIT, &[FOLDER, USRDIR]),
            // It is no program, and there is no disc.
            import(DATA_CHECK, &[2, OWN, 0]),
            import(DATA_CHECK, &[1, 0, 0]),
            import(PERMIT, &[OWN + 0x300, OWN + 0x380]),
            import(DATA_CHECK, &[9, OWN, 0]),
        ],
    );
    let (exists, broken, wrong) = (0x8002_cb26, 0x8002_cb05, 0x8002_cb07);
    let expected = [2, FAILURE, 0, exists, 0, 0, 0, 0, 0, broken, 2, 0, wrong];
    assert_eq!(results, expected);
    assert_eq!(text(&machine, OWN + 0x180), "My data");
    assert_eq!(text(&machine, USRDIR), "/dev_hdd0/game/MYDATA/USRDIR");
    assert_eq!(text(&machine, OWN + 0x300), "");
    let written = disk.path().join("game/MYDATA/PARAM.SFO");
    let sfo = Sfo::parse(&std::fs::read(written).expect("a file")).expect("a table");
    let value = |key| sfo.get(key).and_then(Value::as_text);
    assert_eq!(value("CATEGORY"), Some("GD"));
    assert_eq!(value("VERSION"), Some("01.00"));
    assert_eq!(value("TITLE_01"), Some("My data"));
}
