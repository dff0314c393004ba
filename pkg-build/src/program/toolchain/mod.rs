//! A compiler, the library source that belongs to it, and a linker.
//!
//! `core` for the PPU has to be built from source, and the source has to be of the compiler's own
//! version. In this order:
//! 1. the toolchain in use, if its component `rust-src` is there;
//! 2. Debian's `rustc-web`, `cargo-web` and `rust-web-src`, if they are installed or were unpacked
//!    by an earlier build;
//! 3. the toolchain in use after `rustup component add rust-src`;
//! 4. Debian's packages, downloaded and unpacked without root.

mod apt;
mod debian;
mod linker;
mod rustup;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::BuildError;
use super::command::{command, output};

/// What it takes to build for the PPU.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The cargo program.
    pub cargo: PathBuf,
    /// The compiler.
    pub rustc: PathBuf,
    /// Folder of the library source (`library/` of Rust's repository).
    pub library: PathBuf,
    /// `rust-lld` or `ld.lld`.
    pub linker: PathBuf,
    /// One line for people: where it comes from and its version.
    pub description: String,
    /// Variables that the programs need.
    pub(super) environment: Vec<(OsString, OsString)>,
    /// Whether this cargo wants `-Zjson-target-spec` for targets from a file.
    pub(super) wants_json_target_flag: bool,
}

/// Finds a toolchain or fetches one; what is fetched outside of rustup goes below `tools`.
///
/// # Errors
/// [`BuildError::NoToolchain`] with a line for each way that was tried,
/// [`BuildError::NoLinker`] if only the linker is missing.
pub fn find_or_fetch(
    tools: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Toolchain, BuildError> {
    if let Some(found) = rustup::find().or_else(|| debian::find(tools)) {
        return found.complete();
    }
    let mut tried = Vec::new();
    match rustup::fetch(progress) {
        Ok(found) => return found.complete(),
        Err(why) => tried.push(why),
    }
    match debian::fetch(tools, progress) {
        Ok(found) => return found.complete(),
        Err(why) => tried.push(why),
    }
    Err(BuildError::NoToolchain { tried })
}

/// The oldest compiler that takes the sources of this workspace: major and minor version.
const OLDEST: (u32, u32) = match parse_version(env!("CARGO_PKG_RUST_VERSION")) {
    Some(version) => version,
    None => panic!("rust-version in Cargo.toml is two numbers"),
};

/// The major and minor version that a text begins with, as `1.96.0+dfsg1-1` does.
const fn parse_version(text: &str) -> Option<(u32, u32)> {
    let bytes = text.as_bytes();
    let mut numbers = [0_u32; 2];
    let (mut number, mut digits, mut at) = (0, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' if digits < 6 => {
                numbers[number] = numbers[number] * 10 + (digit - b'0') as u32;
                digits += 1;
            }
            b'.' if number == 0 && digits > 0 => (number, digits) = (1, 0),
            _ => break,
        }
        at += 1;
    }
    if number == 1 && digits > 0 {
        Some((numbers[0], numbers[1]))
    } else {
        None
    }
}

/// The version of the compiler that answers `rustc 1.96.0 …`, if it is not too old.
fn accepted_version(answer: &str) -> Option<(u32, u32)> {
    let version = parse_version(answer.strip_prefix("rustc ")?)?;
    (version >= OLDEST).then_some(version)
}

/// A compiler with its library source, still without a linker.
struct Compiler {
    cargo: PathBuf,
    rustc: PathBuf,
    library: PathBuf,
    origin: String,
    environment: Vec<(OsString, OsString)>,
}

impl Compiler {
    fn complete(self) -> Result<Toolchain, BuildError> {
        let linker = linker::find(&self.rustc)?;
        let mut ask = command(&self.rustc);
        ask.arg("--version").envs(self.environment.iter().cloned());
        let version = output(ask).unwrap_or_else(|| "rustc of unknown version".into());
        let mut ask = command(&self.cargo);
        ask.args(["-Z", "help"])
            .env("RUSTC_BOOTSTRAP", "1")
            .envs(self.environment.iter().cloned());
        let wants_json_target_flag =
            output(ask).is_some_and(|help| help.contains("json-target-spec"));
        Ok(Toolchain {
            cargo: self.cargo,
            rustc: self.rustc,
            library: self.library,
            linker,
            description: format!("{version} ({})", self.origin),
            environment: self.environment,
            wants_json_target_flag,
        })
    }
}

/// The `library` folder of a source tree, if all is there that building `core` takes.
fn library_in(source: &Path) -> Option<PathBuf> {
    let library = source.join("library");
    let whole = [
        "Cargo.toml",
        "Cargo.lock",
        "core/Cargo.toml",
        "alloc/Cargo.toml",
    ];
    whole
        .iter()
        .all(|file| library.join(file).is_file())
        .then_some(library)
}

/// A program on the search path.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_is_too_old_does_not_count() {
        assert!(OLDEST >= (1, 85), "{OLDEST:?}");
        assert_eq!(parse_version("1.96.0+dfsg1-1~deb12u2"), Some((1, 96)));
        assert_eq!(parse_version("1.96"), Some((1, 96)));
        for text in ["", "1", "1.", ".5", "a.b", "9999999.1"] {
            assert_eq!(parse_version(text), None, "{text}");
        }
        assert_eq!(
            accepted_version("rustc 1.63.0 (4b91a6ea7 2022-08-08)"),
            None
        );
        assert_eq!(accepted_version("rustc 2.1.0"), Some((2, 1)));
        assert_eq!(accepted_version("cargo 2.1.0"), None);
    }

    #[test]
    fn half_a_source_tree_does_not_count() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(library_in(folder.path()), None);
        let library = folder.path().join("library");
        for name in ["core", "alloc"] {
            std::fs::create_dir_all(library.join(name)).expect("a folder");
            std::fs::write(library.join(name).join("Cargo.toml"), "").expect("a file");
        }
        std::fs::write(library.join("Cargo.toml"), "").expect("a file");
        assert_eq!(library_in(folder.path()), None);
        std::fs::write(library.join("Cargo.lock"), "").expect("a file");
        assert_eq!(library_in(folder.path()), Some(library));
    }
}
