//! Makes packages.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

use super::cipher::{Cipher, RetailKey, start_value};
use super::item::{Entry, Item, align, check_items, check_name};
use super::{
    CHUNK, DIGESTS, Error, FOOTER, Header, Kind, MANIFEST, METADATA_OFFSET, Metadata, Release,
    contents, digest, qa_digest,
};
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

/// The tool version in the metadata: that of `pkg.py`, whose digests these packages have.
const TOOL_VERSION: u32 = 0x1061;

/// Where the bytes of a file come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// From memory.
    Bytes(Vec<u8>),
    /// From a file, which is read when the package is written.
    File(PathBuf),
}

/// The files of a package to be. They go into it ordered by name, each folder behind the files
/// beside it, so that the same files make the same package.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    files: BTreeMap<String, Source>,
    folders: BTreeMap<String, ()>,
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
        match self.files.get(name) {
            None => Ok(None),
            Some(Source::Bytes(bytes)) => Ok(Some(bytes.clone())),
            Some(Source::File(path)) => match fs::read(path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) => Err(named(error, name).into()),
            },
        }
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
            total += 2 * source.size().map_err(|error| named(error, name))?;
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
            let size = stored_size(name, source.size().map_err(|error| named(error, name))?);
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

/// Where everything goes.
struct Plan {
    items: Vec<Item>,
    data_size: u64,
}

impl Plan {
    fn new(builder: &Builder) -> Result<Self, Error> {
        let mut items: Vec<Item> = Vec::new();
        let file = |(name, source): (&String, &Source)| -> Result<Item, Error> {
            let kind = match is_program(name) {
                true => Kind::NpdrmSelf,
                false => Kind::File,
            };
            let size = source.size().map_err(|error| named(error, name))?;
            Ok(item(name, kind, stored_size(name, size)))
        };
        for found in builder.files.iter().map(file) {
            items.push(found?);
        }
        items.extend(
            builder
                .folders
                .keys()
                .map(|name| item(name, Kind::Folder, 0)),
        );
        items.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut end = qa_digest::table_size(&items);
        for item in &mut items {
            item.offset = end;
            end = align(end + item.size);
        }
        check_items(&items)?;
        Ok(Self {
            items,
            data_size: end,
        })
    }

    fn files(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.is_folder())
    }

    /// Hashes every file, in the order of the table; those that are `known` have to be the same.
    fn hash_all(
        &self,
        builder: &Builder,
        known: &BTreeMap<String, [u8; 20]>,
        all: &mut Sha1,
    ) -> Result<Vec<[u8; 20]>, Error> {
        let mut digests = Vec::new();
        for item in self.files() {
            let mut hash = Sha1::new();
            let source = &builder.files[&item.name];
            source.each_chunk(item.size, item.size, &item.name, |bytes, _| {
                hash.update(&bytes[..]);
                all.update(&bytes[..]);
                Ok(())
            })?;
            let digest = hash.finalize().into();
            if known.get(&item.name).is_some_and(|known| *known != digest) {
                return Err(Error::Changed(item.name.clone()));
            }
            digests.push(digest);
        }
        Ok(digests)
    }

    /// The table with the names behind it.
    fn table(&self) -> Vec<u8> {
        let mut table = Vec::new();
        let mut names = Vec::new();
        for item in &self.items {
            let entry = Entry {
                name_offset: (self.items.len() * Item::ENTRY + names.len()) as u32,
                name_size: item.name.len() as u32,
                offset: item.offset,
                size: item.size,
                flags: item.flags,
            };
            table.extend(entry.to_bytes());
            names.extend(item.name.bytes());
            names.resize(align(names.len() as u64) as usize, 0);
        }
        table.extend(names);
        table
    }

    /// All ahead of the data, and the header in it.
    fn head(&self, settings: &Settings, files: Sha1, table: &[u8]) -> (Vec<u8>, Header) {
        let revision = TOOL_VERSION << 16 | u32::from(settings.version);
        let metadata = Metadata::program(
            settings.drm_type,
            settings.content_type,
            settings.flags,
            self.data_size,
            revision,
        );
        let packets = metadata.to_bytes();
        let metadata_size = (packets.len() + DIGESTS) as u32;
        let data_offset = u64::from(METADATA_OFFSET) + u64::from(metadata_size);
        let mut header = Header {
            release: match settings.key {
                Some(_) => Release::Retail,
                None => Release::Debug,
            },
            metadata_offset: METADATA_OFFSET,
            metadata_count: metadata.packets.len() as u32,
            metadata_size,
            item_count: self.items.len() as u32,
            package_size: data_offset + self.data_size + FOOTER,
            data_offset,
            data_size: self.data_size,
            content_id: [0; 48],
            qa_digest: [0; 16],
            klicensee: [0; 16],
        };
        header.qa_digest = qa_digest::finish(files, &header, table);
        header.klicensee = start_value(&header.qa_digest);
        let id = settings.content_id.as_str().as_bytes();
        header.content_id[..id.len()].copy_from_slice(id);

        let bytes = header.to_bytes();
        let [of_header, of_metadata] = match &settings.key {
            None => digest::debug(&bytes, &packets),
            Some(key) => [digest::retail(&bytes, key), digest::retail(&packets, key)],
        };
        let head = [&bytes[..], &of_header, &packets, &of_metadata].concat();
        (head, header)
    }
}

