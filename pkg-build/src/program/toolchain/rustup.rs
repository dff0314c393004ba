//! The toolchain in use, and rustup's component with the library source.

use std::path::PathBuf;

use super::{Compiler, library_in};
use crate::program::command::{command, output, run};

/// The toolchain in use with its source, added by rustup if need be; else one line that says why not.
pub(super) fn find_or_fetch(progress: &mut dyn FnMut(&str)) -> Result<Compiler, String> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let mut ask = command(&rustc);
    ask.args(["--print", "sysroot"]);
    let sysroot = output(ask).ok_or_else(|| format!("{} does not answer", rustc.display()))?;
    let source = PathBuf::from(&sysroot).join("lib/rustlib/src/rust");
    let found = |library| Compiler {
        cargo: cargo.clone(),
        rustc: rustc.clone(),
        library,
        origin: "rust-src of the toolchain in use".into(),
        environment: Vec::new(),
    };
    if let Some(library) = library_in(&source) {
        return Ok(found(library));
    }
    let mut ask = command("rustup");
    ask.args(["show", "active-toolchain"]);
    let toolchain = output(ask)
        .and_then(|line| Some(line.split_whitespace().next()?.to_owned()))
        .ok_or_else(|| format!("{sysroot} has no rust-src and there is no rustup to add it"))?;
    progress(&format!(
        "fetching the library source: rustup component add rust-src ({toolchain})"
    ));
    let mut add = command("rustup");
    add.args(["component", "add", "rust-src", "--toolchain", &toolchain]);
    run(add, "rustup component add rust-src").map_err(|error| error.to_string())?;
    library_in(&source).map(found).ok_or_else(|| {
        format!(
            "rustup added rust-src, but {} is not whole",
            source.display()
        )
    })
}
