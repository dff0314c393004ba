//! Building a program for the PPU.

use std::path::PathBuf;

use pkg_build::program::{self, Program, Request, Target, image};

use crate::arguments::Elf;
use crate::failure::Failure;

pub fn run(arguments: Elf) -> Result<(), Failure> {
    let target = match (arguments.target.bin, arguments.target.example) {
        (Some(name), _) => Target::Bin(name),
        (None, Some(name)) => Target::Example(name),
        (None, None) => unreachable!("the command line has one of the two"),
    };
    let wanted = Wanted {
        package: arguments.package,
        target,
        features: arguments.features,
        default_features: !arguments.no_default_features,
    };
    let built = wanted.build()?;
    println!("{}", built.elf.display());
    print!("{}", built.summary);
    Ok(())
}

/// A program of this workspace.
pub struct Wanted {
    pub package: String,
    pub target: Target,
    pub features: Vec<String>,
    pub default_features: bool,
}

impl Wanted {
    /// Builds it, and says on standard error what is going on.
    pub fn build(self) -> Result<Program, Failure> {
        let about = format!("{} of {}", self.target.name(), self.package);
        let request = Request {
            workspace: program::workspace().map_err(Failure::about(&about))?,
            target_dir: target_dir()?,
            package: self.package,
            target: self.target,
            features: self.features,
            default_features: self.default_features,
            budget: image::BUDGET,
        };
        program::build(&request, &mut |line| eprintln!("{line}")).map_err(Failure::about(&about))
    }
}

/// The folder for what is built, as cargo takes it.
pub fn target_dir() -> Result<PathBuf, Failure> {
    let folder = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => program::workspace()
            .map_err(Failure::about("the target folder"))?
            .join("target"),
    };
    // The commands run in other folders.
    std::path::absolute(&folder).map_err(Failure::about(&folder))
}
