//! The cargo call that compiles and links for the PPU.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::command::{command, joined, run};
use super::toolchain::Toolchain;
use super::{BuildError, Request, Target, write_if_changed};

/// Name of the target: cargo takes it from the file's name.
const TARGET: &str = "powerpc64-sony-lv2";
const TARGET_FILE: &str = include_str!("powerpc64-sony-lv2.json");
const LINKER_SCRIPT: &str = include_str!("lv2.ld");

/// The profile, whole, so that no setting of the user's gets in. One unit and whole-program
/// optimisation: smaller, faster, and the same bytes each time.
const PROFILE: [(&str, &str); 9] = [
    ("OPT_LEVEL", "3"),
    ("LTO", "fat"),
    ("CODEGEN_UNITS", "1"),
    ("PANIC", "abort"),
    ("INCREMENTAL", "false"),
    ("DEBUG", "line-tables-only"),
    ("DEBUG_ASSERTIONS", "false"),
    ("OVERFLOW_CHECKS", "false"),
    ("STRIP", "none"),
];

/// Builds the program and returns the linked file.
pub(super) fn build(
    request: &Request,
    toolchain: &Toolchain,
    folder: &Path,
) -> Result<PathBuf, BuildError> {
    let tools = folder.join("tools");
    let target_file = tools.join(format!("{TARGET}.json"));
    let script = tools.join("lv2.ld");
    write_if_changed(&target_file, TARGET_FILE.as_bytes())?;
    write_if_changed(&script, LINKER_SCRIPT.as_bytes())?;

    let mut cargo = command(&toolchain.cargo);
    cargo.current_dir(&request.workspace).args([
        "build",
        "--release",
        "--package",
        &request.package,
    ]);
    match &request.target {
        Target::Bin(name) => cargo.args(["--bin", name]),
        Target::Example(name) => cargo.args(["--example", name]),
    };
    if !request.default_features {
        cargo.arg("--no-default-features");
    }
    for feature in &request.features {
        cargo.args(["--features", feature]);
    }
    let cargo_dir = folder.join("cargo");
    cargo
        .arg("--target")
        .arg(&target_file)
        .arg("--target-dir")
        .arg(&cargo_dir)
        .args(["-Zbuild-std=core,alloc,compiler_builtins"])
        .args(["-Zbuild-std-features=compiler-builtins-mem"]);
    if toolchain.wants_json_target_flag {
        cargo.arg("-Zjson-target-spec");
    }
    cargo
        .envs(PROFILE.map(|(name, value)| (format!("CARGO_PROFILE_RELEASE_{name}"), value)))
        // A wrapper in the user's configuration of cargo is for host programs.
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .env("CARGO_TARGET_POWERPC64_SONY_LV2_LINKER", &toolchain.linker)
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            flags(request, toolchain, &script),
        )
        .env("RUSTC", &toolchain.rustc)
        // What makes -Z work on a compiler of the stable channel.
        .env("RUSTC_BOOTSTRAP", "1")
        .envs(toolchain.environment.iter().cloned());
    run(cargo, "building for the PPU")?;

    let mut linked = cargo_dir.join(TARGET).join("release");
    if let Target::Example(_) = request.target {
        linked.push("examples");
    }
    linked.push(request.target.name());
    Ok(linked)
}

/// Compiler flags, separated as `CARGO_ENCODED_RUSTFLAGS` wants them.
fn flags(request: &Request, toolchain: &Toolchain, script: &Path) -> OsString {
    let mut flags = vec![
        joined("-Clink-arg=-T", script),
        "-Clink-arg=--no-dynamic-linker".into(),
        "-Clink-arg=-zmax-page-size=65536".into(),
        "-Clink-arg=--build-id=none".into(),
    ];
    // No path of this machine may get into the image.
    let mut remap = |from: &Path, to: &str| {
        let mut flag = joined("--remap-path-prefix=", from);
        flag.push("=");
        flag.push(to);
        flags.push(flag);
    };
    remap(&request.workspace, "/source");
    remap(&toolchain.library, "/rust/library");
    if let Some(home) = cargo_home() {
        remap(&home, "/cargo");
    }
    flags.join(std::ffi::OsStr::new("\x1f"))
}

fn cargo_home() -> Option<PathBuf> {
    let from_home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(from_home)
}
