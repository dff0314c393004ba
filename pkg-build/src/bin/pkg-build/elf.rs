//! Building a program for the PPU.

use std::path::PathBuf;

use pkg_build::program::{self, Request, Target, image};

use crate::arguments::Elf;
use crate::failure::Failure;

pub fn run(arguments: Elf) -> Result<(), Failure> {
    let target = match (arguments.target.bin, arguments.target.example) {
        (Some(name), _) => Target::Bin(name),
        (None, Some(name)) => Target::Example(name),
        (None, None) => unreachable!("the command line has one of the two"),
    };
    let about = format!("{} of {}", target.name(), arguments.package);
    let workspace = program::workspace().map_err(Failure::about(&about))?;
    let target_dir = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), PathBuf::from);
    let request = Request {
        workspace,
        // The commands run in other folders.
        target_dir: std::path::absolute(&target_dir).map_err(Failure::about(&target_dir))?,
        package: arguments.package,
        target,
        features: arguments.features,
        default_features: !arguments.no_default_features,
        budget: image::BUDGET,
    };
    let built = program::build(&request, &mut |line| eprintln!("{line}"))
        .map_err(Failure::about(&about))?;
    println!("{}", built.elf.display());
    print!("{}", built.summary);
    Ok(())
}
