//! Programs for the PPU: from a cargo package to an ELF that LV2 can start.
//!
//! Nothing but Rust's own tools takes part: `core` and `alloc` are built from their source for the
//! target `powerpc64-sony-lv2` (a file in this folder), `rust-lld` links by the script `lv2.ld`, and
//! [`image`] finishes, checks and strips what it made.
//!
//! What lies where below the target folder:
//! - `ppu/tools/`: target file, linker script, and Debian's compiler if it was needed;
//! - `ppu/cargo/`: cargo's own;
//! - `ppu/NAME.elf`: the program, stripped; `ppu/NAME.symbols.elf`: the same with symbols and lines.

mod cargo;
mod command;
mod error;
pub mod image;
mod lock;
pub mod toolchain;

use std::path::{Path, PathBuf};

pub use error::BuildError;
use lock::Lock;

/// Which of a package's programs is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `--bin NAME`.
    Bin(String),
    /// `--example NAME`.
    Example(String),
}

impl Target {
    /// The program's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Bin(name) | Self::Example(name) => name,
        }
    }
}

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// Folder of the workspace's `Cargo.toml`.
    pub workspace: PathBuf,
    /// The target folder; all that is written goes to `ppu/` in it.
    pub target_dir: PathBuf,
    /// The cargo package.
    pub package: String,
    /// The program in it.
    pub target: Target,
    /// Features of the package.
    pub features: Vec<String>,
    /// Whether the package's default features are wanted, too.
    pub default_features: bool,
    /// Most bytes of main memory that the image itself may take; [`image::BUDGET`] is a good value.
    pub budget: u64,
}

/// A program that was built and checked.
#[derive(Clone, Debug)]
pub struct Program {
    /// The stripped ELF.
    pub elf: PathBuf,
    /// The same image with symbols and line tables.
    pub symbols: PathBuf,
    /// What is in it.
    pub summary: image::Summary,
}

/// The folder of the workspace that the current folder belongs to.
///
/// # Errors
/// When there is none, or cargo does not answer.
pub fn workspace() -> Result<PathBuf, BuildError> {
    let mut ask = command::command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    ask.args(["locate-project", "--workspace", "--message-format", "plain"]);
    command::output(ask)
        .and_then(|file| Some(Path::new(&file).parent()?.to_path_buf()))
        .ok_or(BuildError::NoWorkspace)
}

/// Builds a program; `progress` gets one line at the start of each long step.
///
/// # Errors
/// When there is no toolchain and none can be fetched, when the compiler finds errors (it has
/// printed them on standard error), or when the image is not one that LV2 can start.
pub fn build(request: &Request, progress: &mut dyn FnMut(&str)) -> Result<Program, BuildError> {
    let folder = request.target_dir.join("ppu");
    let _lock = Lock::take(&folder, progress)?;
    let tools = folder.join("tools");
    let toolchain = toolchain::find_or_fetch(&tools, progress)?;
    progress(&format!(
        "building {} for the PPU with {}",
        request.target.name(),
        toolchain.description
    ));
    let linked = cargo::build(request, &toolchain, &folder)?;
    finish(&linked, &folder, request)
}

fn finish(linked: &Path, folder: &Path, request: &Request) -> Result<Program, BuildError> {
    let mut bytes = std::fs::read(linked).map_err(BuildError::io(linked, "read"))?;
    let image_error = |source| BuildError::Image {
        path: linked.to_path_buf(),
        source,
    };
    let summary = image::finish(&mut bytes, request.budget).map_err(image_error)?;
    let symbols = folder.join(format!("{}.symbols.elf", request.target.name()));
    write_if_changed(&symbols, &bytes)?;
    image::strip(&mut bytes).map_err(image_error)?;
    let elf = folder.join(format!("{}.elf", request.target.name()));
    write_if_changed(&elf, &bytes)?;
    Ok(Program {
        elf,
        symbols,
        summary,
    })
}

/// Writes a file whole or not at all, and leaves one alone that is the same already.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(BuildError::io(folder, "make"))?;
    package::whole_file::create_with(path, bytes).map_err(BuildError::io(path, "write"))
}
