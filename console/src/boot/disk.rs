//! The hard disk that programs are installed on.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use package::identifiers::{ContentId, TitleId};
use package::pkg::{self, Package};
use tempfile::TempDir;

use super::failure::Failure;

/// Where programs see the disk.
pub const GUEST: &str = "/dev_hdd0";

/// A folder of the host as the hard disk of the console.
#[derive(Debug)]
pub enum Disk {
    /// One that stays.
    Kept(PathBuf),
    /// One that is gone with this value.
    Temporary(TempDir),
}

impl Disk {
    /// The disk in a folder, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// Those of the host.
    pub fn at(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
        Ok(Self::Kept(folder.to_owned()))
    }

    /// An empty disk for one run.
    ///
    /// # Errors
    ///
    /// Those of the host.
    pub fn temporary() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("console-hdd-").tempdir();
        let at = |error| Failure::file(&std::env::temp_dir(), error);
        folder.map(Self::Temporary).map_err(at)
    }

    /// The folder of the host.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// Installs a package as the console does: into a folder of its title's name. What a
    /// program has written beside its files stays. Gives the title.
    ///
    /// # Errors
    ///
    /// The package is damaged, or cannot be written here.
    pub fn install(&self, path: &Path) -> Result<TitleId, Failure> {
        let wrong = |error: pkg::Error| Failure::file(path, error);
        let file = File::open(path).map_err(|error| Failure::file(path, error))?;
        let mut package = Package::open(BufReader::new(file), None).map_err(wrong)?;
        let checked = package.verify(&mut |_| {}).map_err(wrong)?;
        checked.result().map_err(wrong)?;
        let id: ContentId = package
            .header()
            .content_id_text()
            .parse()
            .map_err(|error| Failure::file(path, error))?;
        let title = id.title_id();
        let folder = self.host(&folder_of(&title));
        pkg::extract(&mut package, &folder, &mut |_| {}).map_err(wrong)?;
        Ok(title)
    }

    /// The host's path of a path below [`GUEST`].
    fn host(&self, guest: &str) -> PathBuf {
        let below = guest.strip_prefix(GUEST).unwrap_or(guest);
        self.folder().join(below.trim_start_matches('/'))
    }

    /// Reads the program of an installed title: its path as the program sees it, and its bytes.
    ///
    /// # Errors
    ///
    /// It is not there, or cannot be read.
    pub fn program(&self, title: &TitleId) -> Result<(String, Vec<u8>), Failure> {
        let guest = format!("{}/USRDIR/EBOOT.BIN", folder_of(title));
        let host = self.host(&guest);
        let bytes = fs::read(&host).map_err(|error| Failure::file(&host, error))?;
        Ok((guest, bytes))
    }
}

/// The folder of a title, as programs see it.
fn folder_of(title: &TitleId) -> String {
    format!("{GUEST}/game/{}", title.as_str())
}
