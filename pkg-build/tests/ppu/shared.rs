//! The folder that the programs are built in, and the program that builds them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use pkg_build::program::{self, Program, Request, Target, image, toolchain};

/// The target folder of all tests here.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ppu")
}

/// Whether programs can be built for the PPU: what that takes is found or fetched. Where it is not
/// to be had, the test says aloud that it is skipped; with `CI` set in the environment it fails.
pub fn can_build(what: &str) -> bool {
    // Tests run side by side, and one is enough to fetch it.
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let tools = folder().join("ppu/tools");
        toolchain::find_or_fetch(&tools, &mut |line| eprintln!("{line}"))
            .map(drop)
            .map_err(|error| error.to_string())
    });
    let Err(why) = found else {
        return true;
    };
    assert!(std::env::var_os("CI").is_none(), "{what}: {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED {what}: {why}");
    false
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
