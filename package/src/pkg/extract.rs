//! Unpacks a package into a folder.

use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::{Error, Item, Package};
use crate::whole_file;

/// Writes all items below `folder`, which is made where it is not there. `each` is told the name
/// of each item ahead of it. A file appears whole or not at all, and only inside of `folder`,
/// whatever links stand there.
///
/// Nothing is verified here; call [`Package::verify`] first.
///
/// # Errors
/// Those of the package and of the file system. Files that were written until then stay.
pub fn extract<R: Read + Seek>(
    package: &mut Package<R>,
    folder: &Path,
    each: &mut dyn FnMut(&Item),
) -> Result<(), Error> {
    let items = package.items()?.to_vec();
    fs::create_dir_all(folder)?;
    for item in items {
        each(&item);
        let parts: Vec<&str> = item.name.split('/').collect();
        if item.is_folder() {
            make_folders(folder, &parts)?;
            continue;
        }
        let (name, parents) = parts.split_last().expect("a name has at least one part");
        let path = make_folders(folder, parents)?.join(name);
        whole_file::create(&path, |out| package.copy_item(&item, out))?;
    }
    Ok(())
}

/// Makes the folders, one in the other, and sees that none of them is a link.
fn make_folders(folder: &Path, parts: &[&str]) -> io::Result<PathBuf> {
    let mut path = folder.to_path_buf();
    for part in parts {
        path.push(part);
        match fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !fs::symlink_metadata(&path)?.is_dir() {
                    return Err(io::Error::new(
                        io::ErrorKind::NotADirectory,
                        format!("{} is there and is no folder", path.display()),
                    ));
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(path)
}
