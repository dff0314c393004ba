//! `console test`, as a user types it.

mod lv2_support;

use std::path::Path;
use std::process::{Command, Output};

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
    assert!(errors.starts_with("console: the limit of instructions is reached\ncycle 1000\n"));

    std::fs::write(&file, code(&[&call(22, &[300])]).elf()).unwrap();
    assert_eq!(test(&file, &[]).status.code(), Some(255));
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
