//! `console boot`, as a user types it.

mod lv2_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lv2_support::*;
use package::identifiers::ContentId;
use package::pkg::{Builder, Settings, Source};
use package::self_file::{Wrapping, wrap};
use tempfile::TempDir;

const CONTENT: &str = "UP0001-TEST00001_00-0000000000000001";

/// A folder with a script in it.
struct Place {
    folder: TempDir,
    script: PathBuf,
}

impl Place {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.script");
        fs::write(&path, script).unwrap();
        Self {
            folder,
            script: path,
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn boot(&self, file: &Path, options: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_console"))
            .arg("boot")
            .arg(file)
            .args(["--headless", "--script"])
            .arg(&self.script)
            .args(options)
            .output()
            .expect("the program was built for this test")
    }

    /// Boots what cannot be booted; gives the line that says why.
    fn refused(&self, file: &Path, options: &[&str]) -> String {
        let output = self.boot(file, options);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        errors
    }
}

/// A program that writes its own path and ends.
fn says_path(length: u32, status: u32) -> Vec<u8> {
    let mut write = vec![load_double(9, 4, 0)];
    write.extend(set(3, 0));
    write.push(add(4, 9, 0));
    write.extend(set(5, length));
    write.extend(set(6, OWN));
    write.extend(set(11, 403));
    write.push(SC);
    code(&[&write, &call(22, &[status])]).elf()
}

fn package_of(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = Builder::new();
    for (name, bytes) in files {
        builder.add(name, Source::Bytes(bytes.clone())).unwrap();
    }
    let id: ContentId = CONTENT.parse().unwrap();
    let mut bytes = Vec::new();
    let settings = Settings::program(id);
    builder
        .write(&settings, &mut bytes, &mut |_, _| {})
        .unwrap();
    bytes
}

#[test]
fn programs_are_started_by_their_paths() {
    let place = Place::new("wait 1");
    let elf = says_path(15, 0);
    let signed = wrap(&elf, Wrapping::Plain).unwrap();
    let guest = "/dev_hdd0/game/TEST00001/USRDIR/EBOOT.BIN";
    let id: ContentId = CONTENT.parse().unwrap();
    let eboot = says_path(guest.len() as u32, 0);
    let eboot = wrap(&eboot, Wrapping::Package(&id)).unwrap();
    for (name, bytes, path) in [
        ("a.elf", elf, "/app_home/a.elf"),
        ("b.bin", signed, "/app_home/b.bin"),
        ("c.pkg", package_of(&[("USRDIR/EBOOT.BIN", eboot)]), guest),
    ] {
        let output = place.boot(&place.file(name, bytes), &[]);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), path);
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_disk_that_is_kept_has_the_files_of_the_package() {
    let place = Place::new("");
    let hdd = place.folder.path().join("hdd");
    let id: ContentId = CONTENT.parse().unwrap();
    let eboot = wrap(&says_path(1, 0), Wrapping::Package(&id)).unwrap();
    let files = [
        ("USRDIR/EBOOT.BIN", eboot),
        ("USRDIR/a.txt", b"new".to_vec()),
    ];
    let file = place.file("a.pkg", package_of(&files));
    let own = hdd.join("game/TEST00001/USRDIR");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("saved.txt"), "kept").unwrap();
    fs::write(own.join("a.txt"), "old").unwrap();
    let output = place.boot(&file, &["--hdd", hdd.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(fs::read(own.join("a.txt")).unwrap(), b"new");
    assert_eq!(fs::read(own.join("saved.txt")).unwrap(), b"kept");
}

#[test]
fn text_goes_to_the_transcript_and_the_rest_to_standard_error() {
    let place = Place::new("wait 3");
    let mut parts = code(&[
        &call(403, &[0, OWN, 6, OWN + 0x20]),
        &call(403, &[1, OWN, 6, OWN + 0x20]),
        &call(9999, &[7]),
        &call(9999, &[8]),
        &call(22, &[3]),
    ]);
    parts.data = b"hello\n".to_vec();
    let file = place.file("a.elf", parts.elf());
    let transcript = place.folder.path().join("text/a.txt");
    let trace = place.folder.path().join("calls.txt");
    let output = place.boot(
        &file,
        &[
            "--transcript",
            transcript.to_str().unwrap(),
            "--trace",
            "calls,spu,fifo",
            "--trace-file",
            trace.to_str().unwrap(),
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    assert_eq!(fs::read(transcript).unwrap(), b"hello\n");
    let errors = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 3, "{errors}");
    assert_eq!(lines[0], "hello");
    assert!(lines[1].starts_with("not implemented: ") && lines[1].contains("9999(0x7"));
    assert!(lines[2].ends_with("a.elf: the program ended with status 3"));
    assert_eq!(fs::read_to_string(trace).unwrap().lines().count(), 5);
}

#[test]
fn files_that_cannot_be_booted_get_one_line() {
    let place = Place::new("wait 1");
    let elf = says_path(1, 0);
    let signed = wrap(&elf, Wrapping::Plain).unwrap();
    let whole = package_of(&[("USRDIR/EBOOT.BIN", signed.clone())]);
    let mut damaged = whole.clone();
    // In the middle of the enciphered files.
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let other = package_of(&[("USRDIR/other.txt", elf.clone())]);
    let wrong = package_of(&[("USRDIR/EBOOT.BIN", b"no program".to_vec())]);
    for (name, bytes, words) in [
        (
            "text.elf",
            &b"no program"[..],
            &["text.elf: no package, no SELF and no ELF"][..],
        ),
        ("empty.elf", b"", &["empty.elf: the file is empty"]),
        (
            "cut.self",
            &signed[..signed.len() - 0x200],
            &["cut.self: ", "should end at byte"],
        ),
        ("head.self", &signed[..9], &["head.self: "]),
        ("cut.pkg", &whole[..whole.len() / 2], &["cut.pkg: "]),
        (
            "bad.pkg",
            &damaged,
            &["bad.pkg: USRDIR/EBOOT.BIN is damaged"],
        ),
        ("other.pkg", &other, &["USRDIR/EBOOT.BIN: No such file"]),
        (
            "wrong.pkg",
            &wrong,
            &["wrong.pkg: no package, no SELF and no ELF", "EBOOT.BIN in "],
        ),
    ] {
        let line = place.refused(&place.file(name, bytes), &[]);
        for word in words {
            assert!(line.contains(word), "{word}: {line}");
        }
    }
    let absent = place.refused(Path::new("/nowhere/a.elf"), &[]);
    assert!(absent.contains("/nowhere/a.elf: No such file"), "{absent}");
    let good = place.file("good.elf", &elf);
    let below = good.join("a");
    for option in ["--frames", "--transcript"] {
        let line = place.refused(&good, &[option, below.join("b").to_str().unwrap()]);
        assert!(line.contains("good.elf/a"), "{line}");
    }
    let line = place.refused(&good, &["--dir", "/dev_usb000=/nowhere"]);
    assert!(line.contains("/nowhere: No such file"), "{line}");
}

#[test]
fn scripts_that_cannot_be_played_get_one_line() {
    for (script, word) in [
        ("jump", "a.script: line 1: \"jump\" stands"),
        (
            "shot a",
            "a.script: the script keeps screens, but --frames names no folder",
        ),
        (
            "wait 1\ntype \"aé\"",
            "a.script: line 2: the keyboard has no key for 'é'",
        ),
        ("until idle 5", "a.script: line 1: not idle after 5 frames"),
        (
            "wait 9\nat 5",
            "a.script: line 2: frame 5 has passed, 9 were shown already",
        ),
    ] {
        let place = Place::new(script);
        // A program that sleeps for a second again and again.
        let mut sleeps = call(142, &[1]);
        sleeps.push(0x4800_0000 | (0_u32.wrapping_sub(4 * sleeps.len() as u32) & 0x03ff_fffc));
        let file = place.file("a.elf", code(&[&sleeps]).elf());
        let line = place.refused(&file, &[]);
        assert!(line.contains(word), "{word}: {line}");
    }
    let place = Place::new("wait 1\npress cross\n");
    let file = place.file("a.elf", says_path(1, 0));
    let line = place.refused(&file, &[]);
    let word = "a.script: line 2: the program has ended before, with status 0";
    assert!(line.contains(word), "{line}");
    fs::remove_file(&place.script).unwrap();
    let line = place.refused(&file, &[]);
    assert!(line.contains("a.script: No such file"), "{line}");
}

#[test]
fn a_program_that_goes_wrong_ends_in_a_report() {
    let place = Place::new("wait 1000");
    let mut sleeps = call(142, &[1]);
    sleeps.push(0x4800_0000 | (0_u32.wrapping_sub(4 * sleeps.len() as u32) & 0x03ff_fffc));
    let mut draws = code(&[&sleeps]);
    draws.library = "cellGcmSys";
    draws.imports = vec![0xe315_a0b2];
    for (parts, options, first) in [
        (code(&[&[TRAP]]), &[][..], "trap at pc 0x00010000"),
        (
            code(&[&sleeps]),
            &["--limit", "3"],
            "not over after 3 s of its own time",
        ),
        (
            draws,
            &["--hang", "4"],
            "hangs: no picture in 4 s, and nothing runs",
        ),
    ] {
        let file = place.file("a.elf", parts.elf());
        let output = place.boot(&file, options);
        assert_eq!(output.status.code(), Some(1));
        let errors = String::from_utf8(output.stderr).unwrap();
        let line = errors.lines().next().unwrap();
        assert!(line.contains(&format!("a.elf: {first}")), "{line}");
        for part in ["thread 0x1000000", "r31 ", "> 0x0001", "the last calls:"] {
            assert!(errors.contains(part), "{part}: {errors}");
        }
    }
}

#[test]
fn devices_can_be_full_and_read_only() {
    let place = Place::new("wait 1");
    let stick = place.folder.path().join("stick");
    fs::create_dir_all(&stick).unwrap();
    fs::write(stick.join("a"), "123").unwrap();
    // Opens a file to write it, and writes two bytes.
    let (path, number, count) = (OWN, OWN + 0x80, OWN + 0x88);
    let mut parts = code(&[
        &call(801, &[path, 0o102, number, 0, 0, 0]),
        &call_with(
            803,
            &[Arg::At(number), Arg::Is(path), Arg::Is(2), Arg::Is(count)],
        ),
        &call(22, &[0]),
    ]);
    parts.data = b"/dev_usb000/b\0".to_vec();
    let file = place.file("a.elf", parts.elf());
    let dir = format!("/dev_usb000/={}", stick.display());
    for (options, opened, written) in [
        (&[][..], "= 0x0", "= 0x0"),
        (&["--capacity", "/dev_usb000=5"], "= 0x0", "= 0x0"),
        (&["--capacity", "/dev_usb000=0"], "= 0x0", "= CELL_ENOSPC"),
        (&["--capacity", "/dev_usb000=3"], "= 0x0", "= CELL_ENOSPC"),
        (&["--read-only", "/dev_usb000"], "= CELL_EPERM", ""),
    ] {
        let _ = fs::remove_file(stick.join("b"));
        let base = ["--dir", &dir, "--trace", "calls"];
        let output = place.boot(&file, &[&base, options].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{errors}");
        let lines: Vec<&str> = errors.lines().collect();
        assert!(lines[0].contains(opened), "{options:?}: {errors}");
        assert!(lines[1].contains(written), "{options:?}: {errors}");
        let there = fs::read(stick.join("b")).unwrap_or_default();
        let expected = if written == "= 0x0" { &b"/d"[..] } else { b"" };
        assert_eq!(there, expected, "{options:?}");
    }
    for options in [
        ["--capacity", "/dev_usb001=1k"],
        ["--read-only", "/dev_usb001"],
    ] {
        let line = place.refused(&file, &options);
        let words = "no device /dev_usb001: it has /dev_hdd0, /app_home";
        assert!(line.contains(words), "{line}");
    }
}

/// An ELF with the name of one function.
fn symbols(address: u64, size: u64, name: &str) -> Vec<u8> {
    let names = format!("\0{name}\0");
    let symbols_at = (64 + names.len()).next_multiple_of(8);
    let sections_at = symbols_at + 2 * 24;
    let mut elf = b"\x7fELF\x02\x02\x01".to_vec();
    elf.resize(16, 0);
    elf.extend([0, 2, 0, 21, 0, 0, 0, 1]);
    elf.extend([0; 16]);
    elf.extend((sections_at as u64).to_be_bytes());
    elf.extend([0; 4]);
    elf.extend([64, 56, 0, 64, 4, 2].map(u16::to_be_bytes).concat());
    elf.extend(names.as_bytes());
    elf.resize(symbols_at + 24, 0);
    // A global function in section 1.
    elf.extend([0, 0, 0, 1, 0x12, 0, 0, 1]);
    elf.extend([address, size].map(u64::to_be_bytes).concat());
    // Type, offset, size, the section of names, bytes of an entry.
    for [kind, offset, size, link, entry] in [
        [0; 5],
        [1, 64, 0, 0, 0],
        [3, 64, names.len(), 0, 0],
        [2, symbols_at, 48, 2, 24],
    ] {
        elf.extend([0, kind as u32].map(u32::to_be_bytes).concat());
        elf.extend(
            [0, 0, offset as u64, size as u64]
                .map(u64::to_be_bytes)
                .concat(),
        );
        elf.extend([link as u32, 1].map(u32::to_be_bytes).concat());
        elf.extend([1, entry as u64].map(u64::to_be_bytes).concat());
    }
    elf
}

#[test]
fn reports_name_the_functions_of_the_program() {
    let place = Place::new("wait 1");
    let file = place.file("a.elf", code(&[&set(3, 0), &[TRAP]]).elf());
    let names = symbols(CODE.into(), 0x100, "_ZN3app5crash17h0123456789abcdefE");
    let names = place.file("names.elf", names);
    let output = place.boot(&file, &["--symbols", names.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    let line = "\"main\": can run, pc 0x00010008 app::crash+0x8 (this one)";
    assert!(errors.contains(line), "{errors}");
    for (bytes, words) in [
        (&b"text"[..], "names.elf: no ELF with symbols: "),
        (
            &symbols(0, 0, ""),
            "names.elf: the ELF has no symbols of functions",
        ),
    ] {
        fs::write(&names, bytes).unwrap();
        let line = place.refused(&file, &["--symbols", names.to_str().unwrap()]);
        assert!(line.contains(words), "{line}");
    }
}

#[test]
fn sound_goes_to_a_file() {
    let place = Place::new("wait 3");
    // cellAudioInit, cellAudioPortOpen, cellAudioPortStart, then 20 ms of sleep: three blocks.
    let mut parts = code(&[
        &import(0, &[]),
        &import(1, &[OWN, OWN + 0x20]),
        &import(2, &[0]),
        &call(141, &[20_000]),
        &call(22, &[0]),
    ]);
    parts.library = "cellAudio";
    parts.imports = vec![0x0b16_8f92, 0xcd7b_c431, 0x89be_28f2];
    parts.data = [2_u64, 8, 0, 0].map(u64::to_be_bytes).concat();
    let file = place.file("a.elf", parts.elf());
    let sound = place.folder.path().join("a.wav");
    let output = place.boot(&file, &["--audio", sound.to_str().unwrap()]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let reader = hound::WavReader::open(&sound).unwrap();
    assert_eq!(reader.duration(), 3 * 256);
    let line = place.refused(&file, &["--audio", "/nowhere/a.wav"]);
    assert!(line.contains("/nowhere/a.wav: No such file"), "{line}");
}

#[test]
fn without_a_display_there_is_no_window() {
    let place = Place::new("");
    let file = place.file("a.elf", says_path(1, 0));
    let output = Command::new(env!("CARGO_BIN_EXE_console"))
        .arg("boot")
        .arg(&file)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("--headless with --script FILE"), "{errors}");
}

#[test]
fn wrong_usage_is_told() {
    let place = Place::new("");
    let file = place.file("a.elf", "");
    for options in [
        &["--dir", "usb=/tmp"][..],
        &["--capacity", "/dev_hdd0"],
        &["--capacity", "/dev_hdd0=-1"],
        &["--capacity", "/dev_hdd0=1T"],
        &["--capacity", "/dev_hdd0=99999999999G"],
        &["--capacity", "hdd=1"],
        &["--read-only", "hdd"],
        &["--language", "xx"],
        &["--nickname", ""],
        &["--speed", "fast"],
        &["--trace", "all"],
        &["--trace-file", "a"],
        &["--time-zone", "2000"],
        &["--mode", "1080i"],
        &["--mode", "720p", "--aspect", "4:3"],
    ] {
        let output = place.boot(&file, options);
        assert_eq!(output.status.code(), Some(2), "{options:?}");
    }
    let frames = Command::new(env!("CARGO_BIN_EXE_console"))
        .args(["boot", "a.elf", "--frames", "a"])
        .output()
        .unwrap();
    assert_eq!(frames.status.code(), Some(2));
}

/// A run that a signal ends leaves nothing behind, wherever it was.
#[cfg(unix)]
#[test]
fn a_run_that_is_ended_takes_its_disk_with_it() {
    let place = Place::new("wait 1000000\n");
    let program = place.file("endless.elf", code(&[&[LOOP]]).elf());
    let temporary = tempfile::tempdir().unwrap();
    let count = || fs::read_dir(temporary.path()).unwrap().count();
    for signal in ["INT", "TERM"] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_console"))
            .arg("boot")
            .arg(&program)
            .args(["--headless", "--script"])
            .arg(&place.script)
            .env("TMPDIR", temporary.path())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program was built for this test");
        while count() == 0 {
            assert_eq!(run.try_wait().unwrap(), None);
            std::thread::yield_now();
        }
        let id = run.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.expect("kill is there").success());
        assert_eq!(run.wait().unwrap().code(), Some(130));
        assert_eq!(count(), 0);
    }
}
