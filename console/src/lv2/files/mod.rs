//! The files that a program sees: devices mounted at paths, and what it has open.
//!
//! ```text
//! mod          paths → mounts → volumes; open files and folders by number
//!   path         paths as programs write them
//!   mount        a volume at a path: read-only or not, how much fits
//!   volume       what a volume can do
//!     folder       in a folder of the host
//!     memory       in memory
//! ```
//!
//! Guest paths are resolved by their text, `..` included, and never lead out of a volume.
//! Errors are those that LV2's calls give.

mod folder;
mod memory;
mod mount;
mod path;
#[cfg(test)]
mod tests;
mod volume;

use std::collections::BTreeMap;
use std::path::Path as HostPath;

use super::errno::Errno;
use folder::Folder;
use memory::Memory;
pub use mount::{Mount, MountError};
use mount::{Mounted, State};
pub(super) use path::Path;
use volume::{File, How};
pub(super) use volume::{Kind, Status};

/// Bytes of a block, as `statfs` has it for the disk.
pub(super) const BLOCK: u64 = 4096;
/// Numbers of open files and folders.
const DESCRIPTORS: std::ops::RangeInclusive<u32> = 3..=255;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Access {
    pub read: bool,
    pub write: bool,
    /// Made if it is not there.
    pub create: bool,
    /// That it is there is an error, where it would be made.
    pub exclusive: bool,
    /// Emptied.
    pub truncate: bool,
    /// Every write goes to the end.
    pub append: bool,
}

/// Where a position counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seek {
    Start,
    Current,
    End,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    pub kind: Kind,
}

struct OpenFile {
    mount: usize,
    file: Box<dyn File>,
    access: Access,
    position: u64,
}

struct OpenFolder {
    path: Path,
    entries: Vec<Entry>,
    next: usize,
}

enum Descriptor {
    File(OpenFile),
    Folder(OpenFolder),
}

/// All mounts and all that is open.
#[derive(Default)]
pub(super) struct FileSystem {
    mounts: Vec<Mounted>,
    open: BTreeMap<u32, Descriptor>,
}

impl FileSystem {
    /// Adds a volume at a path.
    pub fn mount(&mut self, mount: &Mount) -> Result<(), MountError> {
        let wrong = |text: &str| MountError::Guest {
            path: text.to_owned(),
        };
        let path = Path::read(mount.path.as_bytes()).map_err(|_| wrong(&mount.path))?;
        if path.names().is_empty() || self.mounts.iter().any(|other| other.path == path) {
            return Err(wrong(&mount.path));
        }
        let volume: Box<dyn volume::Volume> = match &mount.folder {
            Some(folder) => Box::new(Folder::open(folder)?),
            None => Box::<Memory>::default(),
        };
        self.mounts.push(Mounted {
            path,
            volume,
            state: State::new(mount.read_only, mount.capacity),
        });
        Ok(())
    }

