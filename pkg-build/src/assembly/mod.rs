//! From a program, pictures, sound and a model to the package that the XMB installs.

mod memory;
mod signing;

use std::fmt;
use std::path::Path;

use package::pkg::{self, Builder, Settings, Source};
use package::whole_file;

pub use memory::{Memory, USER};
pub use signing::{PROGRAM, Signing};

use crate::title::Title;

/// All that goes into the package of a title.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Name and identifiers.
    pub title: Title,
    /// The program, an ELF for the PPU.
    pub elf: Vec<u8>,
    /// ICON0.PNG.
    pub icon: Vec<u8>,
    /// PIC1.PNG.
    pub background: Option<Vec<u8>>,
    /// SND0.AT3.
    pub sound: Option<Vec<u8>>,
    /// The model, with the name of its file.
    pub model: Option<(String, Vec<u8>)>,
    /// Debug or retail.
    pub signing: Signing,
}

/// Why there is no package.
#[derive(Debug)]
pub enum Error {
    /// The XMB would not take what PARAM.SFO says.
    Parameters(sfo::Error),
    /// The program cannot be wrapped.
    Program(package::self_file::Error),
    /// The package cannot be written.
    Package(pkg::Error),
}

impl Parts {
    /// The files of the package.
    ///
    /// # Errors
    /// Where the title or the program is none that a console takes.
    pub fn files(self) -> Result<Builder, Error> {
        let content_id = self.title.content_id();
        let parameters = self.title.parameters().map_err(Error::Parameters)?;
        let program = self.signing.program(&self.elf, content_id);
        let program = program.map_err(Error::Program)?;
        let mut builder = Builder::new();
        let mut add = |name: &str, bytes| builder.add(name, Source::Bytes(bytes));
        add("PARAM.SFO", parameters.to_bytes())?;
        add("ICON0.PNG", self.icon)?;
        if let Some(background) = self.background {
            add("PIC1.PNG", background)?;
        }
        if let Some(sound) = self.sound {
            add("SND0.AT3", sound)?;
        }
        add(&format!("USRDIR/{PROGRAM}"), program)?;
        if let Some((name, model)) = self.model {
            add(&format!("USRDIR/models/{name}"), model)?;
        }
        builder.check_program(content_id)?;
        Ok(builder)
    }

    /// Writes the package, whole or not at all, and answers its size in bytes. `progress` is told
    /// the bytes done and those to be done.
    ///
    /// # Errors
    /// Those of [`Self::files`] and of the file system.
    pub fn write(self, path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, Error> {
        let settings = Settings {
            key: self.signing.package.clone(),
            ..Settings::program(self.title.content_id().clone())
        };
        let builder = self.files()?;
        whole_file::create(path, |out| builder.write(&settings, out, progress))?;
        Ok(std::fs::metadata(path).map_err(pkg::Error::Io)?.len())
    }
}

impl From<pkg::Error> for Error {
    fn from(error: pkg::Error) -> Self {
        Self::Package(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameters(error) => write!(f, "PARAM.SFO: {error}"),
            Self::Program(error) => error.fmt(f),
            Self::Package(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
