//! A run that is ended from outside, by a signal or the terminal: its disk goes with it.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use console::boot::{Disk, Failure};

/// The exit code of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;
/// The run may still write to the disk while that is removed.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(20);

/// What is to be removed.
pub struct Cleaner(Arc<Mutex<Option<PathBuf>>>);

impl Cleaner {
    /// From now on a run that is ended from outside removes its temporary disk.
    ///
    /// # Errors
    ///
    /// Those of the host.
    pub fn install() -> Result<Self, Failure> {
        let folder = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&folder);
        ctrlc::set_handler(move || {
            let folder = shared.lock().unwrap_or_else(PoisonError::into_inner).take();
            remove(folder);
            std::process::exit(INTERRUPTED);
        })
        .map_err(Failure::new)?;
        Ok(Self(folder))
    }

    /// Makes the disk; nothing ends the run before it is known what to remove.
    ///
    /// # Errors
    ///
    /// Those of making it.
    pub fn disk(&self, make: impl FnOnce() -> Result<Disk, Failure>) -> Result<Disk, Failure> {
        let mut folder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let disk = make()?;
        if let Disk::Temporary(temporary) = &disk {
            *folder = Some(temporary.path().to_owned());
        }
        Ok(disk)
    }
}

fn remove(folder: Option<PathBuf>) {
    let Some(folder) = folder else { return };
    for _ in 0..TRIES {
        if fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(BETWEEN);
    }
}