    /// The innermost mount around a path, and the names within it.
    fn find<'a>(&self, path: &'a Path) -> Option<(usize, &'a [String])> {
        let around = self.mounts.iter().enumerate();
        around
            .filter_map(|(at, mount)| Some((at, path.within(&mount.path)?)))
            .min_by_key(|(_, names)| names.len())
    }

    /// The mount around a path and the names within it; what calls that need one answer
    /// where there is none.
    fn target<'a>(&self, path: &'a Path) -> Result<(usize, &'a [String]), Errno> {
        self.find(path).ok_or(Errno::ENOTMOUNTED)
    }

    /// The same, for calls that change something.
    fn changed<'a>(&self, path: &'a Path) -> Result<(usize, &'a [String]), Errno> {
        let (mount, names) = self.target(path)?;
        if self.mounts[mount].state.read_only {
            return Err(Errno::EROFS);
        }
        Ok((mount, names))
    }

    fn add(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let free = DESCRIPTORS
            .into_iter()
            .find(|at| !self.open.contains_key(at));
        let number = free.ok_or(Errno::EMFILE)?;
        self.open.insert(number, descriptor);
        Ok(number)
    }

    /// How many files and folders are open.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Opens a file.
    pub fn open(&mut self, path: &Path, access: Access) -> Result<u32, Errno> {
        if path.names().is_empty() {
            return Err(Errno::EISDIR);
        }
        if path.is_folder() {
            return match self.status_of(path)?.kind {
                Kind::Folder => Err(Errno::EISDIR),
                Kind::File => Err(Errno::ENOTDIR),
            };
        }
        let (at, names) = self.target(path)?;
        let mount = &mut self.mounts[at];
        let mut how = How {
            write: access.write,
            create: access.create,
            exclusive: access.create && access.exclusive,
        };
        if mount.state.read_only {
            // Not to be changed, and not to be made; what is there may be read.
            if access.write && mount.volume.status(names).is_ok() {
                return Err(Errno::EPERM);
            }
            how = How::default();
        }
        let opened = mount.volume.open(names, how);
        let mut file = match opened {
            Err(Errno::ENOENT) if mount.state.read_only && access.create => {
                return Err(Errno::EPERM);
            }
            opened => opened?,
        };
        if access.truncate && access.write {
            mount.resize(file.as_mut(), 0)?;
        }
        self.add(Descriptor::File(OpenFile {
            mount: at,
            file,
            access,
            position: 0,
        }))
    }

    fn file(&mut self, number: u32) -> Result<(&mut OpenFile, &mut Mounted), Errno> {
        match self.open.get_mut(&number) {
            Some(Descriptor::File(file)) => {
                let mount = &mut self.mounts[file.mount];
                Ok((file, mount))
            }
            _ => Err(Errno::EBADF),
        }
    }

    /// Closes a file.
    pub fn close(&mut self, number: u32) -> Result<(), Errno> {
        self.file(number)?;
        self.open.remove(&number);
        Ok(())
    }

    /// Whether a file may be read.
    pub fn may_read(&mut self, number: u32) -> Result<(), Errno> {
        let (file, _) = self.file(number)?;
        file.access.read.then_some(()).ok_or(Errno::EBADF)
    }

    /// Whether a file may be written.
    pub fn may_write(&mut self, number: u32) -> Result<(), Errno> {
        let (file, _) = self.file(number)?;
        file.access.write.then_some(()).ok_or(Errno::EBADF)
    }

    /// Bytes from the position to the end.
    pub fn left(&mut self, number: u32) -> Result<u64, Errno> {
        let (file, _) = self.file(number)?;
        Ok(file.file.size()?.saturating_sub(file.position))
    }

    /// Reads from the position on: fewer bytes than asked for at the end of the file alone.
    pub fn read(&mut self, number: u32, into: &mut [u8]) -> Result<usize, Errno> {
        self.may_read(number)?;
        let (file, _) = self.file(number)?;
        let done = file.file.read(file.position, into)?;
        file.position += done as u64;
        Ok(done)
    }

    /// Writes at the position, as much as there is room for.
    ///
    /// # Errors
    ///
    /// `ENOSPC` where there is no room at all.
    pub fn write(&mut self, number: u32, bytes: &[u8]) -> Result<usize, Errno> {
        self.may_write(number)?;
        let (file, mount) = self.file(number)?;
        let size = file.file.size()?;
        let position = if file.access.append {
            size
        } else {
            file.position
        };
        let room = mount.room(size, position)?;
        let fits = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
        if fits == 0 && !bytes.is_empty() {
            return Err(Errno::ENOSPC);
        }
        let done = file.file.write(position, &bytes[..fits])?;
        file.position = position + done as u64;
        mount.state.grown(size, file.file.size()?);
        Ok(done)
    }

    /// Moves the position; it may lie behind the end.
    pub fn seek(&mut self, number: u32, offset: i64, from: Seek) -> Result<u64, Errno> {
        let (file, _) = self.file(number)?;
        let start = match from {
            Seek::Start => 0,
            Seek::Current => file.position,
            Seek::End => file.file.size()?,
        };
        let position = start.checked_add_signed(offset).ok_or(Errno::EINVAL)?;
        if position > i64::MAX as u64 {
            return Err(Errno::EINVAL);
        }
        file.position = position;
        Ok(position)
    }

    /// Changes the size of an open file.
    pub fn resize(&mut self, number: u32, size: u64) -> Result<(), Errno> {
        self.may_write(number)?;
        let (file, mount) = self.file(number)?;
        mount.resize(file.file.as_mut(), size)
    }

    /// Changes the size of a file.
    pub fn resize_path(&mut self, path: &Path, size: u64) -> Result<(), Errno> {
        if path.names().is_empty() {
            return Err(Errno::EISDIR);
        }
        let (at, names) = self.changed(path)?;
        let how = How {
            write: true,
            ..How::default()
        };
        let mount = &mut self.mounts[at];
        let mut file = mount.volume.open(names, how)?;
        mount.resize(file.as_mut(), size)
    }

    /// What is known of an open file.
    pub fn status(&mut self, number: u32) -> Result<Status, Errno> {
        let (file, mount) = self.file(number)?;
        Ok(mount.state.status(file.file.status()?))
    }

    /// What is known of the file or folder at a path.
    pub fn status_of(&self, path: &Path) -> Result<Status, Errno> {
        if path.names().is_empty() {
            return Ok(Status::root());
        }
        let (at, names) = self.find(path).ok_or(Errno::ENOENT)?;
        let mount = &self.mounts[at];
        let status = mount.volume.status(names)?;
        if path.is_folder() && status.kind != Kind::Folder {
            return Err(Errno::ENOTDIR);
        }
        Ok(mount.state.status(status))
    }

    /// Opens a folder: `.` and `..`, then its entries by name, as they are now.
    pub fn open_folder(&mut self, path: &Path) -> Result<u32, Errno> {
        let mut entries: BTreeMap<String, Kind> = self
            .mounts
            .iter()
            .filter_map(|mount| mount.path.child_of(path))
            .map(|name| (name.to_owned(), Kind::Folder))
            .collect();
        if !path.names().is_empty() {
            let (at, names) = self.target(path)?;
            entries.extend(self.mounts[at].volume.list(names)?);
        }
        let dots = [".", ".."].map(|name| (name.to_owned(), Kind::Folder));
        let entries = dots
            .into_iter()
            .chain(entries)
            .map(|(name, kind)| Entry { name, kind })
            .collect();
        self.add(Descriptor::Folder(OpenFolder {
            path: path.clone(),
            entries,
            next: 0,
        }))
    }

    /// The next entry of an open folder.
    pub fn read_folder(&mut self, number: u32) -> Result<Option<Entry>, Errno> {
        match self.open.get_mut(&number) {
            Some(Descriptor::Folder(folder)) => {
                let entry = folder.entries.get(folder.next).cloned();
                folder.next += usize::from(entry.is_some());
                Ok(entry)
            }
            _ => Err(Errno::EBADF),
        }
    }

    /// What is known of an entry of an open folder, as far as it is still there.
    pub fn status_in(&self, number: u32, entry: &Entry) -> Status {
        let status = match self.open.get(&number) {
            Some(Descriptor::Folder(folder)) => self.status_of(&folder.path.join(&entry.name)),
            _ => Err(Errno::EBADF),
        };
        status.unwrap_or(Status {
            kind: entry.kind,
            ..Status::root()
        })
    }

    /// Closes a folder.
    pub fn close_folder(&mut self, number: u32) -> Result<(), Errno> {
        match self.open.get(&number) {
            Some(Descriptor::Folder(_)) => {
                self.open.remove(&number);
                Ok(())
            }
            _ => Err(Errno::EBADF),
        }
    }

    /// Makes a folder.
    pub fn make_folder(&mut self, path: &Path) -> Result<(), Errno> {
        if path.names().is_empty() {
            return Err(Errno::EEXIST);
        }
        let (at, names) = self.changed(path)?;
        if names.is_empty() {
            return Err(Errno::EEXIST);
        }
        self.mounts[at].volume.make_folder(names)
    }

    /// Removes an empty folder.
    pub fn remove_folder(&mut self, path: &Path) -> Result<(), Errno> {
        if path.names().is_empty() {
            return Err(Errno::EPERM);
        }
        let (at, names) = self.changed(path)?;
        if names.is_empty() || self.is_mounted(path) {
            return Err(Errno::EBUSY);
        }
        self.mounts[at].volume.remove_folder(names)
    }

    /// Removes a file.
    pub fn remove_file(&mut self, path: &Path) -> Result<(), Errno> {
        if path.names().is_empty() {
            return Err(Errno::EISDIR);
        }
        let (at, names) = self.target(path)?;
        let status = self.mounts[at].volume.status(names);
        if status.is_ok_and(|status| status.kind == Kind::Folder) {
            return Err(Errno::EISDIR);
        }
        let (_, names) = self.changed(path)?;
        let mount = &mut self.mounts[at];
        let size = mount.volume.status(names)?.size;
        mount.volume.remove_file(names)?;
        mount.state.grown(size, 0);
        Ok(())
    }

    /// Gives a file or a folder another name on the same device; nothing may have it.
    pub fn rename(&mut self, from: &Path, to: &Path) -> Result<(), Errno> {
        if from.names().is_empty() || to.names().is_empty() {
            return Err(Errno::EPERM);
        }
        let (at, old) = self.target(from)?;
        let (other, new) = self.target(to)?;
        if at != other {
            return Err(Errno::EXDEV);
        }
        self.changed(from)?;
        if old.is_empty() || new.is_empty() || self.is_mounted(from) {
            return Err(Errno::EBUSY);
        }
        let volume = &mut self.mounts[at].volume;
        volume.status(old)?;
        if new.starts_with(old) && new.len() > old.len() {
            return Err(Errno::EINVAL);
        }
        if volume.status(new).is_ok() {
            return Err(Errno::EEXIST);
        }
        volume.rename(old, new)
    }

    /// Whether something is mounted at a path or within.
    fn is_mounted(&self, path: &Path) -> bool {
        let mut mounts = self.mounts.iter();
        mounts.any(|mount| mount.path.within(path).is_some())
    }

    /// Sets the times of the last access and change, in seconds since 1970.
    pub fn set_times(&mut self, path: &Path, access: i64, change: i64) -> Result<(), Errno> {
        if path.names().is_empty() {
            return Err(Errno::EISDIR);
        }
        let (at, names) = self.changed(path)?;
        self.mounts[at].volume.set_times(names, access, change)
    }

    /// Checks that a file or a folder may be changed.
    pub fn check_change(&mut self, path: &Path) -> Result<(), Errno> {
        let (at, names) = self.changed(path)?;
        self.mounts[at].volume.status(names).map(|_| ())
    }

    /// Bytes on the device around a path, and how many are free; a device that cannot be
    /// written has none.
    pub fn space(&mut self, path: &Path) -> Result<(u64, u64), Errno> {
        let (at, _) = self.find(path).ok_or(Errno::EINVAL)?;
        let mount = &mut self.mounts[at];
        if mount.state.read_only {
            return Ok((0, 0));
        }
        let free = mount.free()?;
        Ok((mount.state.capacity, free))
    }

    /// A whole file.
    pub fn read_all(&mut self, path: &Path) -> Result<Vec<u8>, Errno> {
        let access = Access {
            read: true,
            ..Access::default()
        };
        let number = self.open(path, access)?;
        let size = self.left(number).and_then(|size| {
            let size = usize::try_from(size).map_err(|_| Errno::EFBIG)?;
            let mut bytes = vec![0; size];
            let read = self.read(number, &mut bytes)?;
            bytes.truncate(read);
            Ok(bytes)
        });
        self.close(number)?;
        size
    }
}

/// Whether a name can be one component of a path on the host.
fn is_plain(name: &str) -> bool {
    let mut components = HostPath::new(name).components();
    let first = components.next();
    matches!(first, Some(std::path::Component::Normal(part)) if part == name)
        && components.next().is_none()
}
