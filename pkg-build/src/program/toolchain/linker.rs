//! The linker: `rust-lld` of the compiler or of any rustup toolchain, else LLVM's own `ld.lld`.

use std::path::{Path, PathBuf};

use super::on_path;
use crate::program::BuildError;
use crate::program::command::{command, output};

pub(super) fn find(rustc: &Path) -> Result<PathBuf, BuildError> {
    let mut looked = Vec::new();
    // The plain `rustc` is rustup's where there is one, even if Debian's compiles.
    for compiler in [rustc, Path::new("rustc")] {
        let Some(folder) = programs_of(compiler) else {
            continue;
        };
        let linker = folder.join(format!("rust-lld{}", std::env::consts::EXE_SUFFIX));
        if linker.is_file() {
            return Ok(linker);
        }
        looked.push(folder);
    }
    let versions = (15..40).rev().map(|version| format!("ld.lld-{version}"));
    for name in std::iter::once("ld.lld".to_owned()).chain(versions) {
        if let Some(linker) = on_path(&name) {
            return Ok(linker);
        }
    }
    looked.push(PathBuf::from("$PATH"));
    Err(BuildError::NoLinker { looked })
}

/// Where a compiler's distribution keeps its programs.
fn programs_of(compiler: &Path) -> Option<PathBuf> {
    let mut ask = command(compiler);
    ask.args(["--print", "target-libdir"]);
    Some(PathBuf::from(output(ask)?).parent()?.join("bin"))
}
