//! What is in a file: a program, as an ELF, in a SELF or in a package.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use package::pkg;
use package::self_file::SelfFile;

use super::disk::Disk;
use super::failure::Failure;
use crate::lv2::{self, Symbols, SymbolsError};

/// The first bytes of a SELF.
const SELF_MAGIC: [u8; 4] = *b"SCE\0";
/// The first bytes of an ELF.
const ELF_MAGIC: [u8; 4] = *b"\x7fELF";
/// Where a program sees the folder that it was started from.
pub const APP_HOME: &str = "/app_home";

/// A program that can be started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The ELF.
    elf: Vec<u8>,
    /// The program's own path, as it sees it.
    pub path: String,
    /// The folder of the host that it sees as `/app_home`, if it was started from one.
    pub(super) home: Option<PathBuf>,
    /// Whether it shows pictures: it imports the RSX's library.
    pub draws: bool,
}

impl Program {
    /// Reads a program. One in a package is installed on the disk; another one sees its folder
    /// as `/app_home`.
    ///
    /// # Errors
    ///
    /// A line that names the file and what is wrong with it.
    pub fn read(path: &Path, disk: &Disk) -> Result<Self, Failure> {
        let wrong = |error: std::io::Error| Failure::file(path, error);
        let mut magic = Vec::new();
        let file = fs::File::open(path).map_err(wrong)?;
        file.take(4).read_to_end(&mut magic).map_err(wrong)?;
        if magic == pkg::MAGIC {
            let title = disk.install(path)?;
            let (guest, bytes) = disk.program(&title)?;
            let named = |error| {
                let line = format!("{} in {}: {error}", guest, path.display());
                Failure::new(line)
            };
            return Self::of(&bytes, guest.clone()).map_err(named);
        }
        let bytes = fs::read(path).map_err(wrong)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let guest = format!("{APP_HOME}/{name}");
        let program = Self::of(&bytes, guest).map_err(|error| Failure::file(path, error))?;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        Ok(Self {
            home: Some(folder.unwrap_or(Path::new(".")).to_owned()),
            ..program
        })
    }

    /// The program in the bytes of an ELF or a SELF.
    fn of(bytes: &[u8], path: String) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("the file is empty".into());
        }
        let magics = [&SELF_MAGIC[..], &ELF_MAGIC];
        if !magics.iter().any(|magic| bytes.starts_with(magic)) {
            return Err("no package, no SELF and no ELF".into());
        }
        let elf = if bytes.starts_with(&SELF_MAGIC) {
            let file = SelfFile::parse(bytes).map_err(|error| error.to_string())?;
            file.elf().map_err(|error| error.to_string())?.bytes
        } else {
            bytes
        };
        let read = lv2::Program::read(elf).map_err(|error| error.to_string())?;
        let draws = read.imports.iter().any(|it| it.name == "cellGcmSys");
        Ok(Self {
            elf: elf.to_owned(),
            path,
            home: None,
            draws,
        })
    }

    /// The names of its functions, where its ELF has them.
    pub(super) fn symbols(&self) -> Result<Symbols, SymbolsError> {
        Symbols::read(&self.elf)
    }

    /// The program, checked.
    pub(super) fn loaded(&self) -> Result<lv2::Program<'_>, lv2::ProgramError> {
        lv2::Program::read(&self.elf)
    }
}
