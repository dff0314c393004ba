//! Open files.

use super::{Metadata, terminated};
use crate::sys::fs::{O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, Status};
use crate::sys::number;
use crate::syscall::address;
use crate::{Error, Result, syscall};

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    read: bool,
    write: bool,
    append: bool,
    truncate: bool,
    create: bool,
    create_new: bool,
}

macro_rules! options {
    ($($(#[$attribute:meta])* $name:ident;)*) => { $(
        $(#[$attribute])*
        #[must_use]
        pub fn $name(mut self, on: bool) -> Self {
            self.$name = on;
            self
        }
    )* };
}

impl OpenOptions {
    /// None of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    options! {
        /// To read.
        read;
        /// To write.
        write;
        /// To write at the end.
        append;
        /// Cut to nothing.
        truncate;
        /// Made if it is not there.
        create;
        /// Made, and an error if it is there.
        create_new;
    }

    fn flags(self) -> u64 {
        let access = match (self.read, self.write || self.append) {
            (true, true) => O_RDWR,
            (false, true) => O_WRONLY,
            _ => O_RDONLY,
        };
        let flag = |on: bool, flag: u64| if on { flag } else { 0 };
        access
            | flag(self.append, O_APPEND)
            | flag(self.truncate, O_TRUNC)
            | flag(self.create || self.create_new, O_CREAT)
            | flag(self.create_new, O_EXCL)
    }

    /// Opens a file.
    ///
    /// # Errors
    /// `ENOENT` if it is not there and not to be made, or what the system returned.
    pub fn open(self, path: &str) -> Result<File> {
        const EVERYBODY: u64 = 0o666;
        let path = terminated(path)?;
        let mut number = 0u32;
        let arguments = [
            address(path.as_ptr()),
            self.flags(),
            address(&raw mut number),
            EVERYBODY,
            0,
            0,
        ];
        // SAFETY: the call reads the path and writes one word.
        unsafe { syscall(number::FS_OPEN, arguments)? };
        Ok(File { number })
    }
}

/// Where to seek to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekFrom {
    /// Bytes from the start.
    Start(u64),
    /// Bytes from here.
    Current(i64),
    /// Bytes from the end.
    End(i64),
}

/// An open file; closed when dropped.
#[derive(Debug)]
pub struct File {
    number: u32,
}

impl File {
    /// Opens a file to read.
    ///
    /// # Errors
    /// What the system returned.
    pub fn open(path: &str) -> Result<Self> {
        OpenOptions::new().read(true).open(path)
    }

    /// Reads up to as many bytes as the buffer has; 0 at the end.
    ///
    /// # Errors
    /// What the system returned.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let (start, size) = (address(buffer.as_mut_ptr()), buffer.len());
        self.transfer(number::FS_READ, start, size)
    }

    /// Reads as many bytes as the buffer has.
    ///
    /// # Errors
    /// `EIO` if the file ends before, or what the system returned.
    pub fn read_exact(&mut self, buffer: &mut [u8]) -> Result<()> {
        let mut done = 0;
        while done < buffer.len() {
            match self.read(&mut buffer[done..])? {
                0 => return Err(Error::EIO),
                more => done += more,
            }
        }
        Ok(())
    }

    /// Writes up to all of the bytes; returns how many.
    ///
    /// # Errors
    /// What the system returned.
    pub fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.transfer(number::FS_WRITE, address(bytes.as_ptr()), bytes.len())
    }

    /// Writes all of the bytes.
    ///
    /// # Errors
    /// `ENOSPC` if nothing more is taken, or what the system returned.
    pub fn write_all(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match self.write(bytes)? {
                0 => return Err(Error::ENOSPC),
                done => bytes = bytes.get(done..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    fn transfer(&mut self, call: u64, start: u64, size: usize) -> Result<usize> {
        let mut done = 0u64;
        let arguments = [
            self.number.into(),
            start,
            size as u64,
            address(&raw mut done),
        ];
        // SAFETY: both callers give memory of that size, which stays borrowed during the call.
        unsafe { syscall(call, arguments)? };
        Ok(usize::try_from(done).unwrap_or(size).min(size))
    }

    /// Goes to a place; returns its distance from the start.
    ///
    /// # Errors
    /// `EINVAL` for a place before the start, or what the system returned.
    pub fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let (offset, origin) = match to {
            SeekFrom::Start(offset) => (offset, 0),
            SeekFrom::Current(offset) => (offset as u64, 1),
            SeekFrom::End(offset) => (offset as u64, 2),
        };
        let mut position = 0u64;
        let arguments = [
            self.number.into(),
            offset,
            origin,
            address(&raw mut position),
        ];
        // SAFETY: the call writes one word of 64 bits.
        unsafe { syscall(number::FS_LSEEK, arguments)? };
        Ok(position)
    }

    /// What the system knows of the file.
    ///
    /// # Errors
    /// What the system returned.
    pub fn metadata(&self) -> Result<Metadata> {
        let mut status = Status::default();
        // SAFETY: the call writes the structure.
        unsafe {
            syscall(
                number::FS_FSTAT,
                [self.number.into(), address(&raw mut status)],
            )?;
        }
        Ok(Metadata::from_status(status))
    }

    /// Cuts or lengthens the file.
    ///
    /// # Errors
    /// What the system returned.
    pub fn set_size(&mut self, size: u64) -> Result<()> {
        // SAFETY: changes the file alone.
        unsafe { syscall(number::FS_FTRUNCATE, [self.number.into(), size]) }
    }

    /// Waits until all that was written is on the device.
    ///
    /// # Errors
    /// What the system returned.
    pub fn sync(&mut self) -> Result<()> {
        // SAFETY: touches no memory of this program.
        unsafe { syscall(number::FS_FSYNC, [self.number.into()]) }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: the number is this value's.
        unsafe {
            let _ = syscall(number::FS_CLOSE, [self.number.into()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_flags() {
        let new = OpenOptions::new;
        assert_eq!(new().read(true).flags(), 0);
        assert_eq!(
            new().write(true).create(true).truncate(true).flags(),
            0o1101
        );
        assert_eq!(new().read(true).write(true).create_new(true).flags(), 0o302);
        assert_eq!(new().append(true).flags(), 0o2001);
    }
}
