//! What the app keeps, as files beside the program.

use alloc::string::ToString;
use alloc::vec::Vec;

use app::StorageError;
use psl1ght_rs::{Error, fs};

use crate::places::Places;

/// The most bytes of a file that this program has written.
const MOST: usize = 64 << 10;

/// What was stored under `key`.
pub fn load(places: &Places, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
    let path = places.stored(key);
    match fs::read(&path, MOST) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Error::ENOENT) => Ok(None),
        Err(error) => Err(failure(path, error)),
    }
}

/// Stores `bytes` under `key`. Waits until they are on the disk: some hundredths of a second, when
/// the player leaves a screen.
pub fn store(places: &Places, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
    let path = places.stored(key);
    fs::write_whole(&path, bytes).map_err(|error| failure(path, error))
}

fn failure(place: alloc::string::String, error: Error) -> StorageError {
    StorageError {
        place,
        why: error.to_string(),
    }
}
