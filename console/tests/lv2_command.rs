//! `console test`, as a user types it.

mod lv2_support;

use std::path::Path;
use std::process::{Command, Output};

use lv2_support::Arg::{At, Is};
use lv2_support::*;

fn test(file: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_console"))
        .arg("test")
        .arg(file)
        .args(options)
        .output()
        .expect("the program was built for this test")
}

#[test]
fn text_status_and_errors_go_where_they_belong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.elf");
    let mut hello = code(&[
        &call(403, &[0, OWN, 6, OWN + 0x20]),
        &call(9999, &[1]),
        &call(22, &[3]),
    ]);
    hello.data = b"hello\n".to_vec();
    std::fs::write(&file, hello.elf()).unwrap();
    let output = test(&file, &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"hello\n");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("not implemented: ") && errors.contains("system call 9999(0x1"));
    let traced = String::from_utf8(test(&file, &["--trace"]).stderr).unwrap();
    assert_eq!(traced.lines().count(), 3, "{traced}");

    std::fs::write(&file, code(&[&[LOOP]]).elf()).unwrap();
    let output = test(&file, &["--limit", "1000"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    let start = format!(
        "console: {}: the limit of instructions is reached\ncycle 1000\n",
        file.display()
    );
    assert!(errors.starts_with(&start), "{errors}");

    std::fs::write(&file, code(&[&call(22, &[300])]).elf()).unwrap();
    assert_eq!(test(&file, &[]).status.code(), Some(255));
}

#[test]
fn a_program_has_its_folder_its_input_and_what_is_mounted() {
    let folder = tempfile::tempdir().unwrap();
    let [file, typed, disk] = ["a.self", "typed", "disk"].map(|name| folder.path().join(name));
    std::fs::create_dir(&disk).unwrap();
    std::fs::write(&typed, "hello").unwrap();
    // It makes /dev_usb000/x, /app_home/x and /dev_hdd0/x, and writes what was typed.
    let mut parts = code(&[
        &call(811, &[OWN, 0o777]),
        &[add(30, 3, 0)],
        &call(811, &[OWN + 0x20, 0o777]),
        &[add(29, 3, 0)],
        &call(811, &[OWN + 0x40, 0o777]),
        &[add(28, 3, 0)],
        &call(402, &[0, OWN + 0x80, 0x20, OWN + 0x60]),
        &call_with(
            403,
            &[Is(0), Is(OWN + 0x80), At(OWN + 0x60), Is(OWN + 0x64)],
        ),
        // rlwinm r3,r29,16,24,31: 1 where the second failed; or r3,r3,r30; or r3,r3,r28.
        &[0x57a3863e, 0x7c63f378, 0x7c63e378],
        &exit_with_result(),
    ]);
    parts.data = b"/dev_usb000/x".to_vec();
    parts.data.resize(0x20, 0);
    parts.data.extend(b"/app_home/x");
    parts.data.resize(0x40, 0);
    parts.data.extend(b"/dev_hdd0/x");
    let wrapped = package::self_file::wrap(&parts.elf(), package::self_file::Wrapping::Plain);
    std::fs::write(&file, wrapped.unwrap()).unwrap();
    let dir = format!("/dev_usb000={}", disk.display());
    let output = test(&file, &["--dir", &dir, "--input", typed.to_str().unwrap()]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hello");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(disk.join("x").is_dir());
    assert!(!folder.path().join("x").exists());
    for wrong in ["dev_usb000=x", "/dev_usb000", "/dev_usb000="] {
        assert_eq!(test(&file, &["--dir", wrong]).status.code(), Some(2));
    }
    let output = test(&file, &["--dir", "/dev_usb000=/does/not/exist"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("/does/not/exist"), "{errors}");
}

#[test]
fn files_that_are_no_programs_get_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.elf");
    let absent = test(&file, &[]);
    std::fs::write(&file, b"not an ELF").unwrap();
    let wrong = test(&file, &[]);
    for (output, word) in [(absent, "No such file"), (wrong, "file header")] {
        assert_eq!(output.status.code(), Some(1));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(
            errors.contains("b.elf") && errors.contains(word),
            "{errors}"
        );
    }
    assert_eq!(test(&file, &["--limit", "many"]).status.code(), Some(2));
}

#[test]
fn the_ppu_is_timed_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.elf");
    // divw r3,r4,r5 (ten times)
    let divides = [0x7c64_2bd6; 10];
    std::fs::write(&file, code(&[&divides, &call(22, &[0])]).elf()).unwrap();
    let output = test(&file, &["--time-ppu"]);
    assert_eq!(output.status.code(), Some(0));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("console: PPU: "), "{errors}");
    let held = errors.lines().find(|line| line.contains("not pipelined"));
    let held = held.and_then(|line| line.split_whitespace().nth_back(2));
    let held: u64 = held
        .and_then(|cycles| cycles.parse().ok())
        .expect("a number of cycles");
    assert!((310..400).contains(&held), "{errors}");
}
