//! A volume in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::volume::{File, How, Kind, Status, Volume};
use crate::lv2::errno::Errno;

/// Bytes of one file at most: what the host's memory could still hold.
const LARGEST: u64 = 1 << 32;

#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    times: [i64; 3],
}

type Shared = Arc<Mutex<Content>>;

enum Node {
    File(Shared),
    Folder(Tree),
}

#[derive(Default)]
struct Tree {
    entries: BTreeMap<String, Node>,
    times: [i64; 3],
}

/// Files and folders in memory.
#[derive(Default)]
pub(super) struct Memory {
    root: Tree,
}

/// Nobody panics with a file in hand; if so its content is still whole.
fn lock(content: &Shared) -> MutexGuard<'_, Content> {
    content.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tree {
    fn tree(&self, names: &[String]) -> Result<&Self, Errno> {
        names.iter().try_fold(self, |tree, name| {
            match tree.entries.get(name).ok_or(Errno::ENOENT)? {
                Node::Folder(tree) => Ok(tree),
                Node::File(_) => Err(Errno::ENOTDIR),
            }
        })
    }

    fn tree_mut(&mut self, names: &[String]) -> Result<&mut Self, Errno> {
        names.iter().try_fold(self, |tree, name| {
            match tree.entries.get_mut(name).ok_or(Errno::ENOENT)? {
                Node::Folder(tree) => Ok(tree),
                Node::File(_) => Err(Errno::ENOTDIR),
            }
        })
    }

    fn used(&self) -> u64 {
        let sizes = self.entries.values().map(|node| match node {
            Node::File(content) => lock(content).bytes.len() as u64,
            Node::Folder(tree) => tree.used(),
        });
        sizes.sum()
    }
}

impl Memory {
    /// The folder around a path, and the last name.
    fn parent<'a>(&mut self, names: &'a [String]) -> Result<(&mut Tree, &'a str), Errno> {
        let (last, folder) = names.split_last().ok_or(Errno::EISDIR)?;
        Ok((self.root.tree_mut(folder)?, last))
    }
}

impl Volume for Memory {
    fn open(&mut self, names: &[String], how: How) -> Result<Box<dyn File>, Errno> {
        let (tree, name) = self.parent(names)?;
        let content = match tree.entries.get(name) {
            Some(_) if how.exclusive => return Err(Errno::EEXIST),
            Some(Node::Folder(_)) => return Err(Errno::EISDIR),
            Some(Node::File(content)) => content.clone(),
            None if !how.create => return Err(Errno::ENOENT),
            None => {
                let content = Shared::default();
                let node = Node::File(content.clone());
                tree.entries.insert(name.to_owned(), node);
                content
            }
        };
        Ok(Box::new(content))
    }

    fn status(&self, names: &[String]) -> Result<Status, Errno> {
        let folder = |tree: &Tree| Status {
            times: tree.times,
            writable: true,
            ..Status::root()
        };
        let Some((last, around)) = names.split_last() else {
            return Ok(folder(&self.root));
        };
        let tree = self.root.tree(around)?;
        match tree.entries.get(last).ok_or(Errno::ENOENT)? {
            Node::File(content) => content.clone().status(),
            Node::Folder(tree) => Ok(folder(tree)),
        }
    }

    fn list(&self, names: &[String]) -> Result<Vec<(String, Kind)>, Errno> {
        let entries = self.root.tree(names)?.entries.iter();
        let entries = entries.map(|(name, node)| {
            let kind = match node {
                Node::File(_) => Kind::File,
                Node::Folder(_) => Kind::Folder,
            };
            (name.clone(), kind)
        });
        Ok(entries.collect())
    }

    fn make_folder(&mut self, names: &[String]) -> Result<(), Errno> {
        let (tree, name) = self.parent(names)?;
        if tree.entries.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        let folder = Node::Folder(Tree::default());
        tree.entries.insert(name.to_owned(), folder);
        Ok(())
    }

    fn remove_folder(&mut self, names: &[String]) -> Result<(), Errno> {
        let (tree, name) = self.parent(names)?;
        match tree.entries.get(name).ok_or(Errno::ENOENT)? {
            Node::File(_) => Err(Errno::ENOTDIR),
            Node::Folder(folder) if !folder.entries.is_empty() => Err(Errno::ENOTEMPTY),
            Node::Folder(_) => {
                tree.entries.remove(name);
                Ok(())
            }
        }
    }

    fn remove_file(&mut self, names: &[String]) -> Result<(), Errno> {
        let (tree, name) = self.parent(names)?;
        match tree.entries.get(name).ok_or(Errno::ENOENT)? {
            Node::Folder(_) => Err(Errno::EISDIR),
            Node::File(_) => {
                tree.entries.remove(name);
                Ok(())
            }
        }
    }

    fn rename(&mut self, from: &[String], to: &[String]) -> Result<(), Errno> {
        // What could fail comes before anything is changed.
        self.parent(to)?;
        let (tree, name) = self.parent(from)?;
        let node = tree.entries.remove(name).ok_or(Errno::ENOENT)?;
        let (tree, name) = self.parent(to)?;
        tree.entries.insert(name.to_owned(), node);
        Ok(())
    }

    fn set_times(&mut self, names: &[String], access: i64, change: i64) -> Result<(), Errno> {
        let times = [access, change, change];
        let Some((last, around)) = names.split_last() else {
            self.root.times = times;
            return Ok(());
        };
        let tree = self.root.tree_mut(around)?;
        match tree.entries.get_mut(last).ok_or(Errno::ENOENT)? {
            Node::File(content) => lock(content).times = times,
            Node::Folder(tree) => tree.times = times,
        }
        Ok(())
    }

    fn used(&self) -> Result<u64, Errno> {
        Ok(self.root.used())
    }
}

impl File for Shared {
    fn size(&mut self) -> Result<u64, Errno> {
        Ok(lock(self).bytes.len() as u64)
    }

    fn status(&mut self) -> Result<Status, Errno> {
        let content = lock(self);
        Ok(Status {
            kind: Kind::File,
            size: content.bytes.len() as u64,
            times: content.times,
            writable: true,
        })
    }

    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let content = lock(self);
        let rest = usize::try_from(at)
            .ok()
            .and_then(|at| content.bytes.get(at..))
            .unwrap_or_default();
        let size = rest.len().min(into.len());
        into[..size].copy_from_slice(&rest[..size]);
        Ok(size)
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<usize, Errno> {
        let end = at
            .checked_add(bytes.len() as u64)
            .filter(|end| *end <= LARGEST)
            .ok_or(Errno::EFBIG)?;
        let mut content = lock(self);
        // At most LARGEST, which a usize of 64 bits holds.
        let (at, end) = (at as usize, end as usize);
        if content.bytes.len() < end {
            content.bytes.resize(end, 0);
        }
        content.bytes[at..end].copy_from_slice(bytes);
        Ok(bytes.len())
    }

    fn resize(&mut self, size: u64) -> Result<(), Errno> {
        if size > LARGEST {
            return Err(Errno::EFBIG);
        }
        lock(self).bytes.resize(size as usize, 0);
        Ok(())
    }
}
