//! Files and folders. Paths are absolute: `/dev_hdd0/…`, `/dev_usb000/…`, `/app_home/…`.
//!
//! Not tried yet: numbers and layouts follow public documents.

mod file;
mod folder;
mod path;

pub use file::{File, OpenOptions, SeekFrom};
pub use folder::{DirEntry, Folder, Kind};

use alloc::vec::Vec;

use crate::sys::fs::{MODE_FILE, MODE_FOLDER, MODE_KIND, Status};
use crate::sys::number;
use crate::syscall::address;
use crate::{Error, Result, syscall};
use path::terminated;

/// What the system knows of a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// File, folder or something else.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970 of the last change of the content.
    pub changed: u64,
}

impl Metadata {
    fn from_status(status: Status) -> Self {
        let kind = match status.mode & MODE_KIND {
            MODE_FOLDER => Kind::Folder,
            MODE_FILE => Kind::File,
            _ => Kind::Other,
        };
        Self {
            kind,
            size: status.size,
            changed: status.changed,
        }
    }
}

/// Asks about a file or folder.
///
/// # Errors
/// `ENOENT` if there is none, or what the system returned.
pub fn metadata(path: &str) -> Result<Metadata> {
    let path = terminated(path)?;
    let mut status = Status::default();
    let arguments = [address(path.as_ptr()), address(&raw mut status)];
    // SAFETY: the call reads the path and writes the structure.
    unsafe { syscall(number::FS_STAT, arguments)? };
    Ok(Metadata::from_status(status))
}

/// Reads a whole file into memory; `most` bounds what the file's own size may claim.
///
/// # Errors
/// `EFBIG` if it has more than `most` bytes, `ENOMEM` if there is no memory for it, or what the
/// system returned.
pub fn read(path: &str, most: usize) -> Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.size).map_err(|_| Error::EFBIG)?;
    if size > most {
        return Err(Error::EFBIG);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Error::ENOMEM)?;
    bytes.resize(size, 0);
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Writes a whole file, so that the old or the new content stands there, whatever happens: to a file
/// beside it, which is synchronised and then takes the name.
///
/// # Errors
/// What the system returned; the old content is then still there.
pub fn write_whole(path: &str, bytes: &[u8]) -> Result<()> {
    let partial = alloc::format!("{path}.partial");
    let done = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&partial)?;
        file.write_all(bytes)?;
        file.sync()
    })();
    // Only a whole file gets the name.
    if let Err(error) = done.and_then(|()| replace(&partial, path)) {
        // The first error is the one to tell.
        let _ = remove_file(&partial);
        return Err(error);
    }
    Ok(())
}

/// Gives a file another's name. LV2 may refuse a name that is taken: then the old file goes first.
fn replace(from: &str, to: &str) -> Result<()> {
    match rename(from, to) {
        Err(Error::EEXIST) => {
            remove_file(to)?;
            rename(from, to)
        }
        other => other,
    }
}

/// Gives a file or folder another name on the same device.
///
/// # Errors
/// `EEXIST` if the name is taken, or what the system returned.
pub fn rename(from: &str, to: &str) -> Result<()> {
    let (from, to) = (terminated(from)?, terminated(to)?);
    // SAFETY: the call reads two paths.
    unsafe {
        syscall(
            number::FS_RENAME,
            [address(from.as_ptr()), address(to.as_ptr())],
        )
    }
}

/// Deletes a file.
///
/// # Errors
/// What the system returned.
pub fn remove_file(path: &str) -> Result<()> {
    let path = terminated(path)?;
    // SAFETY: the call reads a path.
    unsafe { syscall(number::FS_UNLINK, [address(path.as_ptr())]) }
}

/// Makes a folder in one that is there.
///
/// # Errors
/// `EEXIST` if it is there, or what the system returned.
pub fn make_folder(path: &str) -> Result<()> {
    const EVERYBODY: u64 = 0o777;
    let path = terminated(path)?;
    // SAFETY: the call reads a path.
    unsafe { syscall(number::FS_MKDIR, [address(path.as_ptr()), EVERYBODY]) }
}

/// Deletes an empty folder.
///
/// # Errors
/// `ENOTEMPTY` if it is not, or what the system returned.
pub fn remove_folder(path: &str) -> Result<()> {
    let path = terminated(path)?;
    // SAFETY: the call reads a path.
    unsafe { syscall(number::FS_RMDIR, [address(path.as_ptr())]) }
}

/// Free bytes of the device that a path is on.
///
/// # Errors
/// What the system returned.
pub fn free_space(path: &str) -> Result<u64> {
    let path = terminated(path)?;
    let (mut block, mut blocks) = (0u32, 0u64);
    // SAFETY: the function reads the path and writes two words.
    unsafe {
        crate::sys::fs::cellFsGetFreeSize(path.as_ptr(), &raw mut block, &raw mut blocks)?;
    }
    Ok(blocks.saturating_mul(block.into()))
}

/// Root folders of the USB storage devices that are plugged in: `/dev_usb000` to `/dev_usb007`.
pub fn usb_devices() -> impl Iterator<Item = alloc::string::String> {
    (0..8)
        .map(|index| alloc::format!("/dev_usb{index:03}"))
        .filter(|root| metadata(root).is_ok_and(|found| found.kind == Kind::Folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_tell_the_kind() {
        let status = |mode| {
            Metadata::from_status(Status {
                mode,
                size: 7,
                ..Status::default()
            })
        };
        assert_eq!(status(0o040_777).kind, Kind::Folder);
        assert_eq!(status(0o100_666).kind, Kind::File);
        assert_eq!(status(0o120_777).kind, Kind::Other);
        assert_eq!(status(0).size, 7);
    }

    #[test]
    fn paths_are_checked_before_the_system_is_asked() {
        assert_eq!(metadata("/dev_hdd0\0"), Err(Error::EINVAL));
        assert_eq!(metadata(&"x".repeat(1024)), Err(Error::ENAMETOOLONG));
        assert_eq!(metadata("/dev_hdd0"), Err(Error::ENOSYS));
        assert_eq!(usb_devices().count(), 0);
    }
}
