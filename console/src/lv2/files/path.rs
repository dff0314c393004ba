//! Paths as programs write them.

use std::fmt;

use crate::lv2::errno::Errno;

/// Bytes of a path and of a name at most (`CELL_FS_MAX_FS_PATH_LENGTH`,
/// `CELL_FS_MAX_FS_FILE_NAME_LENGTH`).
const LONGEST_PATH: usize = 1024;
const LONGEST_NAME: usize = 255;

/// An absolute path without `.`, `..` and empty names.
#[derive(Clone, Debug)]
pub(in crate::lv2) struct Path {
    names: Vec<String>,
    /// Whether its text ends as only a folder's can.
    folder: bool,
}

impl Path {
    /// Bytes of a path at most.
    pub const LONGEST: usize = LONGEST_PATH;

    /// Resolves the text of a path.
    ///
    /// # Errors
    ///
    /// `ENOENT` where it is not absolute, `ENAMETOOLONG`, and `EINVAL` for names that are
    /// no text.
    pub fn read(text: &[u8]) -> Result<Self, Errno> {
        if text.len() > Self::LONGEST {
            return Err(Errno::ENAMETOOLONG);
        }
        let text = std::str::from_utf8(text).map_err(|_| Errno::EINVAL)?;
        let rest = text.strip_prefix('/').ok_or(Errno::ENOENT)?;
        let mut names: Vec<String> = Vec::new();
        for name in rest.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop();
                }
                name if name.len() > LONGEST_NAME => return Err(Errno::ENAMETOOLONG),
                name if !super::is_plain(name) => return Err(Errno::EINVAL),
                name => names.push(name.to_owned()),
            }
        }
        let folder = matches!(rest.rsplit('/').next(), Some("" | "." | ".."));
        Ok(Self { names, folder })
    }

    /// Its names from the root.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it can only name a folder.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// The path of an entry of this folder.
    pub fn join(&self, name: &str) -> Self {
        let mut names = self.names.clone();
        match name {
            "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name.to_owned()),
        }
        Self {
            names,
            folder: false,
        }
    }

    /// The names that lead from another path to this one, if it lies there.
    pub fn within(&self, other: &Self) -> Option<&[String]> {
        self.names.strip_prefix(other.names.as_slice())
    }

    /// The last name, if this is an entry of the other path.
    pub fn child_of(&self, other: &Self) -> Option<&str> {
        match self.within(other)? {
            [name] => Some(name),
            _ => None,
        }
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl fmt::Display for Path {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.names.is_empty() {
            return to.write_str("/");
        }
        self.names.iter().try_for_each(|name| write!(to, "/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_names() {
        for (text, expected, folder) in [
            ("/", "/", true),
            ("/dev_hdd0/game", "/dev_hdd0/game", false),
            ("//dev_hdd0///a/", "/dev_hdd0/a", true),
            ("/a/./b/../c", "/a/c", false),
            ("/../../etc/passwd", "/etc/passwd", false),
            ("/a/..", "/", true),
            ("/a/...", "/a/...", false),
        ] {
            let path = Path::read(text.as_bytes()).unwrap();
            assert_eq!(path.to_string(), expected, "{text}");
            assert_eq!(path.is_folder(), folder, "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        assert_eq!(Path::read(b"").err(), Some(Errno::ENOENT));
        assert_eq!(Path::read(b"a/b").err(), Some(Errno::ENOENT));
        assert_eq!(Path::read(b"/\xff").err(), Some(Errno::EINVAL));
        let long = |length: usize| format!("/{}", "a".repeat(length));
        assert!(Path::read(long(255).as_bytes()).is_ok());
        for text in [long(256), "/a".repeat(513)] {
            let error = Path::read(text.as_bytes()).err();
            assert_eq!(error, Some(Errno::ENAMETOOLONG));
        }
    }

    #[test]
    fn paths_lie_in_one_another() {
        let read = |text: &str| Path::read(text.as_bytes()).unwrap();
        let (root, disk, game) = (read("/"), read("/dev_hdd0"), read("/dev_hdd0/game/x"));
        assert_eq!(game.within(&disk).unwrap(), ["game", "x"]);
        assert!(game.within(&read("/dev_hdd")).is_none());
        assert_eq!(disk.child_of(&root), Some("dev_hdd0"));
        assert_eq!(game.child_of(&disk), None);
        assert_eq!(disk.join("game").join("x"), game);
        assert_eq!(game.join("..").join("."), read("/dev_hdd0/game"));
    }
}