/// Files stand ahead of the folders beside them, as `pkg.py` lists them; a folder stands ahead
/// of what is in it.
fn order(item: &Item) -> Vec<(bool, &str)> {
    let mut parts: Vec<(bool, &str)> = item.name.split('/').map(|part| (true, part)).collect();
    if let Some(last) = parts.last_mut() {
        last.0 = item.is_folder();
    }
    parts
}

fn item(name: &str, kind: Kind, size: u64) -> Item {
    Item {
        name: name.to_owned(),
        kind,
        flags: Item::OVERWRITE | u32::from(kind.number()),
        offset: 0,
        size,
    }
}

/// Whether this is what the XMB starts.
fn is_program(name: &str) -> bool {
    name == "USRDIR/EBOOT.BIN"
}

/// Size in the package: that of the program is 0x30 bytes more than a multiple of 64, the rest
/// being zeros.
///
/// Source: PSL1GHT, `pkg.py`.
fn stored_size(name: &str, size: u64) -> u64 {
    match is_program(name) {
        true => size.saturating_sub(0x30).next_multiple_of(64) + 0x30,
        false => size,
    }
}

impl Source {
    fn size(&self) -> io::Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(path) => Ok(fs::metadata(path)?.len()),
        }
    }

    /// Hands `size` bytes to `take`, piece by piece: those of the source, then zeros. With each
    /// piece goes the number of its bytes that lie ahead of `end`.
    fn each_chunk(
        &self,
        size: u64,
        end: u64,
        name: &str,
        mut take: impl FnMut(&mut [u8], usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut source: Box<dyn Read> = match self {
            Self::Bytes(bytes) => Box::new(&bytes[..]),
            Self::File(path) => Box::new(File::open(path).map_err(|error| named(error, name))?),
        };
        let mut done = 0;
        while done < size {
            let mut chunk = vec![0; (size - done).min(CHUNK as u64) as usize];
            let mut filled = 0;
            while filled < chunk.len() {
                match source.read(&mut chunk[filled..]) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(named(error, name).into()),
                }
            }
            let real = (end.saturating_sub(done)).min(chunk.len() as u64) as usize;
            take(&mut chunk, real)?;
            done += chunk.len() as u64;
        }
        let mut more = [0];
        match source.read(&mut more) {
            Ok(0) => Ok(()),
            Ok(_) => Err(Error::Changed(name.to_owned())),
            Err(error) => Err(named(error, name).into()),
        }
    }
}

/// Says which file an error is about.
fn named(error: io::Error, name: &str) -> io::Error {
    io::Error::new(error.kind(), format!("{name}: {error}"))
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
