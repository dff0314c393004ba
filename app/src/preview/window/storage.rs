//! Settings in the user's configuration folder.

use std::fs;
use std::io;
use std::path::PathBuf;

use app::StorageError;
use console::artefact;
use directories::ProjectDirs;

/// Where settings are kept; nowhere if the user has no such folder.
pub struct Storage(Option<PathBuf>);

impl Storage {
    /// The user's.
    pub fn of_user() -> Storage {
        let folder = ProjectDirs::from("", "", "storycell");
        Storage(folder.map(|folder| folder.config_dir().to_owned()))
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.0.as_ref()?.join(format!("{key}.txt")))
    }

    /// What was stored under `key`.
    pub fn load(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(path) = self.path(key) else {
            return Ok(None);
        };
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(storage_error(&path, error)),
        }
    }

    /// Stores `bytes` under `key`.
    pub fn store(&self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let Some(path) = self.path(key) else {
            return Err(StorageError {
                place: "settings".into(),
                why: "there is no folder for them".into(),
            });
        };
        artefact::write(&path, bytes).map_err(|error| storage_error(&path, error))
    }
}

fn storage_error(path: &std::path::Path, error: io::Error) -> StorageError {
    StorageError {
        place: path.display().to_string(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_there_the_next_time() {
        let name = format!("storycell-storage-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let storage = Storage(Some(folder.join("storycell")));
        assert_eq!(storage.load("settings"), Ok(None));
        storage.store("settings", b"seed = 1").unwrap();
        assert_eq!(storage.load("settings"), Ok(Some(b"seed = 1".to_vec())));
        fs::remove_dir_all(&folder).unwrap();
        fs::write(&folder, b"no folder").unwrap();
        let error = storage.store("settings", b"seed = 2").unwrap_err();
        assert!(error.place.contains("settings.txt"), "{error}");
        fs::remove_file(&folder).unwrap();
        assert!(Storage(None).store("settings", b"").is_err());
        assert_eq!(Storage(None).load("settings"), Ok(None));
    }
}
