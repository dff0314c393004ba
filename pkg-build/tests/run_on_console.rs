//! A program built for the PPU runs on the virtual PS3.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use console::lv2::{Machine, Observer, Outcome, Program, Record};
use pkg_build::program::{self, Request, Target, image};

#[derive(Default)]
struct Seen {
    text: Vec<u8>,
    unknown: Vec<String>,
}

impl Observer for Seen {
    fn tty(&mut self, _: u32, text: &[u8]) {
        self.text.extend(text);
    }

    fn unknown(&mut self, call: &Record) {
        self.unknown.push(call.to_string());
    }
}

/// Whether the compiler in use has the library's source, so that nothing is fetched.
fn has_library_source() -> bool {
    let asked = Command::new("rustc").args(["--print", "sysroot"]).output();
    asked.is_ok_and(|output| {
        let root = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        root.join("lib/rustlib/src/rust/library/Cargo.lock")
            .is_file()
    })
}

#[test]
fn hello_says_what_it_should() {
    if !has_library_source() {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED hello on the virtual PS3: the toolchain has no component rust-src"
        );
        return;
    }
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("run_on_console");
    let request = Request {
        workspace: program::workspace().expect("the workspace of this test"),
        target_dir,
        package: "psl1ght-rs".into(),
        target: Target::Example("hello".into()),
        features: Vec::new(),
        default_features: true,
        budget: image::BUDGET,
    };
    let built = program::build(&request, &mut |_| {}).expect("hello builds");
    let bytes = std::fs::read(built.elf).expect("the program that was built");
    let read = Program::read(&bytes).expect("a program that LV2 can start");
    let mut machine = Machine::start(&read, &[b"/app_home/hello.elf"]).expect("enough memory");
    let mut seen = Seen::default();
    let outcome = machine.run(10_000_000, &mut seen);
    let text = String::from_utf8(seen.text).expect("hello writes text");
    assert_eq!(
        outcome,
        Outcome::Exited(0),
        "{text}{}",
        machine.report(&outcome)
    );
    assert_eq!(seen.unknown, Vec::<String>::new());
    for line in [
        "hello from Rust on the PPU\n",
        "timebase 79800000 Hz",
        "the sum of the first 10 squares is 385 (385 is right)\n",
        "a thread made 386 of it\n",
        "100 ms of sleep took 100.0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}
