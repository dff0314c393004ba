//! Programs for the PPU, built for tests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use pkg_build::program::{self, Request, Target, image};

/// Whether the compiler in use has the library's source, so that nothing is fetched.
fn has_library_source() -> bool {
    let asked = Command::new("rustc").args(["--print", "sysroot"]).output();
    asked.is_ok_and(|output| {
        let root = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        root.join("lib/rustlib/src/rust/library/Cargo.lock")
            .is_file()
    })
}

/// Builds an example of psl1ght-rs; `None`, said aloud, where there is nothing to build it with.
pub fn example(example: &str) -> Option<PathBuf> {
    if !has_library_source() {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {example} on the virtual PS3: the toolchain has no component rust-src"
        );
        return None;
    }
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("run_on_console");
    let request = Request {
        workspace: program::workspace().expect("the workspace of this test"),
        target_dir,
        package: "psl1ght-rs".into(),
        target: Target::Example(example.into()),
        features: Vec::new(),
        default_features: true,
        budget: image::BUDGET,
    };
    let built = program::build(&request, &mut |_| {}).expect("the example builds");
    Some(built.elf)
}
