//! Reading folders.

use alloc::string::String;

use super::terminated;
use crate::sys::fs::{ENTRY_FILE, ENTRY_FOLDER, Entry};
use crate::sys::number;
use crate::syscall::address;
use crate::{Result, syscall};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// Something else.
    Other,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// The name; bytes that are no UTF-8 are replaced.
    pub name: String,
    /// What it stands for.
    pub kind: Kind,
}

/// An open folder: an iterator over its entries but `.` and `..`, which ends
/// after an error; closed when dropped.
#[derive(Debug)]
pub struct Folder {
    number: u32,
    failed: bool,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// `ENOENT` if there is none, `ENOTDIR` if it is a file, or what the system returned.
    pub fn open(path: &str) -> Result<Self> {
        let path = terminated(path)?;
        let mut number = 0u32;
        let arguments = [address(path.as_ptr()), address(&raw mut number)];
        // SAFETY: the call reads the path and writes one word.
        unsafe { syscall(number::FS_OPENDIR, arguments)? };
        Ok(Self {
            number,
            failed: false,
        })
    }

    fn read(&mut self) -> Result<Option<DirEntry>> {
        let mut entry = Entry {
            kind: 0,
            length: 0,
            name: [0; 256],
        };
        let mut size = 0u64;
        let arguments = [
            self.number.into(),
            address(&raw mut entry),
            address(&raw mut size),
        ];
        // SAFETY: the call writes the structure and one word of 64 bits.
        unsafe { syscall(number::FS_READDIR, arguments)? };
        Ok((size > 0).then(|| decode(&entry)))
    }
}

fn decode(entry: &Entry) -> DirEntry {
    let name = &entry.name[..entry.length.into()];
    let kind = match entry.kind {
        ENTRY_FOLDER => Kind::Folder,
        ENTRY_FILE => Kind::File,
        _ => Kind::Other,
    };
    DirEntry {
        name: String::from_utf8_lossy(name).into_owned(),
        kind,
    }
}

impl Iterator for Folder {
    type Item = Result<DirEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            match self.read().transpose()? {
                Ok(entry) if entry.name == "." || entry.name == ".." => {}
                other => {
                    self.failed = other.is_err();
                    return Some(other);
                }
            }
        }
        None
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // SAFETY: the number is this value's.
        unsafe {
            let _ = syscall(number::FS_CLOSEDIR, [self.number.into()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read() {
        let mut entry = Entry {
            kind: 2,
            length: 9,
            name: [0; 256],
        };
        entry.name[..9].copy_from_slice(b"story.bin");
        let expected = DirEntry {
            name: "story.bin".into(),
            kind: Kind::File,
        };
        assert_eq!(decode(&entry), expected);
        entry.length = 255;
        assert_eq!(decode(&entry).name.len(), 255);
    }
}
