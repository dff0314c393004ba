//! A volume in a folder of the host.

use std::fs::{self, FileTimes, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::mount::MountError;
use super::volume::{File, How, Kind, Status, Volume};
use crate::lv2::errno::Errno;

/// A folder of the host. Links in it are followed as long as they lead to something in it.
pub(super) struct Folder {
    /// Without links.
    root: PathBuf,
}

/// The code for an error of the host.
fn code(error: &io::Error) -> Errno {
    match error.kind() {
        ErrorKind::NotFound => Errno::ENOENT,
        ErrorKind::PermissionDenied => Errno::EACCES,
        ErrorKind::AlreadyExists => Errno::EEXIST,
        ErrorKind::NotADirectory => Errno::ENOTDIR,
        ErrorKind::IsADirectory => Errno::EISDIR,
        ErrorKind::DirectoryNotEmpty => Errno::ENOTEMPTY,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Errno::ENOSPC,
        ErrorKind::FileTooLarge => Errno::EFBIG,
        ErrorKind::ReadOnlyFilesystem => Errno::EROFS,
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => Errno::EINVAL,
        ErrorKind::CrossesDevices => Errno::EXDEV,
        _ => Errno::EIO,
    }
}

impl Folder {
    /// The volume of an existing folder.
    pub fn open(folder: &Path) -> Result<Self, MountError> {
        let wrong = |why| MountError::Host {
            folder: folder.to_owned(),
            why,
        };
        let root = folder.canonicalize().map_err(wrong)?;
        if !root.is_dir() {
            return Err(wrong(ErrorKind::NotADirectory.into()));
        }
        Ok(Self { root })
    }

    /// The host's path. The folder around it exists; if it is there itself, its own path is
    /// given and not that of a link to it.
    fn host(&self, names: &[String]) -> Result<PathBuf, Errno> {
        let Some((last, around)) = names.split_last() else {
            return Ok(self.root.clone());
        };
        let folder = around
            .iter()
            .fold(self.root.clone(), |path, name| path.join(name));
        let folder = self.inside(&folder)?;
        if !folder.is_dir() {
            return Err(Errno::ENOTDIR);
        }
        let path = folder.join(last);
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => self.inside(&path),
            _ => Ok(path),
        }
    }

    /// The host's path of an entry, which may be a link itself.
    fn entry(&self, names: &[String]) -> Result<PathBuf, Errno> {
        let (last, around) = names.split_last().ok_or(Errno::EBUSY)?;
        Ok(self.host(around)?.join(last))
    }

    /// The path without links, if it lies in the folder.
    fn inside(&self, path: &Path) -> Result<PathBuf, Errno> {
        let path = path.canonicalize().map_err(|error| code(&error))?;
        match path.starts_with(&self.root) {
            true => Ok(path),
            false => Err(Errno::EACCES),
        }
    }
}

fn seconds(time: io::Result<SystemTime>) -> i64 {
    // Hosts that do not know a time, and times before 1970, are told as 0.
    let since = time
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_secs() as i64)
}

fn status(found: &Metadata) -> Status {
    let change = seconds(found.modified());
    Status {
        kind: match found.is_dir() {
            true => Kind::Folder,
            false => Kind::File,
        },
        size: if found.is_dir() { 0 } else { found.len() },
        times: [seconds(found.accessed()), change, change],
        writable: true,
    }
}

impl Volume for Folder {
    fn open(&mut self, names: &[String], how: How) -> Result<Box<dyn File>, Errno> {
        let path = self.host(names)?;
        if path.is_dir() {
            return Err(Errno::EISDIR);
        }
        let file = OpenOptions::new()
            .read(true)
            .write(how.write || how.create)
            .create(how.create)
            .create_new(how.exclusive)
            .open(path)
            .map_err(|error| code(&error))?;
        Ok(Box::new(file))
    }

    fn status(&self, names: &[String]) -> Result<Status, Errno> {
        let found = self.host(names)?.metadata();
        found
            .map(|found| status(&found))
            .map_err(|error| code(&error))
    }

    fn list(&self, names: &[String]) -> Result<Vec<(String, Kind)>, Errno> {
        let entries = fs::read_dir(self.host(names)?).map_err(|error| code(&error))?;
        let mut list = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| code(&error))?;
            // Names that no path could have, and links that lead nowhere, are not there.
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let mut full = names.to_vec();
            full.push(name.to_owned());
            if let Ok(status) = self.status(&full) {
                list.push((name.to_owned(), status.kind));
            }
        }
        Ok(list)
    }

    fn make_folder(&mut self, names: &[String]) -> Result<(), Errno> {
        fs::create_dir(self.host(names)?).map_err(|error| code(&error))
    }

    fn remove_folder(&mut self, names: &[String]) -> Result<(), Errno> {
        fs::remove_dir(self.entry(names)?).map_err(|error| code(&error))
    }

    fn remove_file(&mut self, names: &[String]) -> Result<(), Errno> {
        fs::remove_file(self.entry(names)?).map_err(|error| code(&error))
    }

    fn rename(&mut self, from: &[String], to: &[String]) -> Result<(), Errno> {
        fs::rename(self.entry(from)?, self.entry(to)?).map_err(|error| code(&error))
    }

    fn set_times(&mut self, names: &[String], access: i64, change: i64) -> Result<(), Errno> {
        let time = |seconds: i64| {
            let since = u64::try_from(seconds).map_err(|_| Errno::EINVAL)?;
            UNIX_EPOCH
                .checked_add(Duration::from_secs(since))
                .ok_or(Errno::EINVAL)
        };
        let times = FileTimes::new()
            .set_accessed(time(access)?)
            .set_modified(time(change)?);
        fs::File::open(self.host(names)?)
            .and_then(|file| file.set_times(times))
            .map_err(|error| code(&error))
    }

    fn used(&self) -> Result<u64, Errno> {
        let mut used: u64 = 0;
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).map_err(|error| code(&error))? {
                let entry = entry.map_err(|error| code(&error))?;
                // Links count nothing: what they lead to is counted where it is.
                match entry.metadata() {
                    Ok(found) if found.is_dir() => folders.push(entry.path()),
                    Ok(found) if found.is_file() => used = used.saturating_add(found.len()),
                    _ => {}
                }
            }
        }
        Ok(used)
    }
}

impl File for fs::File {
    fn size(&mut self) -> Result<u64, Errno> {
        self.metadata()
            .map(|found| found.len())
            .map_err(|error| code(&error))
    }

    fn status(&mut self) -> Result<Status, Errno> {
        self.metadata()
            .map(|found| status(&found))
            .map_err(|error| code(&error))
    }

    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<usize, Errno> {
        self.seek(SeekFrom::Start(at))
            .map_err(|error| code(&error))?;
        let mut done = 0;
        while done < into.len() {
            match Read::read(self, &mut into[done..]) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(code(&error)),
            }
        }
        Ok(done)
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<usize, Errno> {
        self.seek(SeekFrom::Start(at))
            .map_err(|error| code(&error))?;
        self.write_all(bytes).map_err(|error| code(&error))?;
        Ok(bytes.len())
    }

    fn resize(&mut self, size: u64) -> Result<(), Errno> {
        self.set_len(size).map_err(|error| code(&error))
    }
}
