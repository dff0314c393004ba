//! Makes packages.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use sha1::{Digest, Sha1};

use super::cipher::{Cipher, RetailKey};
use super::item::{align, check_name};
use super::plan::{Plan, stored_size};
use super::{DIGESTS, Error, MANIFEST, Source, contents};
use crate::identifiers::ContentId;

/// What kind of package is made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which package it is.
    pub content_id: ContentId,
    /// 1 network, 2 local, 3 free.
    pub drm_type: u32,
    /// 4 game data, 5 a program.
    pub content_type: u32,
    /// Bits: 1 (2) there is an EBOOT, 2 (4) it needs a licence, 3 (8) it goes to the hard disk,
    /// 4 (0x10) it is a patch.
    pub flags: u32,
    /// Version of the package, a decimal digit in each half byte: 0x0100 is 01.00.
    pub version: u16,
    /// The key for a retail package; without it a debug package is made.
    pub key: Option<RetailKey>,
}

impl Settings {
    /// A debug package that installs a program, with the numbers that PSL1GHT's `pkg.py` uses.
    pub fn program(content_id: ContentId) -> Self {
        Self {
            content_id,
            drm_type: 3,
            content_type: 5,
            flags: 0xe,
            version: 0x0100,
            key: None,
        }
    }
}

/// The files of a package to be. They go into it ordered by name, each folder behind the files
/// beside it, so that the same files make the same package.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pub(super) files: BTreeMap<String, Source>,
    pub(super) folders: BTreeMap<String, ()>,
}

impl Builder {
    /// One without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, and the folders that it is in. The name has `/` between its parts.
    ///
    /// # Errors
    /// [`Error::Name`] where the name is not one for a package, or was added before.
    pub fn add(&mut self, name: &str, source: Source) -> Result<(), Error> {
        check_name(name)?;
        if name == MANIFEST {
            return Err(Error::name(name, "is that of the list of digests"));
        }
        self.insert(name, source)
    }

    /// Adds an empty folder, and those that it is in.
    ///
    /// # Errors
    /// [`Error::Name`] where the name is not one for a package.
    pub fn add_folder(&mut self, name: &str) -> Result<(), Error> {
        check_name(name)?;
        self.folders.insert(name.to_owned(), ());
        self.add_parents(name);
        Ok(())
    }

    /// Adds all that is in a folder of the file system. Links are followed to files, not to
    /// folders; files whose names begin with a dot are left out, and so is a list of digests that
    /// was extracted with the rest.
    ///
    /// # Errors
    /// Those of the file system, and [`Error::Name`].
    pub fn add_all(&mut self, folder: &Path) -> Result<(), Error> {
        self.add_below(folder, "")
    }

    fn add_below(&mut self, folder: &Path, prefix: &str) -> Result<(), Error> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let part = entry.file_name();
            let part = part
                .to_str()
                .ok_or_else(|| Error::name(&entry.file_name().to_string_lossy(), "is not UTF-8"))?;
            let name = format!("{prefix}{part}");
            if part.starts_with('.') || name == MANIFEST {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.add_folder(&name)?;
                self.add_below(&entry.path(), &format!("{name}/"))?;
            } else if fs::metadata(entry.path())?.is_file() {
                self.add(&name, Source::File(entry.path()))?;
            } else {
                return Err(Error::name(&name, "is neither a file nor a folder"));
            }
        }
        Ok(())
    }

    /// The bytes of a file that was added.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.files
            .get(name)
            .map(|source| source.read(name))
            .transpose()
    }

    fn insert(&mut self, name: &str, source: Source) -> Result<(), Error> {
        if self.files.insert(name.to_owned(), source).is_some() {
            return Err(Error::name(name, "was added twice"));
        }
        self.add_parents(name);
        Ok(())
    }

    fn add_parents(&mut self, name: &str) {
        for (end, _) in name.match_indices('/') {
            self.folders.insert(name[..end].to_owned(), ());
        }
    }

    /// Writes the package. `progress` is told the bytes done and those to be done.
    ///
    /// # Errors
    /// Those of the files and of `out`, and [`Error::Changed`] where a file was written to in
    /// the meantime.
    pub fn write(
        mut self,
        settings: &Settings,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Error> {
        let mut total = 0;
        for (name, source) in &self.files {
            total += 2 * source.size(name)?;
        }
        let mut done = 0;
        let mut step = |bytes: u64| {
            done += bytes;
            progress(done.min(total), total);
        };
        let known = self.add_manifest(&mut step)?;
        let plan = Plan::new(&self)?;

        let mut all = Sha1::new();
        let digests = plan.hash_all(&self, &known, &mut all)?;
        let table = plan.table();
        let (head, header) = plan.head(settings, all, &table);
        let mut cipher = match &settings.key {
            Some(key) => Cipher::retail(key, &header.klicensee),
            None => Cipher::debug(&header.qa_digest),
        };
        let mut sink = Sink {
            out,
            hash: Sha1::new(),
        };
        sink.write(&head)?;
        let mut enciphered = table;
        cipher.apply(0, &mut enciphered);
        sink.write(&enciphered)?;
        for (item, expected) in plan.files().zip(digests) {
            let mut hash = Sha1::new();
            let mut offset = item.offset;
            let source = &self.files[&item.name];
            source.each_chunk(align(item.size), item.size, &item.name, |bytes, real| {
                hash.update(&bytes[..real]);
                cipher.apply(offset, bytes);
                offset += bytes.len() as u64;
                step(real as u64);
                sink.write(bytes)
            })?;
            if <[u8; 20]>::from(hash.finalize()) != expected {
                return Err(Error::Changed(item.name.clone()));
            }
        }
        sink.finish()
    }

    /// Adds the list of all files' digests, and answers them.
    fn add_manifest(
        &mut self,
        step: &mut dyn FnMut(u64),
    ) -> Result<BTreeMap<String, [u8; 20]>, Error> {
        let mut digests = BTreeMap::new();
        let mut lines = String::new();
        for (name, source) in &self.files {
            let size = stored_size(name, source.size(name)?);
            let mut hash = Sha1::new();
            source.each_chunk(size, size, name, |bytes, _| {
                hash.update(&bytes[..]);
                step(bytes.len() as u64);
                Ok(())
            })?;
            let digest = hash.finalize().into();
            lines += &contents::manifest_line(name, &digest);
            digests.insert(name.clone(), digest);
        }
        self.insert(MANIFEST, Source::Bytes(lines.into_bytes()))?;
        Ok(digests)
    }
}

/// Where the package goes, hashed on its way.
struct Sink<'a> {
    out: &'a mut dyn Write,
    hash: Sha1,
}

impl Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hash.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    /// The end of the package: zeros, and the SHA-1 of all ahead of it.
    ///
    /// Source: PS3 Developer wiki, "PKG files", PackageDigest.
    fn finish(mut self) -> Result<(), Error> {
        self.write(&[0; DIGESTS])?;
        self.out.write_all(&self.hash.finalize())?;
        self.out.write_all(&[0; 12])?;
        Ok(())
    }
}
