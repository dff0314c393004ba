//! Running other programs: what they print goes to standard error, and the environment that the
//! running cargo made for this program does not reach them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::BuildError;

/// Variables of cargo, rustc and rustup that say where and how things are fetched, not what is
/// built. All others of theirs would change what is built for the console, and are taken away.
fn is_kept(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "CARGO_HOME",
        "CARGO_BUILD_JOBS",
        "RUST_BACKTRACE",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "RUSTUP_UPDATE_ROOT",
    ];
    const PREFIXES: [&str; 7] = [
        "CARGO_HTTP_",
        "CARGO_NET_",
        "CARGO_REGISTRIES_",
        "CARGO_REGISTRY_",
        "CARGO_SOURCE_",
        "CARGO_TERM_",
        "RUSTUP_DIST_",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a variable belongs to the build of this program, or to the user's host programs.
fn belongs_to_this_build(name: &str) -> bool {
    let name = name.strip_prefix("__").unwrap_or(name);
    let of_rust = ["CARGO", "RUST"].iter().any(|it| name.starts_with(it));
    of_rust && !is_kept(name)
}

/// Where the system's loader looks for shared libraries first.
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// The folders of shared libraries without those that cargo has put there for this program: the
/// compiler of another toolchain would take its own libraries from them.
fn library_path(path: &OsStr, of_cargo: &[PathBuf]) -> Option<OsString> {
    let is_ours = |folder: &PathBuf| of_cargo.iter().any(|root| folder.starts_with(root));
    let kept = std::env::split_paths(path).filter(|folder| !is_ours(folder));
    std::env::join_paths(kept).ok()
}

/// The folders below which cargo's additions to the library path lie: the toolchain that runs, and
/// the target folder that this program is in.
fn folders_of_cargo() -> Vec<PathBuf> {
    let toolchain = std::env::var_os("CARGO")
        .map(PathBuf::from)
        .and_then(|cargo| Some(cargo.parent()?.parent()?.join("lib")));
    let target = std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.to_owned()));
    toolchain.into_iter().chain(target).collect()
}

/// A command whose environment is free of this build's own settings.
pub(super) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, value) in std::env::vars_os() {
        if name.to_str().is_some_and(belongs_to_this_build) {
            command.env_remove(name);
        } else if name == LIBRARY_PATH {
            match library_path(&value, &folders_of_cargo()) {
                Some(rest) if !rest.is_empty() => command.env(LIBRARY_PATH, rest),
                _ => command.env_remove(LIBRARY_PATH),
            };
        }
    }
    command
}

/// Runs to the end; standard output goes to standard error.
pub(super) fn run(mut command: Command, purpose: &'static str) -> Result<(), BuildError> {
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|source| BuildError::Start {
            program: name(&command),
            source,
        })?;
    if status.success() {
        return Ok(());
    }
    Err(BuildError::Failed {
        command: line(&command),
        purpose,
    })
}

/// Runs to the end and returns standard output without its last line feed, `None` if it failed.
pub(super) fn output(mut command: Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8(output.stdout).ok()?.trim_end().to_owned())
}

/// `--flag=path` as one argument, whatever bytes the path has.
pub(super) fn joined(flag: &str, path: &Path) -> OsString {
    let mut all = OsString::from(flag);
    all.push(path);
    all
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn line(command: &Command) -> String {
    let mut line = name(command);
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_host_programs_are_taken_away() {
        for name in [
            "CARGO",
            "RUSTC",
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
            "RUSTC_BOOTSTRAP",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_TARGET_DIR",
            "CARGO_TARGET_POWERPC64_SONY_LV2_RUNNER",
            "CARGO_UNSTABLE_BUILD_STD",
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "__CARGO_TEST_CHANNEL",
        ] {
            assert!(belongs_to_this_build(name), "{name}");
        }
        for name in [
            "PATH",
            "CARGO_HOME",
            "RUSTUP_HOME",
            "RUSTUP_TOOLCHAIN",
            "CARGO_NET_OFFLINE",
            "CARGO_REGISTRIES_MINE_INDEX",
            "CARGO_BUILD_JOBS",
        ] {
            assert!(!belongs_to_this_build(name), "{name}");
        }
    }

    #[test]
    fn only_cargo_s_own_folders_leave_the_library_path() {
        let path = std::env::join_paths(["/t/lib", "/usr/local/lib", "/w/target/debug/deps"]);
        let of_cargo = ["/t", "/w/target/debug"].map(PathBuf::from);
        let rest = library_path(&path.expect("plain names"), &of_cargo);
        assert_eq!(rest, Some("/usr/local/lib".into()));
    }

    #[test]
    fn a_failing_command_is_named() {
        let mut failing = command("sh");
        failing.args(["-c", "exit 3"]);
        let error = run(failing, "the test").expect_err("exit 3 is a failure");
        assert_eq!(error.to_string(), "the test failed: sh -c exit 3");
        let mut speaking = command("sh");
        speaking.args(["-c", "echo said"]);
        assert_eq!(output(speaking), Some(String::from("said")));
    }
}
