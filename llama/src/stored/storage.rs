//! What a file has to be able to do.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// A file that is read where it is wanted.
pub trait Storage {
    /// Its size in bytes.
    fn size(&self) -> u64;

    /// Fills `out` with the bytes from `offset` on.
    ///
    /// # Errors
    /// Why they cannot be read, or that the file ends before.
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError>;

    /// Says that `size` bytes from `offset` on will be asked for in one piece, after those of
    /// earlier calls: what can read ahead does so.
    fn will_read(&mut self, offset: u64, size: usize) {
        let _ = (offset, size);
    }

    /// Says that nothing of what was announced is wanted any more.
    fn forget(&mut self) {}
}

/// Why something of a file cannot be read: in words, with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageError(pub String);

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for StorageError {}

/// A file in memory.
#[derive(Clone, Copy, Debug)]
pub struct InMemory<T>(pub T);

impl<T: AsRef<[u8]>> Storage for InMemory<T> {
    fn size(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError> {
        let all = self.0.as_ref();
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| all.get(start..)?.get(..out.len()));
        let bytes = bytes.ok_or_else(|| {
            let end = offset.saturating_add(out.len() as u64);
            StorageError(alloc::format!(
                "the file has {} bytes, but those up to {end} were asked for",
                all.len()
            ))
        })?;
        out.copy_from_slice(bytes);
        Ok(())
    }
}

impl<S: Storage + ?Sized> Storage for Box<S> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError> {
        (**self).read_at(offset, out)
    }

    fn will_read(&mut self, offset: u64, size: usize) {
        (**self).will_read(offset, size);
    }

    fn forget(&mut self) {
        (**self).forget();
    }
}
