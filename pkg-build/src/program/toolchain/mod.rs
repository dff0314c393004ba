//! A compiler, the library source that belongs to it, and a linker.
//!
//! `core` for the PPU has to be built from source, and the source has to be of the compiler's own
//! version. In this order:
//! 1. the toolchain in use, if its component `rust-src` is there;
//! 2. the same after `rustup component add rust-src`;
//! 3. Debian's `rustc-web`, `cargo-web` and `rust-web-src`, installed or unpacked without root.

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
    let mut tried = Vec::new();
    match rustup::find_or_fetch(progress) {
        Ok(found) => return found.complete(),
        Err(why) => tried.push(why),
    }
    match debian::find_or_fetch(tools, progress) {
        Ok(found) => return found.complete(),
        Err(why) => tried.push(why),
    }
    Err(BuildError::NoToolchain { tried })
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
