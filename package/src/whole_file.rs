//! Files that appear whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file with `fill`: into a temporary file in the same folder, which takes the name
/// `path` only when `fill` has succeeded and all bytes are on the disk. A file that is already
/// there is replaced, or left as it was where something fails.
///
/// # Errors
/// What `fill` answers, or that of the file system.
pub fn create<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".part");
    // A temporary file is for its owner alone; this one becomes an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    fill(&mut out)?;
    let file: NamedTempFile = out.into_inner().map_err(|error| error.into_error())?;
    file.as_file().sync_all()?;
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file with these bytes, whole or not at all.
///
/// # Errors
/// Those of the file system.
pub fn create_with(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path, |out| out.write_all(bytes))
}

/// Reads a file; a folder or a device is refused.
///
/// # Errors
/// Those of the file system.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let failed = create(&path, |out| {
            out.write_all(&[1; 100_000])?;
            Err(io::Error::other("stop"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "stop");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_was_there_stays_until_all_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        create_with(&path, b"before").unwrap();
        let failed = create(&path, |_| Err(io::Error::other("stop")));
        assert!(failed.is_err());
        assert_eq!(read(&path).unwrap(), b"before");
        create_with(&path, b"after").unwrap();
        assert_eq!(read(&path).unwrap(), b"after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_neither_read_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        assert!(create_with(folder.path(), b"").is_err());
        assert!(read(folder.path()).is_err());
        assert!(folder.path().is_dir());
    }
}
