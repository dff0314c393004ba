//! One build at a time in a folder: two that fetch a compiler, or that link a program of the same
//! name with other features, would take each other's files.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::BuildError;

/// The lock of a folder, until it is dropped; the system releases it, too, when the process ends.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock; waits for it, and says so, where another build has it.
    pub fn take(folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<Self, BuildError> {
        std::fs::create_dir_all(folder).map_err(BuildError::io(folder, "make"))?;
        let path = folder.join(".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(BuildError::io(&path, "open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress(&format!(
                    "waiting for another build in {}",
                    folder.display()
                ));
                file.lock().map_err(BuildError::io(&path, "lock"))?;
            }
            Err(TryLockError::Error(error)) => return Err(BuildError::io(&path, "lock")(error)),
        }
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn the_second_waits_for_the_first_and_says_so() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("new/ppu");
        let mut silent = |line: &str| panic!("nobody else is there: {line}");
        let first = Lock::take(&folder, &mut silent).expect("a lock");
        let (said, hear) = channel();
        let second = std::thread::spawn({
            let folder = folder.clone();
            move || {
                Lock::take(&folder, &mut |line| {
                    said.send(line.to_owned()).expect("a hearer")
                })
                .is_ok()
            }
        });
        let line = hear.recv().expect("that it waits");
        assert!(line.starts_with("waiting for another build in "), "{line}");
        drop(first);
        assert!(second.join().expect("no panic"));
        Lock::take(&folder, &mut silent).expect("a lock");
    }
}
