//! The toolchain in use, and rustup's component with the library source.

use std::path::PathBuf;

use super::{Compiler, OLDEST, accepted_version, library_in};
use crate::program::command::{command, output, run};

/// The toolchain in use, if its source is there.
pub(super) fn find() -> Option<Compiler> {
    InUse::ask().ok()?.compiler()
}

/// The toolchain in use with its source, added by rustup; else one line that says why not.
pub(super) fn fetch(progress: &mut dyn FnMut(&str)) -> Result<Compiler, String> {
    let in_use = InUse::ask()?;
    let mut ask = command("rustup");
    ask.args(["show", "active-toolchain"]);
    let toolchain = output(ask)
        .and_then(|line| Some(line.split_whitespace().next()?.to_owned()))
        .ok_or_else(|| {
            let sysroot = in_use.sysroot.display();
            format!("{sysroot} has no rust-src and there is no rustup to add it")
        })?;
    progress(&format!(
        "fetching the library source: rustup component add rust-src ({toolchain})"
    ));
    let mut add = command("rustup");
    add.args(["component", "add", "rust-src", "--toolchain", &toolchain]);
    run(add, "rustup component add rust-src").map_err(|error| error.to_string())?;
    in_use.compiler().ok_or_else(|| {
        let source = in_use.source();
        format!(
            "rustup added rust-src, but {} is not whole",
            source.display()
        )
    })
}

/// The compiler that cargo uses here.
struct InUse {
    cargo: PathBuf,
    rustc: PathBuf,
    sysroot: PathBuf,
}

impl InUse {
    fn ask() -> Result<Self, String> {
        let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let mut ask = command(&rustc);
        ask.arg("--version");
        let version = output(ask).ok_or_else(|| format!("{} does not answer", rustc.display()))?;
        if accepted_version(&version).is_none() {
            let (major, minor) = OLDEST;
            return Err(format!("{version} is older than {major}.{minor}"));
        }
        let mut ask = command(&rustc);
        ask.args(["--print", "sysroot"]);
        let sysroot = output(ask).ok_or_else(|| format!("{} does not answer", rustc.display()))?;
        Ok(Self {
            cargo,
            rustc,
            sysroot: sysroot.into(),
        })
    }

    fn source(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }

    fn compiler(&self) -> Option<Compiler> {
        let library = library_in(&self.source())?;
        Some(Compiler {
            cargo: self.cargo.clone(),
            rustc: self.rustc.clone(),
            library,
            origin: "rust-src of the toolchain in use".into(),
            environment: Vec::new(),
        })
    }
}
