//! Running other programs: what they print goes to standard error, and the environment that the
//! running cargo made for this program does not reach them.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::BuildError;

/// Variables that `cargo run` or the user's shell sets for host programs and that would change
/// what is built for the console.
fn belongs_to_this_build(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "CARGO",
        "RUSTC",
        "RUSTDOC",
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CARGO_INCREMENTAL",
        "CARGO_ENCODED_RUSTFLAGS",
    ];
    const PREFIXES: [&str; 8] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BUILD_",
        "CARGO_PROFILE_",
        "CARGO_TARGET_",
        "CARGO_CRATE_",
        "CARGO_BIN_",
        "CARGO_PRIMARY_",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// A command whose environment is free of this build's own settings.
pub(super) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(belongs_to_this_build) {
            command.env_remove(name);
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
    fn host_settings_are_recognised() {
        for name in ["RUSTFLAGS", "CARGO_PROFILE_RELEASE_LTO", "CARGO_TARGET_DIR"] {
            assert!(belongs_to_this_build(name), "{name}");
        }
        for name in [
            "PATH",
            "CARGO_HOME",
            "RUSTUP_HOME",
            "RUSTUP_TOOLCHAIN",
            "CARGO_NET_OFFLINE",
        ] {
            assert!(!belongs_to_this_build(name), "{name}");
        }
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
