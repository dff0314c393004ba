//! The folder that the programs are built in, and the program that builds them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pkg_build::program::{self, Program, Request, Target, image, toolchain};

/// The target folder of all tests here.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ppu")
}

/// Whether programs can be built without fetching a compiler or a library; says aloud where a test
/// is skipped because they cannot.
pub fn can_build(what: &str) -> bool {
    let tools = folder().join("ppu/tools");
    let found = toolchain::find(&tools).is_some();
    if !found {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {what}: there is neither rust-src nor Debian's rust-web-src; `rustup component \
             add rust-src` helps"
        );
    }
    found
}

/// An example of psl1ght-rs; `None`, said aloud, where there is nothing to build it with.
pub fn example(name: &str) -> Option<Program> {
    if !can_build(name) {
        return None;
    }
    let request = Request {
        workspace: program::workspace().expect("the workspace of this test"),
        target_dir: folder(),
        package: "psl1ght-rs".into(),
        target: Target::Example(name.into()),
        features: Vec::new(),
        default_features: true,
        budget: image::BUDGET,
    };
    let built = program::build(&request, &mut |line| eprintln!("{line}"));
    Some(built.expect("the example builds"))
}

/// Runs `pkg-build` with the target folder `target_dir`.
pub fn pkg_build(target_dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pkg-build"))
        .args(words)
        .env("CARGO_TARGET_DIR", target_dir)
        .output()
        .expect("a program that was just built")
}
